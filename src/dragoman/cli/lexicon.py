"""lexicon: the tables, checked, added to, and filled from other people's dictionaries."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, MutableMapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from dragoman.cli import codes, options
from dragoman.cli.output import tell

if TYPE_CHECKING:
    from dragoman.lexicon.add import Added
    from dragoman.lexicon.bring import Brought
    from dragoman.settings import Settings


@click.group(invoke_without_command=True)
@click.pass_context
def lexicon(ctx: click.Context) -> None:
    """The tables of actors, words, places and issues."""
    _help_alone(ctx)


def _help_alone(ctx: click.Context) -> None:
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())


@lexicon.command()
@click.argument("folder", required=False)
@click.pass_context
def check(ctx: click.Context, folder: str | None) -> None:
    """Check the tables in use, or the built-in ones with FOLDER laid over them.

    Every fault is named by file and line.
    """
    from dragoman import desk
    from dragoman.settings import change

    chosen = options.settings_of(ctx, {})
    if folder is not None:
        chosen = change(chosen, {"lexicon": ("builtin", folder)})
    tables = desk.check_lexicon(chosen)
    for name in tables.__struct_fields__:
        rows = getattr(tables, name)
        if isinstance(rows, tuple | dict) and rows:
            click.echo(f"{len(rows):>7}  {name.replace('_', ' ')}")
    click.echo(f"no fault found; tables {tables.version} ({', '.join(chosen.lexicon)})")


class _Adding(click.Group):
    """One command for each kind of row, its arguments and options made of the row's columns once they are asked for."""

    @property
    def commands(self) -> MutableMapping[str, click.Command]:
        from dragoman.lexicon.columns import KINDS

        if not self._made:
            self._made.update({name: _command(name) for name in KINDS})
        return self._made

    @commands.setter
    def commands(self, value: MutableMapping[str, click.Command]) -> None:
        self._made = value

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)  # in the order in which people need them


@lexicon.group(cls=_Adding, invoke_without_command=True)
@click.pass_context
def add(ctx: click.Context) -> None:
    """Add a row to a folder of tables of your own.

    The folder is laid over the built-in tables; a row with a known key replaces the one beneath it.
    """
    _help_alone(ctx)


def _command(name: str) -> click.Command:
    from dragoman.lexicon.columns import KINDS, columns

    kind = KINDS[name]
    lead: list[click.Parameter] = []
    rest: list[click.Parameter] = []
    for column in columns(kind.table):
        if column.name in kind.leads:
            lead.append(click.Argument([column.field], metavar=column.name.upper()))
            continue
        told = column.meaning
        if column.many:
            told += " May be given several times."
        rest.append(
            click.Option(
                [column.option, column.field],
                multiple=column.many,
                required=column.required,
                type=click.Choice(column.choices) if column.choices else str,
                metavar=None if column.choices else _METAVARS.get(column.name, "TEXT"),
                help=told,
            )
        )
    rest.sort(key=lambda p: not p.required)
    ours = [
        click.Option(
            ["--folder"], metavar="FOLDER", help="Your folder; without it, the last one of the setting lexicon."
        ),
        click.Option(["--dry-run"], is_flag=True, help="Say what would be done, and do nothing."),
    ]
    told = " ".join(f"{c.name.upper()}: {c.meaning}" for c in columns(kind.table) if c.name in kind.leads)
    return click.Command(
        name,
        params=[*lead, *rest, *ours],
        callback=_adding(name),
        short_help=kind.about,
        help=f"{kind.about}\n\n{told}\n\nIt goes into {kind.table} of your folder.",
    )


_METAVARS = {
    "from": "DATE", "to": "DATE", "actor": "CODE", "code": "CODE", "part_of": "CODE", "country": "CODE",
    "office": "OFFICE", "sector": "SECTOR", "wikidata": "Q-NUMBER", "event": "TYPE", "mode": "MODE",
    "source": "WORDS", "example": "SENTENCE", "spellings": "NAME", "aliases": "NAME", "short": "NAME",
}  # fmt: skip


def _adding(name: str) -> Callable[..., int]:
    @click.pass_context
    def adding(ctx: click.Context, /, folder: str | None, dry_run: bool, **given: Any) -> int:
        from dragoman import desk
        from dragoman.errors import LexiconError
        from dragoman.lexicon.columns import KINDS

        chosen = options.settings_of(ctx, {})
        folder = _own_folder(chosen, folder)
        row = {field.rstrip("_"): value for field, value in given.items() if value}
        try:
            added = desk.add_to_lexicon(name, row, folder=folder, settings=chosen, dry_run=dry_run)
        except LexiconError as fault:
            for one in fault.faults:
                elsewhere = "" if one.file == KINDS[name].table else f"{one.file}:{one.line}: "
                tell(f"not added: {elsewhere}{one.found}; {one.wanted}")
            return codes.WRONG_USAGE
        _show(added)
        for note in added.notes:
            tell(f"note: {note}")
        if added.written:
            _remind(chosen, folder)
        return codes.ALL_READ

    return adding


def _own_folder(chosen: Settings, named: str | None) -> str:
    own = [f for f in chosen.lexicon if f != "builtin"]
    if named is None and not own:
        raise click.UsageError("name a folder of your own with --folder, or in the setting lexicon.")
    folder = named if named is not None else own[-1]
    if folder == "builtin":
        raise click.UsageError("the built-in tables are not added to; name a folder of your own, such as mine.")
    if Path(folder).exists() and not Path(folder).is_dir():
        raise click.UsageError(f"{folder} is no folder.")
    return folder


def _show(added: Added) -> None:
    from dragoman.lexicon.add import differences, shown
    from dragoman.lexicon.columns import columns, table_of

    at = f"{added.file}:{added.line}"
    if added.outcome == "unchanged":
        click.echo(f"{at} says so already")
        return
    word = {"added": "added to", "replaced": "replaced"}[added.outcome]
    click.echo(f"{word} {at}" if added.written else f"would be {word} {at}; nothing is written (--dry-run)")
    for column in columns(table_of(type(added.row))):
        value = shown(added.row, column)
        if value:
            why = added.filled.get(column.name)
            click.echo(f"  {column.name:<11} {value}" + (f"   ({why})" if why else ""))
    old = added.before or added.shadows
    if old is not None:
        what = (
            "the row that stood there" if added.before else f"the row beneath, {added.shadows and added.shadows.where}"
        )
        changed = [
            f"  {name:<11} {was or '(empty)'} -> {now or '(empty)'}" for name, was, now in differences(old, added.row)
        ]
        click.echo(f"it stands in place of {what}" + (":" if changed else ", which says the same"))
        for line in changed:
            click.echo(line)


def _remind(chosen: Settings, folder: str) -> None:
    """How to read with a folder that the settings in use do not name."""
    from dragoman.lexicon.add import same_place

    if any(f != "builtin" and same_place(f, folder) for f in chosen.lexicon):
        return
    shown = ", ".join(f'"{f}"' for f in (*chosen.lexicon, Path(folder).as_posix()))
    click.echo(f"not yet in use: write  lexicon = [{shown}]  into dragoman.toml to read with it")


@lexicon.group("import", invoke_without_command=True)
@click.pass_context
def import_(ctx: click.Context) -> None:
    """Bring actors over from dictionaries and exports of others.

    What stands in the folder or in the tables beneath is kept; what is new is added, and what cannot be brought over is
    counted by reason.
    """
    _help_alone(ctx)


_shared = (
    click.argument("files", metavar="FILE...", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False)),
    click.option(
        "--to", "folder", metavar="FOLDER", help="Your folder; without it, the last one of the setting lexicon."
    ),
    click.option("--report", metavar="FILE", help="Write all that was left out, with the reasons, to this CSV file."),
    click.option("--dry-run", is_flag=True, help="Say what would be done, and do nothing."),
    click.option("-q", "--quiet", is_flag=True, help="No progress."),
)


def _importing(command: Any) -> Any:
    for option in reversed(_shared):
        command = option(command)
    return command


@import_.command()
@_importing
@click.option(
    "--kind",
    type=click.Choice(["actors", "agents", "verbs"]),
    help="What the files are; without it, found out from each.",
)
@click.pass_context
def petrarch(ctx: click.Context, /, files: tuple[str, ...], kind: str | None, **given: Any) -> int:
    """Dictionaries of PETRARCH or TABARI: actors, agents and verbs.

    Countries, people, institutions, bodies and armed groups become rows of their tables; agents become roles; verbs and
    their patterns become patterns as far as these can say the same.
    """
    return _import(ctx, "petrarch", files, given, {"kind": kind})


@import_.command()
@_importing
@click.option("--since", metavar="YEAR", type=int, default=1990, help="Leave out terms that ended before (1990).")
@click.pass_context
def wikidata(ctx: click.Context, /, files: tuple[str, ...], since: int, **given: Any) -> int:
    """Exports of Wikidata: people, memberships, organisations.

    A file is the JSON answer of a query, or holds entities; it may be packed with gzip or bzip2. People with the
    positions they held become rows of people.csv, memberships rows of members.csv, and international organisations
    rows of organisations.csv.
    """
    return _import(ctx, "wikidata", files, given, {"since": since})


def _import(
    ctx: click.Context, form: Literal["petrarch", "wikidata"], files: tuple[str, ...], given: dict[str, Any], own: Any
) -> int:
    from dragoman import desk

    chosen = options.settings_of(ctx, {})
    folder = _own_folder(chosen, given["folder"])
    with _progress(not given["quiet"] and sys.stderr.isatty()) as step:
        brought = desk.import_to_lexicon(
            form,
            files,
            folder=folder,
            settings=chosen,
            report=given["report"],
            dry_run=given["dry_run"],
            step=step,
            **own,
        )
    _show_import(brought, form, given["report"])
    for fault in brought.faults[:10]:
        tell(f"at fault: {fault}")
    if len(brought.faults) > 10:
        tell(f"and {len(brought.faults) - 10} more: `dragoman lexicon check {folder}` tells them all")
    if brought.faults:
        return codes.WRONG_USAGE
    if brought.files:
        _remind(chosen, folder)
    return codes.ALL_READ if brought.count("added", "widened", "known") else codes.NOTHING_READ


@contextmanager
def _progress(wanted: bool) -> Iterator[Callable[[int], None] | None]:
    if wanted:
        from dragoman.exchange import terminal

        with terminal.progress(sys.stderr) as step:
            yield step
    else:
        yield None


def _show_import(brought: Brought, form: str, report: str | None) -> None:
    from dragoman.lexicon import bring
    from dragoman.lexicon.petrarch import files as petrarch_files
    from dragoman.lexicon.wikidata import files as wikidata_files

    reasons = {"petrarch": petrarch_files.REASONS, "wikidata": wikidata_files.REASONS}[form] | bring.OUR_REASONS
    would = "" if brought.written else "would be "
    if not brought.count("added", "widened", "known"):
        click.echo("nothing was brought over")
    for table, counts in brought.rows.items():
        told = [f"{counts[o]} {words}" for o, words in _OUTCOMES.items() if counts[o]]
        click.echo(f"{table + ':':<15} {would if counts['added'] or counts['widened'] else ''}{', '.join(told)}")
    if brought.left:
        click.echo(f"left out: {sum(brought.left.values())}")
        for reason, count in brought.left.most_common():
            example = brought.examples[reason][0]
            click.echo(f"{count:>7}  {reason}: {reasons.get(reason, reason)}")
            click.echo(
                f"         such as {example.where}: {example.words}" + (f" ({example.more})" if example.more else "")
            )
        click.echo(f"all of them: {report}" if report else "--report FILE lists all of them")
    for file in brought.files:
        click.echo(f"written: {file}")
    if brought.files and not brought.faults:
        click.echo(f"checked: no fault found; tables {brought.version}")


_OUTCOMES = {
    "added": "added",
    "widened": "known and given more names or dates",
    "known": "known already",
}
