"""The words of the condition on which a stance hangs: beside its verb, or in the sentence after or before it.

"if", "only after" and the like stand in stance.csv (`condition`), as do the words that begin a sentence of conditions
("But first ...": `after`) and those that begin what follows from one ("Only then ...": `then`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dragoman.find.wanted.stances import Stances
from dragoman.parse.base import Parsed, Sentence, Token
from dragoman.records import Span

_VERBAL = ("VERB", "AUX")
_FINITE = ("VBD", "VBZ", "VBP", "MD")
_CLOSING = ("”", '"', "’’")
_NOMINAL = ("NOUN", "PROPN", "PRON", "DET", "ADJ", "NUM")


class Conditions:
    """Finds the conditions of one text."""

    def __init__(self, parsed: Parsed, stances: Stances) -> None:
        self.parsed = parsed
        self.tokens = parsed.tokens
        self.stances = stances
        self.words = stances.wanted
        self.topic = -1  # a word of the topic that hangs on conditions: no condition itself
        self._phrases = {
            first: phrases
            for first, phrases in stances.by_first(stances.conditions).items()
            if any(len(words) > 1 or words[0].endswith(("ed", "ing")) for words in phrases)
        }
        self._afterwards = stances.by_first(stances.afterwards)
        self._thereupon = stances.by_first(stances.thereupon)
        self._small = {name: stances.wanted(name) for name in ("not_before", "without", "no_condition", "inverted")}
        self._marks = self._small["not_before"] | self._small["without"] | stances.conditions.keys()

    def of(self, k: int, *, negated: bool) -> Span | None:
        """The words of a condition that hangs on the verb at `k`, or on the "said" around it.

        `negated`: "not until", "not before", "not without" set a condition; without the "not" they do not.
        """
        near = self._reach(k)
        sentence = self.parsed.sentence_of(k)
        for i in range(sentence.first, sentence.last):
            token = self.tokens[i]
            if token.lower not in self._marks:
                continue
            if token.lower in self._small["not_before"] and not (negated or self._only(i)):
                continue
            if token.lower in self._small["without"]:
                clause = token if negated and token.dep == "prep" and not k < self.tokens[i].head < i else None
            elif token.lower in self.stances.conditions and token.dep in ("mark", "advmod"):
                if i and self.tokens[i - 1].lower in self._small["no_condition"]:
                    continue
                clause = self.parsed.head(i)
                if clause.lower == "long":
                    clause = next((t for t in self.parsed.kids(clause.i, "advcl")), clause)
                clause = clause if clause.dep in ("advcl", "ccomp") else None
            else:
                continue
            if clause is None or clause.i == k or {k, self.topic} & set(self.parsed.subtree(clause.i)):
                continue
            if clause.tag != "IN" and any(t.lower == "i" for t in self.parsed.kids(clause.i, "nsubj")):
                continue  # "as long as I am minister" means never
            over = self.parsed.head(clause.i)
            if over.pos not in _VERBAL and over.i != k:
                over = self.parsed.head(over.i)
            if over.i == k or (over.i in near and not clause.i < self.tokens[over.i].i < k):
                return self.span(clause.i)
        return self._phrase(k, sentence) or self._inverted(k, sentence) or self._offered(k)

    def after(self, sentence: Sentence) -> Span | None:
        """The words of a sentence that sets a condition for what was said before: "But first, the guns must go"."""
        return self._begun(sentence, self._afterwards) or self._left_open(sentence)

    def before(self, sentence: Sentence) -> Span | None:
        """The sentence before, where this one only follows from it: "Only then ...", "After that ..."."""
        if not sentence.i or self._begun(sentence, self._thereupon) is None:
            return None
        earlier = self.parsed.sentences[sentence.i - 1]
        return earlier.start, earlier.end

    def span(self, i: int) -> Span:
        """The clause at word `i` without the marks around it."""
        words = [w for w in self.parsed.subtree(i) if self.tokens[w].pos != "PUNCT" or w not in (i,)]
        while words and self.tokens[words[-1]].pos == "PUNCT":
            words.pop()
        while words and self.tokens[words[0]].pos == "PUNCT":
            words.pop(0)
        return self.parsed.span(words)

    def _phrase(self, k: int, sentence: Sentence) -> Span | None:
        """ "on condition that", "in exchange for": phrases of the table behind the verb."""
        for i in range(k, sentence.last - 1):
            for words in self._phrases.get(self.tokens[i].lower, ()):
                if (len(words) > 1 or self.tokens[i].tag in ("VBN", "VBG")) and tuple(
                    t.lower for t in self.tokens[i : i + len(words)]
                ) == words:
                    if self.tokens[min(i + len(words), sentence.last - 1)].lower == "i":
                        return None
                    return self.tokens[i].start, self.tokens[sentence.last - 1].start
        return None

    def _inverted(self, k: int, sentence: Sentence) -> Span | None:
        """ "would do so were Chile to do the same", "should the talks fail": a condition without an "if"."""
        if not any(t.lower in self.words("would") for t in self.parsed.words(sentence)) and not any(
            t.lower in self.words("will") for t in self.parsed.kids(k, "aux")
        ):
            return None
        if not any(t.lower in self._small["inverted"] for t in self.parsed.words(sentence)):
            return None
        if any(t.lower == "have" for t in self.parsed.kids(k, "aux")):
            return None  # "had it been ratified, it would have ...": it was not
        for i in range(sentence.first, sentence.last - 2):
            token, after = self.tokens[i], self.tokens[i + 1]
            if token.lower not in self.words("inverted") or after.pos not in _NOMINAL:
                continue
            begins = i == sentence.first or self.tokens[i - 1].pos == "PUNCT"
            if not begins and (token.text[:1].isupper() or token.lower not in self.words("inverted_inside")):
                continue
            end = i + 1
            while end < sentence.last and self.tokens[end].pos in (*_NOMINAL, "PART", "ADP") and end != k:
                if self.tokens[end].lower == "to" and self.tokens[end].tag == "TO":
                    break
                end += 1
            if end >= sentence.last or end == k:
                continue
            inside = self.tokens[end]
            fits = inside.tag == "TO" if token.lower in self.words("inverted_inside") else inside.pos in _VERBAL
            if fits and (begins or inside.tag == "TO"):
                stop = next(
                    (n for n in range(end, sentence.last) if self.tokens[n].text in (",", ".", "”", ";")), sentence.last
                )
                if i <= k < stop:
                    continue
                return token.start, self.tokens[stop - 1].end
        return None

    def _offered(self, k: int) -> Span | None:
        """ "Free the prisoners and we will lift the embargo": what is ordered first is the condition."""
        token = self.tokens[k]
        first = self.parsed.head(k)
        if token.dep != "conj" or first.tag != "VB" or first.pos != "VERB" or self.parsed.kids(first.i, "nsubj", "aux"):
            return None
        if not any(t.lower in self.words("will") for t in self.parsed.kids(k, "aux")):
            return None
        words = [w for w in self.parsed.subtree(first.i) if w < k and self.tokens[w].dep not in ("cc", "punct")]
        inner = set(self.parsed.subtree(k))
        words = [w for w in words if w not in inner]
        return self.parsed.span(words) if words else None

    def _only(self, i: int) -> bool:
        return i > 0 and self.tokens[i - 1].lower == "only"

    def _left_open(self, sentence: Sentence) -> Span | None:
        """ "Of course, if the others want it, too": a condition as a sentence of its own, of which nothing follows."""
        for k in range(sentence.first, min(sentence.first + 4, sentence.last)):
            token = self.tokens[k]
            if token.lower in self.stances.conditions and token.dep in ("mark", "advmod"):
                clause = set(self.parsed.subtree(self.parsed.head(k).i))
                said = range(k, sentence.last)
                last = next((n for n in said if self.tokens[n].text in _CLOSING), sentence.last)
                if any(self.tokens[n].tag in _FINITE and n not in clause for n in range(sentence.first, last)):
                    return None
                while last > k and self.tokens[last - 1].pos == "PUNCT":
                    last -= 1
                return token.start, self.tokens[last - 1].end
            if token.pos not in ("ADV", "ADP", "PUNCT", "CCONJ", "INTJ", "NOUN"):
                return None
        return None

    def _begun(self, sentence: Sentence, starts: Mapping[str, Sequence[tuple[str, ...]]]) -> Span | None:
        """The words of the sentence from one of these phrases on, where it begins with one."""
        for k in range(sentence.first, min(sentence.first + 4, sentence.last)):
            token = self.tokens[k]
            for words in starts.get(token.lower, ()):
                if tuple(t.lower for t in self.tokens[k : k + len(words)]) == words:
                    last = sentence.last
                    while last > k and self.tokens[last - 1].pos == "PUNCT":
                        last -= 1
                    return self.tokens[k].start, self.tokens[last - 1].end
            if token.pos not in ("ADV", "ADP", "PUNCT", "CCONJ", "INTJ", "NOUN", "ADJ", "PRON"):
                return None
        return None

    def _reach(self, k: int) -> set[int]:
        """The verbs on which a condition for the verb at `k` may stand, too: "would agree, he said, if ..."."""
        out: set[int] = set()
        at: Token = self.tokens[k]
        for _ in range(4):
            above = self.parsed.head(at.i)
            if above.i == at.i or above.pos not in (*_VERBAL, "ADJ", "NOUN"):
                break
            if at.dep in ("ccomp", "xcomp", "parataxis", "acomp"):
                out.add(above.i)
            elif at.dep != "conj":
                break
            at = above
        out.update(t.i for t in self.parsed.kids(k, "parataxis", "xcomp", "acomp"))
        for joined in self.parsed.kids(k, "conj"):
            # "will ease the sanctions, but will reimpose them if ..."
            if any(t.lower in self.words("echoing") for t in self.parsed.kids(joined.i, "dobj")):
                out.add(joined.i)
        return out
