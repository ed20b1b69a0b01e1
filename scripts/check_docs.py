"""Does the documentation speak of everything there is, and of nothing that is not? Part of `make check`.

Every command, option, exit code, setting, record field, value of a field and outcome must be told of; every link must
lead somewhere; examples in Python and TOML must parse, and commands in examples must exist.
"""

from __future__ import annotations

import re
import shlex
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import click
import msgspec

from dragoman import cli, records, settings
from dragoman.cli import codes
from dragoman.ingest import gate, lost
from dragoman.read import sources

ROOT = Path(__file__).parents[1]
REFERENCE = ROOT / "docs" / "reference"
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)|!\[[^\]]*\]\(([^)\s]+)\)")
FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.M | re.S)


def main() -> int:
    """0 when everything is told of; else the faults are printed."""
    faults = [*commands(), *exit_codes(), *setting_rows(), *fields(), *values(), *outcomes(), *links(), *examples()]
    for fault in faults:
        print(f"docs: {fault}", file=sys.stderr)
    if not faults:
        print(f"docs: {len(PAGES)} pages speak of everything")
    return 1 if faults else 0


def commands() -> Iterator[str]:
    page = REFERENCE / "cli.md"
    sections = by_heading(page)
    for path, command in every_command(cli.dragoman, "dragoman"):
        section = sections.get(path, "") if path != "dragoman" else page.read_text("utf-8")
        if not section and not isinstance(command, click.Group):
            yield f"{page.name} has no section '## {path}'"
        for option in (o for p in command.params if isinstance(p, click.Option) for o in p.opts):
            if section and f"`{option}" not in section:
                yield f"{page.name}: {path} has an option {option}"


def every_command(command: click.Command, path: str) -> Iterator[tuple[str, click.Command]]:
    yield path, command
    if isinstance(command, click.Group):
        for name, below in command.commands.items():
            yield from every_command(below, f"{path} {name}")


def exit_codes() -> Iterator[str]:
    told = {int(n) for n in re.findall(r"^\| (\d+) \|", by_heading(REFERENCE / "cli.md")["Exit codes"], re.M)}
    there = {
        codes.ALL_READ, codes.SOME_FAILED, codes.WRONG_USAGE, codes.NOTHING_READ, codes.OUR_FAULT, codes.INTERRUPTED,
        codes.NOBODY_LISTENS,
    }  # fmt: skip
    if told != there:
        yield f"cli.md tells of exit codes {sorted(told)}, there are {sorted(there)}"


def setting_rows() -> Iterator[str]:
    rows = {m[1]: m[2] for m in re.finditer(r"^\| `([a-z_.]+)` \|(.*)$", (REFERENCE / "settings.md").read_text(), re.M)}
    default = settings.defaults()
    for name in settings.names():
        value: object = default
        for part in name.split("."):
            value = getattr(value, part)
        wanted = (settings.environment_name(name), msgspec.json.encode(value).decode())
        for thing in wanted:
            if f"`{thing}`" not in rows.get(name, ""):
                yield f"settings.md does not tell {thing} of the setting {name}"
    for name in rows.keys() - settings.names().keys():
        yield f"settings.md tells of a setting {name} that is not there"


def fields() -> Iterator[str]:
    sections = by_heading(REFERENCE / "record.md")
    for kind in every_record():
        told = re.findall(r"^\| `([a-z_]+)` \|", sections.get(kind.__name__, ""), re.M)
        if told != list(kind.__struct_fields__):
            there = ", ".join(kind.__struct_fields__)
            yield f"record.md: {kind.__name__} has the fields {there}; told of are {', '.join(told)}"


def values() -> Iterator[str]:
    text = (REFERENCE / "record.md").read_text("utf-8")
    for name in ("Via", "StatementKind", "Act", "Status", "Stance", "Granularity", "DateType"):
        for value in get_args(getattr(records, name)):
            if f"`{value}`" not in text:
                yield f"record.md does not tell of {name} {value}"


def every_record() -> list[type[msgspec.Struct]]:
    return [
        kind
        for kind in vars(records).values()
        if isinstance(kind, type) and issubclass(kind, records.Record) and kind is not records.Record
    ]


def outcomes() -> Iterator[str]:
    told = re.findall(r"^\| `([a-z_]+)` \|", (REFERENCE / "outcomes.md").read_text("utf-8"), re.M)
    known = {*sources.OUTCOMES, *lost.OUTCOMES.values(), gate.OUTCOME}
    for name in known ^ set(told):
        yield f"outcomes.md and the reader disagree on the outcome {name}"


def links() -> Iterator[str]:
    for page in PAGES:
        for found in LINK.finditer(FENCE.sub("", page.read_text("utf-8"))):
            target = found[1] or found[2]
            if target.startswith(("http://", "https://", "mailto:")):
                continue
            path, _, anchor = target.partition("#")
            there = (page.parent / path).resolve() if path else page
            if not there.exists():
                yield f"{page.relative_to(ROOT)}: a link to {target}, which is not there"
            elif anchor and anchor not in {slug(heading) for heading in by_heading(there)}:
                yield f"{page.relative_to(ROOT)}: a link to {target}, where no such heading is"


def examples() -> Iterator[str]:
    known = dict(every_command(cli.dragoman, "dragoman"))
    for page in PAGES:
        for language, code in FENCE.findall(page.read_text("utf-8")):
            where = page.relative_to(ROOT)
            if language == "python":
                try:
                    compile(code, str(where), "exec")
                except SyntaxError as fault:
                    yield f"{where}: an example in Python, line {fault.lineno}: {fault.msg}"
            elif language == "toml":
                try:
                    tomllib.loads(code)
                except tomllib.TOMLDecodeError as fault:
                    yield f"{where}: an example in TOML: {fault}"
            elif language in ("sh", "console"):
                yield from (f"{where}: {fault}" for line in code.splitlines() for fault in wrong(line, known))


def wrong(line: str, known: dict[str, click.Command]) -> Iterator[str]:
    words = shlex.split(line.removeprefix("$ "), comments=True)
    if not words or Path(words[0]).name != "dragoman":
        return
    path, options = "dragoman", {"--help", "-h"}
    for word in words[1:]:
        if word in ("|", ">", "&&"):
            return
        options |= {o for p in known[path].params if isinstance(p, click.Option) for o in p.opts}
        if word.startswith("-") and word != "-" and word.partition("=")[0] not in options:
            yield f"`{line}`: {path} has no option {word}"
        elif f"{path} {word}" in known:
            path = f"{path} {word}"
    if isinstance(known[path], click.Group) and not set(words[1:]) & {"--help", "--version"}:
        yield f"`{line}` names no command"


def by_heading(page: Path) -> dict[str, str]:
    """The text under each heading of a page."""
    parts = re.split(r"^#+ (.+)$", FENCE.sub("", page.read_text("utf-8")), flags=re.M)
    return {heading.strip(): text for heading, text in zip(parts[1::2], parts[2::2], strict=True)}


def slug(heading: str) -> str:
    """The anchor that a heading gets on the usual forges."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


if __name__ == "__main__":
    sys.exit(main())
