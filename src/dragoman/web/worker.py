"""The process in which pages from outside are coded: a request a line on standard input, an answer a line back.

A request is a source (a file or an address) with what is known of it, as JSON; an answer is a Reading, or why there is
none. Loading parser and models takes seconds, so the process stays; whoever waits too long for an answer ends it.
"""

from __future__ import annotations

import contextlib
import sys
from typing import Any, BinaryIO

import msgspec

from dragoman.records import Reading


class Request(msgspec.Struct, frozen=True):
    """What to read."""

    source: str
    given: dict[str, Any]


class Answer(msgspec.Struct, frozen=True):
    """What was read, or what went wrong and what would help."""

    reading: Reading | None = None
    message: str = ""
    outcome: str = ""
    hint: str | None = None


def main(settings: bytes, memory: int) -> int:
    """Answers until nobody asks any more."""
    from dragoman.settings import Settings

    _confine(memory)
    chosen = msgspec.json.decode(settings, type=Settings)
    answers, sys.stdout = sys.stdout.buffer, sys.stderr  # what a library prints is no answer
    _say(answers, Answer(outcome="ready"))
    for line in sys.stdin.buffer:
        _say(answers, _answer(msgspec.json.decode(line, type=Request), chosen))
    return 0


def _answer(request: Request, settings: Any) -> Answer:
    from dragoman import desk
    from dragoman.errors import DragomanError, SourceError

    try:
        return Answer(reading=desk.read(request.source, settings=settings, **request.given))
    except SourceError as fault:
        return Answer(message=fault.message, outcome=fault.outcome, hint=fault.hint)
    except DragomanError as fault:
        return Answer(message=fault.message, outcome="refused", hint=fault.hint)
    except MemoryError:
        return Answer(message="the page needed more memory than it may use", outcome="too_large")
    except Exception as fault:  # one page must not end the process for those that follow
        return Answer(message=f"the page could not be coded ({type(fault).__name__})", outcome="unreadable")


def _say(answers: BinaryIO, answer: Answer) -> None:
    answers.write(msgspec.json.encode(answer) + b"\n")
    answers.flush()


def _confine(memory: int) -> None:
    try:
        import resource
    except ImportError:  # not on every system; the time limit still holds there
        return
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        sys.exit(main(sys.argv[1].encode(), int(sys.argv[2])))
