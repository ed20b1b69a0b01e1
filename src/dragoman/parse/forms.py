"""Part of speech and lemma of every word, as the pipeline's attribute ruler and lemmatizer give them, each form once.

Both look at a word, its tag, and at most the word beside it, yet they take a third of the time of the whole pipeline.
So they are asked only about what has not been asked before: the answers are the same, word for word.
"""

from __future__ import annotations

import re
from typing import Any

MOST = 200_000  # forms kept; a stream of any length must not fill the memory

Form = tuple[int, int, int, int]  # keys of lemma, part of speech, tag and relation; relation 0: as it was


class Forms:
    """Answers of a pipeline's `attribute_ruler` and `lemmatizer`, which need not run in it.

    Raises ValueError for an attribute ruler with rules about more than two words or about more than tag, word, relation
    and white space.
    """

    def __init__(self, nlp: Any, ruler: Any, lemmatizer: Any) -> None:
        self._strings = nlp.vocab.strings
        self._ruler, self._lemmatizer = ruler, lemmatizer
        index = lemmatizer.lookups.get_table("lemma_index")
        for kind in list(index):  # lists of thousands of words, in which every new form would be looked for in turn
            index[kind] = dict.fromkeys(index[kind])
        patterns = [pattern for rule in ruler.patterns for pattern in rule["patterns"]]
        words = [word for pattern in patterns for word in pattern]
        beyond = {key for word in words for key in word} - {"TAG", "LOWER", "DEP", "IS_SPACE"}
        if beyond or max(map(len, patterns)) > 2:
            raise ValueError(f"rules of this attribute ruler look further than one word: {sorted(beyond)}")
        self._deps = frozenset(self._strings[dep] for word in words for dep in _values(word.get("DEP")))
        self._named = frozenset(low for word in words for low in _values(word.get("LOWER")))
        self._shapes = [re.compile(word["LOWER"]["REGEX"]) for word in words if _has_shape(word)]
        # the first words of rules about two words: by how they are written, or by their relation
        firsts = [pattern[0] for pattern in patterns if len(pattern) == 2]
        self._leads = frozenset(low for word in firsts for low in _values(word.get("LOWER")))
        self._lead_shapes = [re.compile(word["LOWER"]["REGEX"]) for word in firsts if _has_shape(word)]
        self._lead_deps = frozenset(
            self._strings[dep] for word in firsts if "LOWER" not in word for dep in _values(word.get("DEP"))
        )
        self._written: dict[int, tuple[int, bool]] = {}  # the word where a rule names it, else 0; does it lead a rule
        self._rules: dict[Any, list[int]] = {}
        self._known: dict[Any, Form] = {}

    def of(self, doc: Any) -> list[Form]:
        """For each token of a parsed document the keys of its lemma, part of speech, tag and relation."""
        from spacy import attrs

        if not len(doc):
            return []
        words = doc.to_array([attrs.ORTH, attrs.LOWER, attrs.TAG, attrs.DEP, attrs.IS_SPACE]).tolist()
        for kept in (self._known, self._written):
            if len(kept) > MOST:
                kept.clear()
        known, written, deps, lead_deps = self._known, self._written, self._deps, self._lead_deps
        named = [written.get(lower) or self._write(lower) for _, lower, *_ in words]
        out = []
        before: tuple[int, ...] = ()
        for i, (orth, _, tag, dep, space) in enumerate(words):
            seen = dep if dep in deps else 0
            lower, leads = named[i]
            leads = leads or dep in lead_deps
            beside = (before, named[i + 1][0] if leads and i + 1 < len(words) else 0)
            found = known.get((orth, tag, seen, beside))
            if found is None:
                found = self._asked(doc, i, (tag, lower, seen, space, beside))
                known[orth, tag, seen, beside] = found
            out.append(found if found[3] else (*found[:3], dep))
            before = (lower, tag, seen) if leads else ()
        return out

    def _write(self, lower: int) -> tuple[int, bool]:
        word = self._strings[lower]
        named = word in self._named or any(shape.search(word) for shape in self._shapes)
        leads = word in self._leads or any(shape.search(word) for shape in self._lead_shapes)
        self._written[lower] = found = (lower if named else 0, leads)
        return found

    def _asked(self, doc: Any, i: int, seen: Any) -> Form:
        """What the pipeline's own components say of one token. They write it onto the document as well."""
        from spacy.pipeline.attributeruler import set_token_attrs

        rules = self._rules.get(seen)
        if rules is None:
            first = max(0, i - 1)
            found = self._ruler.matcher(doc[first : i + 2], allow_missing=True, as_spans=False)
            named = [(int(self._strings[match]), start, end) for match, start, end in found]
            index = self._ruler.indices
            rules = self._rules[seen] = sorted(
                {rule for rule, start, end in named if first + (start, end)[index[rule] < 0] + index[rule] == i}
            )
        token = doc[i]
        had = token.dep
        for rule in rules:
            set_token_attrs(token, self._ruler.attrs[rule])
        lemma = token.lemma or self._strings.add(self._lemmatizer.lemmatize(token)[0])
        return lemma, token.pos, token.tag, token.dep if token.dep != had else 0


def _values(wanted: Any) -> list[str]:
    """The words that a condition of a rule names."""
    if wanted is None:
        return []
    if isinstance(wanted, str):
        return [wanted]
    return [value for key, values in wanted.items() if key in ("IN", "NOT_IN") for value in values]


def _has_shape(word: Any) -> bool:
    return isinstance(word.get("LOWER"), dict) and "REGEX" in word["LOWER"]
