"""What can be added to a folder of tables: each kind of row with its columns, told by the row types and explained once.

Types, order, and what may stay empty come from rows.py and the keys from load.py; here stand only the meanings. The
command line makes its arguments and help of these, and the checks take the words a column may hold from here.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple, get_type_hints

import msgspec

from dragoman.lexicon.load import ACTS, TABLES, Lexicon
from dragoman.lexicon.rows import Row, Words


class Column(NamedTuple):
    """One column: its name in the file, the field of the row, what it means and what it may hold."""

    name: str
    field: str
    many: bool
    required: bool
    default: str
    meaning: str
    choices: tuple[str, ...]
    option: str


class Kind(NamedTuple):
    """A kind of row one can add: `leads` are the columns that are given without an option."""

    name: str
    table: str
    leads: tuple[str, ...]
    about: str


KINDS = {
    kind.name: kind
    for kind in (
        Kind("person", "actors/people.csv", ("name",), "A person, with one term of office."),
        Kind("seat", "actors/seats.csv", ("form",), "A palace, ministry, parliament, force, service or court by name."),
        Kind("organisation", "actors/organisations.csv", ("name",), "An international body, a company, NGO or medium."),
        Kind("member", "actors/members.csv", ("org", "state"), "A state's membership of an organisation."),
        Kind("armed-group", "actors/armed-groups.csv", ("name",), "A non-state armed group."),
        Kind("state", "actors/states.csv", ("name",), "A state, or an entity treated like one."),
        Kind("role", "actors/roles.csv", ("role",), "A noun that says for whom somebody acts (troops, lawmaker)."),
        Kind("ambiguous", "actors/ambiguous.csv", ("form",), "A name that often means something else (Georgia)."),
        Kind("verb", "lang/en/verbs.csv", ("pattern",), "A pattern of an act: words with SOURCE and TARGET."),
        Kind("reporting", "lang/en/reporting.csv", ("lemma",), "A word that reports speech or thought."),
    )
}

# by "table.column", else by column
MEANINGS = {
    "from": "First day on which it held: 2024-05-13, 2024-05 or 2024. Without it: since before 1990.",
    "to": "Last day on which it held. Without it: still so.",
    "source": 'Where it can be checked, in a few words. Without it: "added by hand" and the date of today.',
    "wikidata": "Q-number, if certain.",
    "aliases": "Another name of it.",
    "adjectives": "Its adjective (Russian).",
    "sector": "For which part of society it acts, in the codes of PLOVER: GOV, MIL, LEG, JUD, REB ...",
    "example": "A sentence of your own to be coded by the row.",
    "people.name": "Full name, as English usually writes it.",
    "people.spellings": "Another spelling of the full name.",
    "people.short": "What the press uses alone (Pompeo). Without it: the last word of the name.",
    "people.gender": "For he and she.",
    "people.office": "Key of an office in actors/offices.toml.",
    "people.title": "The office as usually printed. Without it: its usual words.",
    "people.actor": "Code of the state, body or group acted for: POL, IGO:NATO, NSA:TALIBAN.",
    "people.sector": "For which part of society the person acts. Without it: the sector of the office.",
    "seats.form": 'Its name, without "the".',
    "seats.code": "Code of the actor it stands for: POL, IGO:EU.",
    "seats.kind": "What it is.",
    "seats.name": "What it stands for, in words.",
    "organisations.code": "Code, with IGO: for bodies of states, NGO: or MNC: for others (companies, media).",
    "organisations.name": "Its English name.",
    "organisations.kind": "What it is. An organ speaks for the body it is part of.",
    "organisations.part_of": "Code of the larger body.",
    "organisations.seat": "City where it sits.",
    "members.org": "Code of the organisation.",
    "members.state": "Code of the state.",
    "armed-groups.code": "Code, with NSA: before it.",
    "armed-groups.name": "Its English name.",
    "armed-groups.sector": "What it is: REB unless another is given; a later one with its day: REB, then 2021-08 GOV.",
    "armed-groups.country": "Code of a state where it acts.",
    "states.code": "ISO 3166-1 alpha-3, or three letters of your own.",
    "states.name": "Short English name.",
    "states.official": "Official name.",
    "states.nationals": "Plural noun for its people (Russians).",
    "states.capital": "Its capital, and another spelling of it.",
    "roles.role": "The noun, singular (lawmaker; troops where there is no singular).",
    "roles.number": "Whether it stands for one, for many, or for both.",
    "roles.kind": "What it names.",
    "ambiguous.form": "The name.",
    "ambiguous.code": "What it means when it is the actor.",
    "ambiguous.before": "A word which right before it rules that out (Michael, for Jordan).",
    "ambiguous.after": "A word which right after it rules that out.",
    "ambiguous.page": "A word which anywhere on the page speaks against it.",
    "ambiguous.page_for": "A word on the page which speaks for it, and wins.",
    "verbs.pattern": 'Words and slots: "SOURCE expel TARGET diplomat".',
    "verbs.event": "PLOVER's type, or ANY, or NONE.",
    "verbs.mode": "PLOVER's mode.",
    "reporting.lemma": "The word as a dictionary lists it.",
    "reporting.kind": "What it is.",
    "reporting.act": "What it makes of the words reported.",
    "reporting.frame": "What follows it.",
    "reporting.tone": "Whether it approves of what it reports.",
}
CHOICES = {
    "people.gender": ("m", "f"),
    "seats.kind": ("seat", "ministry", "parliament", "force", "service", "court"),
    "organisations.kind": (
        "alliance", "bloc", "court", "agency", "organ", "forum", "bank", "ngo", "company", "media",
    ),
    "roles.number": ("one", "many", "both"),
    "roles.kind": ("person", "group", "body"),
    "reporting.kind": ("verb", "noun", "phrase"),
    "reporting.act": ACTS,
    "reporting.frame": ("clause", "quote", "infinitive", "noun", "to-person", "predicate"),
    "reporting.tone": ("for", "against", "neutral"),
}  # fmt: skip
# loading does without these, but a row that lacks them says too little to be of use
WANTED = {"people.office", "organisations.kind", "roles.sector", "roles.example",
          "verbs.example", "reporting.example", "reporting.frame", "ambiguous.code"}  # fmt: skip
_ONE_OF = {"spellings": "spelling", "aliases": "alias", "adjectives": "adjective", "nationals": "national"}


@cache
def columns(table: str) -> tuple[Column, ...]:
    """The columns of a table in the order of its file."""
    row, _ = TABLES[table]
    hints = get_type_hints(row)
    short = short_name(table)
    out = []
    for field in msgspec.structs.fields(row):
        if field.name == "where":
            continue
        name = field.name.rstrip("_")
        path = f"{short}.{name}"
        out.append(
            Column(
                name,
                field.name,
                hints[field.name] == Words,
                field.required or path in WANTED,
                _default(field.default),
                MEANINGS.get(path) or MEANINGS.get(name, ""),
                CHOICES.get(path, ()),
                "--" + _ONE_OF.get(name, name).replace("_", "-"),
            )
        )
    return tuple(out)


def _default(value: object) -> str:
    return "|".join(value) if isinstance(value, tuple) else value if isinstance(value, str) else ""


def key_fields(table: str) -> tuple[str, ...]:
    """The fields that tell one row of a table from another."""
    return tuple({"from": "from_"}.get(name, name) for name in TABLES[table][1])


def key_of(row: Row) -> tuple[str, ...]:
    """What tells this row from the others of its table."""
    values = (getattr(row, name) for name in key_fields(table_of(type(row))))
    return tuple("|".join(v) if isinstance(v, tuple) else str(v) for v in values)


def table_of(kind: type[Row]) -> str:
    """The file in which rows of this type stand."""
    return next(table for table, (row, _) in TABLES.items() if row is kind)


def rows_of(tables: Lexicon, table: str) -> tuple[Row, ...]:
    """The rows of one table."""
    found: tuple[Row, ...] = getattr(tables, short_name(table).replace("-", "_"))
    return found


def cells(row: Row, names: tuple[str, ...]) -> list[str]:
    """A row as it stands in a file with these columns."""
    out = []
    for name in names:
        value = getattr(row, {"from": "from_"}.get(name, name), "")
        out.append("|".join(value) if isinstance(value, tuple) else "" if value is None else str(value))
    return out


def short_name(table: str) -> str:
    """`people` for `actors/people.csv`."""
    return table.rpartition("/")[2].removesuffix(".csv")
