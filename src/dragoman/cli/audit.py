"""audit: events drawn at random, judged by a person; precision by type; the verdicts as examples."""

from __future__ import annotations

import csv
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dragoman.cli import codes, options
from dragoman.cli import output as out

if TYPE_CHECKING:
    from dragoman.records import Event, Reading

_KEYS = "r right, w wrong, u unsure, s skip, b back, q quit"
_WRONG = {
    "e": ("event", "nothing of the sort is told"),
    "t": ("type", "the type"),
    "s": ("source", "who acts"),
    "g": ("target", "upon whom"),
    "a": ("status", "whether it happened"),
    "d": ("date", "when"),
    "p": ("place", "where"),
}


@click.command()
@options.store
@click.option("--sample", metavar="N", type=click.IntRange(min=1), default=100, help="How many events to draw (100).")
@click.option("--seed", type=int, default=1, metavar="N", help="Another seed draws other events (1).")
@click.option("--actor", "actors", multiple=True, metavar="ACTOR", help="Only events of this actor, or among several.")
@click.option("--type", "types", multiple=True, metavar="TYPE", help="Only events of this PLOVER type.")
@click.option("--since", metavar="DATE", help="From this day, month (2019-05) or year on.")
@click.option("--until", metavar="DATE", help="Up to this day, month or year, which is included.")
@click.option("--by", metavar="NAME", envvar=["DRAGOMAN_PERSON", "USER"], help="Who judges; kept with each verdict.")
@click.option("--again", is_flag=True, help="Draw also what this person has judged.")
@click.option("--report", is_flag=True, help="Judge nothing; print what the verdicts so far come to.")
@click.option("--sheet", metavar="FILE", help="Write the sample as a CSV sheet to fill in, instead of asking.")
@click.option("--filled", metavar="FILE", help="Take the verdicts of a filled sheet.")
@click.option("--examples", metavar="FILE", help="Write the events judged as examples for train and evaluate events.")
@click.option("--json", "as_json", is_flag=True, help="The figures as one JSON object.")
@click.pass_context
def audit(
    ctx: click.Context, /, sample: int, seed: int, report: bool, sheet: str | None, filled: str | None,
    examples: str | None, as_json: bool, by: str | None, again: bool, **given: Any,
) -> int:  # fmt: skip
    """Judge events drawn at random, and see how many are right, by type.

    Each event is shown in its sentence, with the sentence before it; one key says whether it is coded right. Verdicts
    are kept in the store at once, so quitting loses nothing. Then, and with --report at any time, the precision by type
    is printed with its 95 % interval. Two people who judge under two names (--by) see how far they agree.

    \b
    dragoman audit --sample 100
    dragoman audit --sheet sample.csv      fill in the column verdict: right, wrong, unsure
    dragoman audit --filled sample.csv
    dragoman audit --examples judged.jsonl && dragoman evaluate events judged.jsonl
    """
    from dragoman import desk

    chosen = options.settings_of(ctx, {})
    asked = {name: given[name] for name in ("types", "since", "until")} | {"store": given["store"], "settings": chosen}
    if sum(bool(one) for one in (report, sheet, filled, examples)) > 1:
        raise click.UsageError("--report, --sheet, --filled and --examples are asked for one at a time.")
    if examples:
        return _examples(given["store"], examples)
    if filled:
        return _take(filled, given["store"], by, chosen)
    if not report:
        drawn = list(desk.audit_sample(sample, seed=seed, by=by, again=again, actors=given["actors"], **asked))
        if not drawn:
            out.tell(f"no event to judge in {given['store']}; --again draws those judged before")
            return codes.NOTHING_READ
        if sheet:
            _write_sheet(desk.audit_sheet(drawn, chosen), sheet)
            out.tell(f"{len(drawn)} events; fill in the column verdict (right, wrong, unsure), then --filled {sheet}")
            return codes.ALL_READ
        if not _at_a_terminal():
            raise click.UsageError("judging needs a terminal; --sheet FILE writes a sheet to fill in.")
        if not _ask(drawn, given["store"], by, chosen):
            out.tell("nothing judged")
            return codes.ALL_READ
    return _report(desk.audit(**asked), as_json, given["store"])


def _at_a_terminal() -> bool:
    return sys.stdin.isatty() and sys.stdout.isatty()


def _report(found: Any, as_json: bool, store: str) -> int:
    from dragoman.exchange import audit_text

    if as_json:
        import msgspec

        click.echo(msgspec.json.format(msgspec.json.encode(found), indent=1).decode())
    elif found.precision:
        click.echo(audit_text.table(found), nl=False)
    else:
        out.tell(f"no event in {store} has been judged; dragoman audit draws some")
        return codes.NOTHING_READ
    return codes.ALL_READ


def _ask(drawn: list[tuple[Reading, Event]], store: str, by: str | None, chosen: Any) -> int:
    """How many verdicts were given, one key each."""
    from dragoman import desk
    from dragoman.exchange import audit_text, terminal

    shown, names = terminal.console(sys.stdout), desk.names(chosen)
    judged: set[str] = set()
    place = 0
    with desk.open_store(store) as kept:
        while place < len(drawn):
            reading, event = drawn[place]
            audit_text.show(reading, event, names, shown, number=place + 1, of=len(drawn))
            key = _key(f"{_KEYS}: ", "rwusbq")
            if key == "q":
                break
            if key == "b":
                place = max(0, place - 1)
                continue
            if key != "s":
                word = {"r": "right", "w": "wrong", "u": "unsure"}[key]
                what = _what_is_wrong(chosen) if key == "w" else {}
                desk.judge(reading, event, word, store=kept, by=by, **what)
                judged.add(f"{reading.article.id}/{event.id}")
            place += 1
    return len(judged)


def _what_is_wrong(chosen: Any) -> dict[str, str | None]:
    from dragoman import desk
    from dragoman.errors import SettingsError

    told = ", ".join(f"{key} {what}" for key, (_, what) in _WRONG.items())
    key = _key(f"  what is wrong: {told}, or Enter: ", "".join(_WRONG), usual="")
    if not key:
        return {}
    field = _WRONG[key][0]
    while field == "type":
        written = click.prompt("  which type is right (Enter: not said)", default="", show_default=False)
        try:
            return {"field": field, "should": desk.type_named(written, chosen) if written.strip() else None}
        except SettingsError as fault:
            out.tell(f"{fault.message}; {fault.hint}" if fault.hint else fault.message)
    return {"field": field}


def _key(asked: str, known: str, usual: str | None = None) -> str:
    while True:
        click.echo(asked, nl=False)
        key = click.getchar().lower()
        click.echo(key if key.isprintable() else "")
        if key in ("\x03", "\x04"):
            raise click.Abort()
        if usual is not None and key in "\r\n ":
            return usual
        if key and key in known:
            return key


def _write_sheet(rows: list[dict[str, str]], where: str) -> None:
    from dragoman.exchange import audit_text
    from dragoman.exchange.statements_csv import harmless

    with out.opened(where, "csv") as stream:
        sheet = csv.DictWriter(stream, audit_text.COLUMNS, lineterminator="\n")
        sheet.writeheader()
        sheet.writerows({name: harmless(value) for name, value in row.items()} for row in rows)


def _take(filled: str, store: str, by: str | None, chosen: Any) -> int:
    from dragoman import desk

    try:
        with Path(filled).open(encoding="utf-8-sig", newline="") as stream:
            sheet = csv.DictReader(stream)
            rows = list(sheet)
            missing = {"article", "id", "verdict"} - set(sheet.fieldnames or ())
    except (OSError, UnicodeDecodeError, csv.Error) as fault:
        raise click.ClickException(f"{filled}: cannot be read: {fault}") from fault
    if missing:
        raise click.ClickException(f"{filled}:1: no column {', '.join(sorted(missing))}; --sheet FILE writes a sheet")
    kept, faults = desk.audit_filled(rows, store=store, by=by, settings=chosen)
    for number, what in faults:
        out.tell(f"{filled}:{number}: {what}")
    out.tell(f"{kept} verdicts kept; {len(rows) - kept - len(faults)} rows without one")
    return codes.SOME_FAILED if faults else codes.ALL_READ


def _examples(store: str, where: str) -> int:
    from dragoman import desk
    from dragoman.exchange import examples

    made, without = desk.audit_examples(store=store)
    with out.opened(where, "jsonl") as stream:
        written = examples.write(made, stream)
    out.tell(f"{written} examples")
    if without:
        out.tell(f"{without} verdicts give none: unsure, no right type said, or a side does not stand in the sentence")
    return codes.ALL_READ if written else codes.NOTHING_READ
