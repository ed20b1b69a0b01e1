"""evaluate: what is found, held against gold: one command for each kind of gold, all of one shape."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dragoman.cli import codes, options
from dragoman.cli import output as out

if TYPE_CHECKING:
    from dragoman.evaluate import events as event_scores
    from dragoman.evaluate import pages as page_scores
    from dragoman.evaluate import positions as position_scores
    from dragoman.evaluate import references as reference_scores
    from dragoman.evaluate import statements as statement_scores
    from dragoman.records import Reading
    from dragoman.settings import Settings

SHOWN = 50  # misses, unless said otherwise
TOLD = 20  # faults of the gold, texts that could not be read: a file of another kind should not fill the screen


class Measuring(click.Command):
    """A command that tells every fault of its gold in a line of its own."""

    def invoke(self, ctx: click.Context) -> Any:
        from dragoman.evaluate.gold import GoldError

        try:
            return super().invoke(ctx)
        except GoldError as cause:
            for fault in cause.faults[:TOLD]:
                out.tell(str(fault))
            if len(cause.faults) > TOLD:
                out.tell(f"and {len(cause.faults) - TOLD} more faults; nothing is measured until they are mended")
            return codes.WRONG_USAGE


def _measuring(command: Callable[..., Any]) -> click.Command:
    """The command with the options that all kinds of gold share."""
    for option in (
        click.option("-q", "--quiet", is_flag=True, help="No progress, no word about what could not be read."),
        click.option("--json", "as_json", is_flag=True, help="The figures as one JSON object."),
        click.option("--limit", type=click.IntRange(min=0), metavar="N", help=f"List so many ({SHOWN}); 0 lists all."),
        click.option("--show", type=click.Choice(["misses"]), help="List what was missed and what was found besides."),
    ):
        command = option(command)
    return click.command(cls=Measuring)(click.pass_context(command))


@click.group()
def evaluate() -> None:
    """Measure what is found against gold.

    Intervals are those of 95 in 100 draws of as many texts, with repetition, from the gold.
    """


@_measuring
@click.argument("gold", metavar="GOLD")
@click.option("--predictions", metavar="FILE", help="Write what was found there, in the form that scorers read.")
def statements(ctx: click.Context, /, gold: str, predictions: str | None, **given: Any) -> int:
    """Measure statements against texts whose attributions people marked.

    GOLD is a JSONL file, or - for standard input: {"id", "text", "attributions": [{"source", "cue", "content"}]},
    each of the three a list of [start, end] in the text; a "date" is used where there is one.
    """
    from dragoman import desk
    from dragoman.evaluate import statements as room

    _check_predictions(predictions, gold)
    chosen = options.settings_of(ctx, {})
    with ExitStack() as stack:
        stream = stack.enter_context(out.opened(predictions, "jsonl")) if predictions else None
        watch = stack.enter_context(_watched(quiet=given["quiet"]))

        def seen(text: room.Text, reading: Reading) -> None:
            watch(str(text.id), reading)
            if stream:
                line = room.prediction(text, room.found_in(reading))
                stream.write(json.dumps(line, ensure_ascii=True) + "\n")

        score = desk.evaluate_statements(gold, settings=chosen, watch=seen)
    misses = [_plain(miss) for miss in score.misses] if given["as_json"] else _statement_misses(score.misses)
    _print(watch.head("texts", chosen), score.groups, _statement_tables(score), misses, **given)
    return watch.exit_code


@_measuring
@click.argument("gold", metavar="GOLD")
@options.model
@click.option("--profile", metavar="NAME", help="Name types as the gold does: a profile of the tables, such as plv.")
@click.option("--pair-not-given", is_flag=True, help="Keep the sides that lines name to yourself, and find them.")
@click.option("--predictions", metavar="FILE", help="Write what was found there, in the form that scorers read.")
def events(
    ctx: click.Context,
    /,
    gold: str,
    model: str | None,
    profile: str | None,
    pair_not_given: bool,
    predictions: str | None,
    **given: Any,
) -> int:
    """Measure events against sentences of which people said what happens in them.

    GOLD is a JSONL file, or - for standard input: {"id", "sentence"}, and as far as it is known "source" and "target"
    (words of the sentence, or [start, end]) and "type", or "events": [{"type", "source", "target"}] in codes.
    Lines that name their sides are asked what happens between these; all others are read like any text.
    """
    from dragoman import desk
    from dragoman.evaluate import events as room

    _check_predictions(predictions, gold)
    chosen = options.settings_of(ctx, {"model": model})
    with ExitStack() as stack:
        stream = stack.enter_context(out.opened(predictions, "jsonl")) if predictions else None
        watch = stack.enter_context(_watched(quiet=given["quiet"]))

        def seen(line: room.Line, reading: Reading, found: room.Found | Sequence[room.Found]) -> None:
            watch(str(line.id), reading)
            if stream:
                stream.write(json.dumps(room.prediction(line, found), ensure_ascii=True) + "\n")

        score = desk.evaluate_events(gold, pair_given=not pair_not_given, profile=profile, settings=chosen, watch=seen)
    head = watch.head("sentences", chosen) | ({"profile": profile} if profile else {})
    if isinstance(score, room.PairScore):
        head["told_by"] = _plain(score.tellers)
        tables, misses = _pair_tables(score), _pair_misses(score)
    else:
        tables, misses = _sentence_tables(score), _sentence_misses(score)
    if given["as_json"]:
        _print(head, score.groups, tables, [_plain(miss) for miss in score.misses], **given)
    else:
        _print(head, score.groups, tables, misses, **given)
    return watch.exit_code


@_measuring
@click.argument("gold", metavar="GOLD")
@click.option("--predictions", metavar="FILE", help="Write what was found there, in the form of the gold.")
def positions(ctx: click.Context, /, gold: str, predictions: str | None, **given: Any) -> int:
    """Measure positions against texts of which people said who wants what in them.

    GOLD is a TOML file with a [[case]] for each text: text, positions = [{ actor, issue, stance, toward, regarding,
    shared_with, reporter }]; or a JSONL file: {"id", "text", "positions"}; or - for standard input.
    Cases marked held_out are counted, never listed.
    """
    from dragoman import desk
    from dragoman.evaluate import positions as room

    _check_predictions(predictions, gold)
    chosen = options.settings_of(ctx, {})
    with ExitStack() as stack:
        stream = stack.enter_context(out.opened(predictions, "jsonl")) if predictions else None
        watch = stack.enter_context(_watched(quiet=given["quiet"]))

        def seen(text: room.Text, reading: Reading) -> None:
            watch(str(text.id), reading)
            if stream:
                stream.write(json.dumps(room.prediction(text, reading), ensure_ascii=True) + "\n")

        score = desk.evaluate_positions(gold, settings=chosen, watch=seen)
    if not given["quiet"]:
        known = {issue.key for issue in desk.lexicon(chosen).issues}
        for issue in sorted({one.issue for scored in score.texts for one in scored.text.positions} - known):
            out.tell(f"the gold has positions on {issue}, an issue of no table; they can only be missed")
        if given["show"] and any(scored.text.held_out for scored in score.texts):
            out.tell("held-out texts are counted and not listed, so that nobody tunes to them")
    misses = [_plain(miss) for miss in score.misses] if given["as_json"] else _position_misses(score)
    _print(watch.head("texts", chosen), score.groups, _position_tables(score), misses, **given)
    return watch.exit_code


@_measuring
@click.argument("cases", metavar="CASES")
def references(ctx: click.Context, /, cases: str, **given: Any) -> int:
    """Measure whom words stand for, against cases.

    CASES is a TOML file, or - for standard input: [[case]] with text, style and links, each link with words and actor.
    Cases marked held_out are counted, never listed.
    """
    from dragoman import desk

    chosen = options.settings_of(ctx, {})
    with _watched(quiet=given["quiet"]) as watch:
        score = desk.evaluate_references(cases, settings=chosen, watch=lambda case: watch(case.text, None))
    if given["show"] and not given["quiet"] and any(one.case.held_out for one in score.cases):
        out.tell("held-out cases are counted and not listed, so that nobody tunes to them")
    if given["as_json"]:
        misses: Iterable[Any] = [{"text": c.text, "link": str(link), "wrong": wrong} for c, link, wrong in score.misses]
    else:
        misses = _reference_misses(score)
    _print(watch.head("cases", chosen), score.groups, _reference_tables(score), misses, **given)
    return watch.exit_code


@_measuring
@click.argument("folder", metavar="FOLDER")
def pages(ctx: click.Context, /, folder: str, **given: Any) -> int:
    """Measure events, speakers and positions against what a careful reader expects of pages.

    Each folder in FOLDER holds a page (page.html, page.txt) and a meta.toml whose [expect] tells what is on it.
    """
    from dragoman import desk

    chosen = options.settings_of(ctx, {})
    with _watched(quiet=given["quiet"]) as watch:
        score = desk.evaluate_pages(folder, settings=chosen, watch=lambda page, reading: watch(page.name, reading))
    total = score.total
    if given["as_json"]:
        lists = (("missed", total.misses), ("extra", total.extras))
        misses: Iterable[Any] = [{"what": what, "told": told} for what, lines in lists for told in lines]
    else:
        misses = _page_misses(score)
    head = watch.head("pages", chosen) | {"broken": total.broken}
    _print(head, score.groups, _page_tables(score), misses, **given)
    return watch.exit_code


for _command in (statements, events, positions, references, pages):
    evaluate.add_command(_command)


def _check_predictions(predictions: str | None, gold: str) -> None:
    if predictions == "-":
        raise click.UsageError("--predictions takes a file; standard output holds the figures.")
    if predictions and gold != "-" and Path(predictions).exists() and Path(predictions).samefile(gold):
        raise click.UsageError("--predictions names the gold itself.")


# -- while it runs -------------------------------------------------------------------------------------------------


class _Watch:
    """Counts what was read, tells of what was not, and moves the bar."""

    def __init__(self, step: Callable[[int], None], *, quiet: bool) -> None:
        self.step = step
        self.quiet = quiet
        self.done = self.failed = 0

    def __call__(self, name: str, reading: Reading | None) -> None:
        self.done += 1
        self.step(self.done)
        if reading and reading.article.outcome not in ("read", "paywall"):
            self.failed += 1
            if not self.quiet and self.failed <= TOLD:
                told = reading.article.detail or reading.article.outcome.replace("_", " ")
                out.tell(f"{name}: {told}; it counts as one in which nothing was found")

    def head(self, noun: str, settings: Settings) -> dict[str, Any]:
        """How many there were, and what read them."""
        from dragoman import desk

        return {noun: self.done, "not_read": self.failed, "coder": _plain(desk.coder(settings).stamp)}

    @property
    def exit_code(self) -> int:
        if not self.failed:
            return codes.ALL_READ
        return codes.SOME_FAILED if self.failed < self.done else codes.NOTHING_READ


@contextmanager
def _watched(*, quiet: bool) -> Iterator[_Watch]:
    from dragoman.exchange import terminal

    with ExitStack() as stack:
        step: Callable[[int], None] = lambda done: None  # noqa: E731
        if sys.stderr.isatty() and not quiet:
            step = stack.enter_context(terminal.progress(sys.stderr))
        yield _Watch(step, quiet=quiet)


# -- what is printed -----------------------------------------------------------------------------------------------


def _print(
    head: dict[str, Any],
    groups: dict[str, Any],
    tables: Sequence[str],
    misses: Iterable[Any],
    *,
    show: str | None,
    limit: int | None,
    as_json: bool,
    quiet: bool,
) -> None:
    listed = list(misses) if show else []
    if as_json:
        figures = head | {"groups": {name: _plain(group) for name, group in groups.items()}}
        if show:
            figures["misses"] = listed[: limit or None]
        click.echo(json.dumps(figures, indent=2))
        return
    out.reconfigure(sys.stdout, encoding=None)
    write = sys.stdout.write
    write(_headline(head) + "\n")
    for table in tables:
        write("\n" + table)
    write("\n" if head.get("broken") else "")
    for told in head.get("broken", ()):
        write(f"must not be: {told}\n")
    most = SHOWN if limit is None else limit
    for told in listed[: most or None]:
        write("\n" + told)
    if most and len(listed) > most:
        write(f"\n{len(listed) - most} more; --limit {len(listed)} lists them all\n")


def _headline(head: dict[str, Any]) -> str:
    noun = next(iter(head))
    number, failed, coder = head[noun], head["not_read"], head["coder"]
    parts = [f"{number} {noun if number != 1 else noun[:-1]}", f"{failed} of them not read" if failed else ""]
    parts += [f"{coder['name']} {coder['version']}", f"tables {coder['lexicon']}"]
    parts += [f"profile {head['profile']}"] if head.get("profile") else []
    return ", ".join(part for part in parts if part)


def _statement_tables(score: statement_scores.Score) -> list[str]:
    from dragoman.exchange.tables import between, columns, percent

    def rates(name: str) -> str:
        rows = []
        for group, figures in score.groups.items():
            found, interval = getattr(figures, name), getattr(figures, f"{name}_interval")
            three = [percent(found.precision), percent(found.recall), percent(found.f1)]
            rows.append([group, str(figures.gold), str(figures.found), *three, between(interval)])
        return columns([name, "gold", "found", "P", "R", "F1", "95 %"], rows)

    rest = [
        [
            group,
            *(percent(share) for share in (f.source_right, f.source_exact)),
            str(f.sourced),
            percent(f.sourceless_right),
            str(f.sourceless),
            percent(f.cue_right),
            str(f.cued),
            percent(f.exact.f1),
        ]
        for group, f in score.groups.items()
    ]
    head = ["right where found", "source", "exact", "of", "no source", "of", "cue", "of", "exact F1"]
    return [rates("content"), rates("statement"), columns(head, rest)]


def _statement_misses(misses: Iterable[statement_scores.Miss]) -> Iterator[str]:
    from dragoman.exchange.tables import cut, passage

    for miss in misses:
        what = {"missed": "missed", "extra": "found besides", "source": "another source"}[miss.what]
        who = cut(miss.source, 80) or "nobody"
        if miss.what == "source":
            who = f"{who}; found was {cut(miss.other or '', 80) or 'nobody'}"
        label = f"{miss.article}: {what} ({', '.join(miss.groups)}): {who} | {cut(miss.cue, 60) or 'no cue'}"
        yield passage(label, cut(miss.content, 300))


def _pair_tables(score: event_scores.PairScore) -> list[str]:
    from dragoman.exchange.tables import between, columns, percent

    tellers = [
        [by, str(one.answers), str(one.gold), percent(one.right / one.gold) if one.gold else "-"]
        for by, one in score.tellers.items()
    ]
    tables = [columns(["told by", "sentences", "with gold", "right"], tellers)]
    if not score.groups:
        return tables
    rows = [
        [
            name,
            str(f.number),
            str(f.answered),
            percent(f.accuracy),
            between(f.accuracy_interval),
            percent(f.macro_f1),
            between(f.macro_f1_interval),
        ]
        for name, f in score.groups.items()
    ]
    tables.append(columns(["right", "gold", "answered", "accuracy", "95 %", "macro-F1", "95 %"], rows))
    for name, f in score.groups.items():
        rows = [
            [label, str(c.gold), str(c.found), *map(percent, (c.rates.precision, c.rates.recall, c.rates.f1)),
             between(c.interval)]
            for label, c in f.classes.items()
        ]  # fmt: skip
        tables.append(columns([name, "gold", "found", "P", "R", "F1", "95 %"], rows))
    confused = [[f"{c.gold} as {c.found or 'nothing'}", str(c.number), percent(c.share)]
                for c in score.groups["root"].confusions]  # fmt: skip
    return [*tables, columns(["taken", "times", "of its gold"], confused)] if confused else tables


def _pair_misses(score: event_scores.PairScore) -> Iterator[str]:
    from dragoman.exchange.tables import cut, passage

    for miss in score.misses:
        sides = f"{cut(miss.source, 60) or 'nobody'} > {cut(miss.target, 60) or 'nobody'}"
        yield passage(f"{miss.id}: {miss.gold}, found {miss.found or 'nothing'} ({miss.by}): {sides}", miss.text)


def _sentence_tables(score: event_scores.SentenceScore) -> list[str]:
    from dragoman.exchange.tables import between, columns, percent

    every = score.groups["all"]
    rows = [[str(every.sentences), str(every.with_events), str(every.events), f"{every.events_a_sentence:.2f}"]]
    tables = [columns(["sentences", "with events", "events", "a sentence"], rows)]
    if every.eventful:
        shares = [
            [
                name,
                str(f.eventful),
                percent(f.some),
                percent(f.type),
                between(f.type_interval),
                percent(f.sides),
                between(f.sides_interval),
                percent(f.both),
                between(f.both_interval),
            ]
            for name, f in score.groups.items()
        ]
        head = ["right", "gold", "some event", "type", "95 %", "both sides", "95 %", "both and type", "95 %"]
        tables.append(columns(head, shares))
    if every.silent:
        tables.append(columns(["without an event", "kept silent"], [[str(every.silent), percent(every.kept_silent)]]))
    if every.eventful or every.silent:
        three = [percent(every.rates.precision), percent(every.rates.recall), percent(every.rates.f1)]
        tables.append(columns(["sides and type", "P", "R", "F1"], [["events", *three]]))
    if every.statuses:
        tables.append(
            columns(["of those found", "gold", "right"], [["status", str(every.statuses), percent(every.status)]])
        )
    if score.reliability:
        bins = [
            [
                f"{b.low:.1f}–{min(b.high, 1.0):.1f}",
                str(b.events),
                percent(b.confidence),
                percent(b.right),
                between(b.interval),
            ]
            for b in score.reliability
        ]
        tables.append(columns(["confidence", "events", "mean", "right", "95 %"], bins))
    return tables


def _sentence_misses(score: event_scores.SentenceScore) -> Iterator[str]:
    from dragoman.exchange.tables import cut, passage

    named = {"missed": "missed", "type": "another type", "sides": "other sides", "extra": "found besides"}
    for miss in score.misses:
        found = f"; found was {', '.join(miss.found)}" if miss.found and miss.gold else ", ".join(miss.found)
        yield passage(f"{miss.id}: {named[miss.what]}: {cut(', '.join(miss.gold), 140)}{found}", miss.text)


def _position_tables(score: position_scores.Score) -> list[str]:
    from dragoman.exchange.tables import between, columns, percent

    groups = score.groups.items()
    rates = [
        [
            *(name, str(f.gold), str(f.found), percent(f.recall), between(f.recall_interval)),
            *(percent(f.precision), between(f.precision_interval), percent(f.f1)),
        ]
        for name, f in groups
    ]
    right = [
        [
            *(name, str(f.pairs), percent(f.issue), between(f.issue_interval), percent(f.stance)),
            *(between(f.stance_interval), percent(f.actor), between(f.actor_interval), percent(f.all_three)),
        ]
        for name, f in groups
        if f.pairs
    ]
    details = [
        [
            *(name, percent(f.toward), str(f.toward_of), percent(f.regarding), str(f.regarding_of)),
            *(percent(f.shared_with), str(f.shared_with_of), percent(f.reporter), str(f.reporter_of)),
        ]
        for name, f in groups
        if name in ("all", "held out", "tuned")
    ]
    tables = [columns(["positions", "gold", "found", "R", "95 %", "P", "95 %", "F1"], rates)]
    if right:
        head = ["right where found", "pairs", "issue", "95 %", "stance", "95 %", "actor", "95 %", "all three"]
        tables.append(columns(head, right))
        head = ["details", "toward", "of", "regarding", "of", "shared with", "of", "reporter", "of"]
        tables.append(columns(head, details))
    if any(f.silent for _, f in groups):
        silent = [[name, str(f.silent), percent(f.kept_silent)] for name, f in groups if f.silent]
        tables.append(columns(["without a position", "texts", "kept silent"], silent))
    return tables


def _position_misses(score: position_scores.Score) -> Iterator[str]:
    from dragoman.exchange.tables import cut, passage

    for miss in score.misses:
        if miss.what == "differs":
            label = f"another {', '.join(miss.parts)}: {miss.wanted}; found was {miss.found}".replace("_", " ")
        else:
            label = f"missed: {miss.wanted}" if miss.what == "missed" else f"found besides: {miss.found}"
        yield passage(f"{miss.id}: {label}", cut(miss.text, 300))


def _reference_tables(score: reference_scores.Score) -> list[str]:
    from dragoman.exchange.tables import between, columns, percent

    rows = [
        [
            name,
            str(f.cases),
            percent(f.actor),
            between(f.actor_interval),
            str(f.links),
            percent(f.person),
            between(f.person_interval),
            str(f.persons),
            percent(f.via),
            str(f.ways),
        ]
        for name, f in score.groups.items()
    ]
    head = ["right", "cases", "actor", "95 %", "of", "person", "95 %", "of", "via", "of"]
    return [columns(head, rows)]


def _reference_misses(score: reference_scores.Score) -> Iterator[str]:
    from dragoman.exchange.tables import passage

    for case, link, wrong in score.misses:
        known = f" (known: {link.fault})" if link.fault else ""
        yield passage(f"{link}: found {wrong}{known}", case.text)


def _page_tables(score: page_scores.Pages) -> list[str]:
    from dragoman.exchange.tables import between, columns, percent

    rows = [
        [
            name,
            str(f.expected),
            percent(f.recall),
            between(f.recall_interval),
            percent(f.detailed),
            str(f.produced),
            percent(f.precision),
            between(f.precision_interval),
        ]
        for name, f in score.groups.items()
    ]
    head = ["right", "expected", "found", "95 %", "in detail", "produced", "in gold", "95 %"]
    return [columns(head, rows)]


def _page_misses(score: page_scores.Pages) -> Iterator[str]:
    from dragoman.exchange.tables import passage

    for page in score.pages:
        for what, lines in (("missed", page.misses), ("found besides", page.extras)):
            for line in lines:
                name, _, told = line.partition(": ")
                yield passage(f"{name}: {what}", told)


def _plain(value: Any) -> Any:
    import msgspec

    return msgspec.to_builtins(value)
