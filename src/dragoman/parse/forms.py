"""Part of speech and lemma of every word, as the pipeline's attribute ruler and lemmatizer give them, each form once.

Both look at a word, its tag, and at most the word beside it, yet they take a third of the time of the whole pipeline.
So they are asked only about what has not been asked before: the answers are the same, word for word.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from typing import Any

MOST = 200_000  # forms kept; a stream of any length must not fill the memory


class Forms:
    """Answers of a pipeline's `attribute_ruler` and `lemmatizer`, which need not run in it."""

    def __init__(self, nlp: Any, ruler: Any, lemmatizer: Any) -> None:
        self._strings = nlp.vocab.strings
        self._ruler, self._lemmatizer = ruler, lemmatizer
        index = lemmatizer.lookups.get_table("lemma_index")
        for kind in list(
            index
        ):  # lists of thousands of words, in which every new form would be looked for from the start
            index[kind] = dict.fromkeys(index[kind])
        self._known: dict[Any, tuple[int, int, int, int]] = {}
        patterns = [pattern for rule in ruler.patterns for pattern in rule["patterns"]]
        beyond = {key for pattern in patterns for word in pattern for key in word} - {"TAG", "LOWER", "DEP", "IS_SPACE"}
        if beyond or max(map(len, patterns)) > 2:
            raise ValueError(f"rules of this attribute ruler look further than one word: {sorted(beyond)}")
        self._deps = frozenset(
            self._strings[dep] for pattern in patterns for word in pattern for dep in _values(word.get("DEP"))
        )
        # the first words of rules about two words
        firsts = [pattern[0] for pattern in patterns if len(pattern) == 2]
        self._leads = frozenset(self._strings[low] for word in firsts for low in _values(word.get("LOWER")))
        self._lead_deps = frozenset(
            self._strings[dep] for word in firsts if "LOWER" not in word for dep in _values(word.get("DEP"))
        )
        self._lead_forms = [
            re.compile(word["LOWER"]["REGEX"])
            for word in firsts
            if isinstance(word.get("LOWER"), dict) and "REGEX" in word["LOWER"]
        ]
        self._leading: dict[int, bool] = {}

    def of(self, doc: Any) -> list[tuple[int, int, int, int]]:
        """For each token of a parsed document the keys of its lemma, part of speech, tag and relation."""
        from spacy import attrs

        if not len(doc):
            return []
        words = doc.to_array([attrs.ORTH, attrs.LOWER, attrs.TAG, attrs.DEP]).tolist()
        if len(self._known) > MOST:
            self._known.clear()
        known, deps = self._known, self._deps
        keys = []
        before: Any = None
        for i, (orth, lower, tag, dep) in enumerate(words):
            seen = dep if dep in deps else 0
            leads = self._leads_on(lower) or dep in self._lead_deps
            keys.append((orth, tag, seen, before, words[i + 1][1] if leads and i + 1 < len(words) else 0))
            before = (lower, tag, seen) if leads else None
        new = {key: i for i, key in enumerate(keys) if key not in known}
        if new:
            rules = self._rules(doc, new.values())
            known.update((key, self._asked(doc[i], rules.get(i, ()))) for key, i in new.items())
        found = [known[key] for key in keys]
        return [(lemma, pos, tag, dep or words[i][3]) for i, (lemma, pos, tag, dep) in enumerate(found)]

    def _rules(self, doc: Any, places: Collection[int]) -> dict[int, list[int]]:
        """The rules that speak of the tokens at these places, in the order in which they are to be applied."""
        # one walk over the document costs about as much as windows round a sixth of its words
        if len(places) * 6 > len(doc):
            windows = [(0, doc)]
        else:
            windows = [(max(0, i - 1), doc[max(0, i - 1) : i + 2]) for i in places]
        found: dict[int, set[int]] = {}
        for first, window in windows:
            for match, start, end in self._ruler.matcher(window, allow_missing=True, as_spans=False):
                rule = int(self._strings[match])
                index = self._ruler.indices[rule]
                found.setdefault(first + (start + index if index >= 0 else end + index), set()).add(rule)
        return {i: sorted(rules) for i, rules in found.items()}

    def _leads_on(self, lower: int) -> bool:
        found = self._leading.get(lower)
        if found is None:
            if len(self._leading) > MOST:
                self._leading.clear()
            written = self._strings[lower]
            found = lower in self._leads or any(form.search(written) for form in self._lead_forms)
            self._leading[lower] = found
        return found

    def _asked(self, token: Any, rules: Iterable[int]) -> tuple[int, int, int, int]:
        """What the pipeline's own components say of one token. They write it onto the document as well."""
        from spacy.pipeline.attributeruler import set_token_attrs

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
