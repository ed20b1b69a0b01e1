"""feeds.toml to a plan: which feeds, which alerts, and where alerts go. Every fault is told with its line.

plan = read("feeds.toml", lexicon, measures)
plan.feeds[0].address, plan.acts[0].types, plan.ranges[0].measure, plan.outputs.webhook
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args
from urllib.parse import urlsplit

import msgspec

from dragoman.errors import DragomanError, Fault, SettingsError
from dragoman.records import Status
from dragoman.watch.lines import Lines, lines_of

if TYPE_CHECKING:
    from dragoman.lexicon.blocs import Meant
    from dragoman.lexicon.load import Lexicon

MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0
_UNITS = {"second": 1.0, "minute": MINUTE, "hour": HOUR, "day": DAY, "week": 7 * DAY}
_SPAN = re.compile(r"(\d+(?:\.\d+)?)\s*(second|minute|hour|day|week)s?")
_QUADS = ("verbal cooperation", "material cooperation", "verbal conflict", "material conflict")
_USUAL_STATUS = ("actual", "planned")
_FEWEST = 8  # windows from which a usual range can be told


class Feed(msgspec.Struct, frozen=True, kw_only=True):
    """An address that is asked again and again. `every`, `at_most`: seconds between two requests, bounds both."""

    name: str
    address: str
    every: float = 15 * MINUTE
    at_most: float = 6 * HOUR
    follow: bool = False
    language: str | None = None
    most: int = 100  # new entries read at one go


class ActRule(msgspec.Struct, frozen=True, kw_only=True):
    """An alert on what an article tells. What is empty asks for everything; `actors`, `pair`: who, in codes."""

    name: str
    actors: tuple[Meant, ...] = ()
    pair: tuple[Meant, ...] = ()
    types: tuple[str, ...] = ()
    issues: tuple[str, ...] = ()
    status: tuple[str, ...] = _USUAL_STATUS
    quads: tuple[int, ...] = ()
    confidence: float = 0.0
    every_report: bool = False
    positions: bool = False  # whether positions can match as well: nothing that only events have is asked for


class RangeRule(msgspec.Struct, frozen=True, kw_only=True):
    """An alert on a measure of a pair that in the last `days` lay more than `times` its usual spread from its usual
    value in the `windows` of as many days before; `minimum` reports must tell of it. Actors as they were written.
    """

    name: str
    measure: str
    actors: tuple[str, ...]
    types: tuple[str, ...] = ()
    issues: tuple[str, ...] = ()
    status: tuple[str, ...] | None = None
    days: int = 7
    windows: int = 26
    times: float = 3.0
    minimum: int = 10


class Outputs(msgspec.Struct, frozen=True, kw_only=True):
    """Where alerts go. `queue`: how many wait at most for one that does not take them."""

    terminal: bool = True
    jsonl: Path | None = None
    atom: Path | None = None
    webhook: str | None = None
    queue: int = 1000
    timeout: float = 10.0


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """The whole file. `pause`: seconds between two requests to one host; `fresh`: older articles raise no alert."""

    file: str
    feeds: tuple[Feed, ...]
    acts: tuple[ActRule, ...] = ()
    ranges: tuple[RangeRule, ...] = ()
    outputs: Outputs = Outputs()
    pause: float = 1.0
    fresh: float = 7 * DAY
    allow_private: bool = False


class PlanError(SettingsError):
    """The file has faults; all of them are in `faults`."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(map(str, self.faults)), name="feeds")


def read(file: str | Path, tables: Lexicon, measures: Callable[[str], Any], *, every: float | None = None) -> Plan:
    """The plan in a file. `measures` gives the measure of a name; `every` (seconds) takes the place of the file's.

    Raises PlanError with every fault.
    """
    path = Path(file)
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeError) as cause:
        why = getattr(cause, "strerror", None) or "it is not UTF-8"
        raise PlanError([Fault(str(path), 1, f"it cannot be read: {why}", "name a TOML file in UTF-8")]) from cause
    try:
        told = tomllib.loads(text)
    except tomllib.TOMLDecodeError as cause:
        found = re.fullmatch(r"(.*) \(at (?:line (\d+), column \d+|end of document)\)", str(cause), re.S)
        line = int(found[2]) if found and found[2] else max(1, len(text.splitlines()))
        what = (found[1] if found else str(cause)).lower()
        hint = "text stands in quotation marks, a list in [ ], a table's name in [ ] or [[ ]]"
        raise PlanError([Fault(str(path), line, f"this is no TOML: {what}", hint)]) from cause
    return _Reader(path, lines_of(text), tables, measures, every).plan(told)


class _Wrong(Exception):
    """A value that will not do, and what would."""


class _Reader:
    # one file: its faults are gathered, and told together
    def __init__(
        self, path: Path, lines: Lines, tables: Lexicon, measures: Callable[[str], Any], every: float | None
    ) -> None:
        self.path, self.lines, self.tables, self.measures, self.every = path, lines, tables, measures, every
        self.faults: list[Fault] = []

    def plan(self, told: Mapping[str, Any]) -> Plan:
        tops = ("watch", "feed", "alert", "output")
        for key in told:
            if key not in tops:
                self._fault(
                    self._line("", 0, key) if ("", 0, key) in self.lines else self._line(key, 0),
                    f"there is no table {key!r}",
                    _near(key, tops, "[[feed]], [[alert]], [output] and [watch] are known"),
                )
        whole = self._values("watch", 0, self._table(told, "watch"), _WATCH)
        if self.every is not None:
            whole["every"] = self.every
        ask: dict[str, Any] = {name: whole.pop(name) for name in ("every", "at_most") if name in whole}
        feeds = [self._feed(n, table, ask) for n, table in enumerate(self._tables(told, "feed"))]
        if not feeds and not self.faults:
            self._fault(1, "no feed is named", 'write [[feed]] and below it address = "https://..."')
        named = self._tables(told, "feed")
        # where no name is written the address is one, and that is told of below
        self._twice(
            "feed", [(f.name, "name") if f and "name" in t else None for f, t in zip(feeds, named, strict=True)]
        )
        self._twice("feed", [(feed.address, "address") if feed else None for feed in feeds])
        rules = [self._rule(n, table) for n, table in enumerate(self._tables(told, "alert"))]
        self._twice("alert", [(rule.name, "name") if rule else None for rule in rules])
        given = self._values("output", 0, self._table(told, "output"), _OUTPUT)
        # files are meant from where the plan stands, as folders in the settings are
        outputs = Outputs(**{k: self.path.parent / v if k in ("jsonl", "atom") else v for k, v in given.items()})
        if outputs.jsonl is not None and outputs.jsonl == outputs.atom:
            self._fault(self._line("output", 0, "atom"), "atom and jsonl are one file", "name two")
        if self.faults:
            raise PlanError(sorted(self.faults, key=lambda fault: fault.line))
        return Plan(
            file=str(self.path),
            feeds=tuple(feed for feed in feeds if feed),
            acts=tuple(rule for rule in rules if isinstance(rule, ActRule)),
            ranges=tuple(rule for rule in rules if isinstance(rule, RangeRule)),
            outputs=outputs,
            **whole,
        )

    def _feed(self, number: int, table: Mapping[str, Any], ask: Mapping[str, float]) -> Feed | None:
        before = len(self.faults)
        given = self._values("feed", number, table, _FEED)
        if "sitemap" in given and "address" in given:
            self._fault(self._line("feed", number, "sitemap"), "a feed has both address and sitemap", "name one")
        address = given.pop("address", None) or given.pop("sitemap", None)
        given.pop("sitemap", None)
        if address is None:
            if len(self.faults) == before:
                self._fault(self._line("feed", number), "the feed has no address", 'write address = "https://..."')
            return None
        if self.every is not None:
            given.pop("every", None)
        asked = {**ask, **given}
        every = asked.get("every", 15 * MINUTE)
        if self.every is not None and "at_most" in asked:
            asked["at_most"] = max(asked["at_most"], every)
        if asked.get("at_most", every) < every:
            line = self._line("feed", number, "at_most" if "at_most" in given else "every")
            self._fault(line, "at_most is less than every", "every is the least time between two requests")
            return None
        asked.setdefault("at_most", max(every, min(8 * every, 6 * HOUR)))
        asked.setdefault("name", urlsplit(address).netloc.rsplit("@", 1)[-1] + urlsplit(address).path)
        return Feed(address=address, **asked) if len(self.faults) == before else None

    def _rule(self, number: int, table: Mapping[str, Any]) -> ActRule | RangeRule | None:
        before = len(self.faults)
        is_range = "measure" in table
        kind = _RANGE if is_range else _ACT
        for key in table:
            other = _ACT if is_range else _RANGE
            if key not in kind and key in other:
                wanted = "leave out measure" if is_range else 'add measure = "conflict", or another one'
                self._fault(self._line("alert", number, key), f"{key} does not go with this kind of alert", wanted)
        known = {**_ACT, **_RANGE}
        given = self._values("alert", number, table, known)
        line = self._line("alert", number)
        if "name" not in given and "name" not in table:
            self._fault(line, "the alert has no name", 'write name = "..."')
        if "pair" in given and "actors" in given:
            self._fault(self._line("alert", number, "actors"), "an alert has both pair and actors", "name one")
        if is_range and not ("pair" in given or "actors" in given) and len(self.faults) == before:
            self._fault(line, "nobody is named whose measure is meant", 'write pair = ["USA", "RUS"]')
        asks = ("actors", "pair", "types", "issues", "quad")
        if not is_range and not any(given.get(key) for key in asks) and len(self.faults) == before:
            self._fault(line, "the alert asks for nothing", f"give one of {', '.join(asks)}")
        if len(self.faults) > before:
            return None
        if is_range:
            who = given.pop("pair", None) or given.pop("actors")
            given.pop("confidence", None)
            return RangeRule(actors=tuple(written for written, _ in who), **given)
        quads = given.pop("quad", ())
        for key in ("actors", "pair"):
            given[key] = tuple(one for _, one in given.get(key, ()))
        acts_only = bool(given.get("types") or quads or "status" in given)
        return ActRule(quads=quads, positions=not acts_only, **given)

    # -- values --------------------------------------------------------------------------------------------------------

    def _values(
        self, table: str, number: int, told: Mapping[str, Any], known: Mapping[str, Callable[[_Reader, Any], Any]]
    ) -> dict[str, Any]:
        """The values of a table that will do; for the others, faults."""
        found = {}
        for key, value in told.items():
            line = self._line(table, number, key)
            if key not in known:
                self._fault(line, f"there is no {key!r} in {table}", _near(key, known, f"known: {', '.join(known)}"))
                continue
            try:
                found[key] = known[key](self, value)
            except _Wrong as wrong:
                self._fault(line, f"{key} cannot be {_shown(value)}", str(wrong))
            except DragomanError as fault:
                self._fault(line, fault.message, fault.hint or "see the reference")
        return found

    def _table(self, told: Mapping[str, Any], name: str) -> Mapping[str, Any]:
        value = told.get(name, {})
        if isinstance(value, Mapping):
            return value
        self._fault(self._line(name, 0), f"{name} is not a table", f"write [{name}]")
        return {}

    def _tables(self, told: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
        value = told.get(name, [])
        if isinstance(value, list) and all(isinstance(one, Mapping) for one in value):
            return value
        self._fault(self._line(name, 0), f"{name} is not a list of tables", f"write [[{name}]] above each")
        return []

    def _twice(self, table: str, named: Iterable[tuple[str, str] | None]) -> None:
        seen: dict[str, int] = {}
        for number, one in enumerate(named):
            if one is None:
                continue
            value, key = one
            if value in seen:
                first = self._line(table, seen[value], key)
                wanted = f"it stands at line {first} already; name it once" if key == "address" else "give another name"
                self._fault(self._line(table, number, key), f"{value} is the {key} of two {table}s", wanted)
            seen.setdefault(value, number)

    def _line(self, table: str, number: int, key: str = "") -> int:
        return self.lines.get((table, number, key)) or self.lines.get((table, number, "")) or 1

    def _fault(self, line: int, found: str, wanted: str) -> None:
        self.faults.append(Fault(str(self.path), line, found, wanted))


def span(value: Any, least: float, most: float) -> float:
    """Seconds of a time as it is written: 15 (minutes), "90 seconds", "2 hours". Raises ValueError."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        seconds = float(value) * MINUTE
    elif isinstance(value, str) and (found := _SPAN.fullmatch(value.strip().lower())):
        seconds = float(found[1]) * _UNITS[found[2]]
    else:
        raise ValueError('minutes, or a time such as "90 seconds", "2 hours"')
    if not least <= seconds <= most:
        raise ValueError(f"from {_spoken(least)} to {_spoken(most)}")
    return seconds


def _spoken(seconds: float) -> str:
    name, size = next((n, s) for n, s in reversed(_UNITS.items()) if seconds >= s or n == "second")
    number = seconds / size
    return f"{number:g} {name}{'s' if number != 1 else ''}"


def _time(least: float, most: float) -> Callable[[_Reader, Any], float]:
    def read(_: _Reader, value: Any) -> float:
        try:
            return span(value, least, most)
        except ValueError as wrong:
            raise _Wrong(str(wrong)) from wrong

    return read


def _number(kind: type, least: float, most: float) -> Callable[[_Reader, Any], Any]:
    def read(_: _Reader, value: Any) -> Any:
        fits = isinstance(value, int | float if kind is float else int) and not isinstance(value, bool)
        if not fits or not least <= value <= most:
            raise _Wrong(f"a {'whole ' if kind is int else ''}number from {least:g} to {most:g}")
        return kind(value)

    return read


def _flag(_: _Reader, value: Any) -> bool:
    if not isinstance(value, bool):
        raise _Wrong("true or false")
    return value


def _line_of_text(_: _Reader, value: Any) -> str:
    if not isinstance(value, str) or not value.strip() or not value.isprintable() or len(value) > 200:
        raise _Wrong("a line of text in quotation marks")
    return value.strip()


def _address(_: _Reader, value: Any) -> str:
    wanted = _Wrong("a full http or https address")
    if not isinstance(value, str) or len(value) > 2000:
        raise wanted
    try:
        parts = urlsplit(value.strip())
        _ = parts.port  # type: ignore[assignment]
    except ValueError:
        raise wanted from None
    if parts.scheme.lower() not in ("http", "https") or not parts.hostname or not value.strip().isprintable():
        raise wanted
    return value.strip()


def _path(_: _Reader, value: Any) -> Path:
    if not isinstance(value, str) or not value.strip() or "\x00" in value:
        raise _Wrong("the name of a file")
    return Path(value)


def _language(_: _Reader, value: Any) -> str:
    if not isinstance(value, str) or not re.fullmatch(r"[a-z]{2,3}(-[A-Za-z0-9]+)*", value):
        raise _Wrong('a code such as "en"')
    return value


def _list(value: Any, example: str) -> list[str]:
    if isinstance(value, str):
        raise _Wrong(f"a list: [{_shown(value)}]")
    if not isinstance(value, list) or not value or not all(isinstance(one, str) for one in value):
        raise _Wrong(f"a list such as {example}")
    return value


def _actors(reader: _Reader, value: Any) -> tuple[tuple[str, Any], ...]:
    from dragoman.lexicon import blocs

    return tuple((one, blocs.meant(one, reader.tables)) for one in _list(value, '["USA", "Russia", "EU"]'))


def _pair(reader: _Reader, value: Any) -> tuple[tuple[str, Any], ...]:
    found = _actors(reader, value)
    if len(found) != 2 or found[0][1].code == found[1][1].code:
        raise _Wrong('two actors: ["USA", "RUS"]')
    return found


def _types(reader: _Reader, value: Any) -> tuple[str, ...]:
    from dragoman.lexicon import asked

    return tuple(asked.event_type(one, reader.tables) for one in _list(value, '["CONSULT", "SANCTION"]'))


def _issues(reader: _Reader, value: Any) -> tuple[str, ...]:
    from dragoman.lexicon import asked

    return tuple(asked.issue(one, reader.tables) for one in _list(value, '["sanctions"]'))


def _status(_: _Reader, value: Any) -> tuple[str, ...]:
    found = _list(value, '["actual", "planned"]')
    if not set(found) <= set(get_args(Status)):
        raise _Wrong(f"a list of {', '.join(get_args(Status))}")
    return tuple(found)


def _quad(_: _Reader, value: Any) -> tuple[int, ...]:
    found = value if isinstance(value, list) else [value]
    made = [_QUADS.index(one) + 1 if one in _QUADS else one for one in found]
    if not made or not all(isinstance(one, int) and not isinstance(one, bool) and 1 <= one <= 4 for one in made):
        raise _Wrong(f"a list of {', '.join(f'{n} ({name})' for n, name in enumerate(_QUADS, 1))}")
    return tuple(made)


def _measure(reader: _Reader, value: Any) -> str:
    if not isinstance(value, str):
        raise _Wrong("the name of a measure in quotation marks")
    found = reader.measures(value)
    if "day" in found.needs:
        raise _Wrong("a measure of a stretch of days; a stock reaches back beyond any, score_sum does not")
    return str(found.name)


def _near(key: str, known: Iterable[str], otherwise: str) -> str:
    close = get_close_matches(key, list(known), n=1)
    return f"did you mean {close[0]}?" if close else otherwise


def _shown(value: Any) -> str:
    if isinstance(value, str):
        return f'"{value}"'[:80]
    return str(value).lower() if isinstance(value, bool) else str(value)[:80]


_ASKED: dict[str, Callable[[_Reader, Any], Any]] = {
    "every": _time(MINUTE, 7 * DAY),
    "at_most": _time(MINUTE, 30 * DAY),
}
_WATCH: dict[str, Callable[[_Reader, Any], Any]] = {
    **_ASKED,
    "pause": _time(0.1, HOUR),
    "fresh": _time(HOUR, 3650 * DAY),
    "allow_private": _flag,
}
_FEED: dict[str, Callable[[_Reader, Any], Any]] = {
    "address": _address,
    "sitemap": _address,
    "name": _line_of_text,
    **_ASKED,
    "follow": _flag,
    "language": _language,
    "most": _number(int, 1, 1000),
}
_ACT: dict[str, Callable[[_Reader, Any], Any]] = {
    "name": _line_of_text,
    "actors": _actors,
    "pair": _pair,
    "types": _types,
    "issues": _issues,
    "status": _status,
    "quad": _quad,
    "confidence": _number(float, 0, 1),
    "every_report": _flag,
}
_RANGE: dict[str, Callable[[_Reader, Any], Any]] = {
    "name": _line_of_text,
    "measure": _measure,
    "actors": _actors,
    "pair": _pair,
    "types": _types,
    "issues": _issues,
    "status": _status,
    "days": _number(int, 1, 366),
    "windows": _number(int, _FEWEST, 520),
    "times": _number(float, 0.5, 100),
    "minimum": _number(int, 1, 1_000_000),
}
_OUTPUT: dict[str, Callable[[_Reader, Any], Any]] = {
    "terminal": _flag,
    "jsonl": _path,
    "atom": _path,
    "webhook": _address,
    "queue": _number(int, 1, 100_000),
    "timeout": _number(float, 0.1, 120),
}
