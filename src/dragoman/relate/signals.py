"""Mixed signals: one actor cooperating with another and pressing it on the same days.

for signal in signals(acts, ["USA", "RUS"], terms=Terms(days=7)):
    signal.start, signal.score, signal.cooperation.best[0].text, signal.coercion.best[0].text

    score   = balance x evidence
    balance = 2 min(c, k) / (c + k)
    evidence = m / (m + h)

c and k are the weights of the cooperative and the coercive track within the window. Balance is Kaplan's measure of
ambivalence, what is left of all feeling when its one-sided part is taken away, (c + k) - |c - k| = 2 min(c, k), here as
a share of the whole (Kaplan 1972, Psychological Bulletin 77, 361-372): 0 where only one track is there, 1 where both
weigh the same. It would call one stray report of each kind as mixed as ten of each; so it is shrunk towards nought by
what it rests on, as a credibility weight does (Bühlmann 1967, ASTIN Bulletin 4, 199-207): m is the number of articles
of the thinner track, h how many of them make half. The score is below 1 and grows with every further article.

By default an act weighs as much as its type is far from nought on PLOVER's scale (0 to 10), so that a strike beside a
phone call is no balanced signal; `weigh="count"` lets every act weigh the same. What the scale puts at nought, or on
the other side than its quad class (a request for help), belongs to neither track.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import permutations
from typing import Literal

from dragoman.errors import SettingsError
from dragoman.records import Record, Span, Status
from dragoman.relate.periods import inside
from dragoman.relate.rows import Did, Said

COOPERATIVE, COERCIVE = frozenset({1, 2}), frozenset({3, 4})
VERBAL = frozenset({1, 3})


class Terms(Record, frozen=True):
    """How mixed signals are sought; each answer carries the terms it was given."""

    days: int = 7  # how close together the two tracks must lie
    weigh: Literal["score", "count"] = "score"
    half: float = 1.0  # articles of the thinner track that make half of the full score
    least_score: float = 0.2
    directed: bool = True  # only what one does to the other; else both ways together
    statuses: tuple[Status, ...] = ("actual",)
    pair_issues: tuple[str, ...] = ()  # issues such as talks: a stance on them is a word towards the other
    word_weight: float = 2.0  # what such a word weighs beside acts
    show: int = 3  # pieces of evidence shown of each track

    def __post_init__(self) -> None:
        wanted: list[tuple[str, bool, str]] = [
            ("weigh", self.weigh in {"score", "count"}, "score, count"),
            ("days", self.days >= 1, "1 or more"),
            ("half", self.half > 0, "more than 0"),
            ("least_score", 0 <= self.least_score < 1, "0 or more, below 1"),
            ("word_weight", self.word_weight > 0, "more than 0"),
            ("show", self.show >= 1, "1 or more"),
        ]
        for name, fits, range_ in wanted:
            if not fits:
                raise SettingsError(f"{name} cannot be {getattr(self, name)!r}", name=name, hint=range_)


class Evidence(Record, frozen=True):
    """One act or word, and the words that tell of it."""

    article: str
    outlet: str | None
    date: dt.date
    source: str
    target: str
    what: str  # type and mode of an act, issue and stance of a position
    words: bool  # said and not done: verbal events and positions
    weight: float
    confidence: float
    text: str
    spans: tuple[Span, ...]


class Track(Record, frozen=True):
    """All that is cooperative, or all that is coercive; `best` is the weightiest and surest of it."""

    weight: float
    acts: int
    words: int
    articles: int
    best: tuple[Evidence, ...]


class Signal(Record, frozen=True):
    """One stretch of days on which both tracks ran; `start` and `end` are the first and last day with evidence."""

    source: str
    target: str
    start: dt.date
    end: dt.date
    score: float
    balance: float
    cooperation: Track
    coercion: Track
    terms: Terms


class _Piece(Record, frozen=True):
    evidence: Evidence
    cooperative: bool
    first: dt.date
    last: dt.date
    key: tuple[str, ...]


def signals(
    acts: Iterable[Did],
    actors: Sequence[str],
    *,
    said: Iterable[Said] = (),
    since: dt.date | None = None,
    until: dt.date | None = None,
    terms: Terms = Terms(),  # noqa: B008 (frozen)
) -> tuple[Signal, ...]:
    """Mixed signals among these actors, each way by itself unless `directed` is off, in order of day and pair.

    Of windows that overlap the one with the highest score stands. What is known to less than a window (some time in a
    year) cannot be said to have happened on the same days and takes no part; nor do reports by others of what somebody
    wants. Reports of one happening in several articles weigh once where they have been linked, else once
    an article. What symmetric acts (a meeting) do, they do each way.
    Raises SettingsError for fewer than two actors.
    """
    asked = tuple(dict.fromkeys(actors))
    if len(asked) < 2:
        raise SettingsError(f"mixed signals need two actors, not {len(asked)}", name="actors")
    pairs = set(permutations(asked, 2))
    by_dyad: dict[tuple[str, str], list[_Piece]] = defaultdict(list)
    for piece in (*_acts(acts, terms), *_words(said, terms)):
        dyad = piece.evidence.source, piece.evidence.target
        if dyad in pairs and inside(piece.first, piece.last, since, until):
            by_dyad[dyad if terms.directed else (min(dyad), max(dyad))].append(piece)
    found = [signal for dyad, pieces in by_dyad.items() for signal in _of_dyad(dyad, pieces, terms)]
    return tuple(sorted(found, key=lambda s: (s.start, s.end, s.source, s.target)))


def mixedness(cooperation: float, coercion: float, articles: int, *, half: float = 1.0) -> tuple[float, float]:
    """Score and balance for the weights of two tracks, the thinner of which rests on so many articles."""
    both = cooperation + coercion
    balance = 2 * min(cooperation, coercion) / both if both > 0 else 0.0
    return balance * articles / (articles + half), balance


def _of_dyad(dyad: tuple[str, str], pieces: list[_Piece], terms: Terms) -> list[Signal]:
    pieces = _counted(pieces)
    width = dt.timedelta(days=terms.days - 1)
    windows = []
    for start in sorted({p.first for p in pieces}):
        # a day so late that the window would leave the calendar cannot be read from any page, yet it can be typed
        end = start + width if dt.date.max - start > width else dt.date.max
        within = [p for p in pieces if inside(p.first, p.last, start, end)]
        signal = _signal(dyad, within, terms)
        if signal is not None:
            windows.append(signal)
    windows.sort(key=lambda s: (-s.score, s.start, s.end))
    kept: list[Signal] = []
    for signal in windows:
        if all(signal.end < other.start or signal.start > other.end for other in kept):
            kept.append(signal)
    return kept


def _signal(dyad: tuple[str, str], within: list[_Piece], terms: Terms) -> Signal | None:
    cooperation = _track([p for p in within if p.cooperative], terms)
    coercion = _track([p for p in within if not p.cooperative], terms)
    thinner = min(cooperation.articles, coercion.articles)
    score, balance = mixedness(cooperation.weight, coercion.weight, thinner, half=terms.half)
    if not thinner or score < terms.least_score or score == 0:
        return None
    return Signal(
        source=dyad[0],
        target=dyad[1],
        start=min(p.first for p in within),
        end=max(p.last for p in within),
        score=score,
        balance=balance,
        cooperation=cooperation,
        coercion=coercion,
        terms=terms,
    )


def _track(pieces: list[_Piece], terms: Terms) -> Track:
    found = sorted((p.evidence for p in pieces), key=_best_first)
    return Track(
        weight=sum(sorted(e.weight for e in found)),
        acts=sum(not e.words for e in found),
        words=sum(e.words for e in found),
        articles=len({e.article for e in found}),
        best=tuple(found[: terms.show]),
    )


def _counted(pieces: list[_Piece]) -> list[_Piece]:
    """One piece a happening, or an act of one article where nobody has linked them: the weightiest and surest."""
    kept: dict[tuple[str, ...], _Piece] = {}
    for piece in sorted(pieces, key=lambda p: (*_best_first(p.evidence), p.last)):
        kept.setdefault(piece.key, piece)
    return list(kept.values())


def _best_first(evidence: Evidence) -> tuple[object, ...]:
    worth = evidence.weight * evidence.confidence
    return (-worth, evidence.date, evidence.article, evidence.spans, evidence.what, evidence.source, evidence.target)


def _acts(acts: Iterable[Did], terms: Terms) -> Iterable[_Piece]:
    for act in acts:
        last = act.until or act.date
        if act.date is None or last is None or act.status not in terms.statuses:
            continue
        cooperative = act.quad in COOPERATIVE and act.score > 0
        # a request for help stands among verbal conflict, yet its score says that it presses nobody
        if not (cooperative or (act.quad in COERCIVE and act.score < 0)) or (last - act.date).days >= terms.days:
            continue
        what = f"{act.type}-{act.mode}" if act.mode else act.type
        weight = abs(act.score) if terms.weigh == "score" else 1.0
        evidence = Evidence(
            article=act.article,
            outlet=act.outlet,
            date=act.date,
            source=act.source,
            target=act.target,
            what=what,
            words=act.quad in VERBAL,
            weight=weight,
            confidence=act.confidence,
            text=act.text,
            spans=act.spans,
        )
        key = ("happening", act.happening) if act.happening else (act.article, act.event)
        yield _Piece(evidence=evidence, cooperative=cooperative, first=act.date, last=last, key=key)


def _words(said: Iterable[Said], terms: Terms) -> Iterable[_Piece]:
    for row in said:
        last = row.until or row.date
        if row.date is None or last is None or row.toward is None or not row.own:
            continue
        if row.issue not in terms.pair_issues or row.stance not in {"for", "against"}:
            continue
        if (last - row.date).days >= terms.days:
            continue
        what = f"{row.stance} {row.issue}"
        evidence = Evidence(
            article=row.article,
            outlet=row.outlet,
            date=row.date,
            source=row.actor,
            target=row.toward,
            what=what,
            words=True,
            weight=terms.word_weight if terms.weigh == "score" else 1.0,
            confidence=row.confidence,
            text=row.text,
            spans=row.spans,
        )
        key = (row.article, row.actor, what)
        yield _Piece(evidence=evidence, cooperative=row.stance == "for", first=row.date, last=last, key=key)
