"""store: what a store holds, whether it is whole, and how it is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from dragoman.cli import codes, options
from dragoman.cli import output as out

if TYPE_CHECKING:
    from dragoman.desk.happened import Linking
    from dragoman.store.base import Check, Info
    from dragoman.store.delta import DeltaStore

_json = click.option("--json", "as_json", is_flag=True, help="As one JSON object.")


@click.group()
def store() -> None:
    """Look after a store of articles and what was found in them."""


@store.command()
@options.store
@_json
def info(store: str, as_json: bool) -> int:
    """Tell what a store holds, by whom it was coded, and how large it is."""
    with _open(store) as kept:
        found = kept.info()
    _print(found) if as_json else click.echo(_info(found), nl=False)
    return codes.ALL_READ


@store.command()
@options.store
@_json
def check(store: str, as_json: bool) -> int:
    """Check that nothing is missing: files, counts, spans, references. Exit code 1 if anything is wrong."""
    with _open(store) as kept:
        found = kept.check()
    _print(found) if as_json else click.echo(_check(found), nl=False)
    return codes.ALL_READ if found.ok else codes.SOME_FAILED


@store.command()
@options.store
def compact(store: str) -> int:
    """Make few files of many small ones; answers stay the same. `store vacuum` then removes the old ones."""
    with _open(store) as kept:
        before = _files(kept.info())
        kept.compact()
        after = _files(kept.info())
    click.echo(f"{before} files are now {after}")
    return codes.ALL_READ


@store.command()
@options.store
@click.option(
    "--keep-hours",
    type=click.FloatRange(min=0),
    default=24.0,
    metavar="HOURS",
    help="Keep what somebody may still be reading since then (24).",
)
def vacuum(store: str, keep_hours: float) -> int:
    """Remove files that no answer needs any more."""
    with _open(store) as kept:
        removed = kept.vacuum(keep_hours=keep_hours)
    click.echo(f"{removed} file{'' if removed == 1 else 's'} removed")
    return codes.ALL_READ


@store.command()
@options.store
@click.option("--whole", is_flag=True, help="Look at all reports anew, not only at what came since.")
@click.pass_context
def link(ctx: click.Context, /, store: str, whole: bool) -> int:
    """Find which reports are of one act, and which articles are copies, so that acts count once."""
    from dragoman import desk

    found = desk.link(store, whole=whole, settings=options.settings_of(ctx, {}), told=out.tell)
    click.echo(_linking(found))
    return codes.ALL_READ


@store.command()
@options.store
@click.pass_context
def rebuild(ctx: click.Context, /, store: str) -> int:
    """Make everything that is derived anew: which reports are of one act, the roll-ups, the index of sentences."""
    from dragoman import desk

    linking, found = desk.rebuild(store, settings=options.settings_of(ctx, {}), told=out.tell)
    click.echo(_linking(linking))
    click.echo(f"made anew from commit {found.commit}: {', '.join(found.derived)}")
    return codes.ALL_READ


@store.command()
@options.store
def migrate(store: str) -> int:
    """Bring a store of an older Dragoman to the present format."""
    from dragoman import desk

    found = desk.migrate_store(store)
    with _open(store) as kept:
        now = kept.info().format
    click.echo(f"the store is of format {now}" + ("" if found == now else f"; it was of format {found}"))
    return codes.ALL_READ


def _linking(found: Linking) -> str:
    acts = "1 act has" if found.acts == 1 else f"{found.acts} acts have"
    copies = "1 article is a copy" if found.copies == 1 else f"{found.copies} articles are copies"
    told = f"{acts} several reports, {found.repeated} in all beyond the first; {copies}"
    wait = f"; {found.waiting} reports wait" if found.waiting else ""
    return f"{found.reports} reports looked at in {found.seconds:.1f} s: {told}{wait}"


def _open(address: str) -> DeltaStore:
    from dragoman import desk

    return desk.open_store(address, told=out.tell)


def _info(found: Info) -> str:
    from dragoman.exchange.tables import columns, passage

    rows = [[name, str(t.rows), str(t.files), _size(t.bytes)] for name, t in found.tables.items()]
    parts = [
        f"{found.address}\nformat {found.format}, commit {found.commit} of {found.at} by Dragoman {found.made_by}\n",
        columns(["table", "rows", "files", "size"], rows),
    ]
    if found.coders:
        coders = [[" ".join(filter(None, one[:2])), one[2] or "", str(one[3])] for one in found.coders]
        parts.append(columns(["coder", "tables", "articles"], coders))
    if found.origins:
        parts.append(columns(["events from", "rows"], [[name, str(n)] for name, n in found.origins.items()]))
    last = [f"dates of events: {found.first} to {found.last}"] if found.first else []
    made = [f"{name} of commit {commit}" for name, commit in found.derived.items() if commit is not None]
    last.append(f"derived: {_size(found.derived_bytes)}" + (f", {', '.join(made)}" if made else ", not made yet"))
    last += [f"being written by {found.writer}"] if found.writer else []
    return "\n".join([*parts, "".join(passage("", line, indent=0).removeprefix("\n") for line in last)])


def _check(found: Check) -> str:
    from dragoman.exchange.tables import passage

    counted = ", ".join(f"{number} {name}" for name, number in found.counts.items() if number)
    wrong = [passage(f"{one.kind}: {one.where}", f"{one.found}; wanted: {one.wanted}") for one in found.findings]
    if found.more:
        wrong.append(f"and {found.more} more\n")
    number = len(found.findings) + found.more
    verdict = {0: "nothing is wrong", 1: "1 thing is wrong"}.get(number, f"{number} things are wrong")
    verdict = f"{verdict} (commit {found.commit}: {counted or 'empty'})"
    return "".join(wrong) + passage("", verdict, indent=0).removeprefix("\n")


def _size(number: float) -> str:
    for unit in ("bytes", "kB", "MB", "GB"):
        if number < 1000 or unit == "GB":
            break
        number /= 1000
    return f"{number:.0f} {unit}" if unit == "bytes" else f"{number:.1f} {unit}"


def _files(found: Info) -> int:
    return sum(table.files for table in found.tables.values())


def _print(value: Any) -> None:
    import msgspec

    click.echo(msgspec.json.format(msgspec.json.encode(value), indent=2).decode())
