"""Codes of other people's dictionaries beside ours, from data/ontology."""

from __future__ import annotations

import csv
import io
import tomllib
from collections.abc import Iterator
from importlib.resources import files
from typing import Any, NamedTuple


class Cameo(NamedTuple):
    """A code of three letters in CAMEO's actor codes."""

    code: str
    part: str  # country | region | kind | sector | body
    actor: str
    sector: str
    office: str
    kind: str
    note: str


class Act(NamedTuple):
    """What a CAMEO event code is here; no type: it is no event."""

    type: str
    mode: str
    swap: bool


def cameo_actors() -> dict[tuple[str, str], Cameo]:
    """The rows of cameo-actors.csv by (part, code)."""
    return {
        (row["part"], row["code"]): Cameo(*(row.get(name) or "" for name in Cameo._fields))
        for row in _rows("cameo-actors.csv")
    }


def cameo_acts() -> dict[str, Act]:
    """What each CAMEO event code is here."""
    return {
        row["code"]: Act(row["type"], row["mode"], row["swap"] == "yes")
        for row in _rows("cameo.csv")
        if row["direction"] in ("in", "both")
    }


def cameo_rows() -> tuple[list[dict[str, str]], list[dict[str, str]]]:
    """The whole rows of cameo.csv (direction and Goldstein score included) and of cameo-actors.csv, by column.

    They are what `dragoman.exchange.crosswalk.crosswalk` is made from.
    """
    return list(_rows("cameo.csv")), list(_rows("cameo-actors.csv"))


def wikidata_items() -> dict[str, dict[str, str]]:
    """part -> item -> ours: states, genders and classes of Wikidata."""
    out: dict[str, dict[str, str]] = {"state": {}, "gender": {}, "class": {}}
    for row in _rows("wikidata.csv"):
        out.setdefault(row["part"], {})[row["item"]] = row["ours"]
    return out


def petrarch_words() -> dict[str, dict[str, Any]]:
    """The words by which phrases of PETRARCH's dictionaries are known for what they name."""
    return tomllib.loads(files("dragoman").joinpath("data/ontology/petrarch.toml").read_text("utf-8"))


def _rows(name: str) -> Iterator[dict[str, str]]:
    text = files("dragoman").joinpath("data/ontology", name).read_text("utf-8")
    yield from csv.DictReader(io.StringIO(text, newline=""))
