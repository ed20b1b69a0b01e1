"""What a command writes: its result to standard output or a file, and everything else to standard error."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import click

from dragoman.cli import codes

if TYPE_CHECKING:
    from dragoman.records import Article, Reading
    from dragoman.settings import Settings


def form_of(output: str | None) -> str:
    suffix = Path(output or "").suffix.lower().lstrip(".")
    return {"json": "json", "jsonl": "jsonl", "ndjson": "jsonl", "html": "html", "htm": "html"}.get(suffix, "text")


@contextmanager
def opened(output: str | None, form: str) -> Iterator[IO[str]]:
    """Standard output, or the file named, which takes its place only when all of it is written."""
    if output is None or output == "-":
        reconfigure(sys.stdout, encoding=None if form == "text" else "utf-8")
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


def reconfigure(stream: Any, *, encoding: str | None) -> None:
    if hasattr(stream, "reconfigure"):
        stream.reconfigure(**({"encoding": encoding} if encoding else {}), errors="replace")


def tell(line: str) -> None:
    """One line on standard error, whatever stands in the names and pages it speaks of."""
    from dragoman.exchange.words import plain

    shown = " ".join(plain(line).split())
    with suppress(OSError):  # nobody may listen there either
        print(f"dragoman: {shown}", file=sys.stderr, flush=True)


class Tally:
    """Counts what was read and what was not, and tells of the latter while it goes by."""

    def __init__(self, *, quiet: bool) -> None:
        self.quiet = quiet
        self.read = 0
        self.failed = 0

    @property
    def exit_code(self) -> int:
        if not self.failed:
            return codes.ALL_READ if self.read else codes.NOTHING_READ
        return codes.SOME_FAILED if self.read else codes.NOTHING_READ

    def watch(self, found: Iterable[tuple[str, Reading]], *, several: bool, bar: bool) -> Iterator[Reading]:
        """The Readings, counted; with a bar on standard error where that is a terminal and there is more than one."""
        with _step(bar and sys.stderr.isatty()) as step:
            for source, reading in found:
                self.count(source, reading.article)
                if several or self.read + self.failed > 1:
                    step(self.read + self.failed)
                yield reading
        self.tell_if_nothing()

    def count(self, source: str, article: Article) -> None:
        """Counts one article, and tells of it if anything about it is not plain success."""
        if article.outcome == "read":
            self.read += 1
        else:
            self.failed += 1
        if not self.quiet and (article.detail or article.outcome != "read"):
            told = article.detail or article.outcome.replace("_", " ")
            tell(told if source == "-" or told.startswith(source) else f"{source}: {told}")

    def tell_if_nothing(self) -> None:
        if not self.read and not self.failed and not self.quiet:
            tell("there is no article in what was named; a SOURCE is a page, a text, a JSONL file, a folder or a URL")


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


WRITERS: dict[str, Callable[[Iterable[Reading], IO[str], Settings], None]] = {
    "text": _as_text,
    "json": _as_json,
    "jsonl": _as_jsonl,
    "html": _as_html,
}
