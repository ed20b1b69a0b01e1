"""The tables of states, ambiguous forms, seats, offices and roles keep their own rules, whoever loads them."""

from __future__ import annotations

import csv
import re
import tomllib
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest

ACTORS = Path(__file__).parents[1] / "src" / "dragoman" / "data" / "actors"
COLUMNS = {
    "states.csv": "code name official aliases adjectives nationals capital from to source",
    "ambiguous.csv": "form code before after page page_for source",
    "seats.csv": "form aliases code sector kind name from to source",
    "roles.csv": "role sector number kind example",
}
LISTS = {
    "states.csv": ("aliases", "adjectives", "nationals", "capital"),
    "ambiguous.csv": ("before", "after", "page", "page_for"),
    "seats.csv": ("aliases",),
    "roles.csv": (),
}
KEYS = {"states.csv": ("code",), "ambiguous.csv": ("form",), "seats.csv": ("form", "from"), "roles.csv": ("role",)}
SECTORS = {
    "GOV", "MIL", "COP", "JUD", "LEG", "PTY", "REB", "PRM", "SPY", "UAF", "UNK",
    "AGR", "BUS", "CRM", "CVL", "EDU", "ELI", "JRN", "LAB", "MED", "OPP", "PRE", "REF", "REL", "SOC",
}  # fmt: skip
LEVELS = {
    "head of state", "head of government", "minister", "official", "envoy", "spokesperson", "legislator", "officer",
    "other",
}  # fmt: skip
NOT_IN_THE_UN = {"VAT", "PSE", "KOS", "TWN", "HKG", "MAC"}
ENDED = {"SUN", "YUG", "SCG", "CSK", "DDR"}
DATE = re.compile(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?")


@cache
def table(name: str) -> tuple[dict[str, str], ...]:
    with (ACTORS / name).open(encoding="utf-8", newline="") as lines:
        return tuple(csv.DictReader(lines, strict=True))


@cache
def offices() -> dict[str, dict[str, Any]]:
    return tomllib.loads((ACTORS / "offices.toml").read_text(encoding="utf-8"))


def values(row: dict[str, str], column: str) -> list[str]:
    return [cell for cell in row[column].split("|") if cell]


def codes(name: str) -> set[str]:
    return {row["code"] for row in table(name)}


def known_codes() -> set[str]:
    """Codes of states, and of bodies and groups where their tables are there."""
    names = ("states.csv", "organisations.csv", "armed-groups.csv")
    return {code for name in names if (ACTORS / name).exists() for code in codes(name)}


def lives_with(one: dict[str, str], other: dict[str, str]) -> bool:
    """Whether two rows hold on some common day."""
    return (one["from"] or "0") <= (other["to"] or "9") and (other["from"] or "0") <= (one["to"] or "9")


def forms_of_states() -> set[str]:
    columns = ("name", "official", "aliases", "adjectives", "nationals", "capital")
    return {form for row in table("states.csv") for column in columns for form in values(row, column)}


def forms_of_seats() -> set[str]:
    return {form for row in table("seats.csv") for form in (row["form"], *values(row, "aliases"))}


@pytest.mark.parametrize("name", COLUMNS)
def test_columns_keys_and_cells(name: str) -> None:
    rows = table(name)
    assert list(rows[0]) == COLUMNS[name].split()
    keys = Counter(tuple(row[column] for column in KEYS[name]) for row in rows)
    assert [key for key, count in keys.items() if count > 1] == []
    for row in rows:
        assert None not in row, row
        assert None not in row.values(), row
        assert all(cell == " ".join(cell.split()) for cell in row.values()), row
        assert row.get("source") or row.get("example"), row
        for column in LISTS[name]:
            parts = row[column].split("|") if row[column] else []
            assert all(part and part == part.strip() for part in parts), (row[KEYS[name][0]], column)
            assert len(parts) == len(set(parts)), (row[KEYS[name][0]], column)


@pytest.mark.parametrize("name", ["states.csv", "seats.csv"])
def test_dates_are_dates_in_order(name: str) -> None:
    for row in table(name):
        for column in ("from", "to"):
            assert not row[column] or DATE.fullmatch(row[column]), row
        if row["from"] and row["to"]:
            assert row["from"] <= row["to"], row


@pytest.mark.parametrize("name", COLUMNS)
def test_files_are_utf8_with_plain_line_ends(name: str) -> None:
    raw = (ACTORS / name).read_bytes()
    assert b"\r" not in raw
    assert raw.endswith(b"\n")
    assert not raw.startswith(b"\xef\xbb\xbf")


def test_the_states_are_all_there() -> None:
    found = codes("states.csv")
    assert all(re.fullmatch(r"[A-Z]{3}", code) for code in found)
    assert found >= NOT_IN_THE_UN | ENDED
    assert len(found - NOT_IN_THE_UN - ENDED) == 193
    assert {row["code"] for row in table("states.csv") if row["to"]} == ENDED


def test_each_state_has_adjective_and_capital() -> None:
    for row in table("states.csv"):
        assert row["name"] and row["official"] and row["adjectives"] and row["capital"], row["code"]
        assert row["nationals"] or row["code"] == "VAT", row["code"]


def test_no_two_states_of_one_time_share_a_name() -> None:
    names: dict[str, list[dict[str, str]]] = {}
    for row in table("states.csv"):
        for form in {row["name"], row["official"], *values(row, "aliases"), *values(row, "capital")}:
            for other in names.setdefault(form, []):
                assert not lives_with(row, other), (form, row["code"], other["code"])
            names[form].append(row)


def test_seats_name_known_actors_in_known_ways() -> None:
    for row in table("seats.csv"):
        assert row["code"] in known_codes(), row
        assert row["sector"] in SECTORS, row
        assert row["kind"] in {"seat", "ministry", "parliament", "force", "service", "court"}, row
        assert row["name"], row
        assert not row["form"].lower().startswith("the "), row


def test_one_form_means_one_seat_at_a_time() -> None:
    seen: dict[str, list[dict[str, str]]] = {}
    for row in table("seats.csv"):
        for form in {row["form"], *values(row, "aliases")}:
            for other in seen.setdefault(form, []):
                assert not lives_with(row, other), (form, row["form"], other["form"])
            seen[form].append(row)
    assert not set(seen) & forms_of_states()


def test_ambiguous_forms_say_what_speaks_against_them() -> None:
    for row in table("ambiguous.csv"):
        assert row["code"] in known_codes(), row["form"]
        assert row["before"] or row["after"] or row["page"], row["form"]
        assert not set(values(row, "page")) & set(values(row, "page_for")), row["form"]


def test_an_ambiguous_place_or_seat_agrees_with_its_table() -> None:
    meant: dict[str, set[str]] = {}
    for row in table("states.csv"):
        for column in ("name", "aliases", "adjectives", "nationals", "capital"):
            for form in values(row, column):
                meant.setdefault(form, set()).add(row["code"])
    for row in table("seats.csv"):
        for form in (row["form"], *values(row, "aliases")):
            meant.setdefault(form, set()).add(row["code"])
    others = {"Brussels"}  # a capital that mostly stands for a union
    surnames = {"Pak", "Muscat"}  # also names of people
    for row in table("ambiguous.csv"):
        if row["form"] in meant and row["form"] not in others | surnames:
            assert row["code"] in meant[row["form"]], row["form"]


def test_offices_have_the_fields_they_need() -> None:
    for key, office in offices().items():
        assert set(office) <= {"words", "sector", "level", "only", "example"}, key
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", key), key
        assert office["sector"] in SECTORS, key
        assert office["level"] in LEVELS, key
        words = office["words"]
        assert words and all(word == " ".join(word.split()) for word in words), key
        assert len(words) == len(set(words)), key
        assert not set(words) & set(office.get("only", {})), key


def test_a_word_names_one_office_in_one_state() -> None:
    anywhere: Counter[str] = Counter(word for office in offices().values() for word in office["words"])
    assert [word for word, count in anywhere.items() if count > 1] == []
    taken: set[tuple[str, str]] = set()
    for key, office in offices().items():
        for word, states in office.get("only", {}).items():
            for state in states:
                assert state in known_codes(), (key, word, state)
                assert (word, state) not in taken, (key, word, state)
                taken.add((word, state))


def test_the_general_meaning_of_a_word_stands_first() -> None:
    order = list(offices())
    general = {word: key for key, office in offices().items() for word in office["words"]}
    for key, office in offices().items():
        for word in set(office.get("only", {})) & set(general):
            assert order.index(general[word]) < order.index(key), (word, general[word], key)


def test_no_word_of_an_office_ends_in_a_preposition() -> None:
    # it would swallow the "of" that says whose office it is
    for key, office in offices().items():
        assert not [w for w in office["words"] if w.split()[-1] in {"of", "to", "for", "in", "on", "at", "from"}], key


def test_an_office_example_uses_one_of_its_words() -> None:
    states = forms_of_states() | {"NATO", "EU", "UN", "IAEA", "Commission"}
    for key, office in offices().items():
        example = office["example"].casefold()
        assert any(word.casefold() in example for word in (*office["words"], *office.get("only", {}))), key
        assert any(form in office["example"] for form in states), key


def test_people_hold_offices_that_exist() -> None:
    if not (ACTORS / "people.csv").exists():
        pytest.skip("no people.csv")
    assert {row["office"] for row in table("people.csv")} - {""} <= set(offices())


def test_roles_are_lemmas_with_an_example() -> None:
    states = forms_of_states()
    for row in table("roles.csv"):
        assert row["sector"] in SECTORS, row
        assert row["number"] in {"one", "many", "both"}, row
        assert row["kind"] in {"person", "group", "body"}, row
        role, example = row["role"], row["example"].casefold()
        assert role == role.lower() or role.isupper(), row  # "MFA"
        role = role.lower()
        plurals = {role, f"{role}s", f"{role}es", re.sub(r"y$", "ies", role), re.sub(r"man$", "men", role)}
        plurals.add(re.sub(r"child$", "children", role))
        plurals.add(re.sub(r" (of|to) ", r"s \1 ", role, count=1))
        assert any(re.search(rf"\b{re.escape(form)}\b", example) for form in plurals), row
        named = {form for form in states if re.search(rf"\b{re.escape(form)}\b", row["example"])}
        assert named, row


def test_there_is_enough() -> None:
    assert len(table("ambiguous.csv")) >= 80
    assert len(table("seats.csv")) >= 200
    assert len(table("roles.csv")) >= 250
    own = {row["code"] for row in table("seats.csv") if row["kind"] in {"parliament", "court"}}
    assert len(own) >= 60
