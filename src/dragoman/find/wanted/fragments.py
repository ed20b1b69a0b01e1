"""What is said without a verb: a question of one's own and its answer, "no ceasefire, no talks", "no to tariffs".

"Recognise the junta? Never."      the answer takes sides
"Lift the embargo? Only if ..."    it sets a condition
"No ceasefire, no talks."          the first is the condition of the second
"No new bases!"                    against
"""

from __future__ import annotations

from dragoman.find.about.topics import Topic
from dragoman.find.wanted.claim import Claim
from dragoman.find.wanted.claims import Climber
from dragoman.find.wanted.stances import StanceRow, Stances
from dragoman.parse.base import Parsed
from dragoman.records import Span

_FINITE = ("VBD", "VBZ", "VBP", "MD")
_QUOTES = "“”\"'‘’«»"


def fragment_at(parsed: Parsed, stances: Stances, climber: Climber, topic: Topic, said: Span | None) -> Claim | None:
    """What the speaker claims of a topic in a fragment of his words (`said`: where they stand); None: nothing."""
    if said is None:
        return None
    asked = _asked(parsed, topic)
    if asked >= 0:
        return _answer(parsed, stances, climber, topic, asked)
    return _bare(parsed, climber, topic, said)


def _asked(parsed: Parsed, topic: Topic) -> int:
    """The question mark behind a topic in the same short question, -1 where there is none."""
    last = parsed.sentences[-1].last
    for k in range(topic.last, min(topic.last + 10, last)):
        token = parsed.tokens[k]
        if token.text == "?":
            return k
        if token.text in (".", "!", ";", "”"):
            break
    return -1


def _answer(parsed: Parsed, stances: Stances, climber: Climber, topic: Topic, asked: int) -> Claim | None:
    k = asked + 1
    tokens = parsed.tokens
    while k < len(tokens) and (tokens[k].text in _QUOTES or tokens[k].pos == "PUNCT"):
        k += 1
    found: tuple[int, StanceRow] | None = None
    for row in stances.answers:
        words = [t.lower for t in tokens[k : k + len(row.words)]]
        if tuple(words) == row.words and (found is None or len(row.words) > found[0]):
            found = len(row.words), row
    if found is None:
        return None
    row = found[1]
    claim = climber.rise(topic)
    claim.kind, claim.top, claim.words = "judgement", topic.first, [*claim.words, row.row.words]
    if row.row.stance == "conditional":
        end = k
        while end < len(tokens) and tokens[end].text not in (".", "!", "?", "”", '"') and end - k < 40:
            end += 1
        claim.condition = (tokens[k].start, tokens[end - 1].end)
    else:
        claim.sign *= row.sign or 1
        claim.neutral = row.sign == 0
    return claim


def _bare(parsed: Parsed, climber: Climber, topic: Topic, said: Span) -> Claim | None:
    """ "No ceasefire, no talks", "No new bases": words in a quotation that has no verb."""
    sentence = parsed.sentence_of(topic.first)
    start = max(sentence.start, said[0])
    tokens = [t for t in parsed.words(sentence) if start <= t.start < said[1] and t.text not in _QUOTES]
    if not any(mark in _QUOTES for mark in parsed.text[max(0, start - 1) : start + 1]):
        return None
    here = [n for n, t in enumerate(tokens) if t.i == topic.first]
    if not here or any(t.tag in _FINITE for t in tokens):
        return None
    cuts = [n for n, t in enumerate(tokens) if t.text in (",", ":", "–", "—", ".", "!")]
    begin = max([n + 1 for n in cuts if n < here[0]], default=0)
    if begin >= len(tokens) or tokens[begin].lower not in ("no", "without"):
        return None
    first = tokens[0].lower in ("no", "without") and begin > 0
    claim = Claim(1 if topic.polarity >= 0 else -1, top=topic.first, kind="judgement", words=["no"])
    if first:
        claim.condition = (tokens[0].start, tokens[begin - 2].end)
        return claim
    if any(n > here[0] and n + 1 < len(tokens) and tokens[n + 1].lower == "no" for n in cuts):
        return None  # "no ceasefire": a condition, told by what follows
    claim.sign = -claim.sign
    return claim
