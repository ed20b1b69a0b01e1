"""A verb dictionary of PETRARCH or TABARI as patterns of ours, as far as they say the same thing.

    &GOODS
    +WHEAT
    +TIMBER
    --- BUY [061] ---
    BUY {BUYS BUYING BOUGHT} [061]
    - * &GOODS FROM + [061]

Brought over: a verb with a code; a pattern of the verb, plain words or a set of words behind it, prepositions, and
the places of source and target. Left out by name: everything that our language of patterns says otherwise (passives and
compounds need no rows here) or cannot say.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from dragoman.lexicon.bring import LeftOut
from dragoman.lexicon.crosswalk import Act, cameo_acts
from dragoman.lexicon.load import Lexicon
from dragoman.lexicon.patterns import PREPOSITIONS, compile_pattern
from dragoman.lexicon.petrarch.lines import plain_lines
from dragoman.lexicon.rows import Row, VerbPattern

REASONS = {
    "no_event": "its CAMEO code is no event in PLOVER (a plain comment or appeal)",
    "unknown_event": "its CAMEO code is none we know",
    "unknown_set": "the set of words is not defined in the file",
    "words_before": "words before the verb, which our patterns do not look at",
    "passive": "a passive, which is read without a row",
    "two_codes": "a code for each side, which our patterns do not have",
    "own_marks": "marks that our language of patterns has no like for",
    "several_words": "words in a row that we cannot tell for an object and its modifier",
    "no_target": "neither the words nor the code leave a place for the other side",
}

_HEAD = re.compile(r"([A-Z_'-]+)\s*(?:\{([^}]*)\})?\s*(?:\[([^\]]*)\])?")
_BLOCK = re.compile(r"---\s*([A-Z_ '-]+?)\s*(?:\[([^\]]*)\])?\s*---")
_PATTERN = re.compile(r"-\s*(.+?)\s*\[([^\]]*)\]")
_SMALL = frozenset("A AN THE ITS HIS HER THEIR".split())


def verbs(lines: Iterable[str], name: str, tables: Lexicon) -> Iterator[Row | LeftOut]:
    """The patterns that a dictionary's entries become, and what becomes none."""
    acts = cameo_acts()
    held = list(plain_lines(lines, name))
    sets = _sets(held)
    verb, past = "", ""
    collecting = False
    for where, line in held:
        if line.startswith("&"):
            collecting = True
            continue
        if line.startswith("+"):
            if not collecting:
                yield LeftOut(where, line, "unreadable_line")
            continue
        collecting = False
        block = _BLOCK.fullmatch(line)
        if block:
            continue  # told again by the verbs below it
        if line.startswith("-") or line.startswith("~"):
            found = _PATTERN.fullmatch(line)
            if found is None or not verb:
                yield LeftOut(where, line, "unreadable_line")
                continue
            yield from _row(where, line, _pattern(found[1], verb, sets), found[2], acts, past)
            continue
        head = _HEAD.fullmatch(line)
        if head is None:
            yield LeftOut(where, line, "unreadable_line")
            continue
        verb = head[1].strip("_").lower()
        past = _past(verb, head[2] or "")
        if head[3] and head[3].strip() not in ("---", ":"):
            yield from _row(where, line, f"SOURCE {verb} TARGET", head[3], acts, past)


def _sets(lines: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    out: dict[str, list[str]] = {}
    current: list[str] | None = None
    for _, line in lines:
        if line.startswith("&"):
            current = out.setdefault(line[1:].strip().strip("_"), [])
        elif line.startswith("+") and current is not None:
            current.append(line[1:].strip().strip("_"))
        else:
            current = None
    return out


def _row(where: str, line: str, pattern: str, code: str, acts: dict[str, Act], past: str) -> Iterator[Row | LeftOut]:
    """`pattern` is one of ours, or the name of the reason why there is none."""
    if pattern in REASONS:
        yield LeftOut(where, line, pattern)
        return
    if ":" in code:
        yield LeftOut(where, line, "two_codes")
        return
    if code.strip() == "---":
        yield VerbPattern(pattern=pattern, event="NONE", example=_example(pattern, past), where=where)
        return
    act = acts.get(code.strip())
    if act is None or not act.type:
        yield LeftOut(where, line, "unknown_event" if act is None else "no_event")
        return
    if act.swap:
        pattern = pattern.replace("SOURCE", "\0").replace("TARGET", "SOURCE").replace("\0", "TARGET")
    row = VerbPattern(pattern=pattern, event=act.type, mode=act.mode, example=_example(pattern, past), where=where)
    try:
        compile_pattern(row)
    except ValueError as fault:
        yield LeftOut(where, line, "own_marks", str(fault))
        return
    yield row


def _pattern(text: str, verb: str, sets: dict[str, list[str]]) -> str:
    """The pattern in our language, or the name of the reason why it cannot be said there."""
    marks = text.replace("(", " ").replace(")", " ").split()
    if "*" not in marks:
        return "own_marks"
    at = marks.index("*")
    before, after = marks[:at], marks[at + 1 :]
    if any(mark in ("%", "^", "|") or mark[0] in "~!<>{}%^|?" for mark in marks):
        return "own_marks"
    if before and before[0] == "+":
        return "passive"
    if [mark for mark in before if mark != "$"]:
        return "words_before"
    out = ["SOURCE", verb]
    run = 0
    for mark in after:
        if mark == "$":
            return "passive"
        if mark == "+":
            if run:
                return "several_words"  # "diplomat TARGET" says nothing
            out.append("TARGET")
            run = 0
            continue
        if mark in _SMALL:
            continue
        word = mark.strip("_").lower()
        if mark.startswith("&"):
            listed = sets.get(mark[1:].strip("_"))
            if not listed:
                return "unknown_set"
            if any("_" in w or " " in w for w in listed):
                return "several_words"
            word = "/".join(dict.fromkeys(_lemma(w.strip("_").lower()) for w in listed))
        elif "_" in word or not word.isalpha():
            return "several_words"
        if word in PREPOSITIONS:
            out.append(word)
            run = 0
            continue
        run += 1
        if run > 1:
            return "several_words"
        out.append(word if mark.startswith("&") else _lemma(word))
    if out[-1] in PREPOSITIONS:
        out.append("TARGET")
    elif "TARGET" not in out:
        if run:
            # PETRARCH looks for the target behind the pattern; that is before our noun, or behind a preposition
            out.append("[of/with/to/against/from TARGET]")
        else:
            out.append("TARGET")
    return " ".join(out)


def _lemma(noun: str) -> str:
    """The singular of a plain plural."""
    if noun.endswith("ies") and len(noun) > 4:
        return noun[:-3] + "y"
    if noun.endswith(("sses", "shes", "ches", "xes")):
        return noun[:-2]
    if noun.endswith("s") and not noun.endswith(("ss", "us", "is", "news")) and len(noun) > 3:
        return noun[:-1]
    return noun


def _past(verb: str, forms: str) -> str:
    """The past tense, from the forms that the dictionary lists, else by rule."""
    listed = [form.strip("_").lower() for form in forms.split()]
    stem = verb.partition("_")[0]
    rest = verb[len(stem) :].replace("_", " ")
    for form in listed:
        if form.endswith("ed"):
            return form.replace("_", " ")
    irregular = [f for f in listed if not f.endswith(("s", "ing"))]
    if irregular:
        return irregular[0].replace("_", " ")
    if stem.endswith("e"):
        return stem + "d" + rest
    if stem.endswith("y") and stem[-2:-1] not in "aeiou":
        return stem[:-1] + "ied" + rest
    return stem + "ed" + rest


def _example(pattern: str, past: str) -> str:
    """A sentence in which the pattern stands, its slots filled with two states."""
    words = pattern.replace("[of/with/to/against/from TARGET]", "of TARGET").split()
    names = {"SOURCE": "Chile", "TARGET": "Peru"}
    out = [names.get(words[0], words[0]), past]
    nouns = 0
    for word in words[2:]:
        one = word.strip("[]").partition("/")[0]
        if one in names:
            out.append(names[one])
        elif one in PREPOSITIONS:
            out.append(one)
        else:
            nouns += 1
            out.append(f"the {one}")
    return " ".join(out) + "."
