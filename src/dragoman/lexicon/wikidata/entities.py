"""What is read in an entity of Wikidata: its English name, other names, and its statements with their qualifiers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from dragoman.lexicon.wikidata import dates

INSTANCE_OF, GENDER, CITIZENSHIP, POSITION, MEMBER_OF = "P31", "P21", "P27", "P39", "P463"
JURISDICTION, COUNTRY, OF, ISO_CODE = "P1001", "P17", "P642", "P298"
START, END = "P580", "P582"
_ENGLISH = ("en", "en-gb", "en-us", "mul")


class Claim(NamedTuple):
    """One statement: what it says, the item or text, and the qualifiers we read."""

    value: str
    from_: str
    to: str
    of: tuple[str, ...]


def label(entity: Mapping[str, Any]) -> str:
    """The English name, or nothing."""
    labels = entity.get("labels")
    if not isinstance(labels, Mapping):  # an empty map is written as an empty array
        return ""
    for language in _ENGLISH:
        found = labels.get(language)
        if isinstance(found, Mapping) and found.get("value"):
            return str(found["value"])
    return ""


def aliases(entity: Mapping[str, Any]) -> list[str]:
    """The other English names."""
    held = entity.get("aliases")
    if not isinstance(held, Mapping):
        return []
    return list(
        dict.fromkeys(
            str(one["value"])
            for language in _ENGLISH
            for one in held.get(language) or ()
            if isinstance(one, Mapping) and one.get("value")
        )
    )


def claims(entity: Mapping[str, Any], property_: str) -> Iterator[Claim]:
    """The statements of a property; those that Wikidata calls wrong or does not know the value of are passed over."""
    held = entity.get("claims")
    for statement in (held.get(property_) or ()) if isinstance(held, Mapping) else ():
        if not isinstance(statement, Mapping) or statement.get("rank") == "deprecated":
            continue
        value = _value(statement.get("mainsnak"))
        if value is None:
            continue
        qualifiers = statement.get("qualifiers")
        held_of: Mapping[str, Any] = qualifiers if isinstance(qualifiers, Mapping) else {}
        yield Claim(
            _item(value),
            _date(held_of, START),
            _date(held_of, END),
            tuple(
                _item(one)
                for name in (JURISDICTION, OF, COUNTRY)
                for snak in held_of.get(name) or ()
                if (one := _value(snak)) is not None
            ),
        )


def first(entity: Mapping[str, Any], property_: str) -> str:
    """What the first statement of a property says, or nothing."""
    return next((claim.value for claim in claims(entity, property_)), "")


def _date(qualifiers: Mapping[str, Any], property_: str) -> str:
    for snak in qualifiers.get(property_) or ():
        date = dates.of_snak(_value(snak))
        if date:
            return date
    return ""


def _value(snak: Any) -> Any:
    if not isinstance(snak, Mapping) or snak.get("snaktype", "value") != "value":
        return None
    value = snak.get("datavalue")
    return value.get("value") if isinstance(value, Mapping) else None


def _item(value: Any) -> str:
    if isinstance(value, Mapping):
        found = value.get("id") or (f"Q{value['numeric-id']}" if value.get("numeric-id") else "")
        return str(found)
    return str(value)
