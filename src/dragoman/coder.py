"""From an article to its reading: the finders in order, each handed all it needs.

for reading in Coder(load(), SpacyParser()).code(articles): ...
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

import msgspec

from dragoman import records
from dragoman.find import actors, dates, events, issues, places, positions, references, statements, status
from dragoman.find.wanted import asked
from dragoman.lexicon.casing import Casing
from dragoman.lexicon.load import Lexicon
from dragoman.parse.base import Parsed, Parser
from dragoman.records import Article, Event, EventDate, Note, Participant, Place, Reading, Span, Statement
from dragoman.version import VERSION

BATCH = 32  # articles handed to the parser at a time; it batches further by itself


class Coder:
    """Codes articles with one lexicon and one parser. Results come in the order of the articles.

    A fault of ours on one article becomes that article's outcome `failed`; with `strict` it is raised instead.
    """

    def __init__(
        self, lexicon: Lexicon, parser: Parser, *, judge: events.Judge | None = None,
        stances: asked.Judge | None = None, strict: bool = False,
    ) -> None:  # fmt: skip
        self.strict = strict
        self.judge = judge
        self.stances = stances
        self.lexicon = lexicon
        self.parser = parser
        self.casing = Casing(lexicon, parser.common)
        self.stamp = records.Coder(
            name="+".join(
                ["dragoman", f"{parser.name}-{parser.version}", *(one.name for one in (judge, stances) if one)]
            ),
            version=VERSION,
            lexicon=lexicon.version,
        )

    def code(self, articles: Iterable[Article]) -> Iterator[Reading]:
        """One Reading an article. What cannot be coded comes back with its text and a note that says why."""
        flow = iter(articles)
        while batch := list(islice(flow, BATCH)):
            codable = [a for a in batch if a.outcome in CODED and a.text.strip()]
            parses = dict(zip(map(id, codable), self._parsed([a.text for a in codable]), strict=True))
            for article in batch:
                parsed = parses.get(id(article))
                yield self._uncoded(article) if parsed is None else self._guarded(article, parsed)

    def sentences(self, text: str) -> list[Span]:
        """Where the sentences of a text stand, as the parser cuts them."""
        (parsed,) = self.parser.parse([self.casing.plain(text)])
        return [(sentence.start, sentence.end) for sentence in parsed.sentences]

    def _parsed(self, texts: list[str]) -> list[Parsed | Exception]:
        """The parse of each text in small type; a text that breaks the parser costs only itself."""
        try:
            return list(self.parser.parse([self.casing.plain(text) for text in texts]))
        except Exception as fault:
            if len(texts) == 1:
                return [fault]
            return [one for text in texts for one in self._parsed([text])]

    def _guarded(self, article: Article, parsed: Parsed | Exception) -> Reading:
        """The reading, or the article with a named outcome: one bad page never ends a run."""
        try:
            if isinstance(parsed, Exception):
                raise parsed
            return self._read(article, parsed)
        except Exception as fault:
            if self.strict:
                raise
            detail = (
                f"Dragoman failed on this page ({type(fault).__name__}: {fault}); its text is kept. "
                "Please report it; DRAGOMAN_TRACEBACK=1 shows where"
            )
            return self._uncoded(msgspec.structs.replace(article, outcome="failed", detail=detail))

    def _uncoded(self, article: Article) -> Reading:
        reason = f"not coded: {article.detail or article.outcome.replace('_', ' ')}"
        return Reading(article=article, notes=(Note(span=(0, len(article.text)), reason=reason),), coder=self.stamp)

    def _read(self, article: Article, parsed: Parsed) -> Reading:
        """The whole story of one article."""
        lexicon = self.lexicon
        anchor = dates.anchor_of(article.published, parsed, lexicon)
        day = anchor.start if anchor else None

        times = dates.find_dates(parsed, anchor, lexicon)
        spots = places.find_places(parsed, lexicon)
        names = actors.find_mentions(parsed, lexicon, published=day)
        who = references.resolve(parsed, names, lexicon, published=day)
        said = statements.find_statements(parsed, who, lexicon, body_start=article.body_start)
        who = references.spoken(who, said, lexicon)
        topics = issues.find_issues(parsed, lexicon)
        happened = status.StatusReader(parsed, lexicon, times, day)
        done, notes = events.find_events(
            parsed, who, said, times, spots, lexicon,
            status=happened.of, governs=lambda i, k: status.governs(parsed, i, k), contexts=topics.contexts,
            judge=self.judge,
        )  # fmt: skip
        wanted = positions.find_positions(parsed, who, said, done, topics, lexicon, self.stances)

        reading = Reading(
            article=article,
            actors=_cast(who.everybody(), said, done),
            statements=tuple(said),
            events=tuple(done),
            positions=tuple(wanted),
            notes=tuple(
                sorted([*notes, *(Note(span=span, reason=why) for span, why in who.remarks)], key=lambda n: n.span)
            ),
            coder=self.stamp,
        )
        return reading if parsed.text == article.text else as_written(reading, parsed.text)


def as_written(reading: Reading, plain: str) -> Reading:
    """The reading of a text put into small type (`plain`), with the words the page has: same places, other capitals."""
    text = reading.article.text

    def words(found: Any) -> Any:
        if isinstance(found, tuple):
            return tuple(words(item) for item in found)
        if isinstance(found, Statement):
            at = plain.find(found.channel, found.evidence[0][0]) if found.channel and found.evidence else -1
            channel = found.channel if at < 0 else text[at : at + len(found.channel or "")]
            return _with_parts(msgspec.structs.replace(found, channel=channel), words)
        if isinstance(found, Participant | EventDate | Place) and found.span is not None and found.text is not None:
            start, end = found.span
            return msgspec.structs.replace(found, text=text[start:end]) if found.text == plain[start:end] else found
        return _with_parts(found, words) if isinstance(found, Event) else found

    parts = {name: words(getattr(reading, name)) for name in ("actors", "statements", "events")}
    return msgspec.structs.replace(reading, **parts)


def _with_parts(record: Any, change: Callable[[Any], Any]) -> Any:
    return msgspec.structs.replace(record, **{f: change(getattr(record, f)) for f in record.__struct_fields__})


# outcomes of reading whose text is worth coding; others come back with the text and the reason
CODED = frozenset(["read", "paywall"])


def _cast(
    found: Sequence[Participant], said: Sequence[records.Statement], done: Sequence[records.Event]
) -> tuple[Participant, ...]:
    """Everybody who has a part, once each: by actor and person, at the first words that name them."""
    seen: dict[tuple[str | None, str | None], Participant] = {}
    everyone = [
        *found,
        *(s.speaker for s in said if s.speaker and s.speaker.actor),
        *(p for e in done for p in (*e.source, *e.target)),
    ]
    for who in everyone:
        if who.actor is None:
            continue
        key = (who.actor, who.name if who.name else who.role)
        known = seen.get(key)
        if known is None or _BEST[who.via] < _BEST[known.via]:
            seen[key] = who
    return tuple(sorted(seen.values(), key=lambda p: p.span))


_BEST = {"name": 0, "repair": 0, "gazetteer": 0, "metonym": 1, "role": 2, "description": 3, "sentence": 4, "pronoun": 5}
