"""Tables from files to checked, typed rows; every fault is named by file and line, none stops the search for more.

    lexicon = load()                       # the tables that ship
    lexicon = load(["builtin", "mine/"])   # a folder of the same shape laid over them

What a table holds is told in data/README.md; here stand only the shapes.
"""

from __future__ import annotations

import csv
import hashlib
import io
import tomllib
from collections.abc import Iterable, Sequence
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any, get_type_hints

import msgspec

from dragoman.errors import Fault, LexiconError
from dragoman.lexicon.rows import (
    Ambiguous,
    ArmedGroup,
    City,
    Cue,
    Description,
    Dispute,
    EventType,
    GivenName,
    Issue,
    Member,
    Mode,
    Office,
    Organisation,
    Person,
    Region,
    Reporting,
    Role,
    Row,
    Seat,
    StanceWord,
    State,
    StateGroup,
    VerbPattern,
    Words,
)

# file -> (row type, columns that make a row's key)
TABLES: dict[str, tuple[type[Row], tuple[str, ...]]] = {
    "actors/states.csv": (State, ("code",)),
    "actors/ambiguous.csv": (Ambiguous, ("form",)),
    "actors/seats.csv": (Seat, ("form", "from")),
    "actors/organisations.csv": (Organisation, ("code",)),
    "actors/members.csv": (Member, ("org", "state", "from")),
    "actors/armed-groups.csv": (ArmedGroup, ("code",)),
    "actors/groups.csv": (StateGroup, ("form",)),
    "actors/people.csv": (Person, ("name", "office", "from")),
    "actors/roles.csv": (Role, ("role",)),
    "actors/given-names.csv": (GivenName, ("name",)),
    "actors/descriptions.csv": (Description, ("words",)),
    "places/cities.csv": (City, ("geonames",)),
    "places/regions.csv": (Region, ("name",)),
    "lang/en/verbs.csv": (VerbPattern, ("pattern", "event", "mode")),
    "lang/en/reporting.csv": (Reporting, ("lemma", "kind", "act", "frame")),
    "lang/en/cues.csv": (Cue, ("words", "kind")),
    "lang/en/stance.csv": (StanceWord, ("words", "part")),
    "places/disputes.csv": (Dispute, ("words",)),
}
STANCES = ("for", "against", "neutral", "conditional")
# what an armed group may be: rebels, a state's helpers, criminals, partly recognised authorities, parties, the unknown
_GROUP_SECTORS = frozenset(["REB", "PRM", "CRM", "PRE", "PTY", "OPP", "MIL", "SPY", "UAF", "BUS", "GOV", "COP", "CVL"])
ACTS = ("statement", "belief", "intention", "question", "denial")


class Lexicon(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """All tables, checked. `version` is a digest of the files they were read from."""

    version: str
    states: tuple[State, ...]
    ambiguous: tuple[Ambiguous, ...]
    seats: tuple[Seat, ...]
    organisations: tuple[Organisation, ...]
    members: tuple[Member, ...]
    armed_groups: tuple[ArmedGroup, ...]
    groups: tuple[StateGroup, ...] = ()
    people: tuple[Person, ...]
    roles: tuple[Role, ...]
    given_names: tuple[GivenName, ...]
    descriptions: tuple[Description, ...]
    cities: tuple[City, ...]
    regions: tuple[Region, ...]
    verbs: tuple[VerbPattern, ...]
    reporting: tuple[Reporting, ...]
    cues: tuple[Cue, ...]
    stance: tuple[StanceWord, ...]
    disputes: tuple[Dispute, ...] = ()
    offices: tuple[Office, ...]
    issues: tuple[Issue, ...]
    ontology: dict[str, EventType]
    contexts: Words
    language: dict[str, Any]
    calendar: dict[str, Any]
    places: dict[str, Any] = {}
    casing: dict[str, Any] = {}
    wanted: dict[str, Any] = {}
    sounds: dict[str, Any] = {}
    lookalikes: dict[str, Any] = {}


def load(folders: Sequence[str | Path] = ("builtin",)) -> Lexicon:
    """The tables of these folders, later ones laid over earlier ones. Raises LexiconError with all faults found."""
    return _load(tuple(str(f) for f in folders))


@lru_cache(maxsize=4)
def _load(folders: tuple[str, ...]) -> Lexicon:
    faults: list[Fault] = []
    digest = hashlib.sha256()
    rows: dict[str, dict[tuple[str, ...], Row]] = {name: {} for name in TABLES}
    toml: dict[str, dict[str, Any]] = {}
    for folder in folders:
        found = False
        for name, raw in _files(folder):
            found = True
            digest.update(name.encode() + b"\0" + raw)
            if name in TABLES:
                table, key = TABLES[name]
                rows[name].update(read_table(name, raw, table, key, faults))
            elif name.endswith(".toml"):
                try:
                    parsed = tomllib.loads(raw.decode("utf-8"))
                except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
                    faults.append(Fault(name, _toml_line(str(fault)), str(fault), "valid TOML in UTF-8"))
                    continue
                toml.setdefault(name, {}).update(parsed)
            elif name.endswith(".csv") and not name.startswith("ontology/"):
                faults.append(Fault(name, 1, "an unknown table", f"one of {', '.join(TABLES)}"))
        if not found:
            faults.append(Fault(folder, 0, "no tables in this folder", "files such as actors/people.csv"))
    types, contexts = _ontology(toml.get("ontology/plover.toml", {}), faults)
    tables: dict[str, Any] = {
        name.rsplit("/", 1)[1][:-4].replace("-", "_"): tuple(table.values()) for name, table in rows.items()
    }
    lexicon = Lexicon(
        version=digest.hexdigest()[:12],
        **tables,
        offices=_offices(toml.get("actors/offices.toml", {}), faults),
        issues=_issues(toml, faults),
        ontology=types,
        contexts=contexts,
        language=toml.get("lang/en/language.toml", {}),
        calendar=toml.get("lang/en/calendar.toml", {}),
        places=toml.get("lang/en/places.toml", {}),
        casing=toml.get("lang/en/casing.toml", {}),
        wanted=toml.get("lang/en/wanted.toml", {}),
        sounds=toml.get("actors/sounds.toml", {}),
        lookalikes=toml.get("actors/lookalikes.toml", {}),
    )
    _check_references(lexicon, faults)
    if faults:
        raise LexiconError(faults)
    return lexicon


_NO_TABLES = ("demo", "model")  # reports to try things on, and a trained model


def _files(folder: str) -> Iterable[tuple[str, bytes]]:
    root: Any = files("dragoman").joinpath("data") if folder == "builtin" else Path(folder)
    if not root.is_dir():
        return
    stack = [("", root)]
    while stack:
        prefix, place = stack.pop()
        for entry in sorted(place.iterdir(), key=lambda e: e.name):
            name = f"{prefix}{entry.name}"
            if entry.is_dir():
                if not (folder == "builtin" and name in _NO_TABLES):
                    stack.append((name + "/", entry))
            elif name.endswith((".csv", ".toml")):
                yield name, entry.read_bytes()


def read_table(
    name: str, raw: bytes, table: type[Row], key: tuple[str, ...], faults: list[Fault]
) -> dict[tuple[str, ...], Row]:
    """Rows of one CSV file by key; faults are added to `faults`."""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        line = raw[: fault.start].count(b"\n") + 1
        faults.append(Fault(name, line, f"byte {raw[fault.start]:#x} is not UTF-8", "a file saved as UTF-8"))
        return {}
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    header = next(reader, [])
    hints = {k: v for k, v in get_type_hints(table).items() if k != "where"}
    columns = [{"from": "from_"}.get(c, c) for c in header]
    unknown = [c for c, n in zip(header, columns, strict=True) if n not in hints]
    needed = [f for f, default in zip(table.__struct_fields__, _defaults(table), strict=True) if default is None]
    missing = [f for f in needed if f not in columns and f != "where"]
    if unknown or missing:
        wrong = f"unknown columns {unknown}" if unknown else f"no column {missing}"
        faults.append(Fault(name, 1, wrong, f"the columns {', '.join(k.rstrip('_') for k in hints)}"))
        return {}
    converters = [_converter(hints[n]) for n in columns]
    out: dict[tuple[str, ...], Row] = {}
    try:
        for cells in reader:
            line = reader.line_num
            if not any(cells):
                continue
            if len(cells) != len(columns):
                faults.append(Fault(name, line, f"{len(cells)} cells", f"{len(columns)} cells"))
                continue
            values: dict[str, Any] = {"where": f"{name}:{line}"}
            for column, convert, cell in zip(columns, converters, cells, strict=True):
                try:
                    values[column] = convert(cell.strip())
                except ValueError:
                    faults.append(Fault(name, line, f"{column} {cell!r}", "a number"))
                    break
            else:
                empty = [n for n in needed if n != "where" and values.get(n) in ("", None)]
                if empty:
                    faults.append(Fault(name, line, f"{empty[0]} is empty", "a value"))
                    continue
                for column in ("from_", "to"):
                    if values.get(column) and not _is_date(values[column]):
                        faults.append(Fault(name, line, f"{column.rstrip('_')} {values[column]!r}", "YYYY[-MM[-DD]]"))
                start, end = values.get("from_"), values.get("to")
                if start and end and end < start[: len(end)]:
                    faults.append(Fault(name, line, f"from {start} is after to {end}", "dates in order"))
                row_key = tuple(str(values.get({"from": "from_"}.get(k, k), "")) for k in key)
                if row_key in out:
                    faults.append(
                        Fault(name, line, f"the key {' '.join(row_key)!r} again", f"one row (see {out[row_key].where})")
                    )
                out[row_key] = table(**values)
    except csv.Error as fault:
        faults.append(Fault(name, reader.line_num, str(fault), "a well-formed CSV line"))
    return out


def _defaults(table: type[Row]) -> list[Any]:
    return [
        None if field.default is msgspec.NODEFAULT and field.default_factory is msgspec.NODEFAULT else True
        for field in msgspec.structs.fields(table)
    ]


def _converter(hint: Any) -> Any:
    if hint == Words:
        return lambda cell: tuple(p.strip() for p in cell.split("|") if p.strip()) if cell else ()
    if hint is float:
        return float
    if hint is int:
        return lambda cell: int(cell or 0)
    if hint == float | None:
        return lambda cell: float(cell) if cell else None
    if hint == int | None:
        return lambda cell: int(cell) if cell else None
    return str


def _is_date(cell: str) -> bool:
    parts = cell.split("-")
    return (
        1 <= len(parts) <= 3
        and all(p.isdigit() for p in parts)
        and len(parts[0]) == 4
        and (len(parts) < 2 or 1 <= int(parts[1]) <= 12)
        and (len(parts) < 3 or 1 <= int(parts[2]) <= 31)
    )


def _toml_line(message: str) -> int:
    import re

    found = re.search(r"line (\d+)", message)
    return int(found.group(1)) if found else 1


def _offices(table: dict[str, Any], faults: list[Fault]) -> tuple[Office, ...]:
    out = []
    for key, entry in table.items():
        if not isinstance(entry, dict) or not entry.get("words"):
            faults.append(Fault("actors/offices.toml", 1, f"[{key}] has no words", 'words = ["..."]'))
            continue
        out.append(
            Office(
                key=key,
                words=tuple(entry["words"]),
                sector=entry.get("sector", "GOV"),
                level=entry.get("level", "other"),
                only={w: tuple(codes) for w, codes in entry.get("only", {}).items()},
                example=str(entry.get("example", "")),
            )
        )
    return tuple(out)


def _issues(toml: dict[str, dict[str, Any]], faults: list[Fault]) -> tuple[Issue, ...]:
    out = []
    for name, table in sorted(toml.items()):
        if not name.startswith("issues/"):
            continue
        lacking = [k for k in ("name", "pole", "words") if not table.get(k)]
        if lacking:
            faults.append(Fault(name, 1, f"no {lacking[0]}", "name, pole and words"))
            continue
        wrong = _wrong_in_issue(table)
        if wrong:
            faults.extend(Fault(name, 1, found, wanted) for found, wanted in wrong)
            continue
        out.append(Issue(key=Path(name).stem, name=str(table["name"]), pole=str(table["pole"]), table=table))
    return tuple(out)


def _wrong_in_issue(table: dict[str, Any]) -> list[tuple[str, str]]:
    """(what was found, what would do) for each entry of an issue that cannot be read."""
    out = []
    for key, entry in table.items():
        if key not in _ISSUE_KEYS:
            out.append((f"an unknown entry {key!r}", f"one of {', '.join(sorted(_ISSUE_KEYS))}"))
        elif (key.endswith("words") or key == "contexts") and not (
            isinstance(entry, list) and all(isinstance(w, str) and w.strip() for w in entry)
        ):
            out.append((f"{key} is no list of words", f'{key} = ["...", "..."]'))
    if table.get("named", "conduct") not in ("toward", "regarding", "target", "conduct"):
        out.append((f"named {table['named']!r}", "one of toward, regarding, target, conduct"))
    for n, example in enumerate(table.get("examples", ()), 1):
        lacking = [k for k in ("text", "actor", "stance") if not example.get(k)]
        if lacking:
            out.append((f"example {n} has no {lacking[0]}", "text, actor and stance"))
        elif example["stance"] not in STANCES:
            out.append((f"example {n} has the stance {example['stance']!r}", f"one of {', '.join(STANCES)}"))
    return out


_ISSUE_KEYS = frozenset(
    "name pole covers not_covers contexts named pair aimed wrong words aim_words against_words not_words clear_words "
    "verb_words regarding acts examples".split()
)


def _ontology(table: dict[str, Any], faults: list[Fault]) -> tuple[dict[str, EventType], Words]:
    out: dict[str, EventType] = {}
    for name, entry in table.get("types", {}).items():
        try:
            out[name] = EventType(
                name=name,
                quad=int(entry["quad"]),
                score=float(entry["score"]),
                meaning=str(entry.get("meaning", "")),
                needs_target=bool(entry.get("needs_target", False)),
                modes={
                    mode: Mode(
                        name=mode, score=float(m.get("score", entry["score"])), meaning=str(m.get("meaning", ""))
                    )
                    for mode, m in entry.get("modes", {}).items()
                },
            )
        except (KeyError, TypeError, ValueError) as fault:
            faults.append(Fault("ontology/plover.toml", 1, f"[types.{name}]: {fault}", "quad, score and modes"))
    return out, tuple(table.get("contexts", {}))


def _check_references(lexicon: Lexicon, faults: list[Fault]) -> None:
    """Codes, types and offices that one table names must stand in the table they belong to."""
    actors = (
        {s.code for s in lexicon.states}
        | {o.code for o in lexicon.organisations}
        | {g.code for g in lexicon.armed_groups}
    )
    offices = {o.key for o in lexicon.offices}

    def fault(row: Row, found: str, wanted: str) -> None:
        name, _, line = row.where.rpartition(":")
        faults.append(Fault(name, int(line), found, wanted))

    for person in lexicon.people:
        if person.actor not in actors:
            fault(person, f"actor {person.actor!r}", "a code of states, organisations or armed-groups")
        if person.office and offices and person.office not in offices:
            fault(person, f"office {person.office!r}", "a key of actors/offices.toml")
    for seat in lexicon.seats:
        if seat.code not in actors:
            fault(seat, f"code {seat.code!r}", "a code of states, organisations or armed-groups")
    for given in lexicon.given_names:
        if given.gender not in ("m", "f", "u"):
            fault(given, f"gender {given.gender!r}", "m, f or u")
    for description in lexicon.descriptions:
        for code in description.codes:
            if code not in actors:
                fault(description, f"code {code!r}", "a code of states or organisations")
    for member in lexicon.members:
        for code in (member.org, member.state):
            if code not in actors:
                fault(member, f"code {code!r}", "a code of states or organisations")
    states = {s.code for s in lexicon.states}
    for group in lexicon.groups:
        for code in group.members:
            if code not in states:
                fault(group, f"member {code!r}", "a code of states")
    for armed in lexicon.armed_groups:
        for at, cell in enumerate(armed.sector):
            since, _, sector = cell.rpartition(" ")
            if sector not in _GROUP_SECTORS or bool(since) != bool(at) or (since and not _is_date(since)):
                fault(armed, f"sector {cell!r}", f"one of {', '.join(sorted(_GROUP_SECTORS))}; later ones with a date")
    for pattern in lexicon.verbs:
        if pattern.event not in lexicon.ontology and pattern.event not in ("NONE", "ANY"):
            fault(pattern, f"event {pattern.event!r}", f"one of {', '.join(lexicon.ontology)}")
        elif (
            pattern.mode
            and pattern.event in lexicon.ontology
            and pattern.mode not in lexicon.ontology[pattern.event].modes
        ):
            fault(pattern, f"mode {pattern.mode!r}", f"one of {', '.join(lexicon.ontology[pattern.event].modes)}")
    for row in lexicon.reporting:
        if row.act not in ACTS:
            fault(row, f"act {row.act!r}", f"one of {', '.join(ACTS)}")
    for word in lexicon.stance:
        if word.stance not in STANCES:
            fault(word, f"stance {word.stance!r}", f"one of {', '.join(STANCES)}")
