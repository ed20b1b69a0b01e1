"""What the grammar says of two sides of a sentence, as plain words that a linear model can weigh.

    traits(parsed, ((0, 4),), ((14, 18),))  # ["source dep=nsubj", "source verb=expel/nsubj", ..., "path=nsubj|dobj"]

Sides are spans of characters of `parsed.text`. Every trait holds lemmas and labels, none holds a name of an actor, so
that what is learnt does not hang on who they are.
"""

from __future__ import annotations

from collections.abc import Sequence

from dragoman.parse.base import Parsed, Token
from dragoman.records import Span

HIGH = 12  # words up from a side that are looked at
NEAR = 5  # of these, the lemmas that count


def traits(parsed: Parsed, source: Sequence[Span], target: Sequence[Span]) -> list[str]:
    """The traits of a pair, in no order that matters; a side that is not there has one trait saying so."""
    heads = [_head(parsed, spans) for spans in (source, target)]
    out: list[str] = []
    for side, k in zip(("source", "target"), heads, strict=True):
        out += [f"{side}=nobody"] if k is None else _of_side(parsed, side, k)
    if heads[0] is not None and heads[1] is not None:
        out += _between(parsed, heads[0], heads[1])
    around = heads[0] if heads[0] is not None else heads[1]
    if around is not None:
        out += [f"root={t.lemma.lower()}" for t in _sentence(parsed, around) if t.dep == "ROOT" and _told(t)]
    return out


def _of_side(parsed: Parsed, side: str, k: int) -> list[str]:
    tokens = parsed.tokens
    path = _up(parsed, k)
    out = [f"{side} dep={tokens[k].dep}", f"{side} pos={tokens[k].pos}"]
    if tokens[k].pos == "NOUN":
        out.append(f"{side} noun={tokens[k].lemma.lower()}")
    out += [f"{side} under={tokens[j].lemma.lower()}" for j in path[1:NEAR] if _told(tokens[j])]
    verb = next((j for j in path[1:] if tokens[j].pos in ("VERB", "AUX")), None)
    if verb is None:
        return out
    lemma = tokens[verb].lemma.lower()
    out.append(f"{side} verb={lemma}/{tokens[k].dep}")
    out += [f"{side} with={t.lower}" for t in parsed.kids(verb, "aux", "neg", "prt", "auxpass", "mark") if _told(t)]
    for t in parsed.kids(verb, "dobj", "attr"):
        if t.pos == "NOUN":
            out += [f"{side} object={t.lemma.lower()}", f"{side} does={lemma}_{t.lemma.lower()}"]
    for t in parsed.kids(verb, "xcomp", "ccomp"):
        out += [f"{side} to={t.lemma.lower()}"] if _told(t) else []
        out += [f"{side} to with={x.lower}" for x in parsed.kids(t.i, "aux", "neg") if _told(x)]
        out += [f"{side} to object={x.lemma.lower()}" for x in parsed.kids(t.i, "dobj") if x.pos == "NOUN"]
    return out


def _between(parsed: Parsed, source: int, target: int) -> list[str]:
    above, over = _up(parsed, source), _up(parsed, target)
    top = next((j for j in above if j in over), None)
    if top is None:
        return ["path=none"]
    up = "<".join(parsed.tokens[j].dep for j in above[: above.index(top)])
    down = ">".join(parsed.tokens[j].dep for j in over[: over.index(top)])
    meet = [f"meet={parsed.tokens[top].lemma.lower()}"] if _told(parsed.tokens[top]) else []
    return [f"path={up}|{down}", *meet]


def _head(parsed: Parsed, spans: Sequence[Span]) -> int | None:
    """The word that the first of some spans hangs by."""
    if not spans:
        return None
    start, end = spans[0]
    first = last = parsed.at(start)
    while last < len(parsed.tokens) and parsed.tokens[last].start < end:
        last += 1
    inside = range(first, last)
    return next((k for k in inside if parsed.tokens[k].head not in inside or parsed.tokens[k].head == k), None)


def _told(token: Token) -> bool:
    """Whether a word may stand in a trait: names and line breaks may not."""
    return token.pos not in ("PROPN", "SPACE")


def _up(parsed: Parsed, k: int) -> list[int]:
    out = [k]
    while len(out) <= HIGH and parsed.tokens[k].head != k:
        k = parsed.tokens[k].head
        out.append(k)
    return out


def _sentence(parsed: Parsed, k: int) -> list[Token]:
    sentence = parsed.sentence_of(k)
    return list(parsed.tokens[sentence.first : sentence.last])
