"""The process in which suspicious sources are read: a request on standard input, an Article on standard output."""

from __future__ import annotations

import contextlib
import sys

import msgspec

from dragoman.errors import SourceError


def main(task: str, memory: int) -> int:
    """Reads one request, answers it, and returns the exit code: 0 answered, 3 out of memory, 4 refused."""
    _confine(memory)
    try:
        sys.stdout.buffer.write(_answer(task, sys.stdin.buffer.read()))
        sys.stdout.buffer.flush()
    except SourceError as error:
        sys.stdout.buffer.write(msgspec.msgpack.encode((error.message, error.outcome, error.hint)))
        sys.stdout.buffer.flush()
        return 4
    except MemoryError:
        return 3
    return 0


def _answer(task: str, request: bytes) -> bytes:
    return msgspec.msgpack.encode(_TASKS[task](request))


def _page(request: bytes) -> object:
    from dragoman.read import page

    return page.read(*msgspec.msgpack.decode(request, type=tuple[str, str | None, str | None]))


def _text(request: bytes) -> object:
    from dragoman.read import scrape

    return scrape.clean(*msgspec.msgpack.decode(request, type=tuple[str, str | None]))


def _feed(request: bytes) -> object:
    from dragoman.read import feed_entries

    return feed_entries.entries(*msgspec.msgpack.decode(request, type=tuple[str, str | None]))


def _pdf(request: bytes) -> object:
    from dragoman.read import pdf_text

    return pdf_text.pdf_text(*msgspec.msgpack.decode(request, type=tuple[bytes, int]))


_TASKS = {"page": _page, "text": _text, "feed": _feed, "pdf": _pdf}


def _confine(memory: int) -> None:
    try:
        import resource
    except ImportError:  # not on every system; the time limit still holds there
        return
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2])))
