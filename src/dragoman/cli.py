"""The command line: what a person types, turned into verbs of the desk, and what comes back, written down.

Exit codes: 0 everything was read; 1 some sources were not; 2 wrong usage, settings or tables; 3 nothing was read;
70 a fault in Dragoman itself; 130 interrupted; 141 the reader of the output went away.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, NoReturn

import click

from dragoman.version import VERSION

if TYPE_CHECKING:
    from dragoman.records import Reading
    from dragoman.settings import Settings

ALL_READ, SOME_FAILED, WRONG_USAGE, NOTHING_READ, OUR_FAULT, INTERRUPTED, NOBODY_LISTENS = 0, 1, 2, 3, 70, 130, 141
COMPLETION_VARIABLE = "_DRAGOMAN_COMPLETE"


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Runs the command line and leaves with its exit code."""
    sys.exit(run(arguments))


def run(arguments: Sequence[str] | None = None) -> int:
    """The exit code of these arguments; whatever goes wrong is told in a line on standard error."""
    from dragoman.errors import DragomanError, LexiconError

    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        if instruction := os.environ.get(COMPLETION_VARIABLE):
            from click.shell_completion import shell_complete

            return shell_complete(dragoman, {}, "dragoman", COMPLETION_VARIABLE, instruction)
        with dragoman.make_context("dragoman", given) as ctx:
            code = dragoman.invoke(ctx)
        sys.stdout.flush()
        return int(code or 0)
    except click.exceptions.Exit as leave:
        return leave.exit_code
    except click.UsageError as fault:
        where = fault.ctx.command_path if fault.ctx else "dragoman"
        _tell(f"{fault.format_message()} `{where} --help` tells more.")
        return WRONG_USAGE
    except click.ClickException as fault:
        _tell(fault.format_message())
        return WRONG_USAGE
    except (KeyboardInterrupt, click.Abort):
        _tell("interrupted")
        return INTERRUPTED
    except BrokenPipeError:
        # the interpreter flushes standard output once more on its way out
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return NOBODY_LISTENS
    except LexiconError as fault:
        for one in fault.faults:
            _tell(str(one))
        return WRONG_USAGE
    except DragomanError as fault:
        _tell(f"{fault.message}; {fault.hint}" if fault.hint else fault.message)
        return WRONG_USAGE
    except Exception as fault:
        if os.environ.get("DRAGOMAN_TRACEBACK"):
            raise
        _tell(
            f"a fault in Dragoman itself: {type(fault).__name__}: {fault}; "
            "with DRAGOMAN_TRACEBACK=1 it shows where, which is what a report of it should hold"
        )
        return OUR_FAULT


def _options(*options: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def decorate(command: Any) -> Any:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


def _is_date(ctx: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    from dragoman import desk

    if value is not None and not desk.understands_date(value):
        raise click.BadParameter(f"{value!r} is not a date such as 2019-05-14.")
    return value


_about_the_page = _options(
    click.option("--url", metavar="URL", help="The page's address, where the source does not tell it."),
    click.option("--published", metavar="DATE", callback=_is_date, help="When it appeared (ISO 8601: 2019-05-14)."),
    click.option("--title", metavar="TEXT", help="Its title."),
    click.option("--language", metavar="CODE", help="Its language (en), instead of finding it out."),
    click.option("--as-is", is_flag=True, help="Keep a text to the letter; nothing is taken for page furniture."),
)
_limits = _options(
    click.option("--max-bytes", type=int, metavar="N", help="Refuse sources larger than this (read.max_bytes)."),
    click.option("--timeout", type=float, metavar="SECONDS", help="Give up on a page after so long."),
    click.option("--allow-private", is_flag=True, help="Fetch from private and loopback addresses as well."),
)


@click.group(
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option("--settings", "file", metavar="FILE", help="The settings file, instead of ./dragoman.toml.")
@click.version_option(VERSION, "-V", "--version", message="%(prog)s %(version)s")
@click.pass_context
def dragoman(ctx: click.Context, file: str | None) -> None:
    """Reads news about international relations into records that point at their words."""
    ctx.obj = file
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())


@dragoman.command()
@click.argument("sources", metavar="SOURCE...", nargs=-1, required=True)
@_about_the_page
@click.option("--json", "form", flag_value="json", help="One JSON object; a JSON array for several articles.")
@click.option("--jsonl", "form", flag_value="jsonl", help="One line of JSON for each article, failures included.")
@click.option("--html", "form", flag_value="html", help="One page that holds everything it needs.")
@click.option("-o", "--output", metavar="FILE", help="Write there; .json, .jsonl and .html choose the form.")
@_limits
@click.option("-q", "--quiet", is_flag=True, help="No progress, no word about sources that could not be read.")
@click.pass_context
def read(ctx: click.Context, /, sources: tuple[str, ...], form: str | None, output: str | None, **given: Any) -> int:
    """Read articles and show what is in them.

    A SOURCE is an HTML file, a text file, a JSONL file of articles, a folder of these, a URL, or - for standard input.

    \b
    dragoman read page.html                             look at it here
    dragoman read page.html -o marked.html              look at it in a browser
    dragoman read articles.jsonl --jsonl > out.jsonl    one record for each article
    """
    from dragoman import desk

    chosen = _settings(ctx, given)
    about = _about(given, several=len(sources) > 1)
    form = form or _form_of(output)
    tally = Tally(quiet=given["quiet"])
    with _opened(output, form) as stream:
        elsewhere = output is not None or not sys.stdout.isatty()
        found = desk.read_each(sources, given=about, settings=chosen)
        readings = tally.watch(found, several=len(sources) > 1, bar=elsewhere and not given["quiet"])
        _WRITERS[form](readings, stream, chosen)
    return tally.exit_code


@dragoman.command()
@click.argument("source", metavar="SOURCE")
@_about_the_page
@_limits
@click.pass_context
def explain(ctx: click.Context, /, source: str, **given: Any) -> int:
    """Show sentence by sentence what was found, by which rule, or why nothing was."""
    from dragoman import desk
    from dragoman.exchange import terminal

    chosen = _settings(ctx, given)
    tally = Tally(quiet=False)
    _reconfigure(sys.stdout, encoding=None)
    found = desk.read_each([source], given=_about(given, several=False), settings=chosen)
    for reading in tally.watch(found, several=False, bar=False):
        if reading.article.text:
            shown = terminal.console(sys.stdout)
            terminal.explain(reading, desk.sentences(reading, chosen), desk.names(chosen), shown)
    return tally.exit_code


@dragoman.command()
def schema() -> None:
    """Print the JSON Schema of a record."""
    import json

    from dragoman.records import json_schema

    click.echo(json.dumps(json_schema(), indent=2, ensure_ascii=False))


@dragoman.group()
def lexicon() -> None:
    """The tables of actors, words, places and issues."""


@lexicon.command()
@click.argument("folder", required=False)
@click.pass_context
def check(ctx: click.Context, folder: str | None) -> None:
    """Check the tables in use, or the built-in ones with FOLDER laid over them.

    Every fault is named by file and line.
    """
    from dragoman import desk
    from dragoman.settings import change

    chosen = _settings(ctx, {})
    if folder is not None:
        chosen = change(chosen, {"lexicon": ("builtin", folder)})
    tables = desk.lexicon(chosen)
    for name in tables.__struct_fields__:
        rows = getattr(tables, name)
        if isinstance(rows, tuple | dict) and rows:
            click.echo(f"{len(rows):>7}  {name.replace('_', ' ')}")
    click.echo(f"no fault found; tables {tables.version} ({', '.join(chosen.lexicon)})")


class Tally:
    """Counts what was read and what was not, and tells of the latter while it goes by."""

    def __init__(self, *, quiet: bool) -> None:
        self.quiet = quiet
        self.read = 0
        self.failed = 0

    @property
    def exit_code(self) -> int:
        if not self.failed:
            return ALL_READ if self.read else NOTHING_READ
        return SOME_FAILED if self.read else NOTHING_READ

    def watch(self, found: Iterable[tuple[str, Reading]], *, several: bool, bar: bool) -> Iterator[Reading]:
        """The Readings, counted; with a bar on standard error where that is a terminal and there is more than one."""
        with _step(bar and sys.stderr.isatty()) as step:
            for source, reading in found:
                article = reading.article
                if article.outcome == "read":
                    self.read += 1
                else:
                    self.failed += 1
                if not self.quiet and (article.detail or article.outcome != "read"):
                    told = article.detail or article.outcome.replace("_", " ")
                    _tell(told if source == "-" or told.startswith(source) else f"{source}: {told}")
                if several or self.read + self.failed > 1:
                    step(self.read + self.failed)
                yield reading
        if not self.read and not self.failed and not self.quiet:
            _tell("there is no article in what was named; a SOURCE is a page, a text, a JSONL file, a folder or a URL")


@contextmanager
def _step(wanted: bool) -> Iterator[Callable[[int], None]]:
    if wanted:
        from dragoman.exchange import terminal

        with terminal.progress(sys.stderr) as step:
            yield step
    else:
        yield lambda done: None


def _as_text(readings: Iterable[Reading], stream: IO[str], chosen: Settings) -> None:
    from dragoman import desk
    from dragoman.exchange import terminal

    shown = terminal.console(stream)
    first = True
    for reading in readings:
        if not reading.article.text:
            continue  # what there is to say stands on standard error
        if not first:
            shown.print("\n" + "─" * min(shown.width, 60) + "\n")
        terminal.show(reading, desk.names(chosen), shown)
        first = False


def _as_json(readings: Iterable[Reading], stream: IO[str], chosen: Settings) -> None:
    held: Reading | None = None
    many = False
    for reading in readings:
        if held is not None:
            stream.write(("" if many else "[\n") + held.to_json(indent=2) + ",\n")
            many = True
        held = reading
    if held is None:
        stream.write("[]\n")
    else:
        stream.write(held.to_json(indent=2) + ("\n]\n" if many else "\n"))


def _as_jsonl(readings: Iterable[Reading], stream: IO[str], chosen: Settings) -> None:
    from dragoman.exchange import jsonl

    for reading in readings:
        stream.write(jsonl.line(reading))
        stream.flush()


def _as_html(readings: Iterable[Reading], stream: IO[str], chosen: Settings) -> None:
    from dragoman import desk
    from dragoman.exchange import html

    gathered = list(readings)
    if gathered:
        stream.write(html.pages(gathered, desk.names(chosen)))


_WRITERS: dict[str, Callable[[Iterable[Reading], IO[str], Settings], None]] = {
    "text": _as_text,
    "json": _as_json,
    "jsonl": _as_jsonl,
    "html": _as_html,
}


def _settings(ctx: click.Context, given: dict[str, Any]) -> Settings:
    from dragoman import settings

    wanted = {
        "read.max_bytes": given.get("max_bytes"),
        "read.timeout_seconds": given.get("timeout"),
        "read.allow_private_addresses": given.get("allow_private") or None,
    }
    return settings.change(settings.load(ctx.obj), {n: v for n, v in wanted.items() if v is not None})


def _about(given: dict[str, Any], *, several: bool) -> dict[str, Any]:
    if several:
        for option in ("url", "title"):
            if given[option]:
                raise click.UsageError(f"--{option} speaks of one page, and several sources were named.")
    return {name: given[name] for name in ("url", "published", "title", "language", "as_is")}


def _form_of(output: str | None) -> str:
    suffix = Path(output or "").suffix.lower().lstrip(".")
    return {"json": "json", "jsonl": "jsonl", "ndjson": "jsonl", "html": "html", "htm": "html"}.get(suffix, "text")


@contextmanager
def _opened(output: str | None, form: str) -> Iterator[IO[str]]:
    """Standard output, or the file named, which takes its place only when all of it is written."""
    if output is None or output == "-":
        _reconfigure(sys.stdout, encoding=None if form == "text" else "utf-8")
        yield sys.stdout
        return
    path = Path(output)
    plain = not path.exists() or path.is_file()  # a device or a pipe is written to as it is
    target = path.with_name(path.name + ".part") if plain else path
    try:
        stream = target.open("w", encoding="utf-8", newline="\n")
    except OSError as fault:
        raise click.ClickException(f"{output}: cannot be written: {fault.strerror or fault}") from fault
    try:
        with stream:
            yield stream
        if plain:
            target.replace(path)
    except BaseException:
        if plain:
            target.unlink(missing_ok=True)
        raise


def _reconfigure(stream: Any, *, encoding: str | None) -> None:
    if hasattr(stream, "reconfigure"):
        stream.reconfigure(**({"encoding": encoding} if encoding else {}), errors="replace")


def _tell(line: str) -> None:
    """One line on standard error, whatever stands in the names and pages it speaks of."""
    from dragoman.exchange.words import plain

    shown = " ".join(plain(line).split())
    with suppress(OSError):  # nobody may listen there either
        print(f"dragoman: {shown}", file=sys.stderr, flush=True)
