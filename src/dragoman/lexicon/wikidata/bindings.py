"""What is read in one answer of a query to Wikidata, whatever its variables are called."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from dragoman.lexicon.wikidata import dates

# what a variable may be called; capitals and underscores do not count, and "...Label" is the name of the item
VARIABLES = {
    "person": ("person", "item", "human", "holder", "politician", "officeholder", "who"),
    "position": ("position", "office", "positionheld", "role", "post"),
    "start": ("start", "starttime", "startdate", "from", "begin", "since"),
    "end": ("end", "endtime", "enddate", "to", "until"),
    "start_precision": ("startprecision", "starttimeprecision", "startdateprecision"),
    "end_precision": ("endprecision", "endtimeprecision", "enddateprecision"),
    "country": ("country", "state", "jurisdiction", "appliesto", "of"),
    "iso": ("iso", "iso3", "countrycode", "isocode", "alpha3"),
    "citizenship": ("citizenship", "nationality", "countryofcitizenship"),
    "gender": ("gender", "sex", "sexorgender"),
    "aliases": ("alias", "aliases", "altlabel", "personaltlabel", "itemaltlabel", "alsoknownas"),
    "org": ("org", "organisation", "organization", "body"),
    "member": ("member", "memberstate"),
}
_ROLE_OF = {name: role for role, names in VARIABLES.items() for name in names}
_ITEM = re.compile(r"(?:https?://www\.wikidata\.org/(?:entity|wiki)/)?(Q[1-9]\d*)")


class Answer(NamedTuple):
    """Items and names by role, and the variables that have none."""

    items: dict[str, str]
    names: dict[str, str]
    texts: dict[str, str]
    unread: tuple[str, ...]

    @property
    def start(self) -> str:
        return dates.of_binding(self.texts.get("start", ""), self.texts.get("start_precision", ""))

    @property
    def end(self) -> str:
        return dates.of_binding(self.texts.get("end", ""), self.texts.get("end_precision", ""))

    @property
    def aliases(self) -> list[str]:
        return [a.strip() for a in re.split(r"\s*[|;,]\s*", self.texts.get("aliases", "")) if a.strip()]


def answer(binding: Mapping[str, Any]) -> Answer:
    """One row of answers with its variables understood."""
    items: dict[str, str] = {}
    names: dict[str, str] = {}
    texts: dict[str, str] = {}
    unread = []
    for variable, held in binding.items():
        value = str(held.get("value", "")) if isinstance(held, Mapping) else "" if held is None else str(held)
        plain = variable.lower().replace("_", "")
        named = plain.endswith("label") and plain not in _ROLE_OF
        role = _ROLE_OF.get(plain.removesuffix("label") if named else plain)
        if role is None:
            unread.append(variable)
            continue
        item = _ITEM.fullmatch(value.strip())
        if item and not named:
            items[role] = item[1]
        elif item:
            continue  # the query service writes the number where there is no name
        elif named or role not in ("start", "end", "start_precision", "end_precision", "aliases", "iso"):
            names.setdefault(role, " ".join(value.split()))
        else:
            texts[role] = value.strip()
    return Answer(items, names, texts, tuple(unread))
