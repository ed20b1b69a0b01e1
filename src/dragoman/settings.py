"""dragoman.toml, the environment and the defaults as one frozen value.

    settings = load()                       # ./dragoman.toml where there is one, DRAGOMAN_... variables over it
    settings = load("project/dragoman.toml")
    settings = defaults()                   # neither file nor environment

A setting has one name everywhere: `read.max_bytes` is `max_bytes` under `[read]` in the file and
DRAGOMAN_READ_MAX_BYTES in the environment. An unknown name is an error, never silently ignored.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, get_type_hints

import msgspec

from dragoman.errors import SettingsError
from dragoman.version import VERSION

FILE = "dragoman.toml"
ENVIRONMENT = "DRAGOMAN_"
# the environment may name the file; it is no setting of its own
FILE_VARIABLE = "DRAGOMAN_SETTINGS"
# read by the command line for people who debug Dragoman itself
TRACEBACK_VARIABLE = "DRAGOMAN_TRACEBACK"
# who judges events, for `dragoman audit` and the web app
PERSON_VARIABLE = "DRAGOMAN_PERSON"


class ReadSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How far reading may go."""

    max_bytes: int = 10_000_000
    timeout_seconds: float = 20.0
    allow_private_addresses: bool = False
    user_agent: str = (
        f"Dragoman/{VERSION.rpartition('.')[0]} (reads single news pages for research; honours robots.txt)"
    )
    max_redirects: int = 5
    obey_robots: bool = True
    max_characters: int = 1_000_000
    memory_bytes: int = 2_000_000_000
    max_ratio: int = 200
    max_members: int = 200_000
    max_depth: int = 3


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that can be set; rooms receive what they need from it as arguments."""

    lexicon: tuple[str, ...] = ("builtin",)
    parser: str = "spacy"
    model: str = "builtin"
    read: ReadSettings = ReadSettings()


# what a value must be, beyond its type: name -> (test, words)
_BOUNDS: dict[str, tuple[Any, str]] = {
    "lexicon": (len, "at least one folder, or builtin"),
    "parser": (len, "the name of a parser"),
    "model": (len, "builtin, none or the folder of a model"),
    "read.max_bytes": (lambda v: v >= 1, "1 or more"),
    "read.timeout_seconds": (lambda v: 0 < v < float("inf"), "more than 0 seconds"),
    "read.max_characters": (lambda v: v >= 1, "1 or more"),
    "read.memory_bytes": (lambda v: v >= 100_000_000, "100 million or more"),
    "read.max_ratio": (lambda v: v >= 1, "1 or more"),
    "read.max_members": (lambda v: v >= 1, "1 or more"),
    "read.max_depth": (lambda v: 1 <= v <= 20, "from 1 to 20"),
    "read.max_redirects": (lambda v: 0 <= v <= 50, "from 0 to 50"),
    "read.user_agent": (lambda v: v.strip() and v.isprintable(), "one line of text"),
}


def load(file: str | os.PathLike[str] | None = None, environment: Mapping[str, str] | None = None) -> Settings:
    """The settings in force. Raises SettingsError naming the setting that is unknown or impossible."""
    environment = os.environ if environment is None else environment
    named = file if file is not None else environment.get(FILE_VARIABLE)
    path = Path(named) if named else Path(FILE)
    values: dict[str, Any] = {}
    if named or path.is_file():
        values = _from_file(path)
    for variable, text in sorted(environment.items()):
        if variable.startswith(ENVIRONMENT) and variable not in (FILE_VARIABLE, TRACEBACK_VARIABLE, PERSON_VARIABLE):
            name = _known(variable, {environment_name(n): n for n in names()})
            values[name] = _value(name, text.split(os.pathsep) if name == "lexicon" else text, variable, strict=False)
    return change(Settings(), values)


def defaults() -> Settings:
    """The settings as shipped."""
    return Settings()


def change(settings: Settings, values: Mapping[str, Any]) -> Settings:
    """The settings with these values, given by dotted name, in place of its own."""
    top: dict[str, Any] = {}
    read: dict[str, Any] = {}
    for given, value in values.items():
        name = _known(given, {n: n for n in names()})
        table, _, field = name.rpartition(".")
        (read if table else top)[field] = _value(name, value, name, strict=True)
    if read:
        top["read"] = msgspec.structs.replace(settings.read, **read)
    return msgspec.structs.replace(settings, **top)


def names() -> dict[str, Any]:
    """Every setting by its dotted name, with its type."""
    out: dict[str, Any] = {}
    for name, kind in get_type_hints(Settings).items():
        if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
            out.update({f"{name}.{field}": hint for field, hint in get_type_hints(kind).items()})
        else:
            out[name] = kind
    return out


def environment_name(name: str) -> str:
    """The environment variable of a setting: `read.max_bytes` is DRAGOMAN_READ_MAX_BYTES."""
    return ENVIRONMENT + name.replace(".", "_").upper()


def _from_file(path: Path) -> dict[str, Any]:
    try:
        table = tomllib.loads(path.read_text("utf-8"))
    except OSError as fault:
        raise SettingsError(
            f"{path}: cannot be read: {fault.strerror or fault}", name=str(path), hint="name a file that is there"
        ) from fault
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise SettingsError(f"{path}: {fault}", name=str(path), hint="a settings file is TOML in UTF-8") from fault
    values: dict[str, Any] = {}
    for given, found in _flat(table):
        try:
            name = _known(given, {n: n for n in names()})
            value = _value(name, found, name, strict=True)
        except SettingsError as fault:
            raise SettingsError(f"{path}: {fault.message}", name=fault.name, hint=fault.hint) from fault
        if name == "lexicon":  # folders are meant from where the file stands, not from where one happens to be
            value = tuple(f if f == "builtin" else str(path.parent / f) for f in value)
        values[name] = value
    return values


def _flat(table: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in table.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def _known(given: str, known: Mapping[str, str]) -> str:
    if given in known:
        return known[given]
    close = get_close_matches(given, known, n=1)
    hint = f"did you mean {close[0]}?" if close else f"the settings are {', '.join(known)}"
    raise SettingsError(f"there is no setting {given}", name=given, hint=hint)


def _value(name: str, value: Any, shown: str, *, strict: bool) -> Any:
    kind = names()[name]
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        value = float(value)
    try:
        converted = msgspec.convert(value, kind, strict=strict)
    except msgspec.ValidationError as fault:
        raise SettingsError(f"{shown}: {_plain(str(fault))}", name=name, hint=_example(name)) from fault
    test, wanted = _BOUNDS.get(name, (None, ""))
    if test is not None and not test(converted):
        raise SettingsError(f"{shown} is {value!r}, which cannot be", name=name, hint=f"it must be {wanted}")
    return converted


def _plain(fault: str) -> str:
    return fault.replace("`", "")[:1].lower() + fault.replace("`", "")[1:]


def _example(name: str) -> str:
    value: Any = Settings()
    for part in name.split("."):
        value = getattr(value, part)
    shown = msgspec.json.encode(value).decode("utf-8")
    return f"such as {name} = {shown}"
