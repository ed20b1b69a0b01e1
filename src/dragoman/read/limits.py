"""What a source may cost: sizes, seconds, addresses; and a worker process that can be stopped midway."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from typing import Any

import msgspec

from dragoman.errors import SourceError

USER_AGENT = "Dragoman/0.1 (reads single news pages for research; honours robots.txt)"

# elements that HTML closes by itself or that cannot hold anything: they say nothing about depth
_FLAT_NAMES = """
area base br col embed hr img input link meta param source track wbr p li dt dd tr td th option thead tbody tfoot
colgroup rt rp html head body path use circle rect line polygon polyline ellipse stop
"""
_FLAT = frozenset(_FLAT_NAMES.split())
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:-]*)([^<>]{0,2000}>)?")
_SCRIPT_END = re.compile(r"</(?:script|style)", re.IGNORECASE)
_LARGE = 2_000_000  # characters of markup
_MANY = 12_000  # tags
_DEEP = 180  # open elements
_WIDE = 20_000  # characters in one tag, outside of quoted values
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """What one source may cost."""

    max_bytes: int = 10_000_000
    timeout_seconds: float = 20.0
    allow_private_addresses: bool = False
    user_agent: str = USER_AGENT
    max_redirects: int = 5
    obey_robots: bool = True
    max_characters: int = 1_000_000  # of cleaned text: the parser takes no more at once
    memory_bytes: int = 2_000_000_000  # of the worker process that reads suspicious pages
    max_ratio: int = 200  # how much larger what is packed may be than its packing
    max_members: int = 200_000  # of one archive, and pages of one sitemap
    max_depth: int = 3  # of archives in archives, and of sitemaps in sitemaps


def suspicious(markup: str) -> bool:
    """Whether a page is so large, deep or wide that it is read where it can be stopped. One pass, no parsing."""
    if len(markup) > _LARGE or markup.count("<") > _MANY:
        return True
    depth = 0
    at = 0
    while True:
        found = _TAG.search(markup, at)
        if found is None:
            return False
        at = found.end()
        if found[2].lower() in ("script", "style") and not found[1]:
            # what looks like a tag in a script is none
            close = _SCRIPT_END.search(markup, at)
            if close is None:
                return len(markup) - at > _WIDE
            at = close.end()
            continue
        if found[3] is None:
            # a tag without an end in sight: fine where its bulk is quoted (a picture in an attribute), not otherwise
            end = markup.find(">", found.end())
            rest = markup[found.end() : end if end >= 0 else len(markup)]
            if len(rest) > _WIDE and (len(rest) > 4 * _WIDE or len(_QUOTED.sub("", rest)) > _WIDE // 4):
                return True
            if rest.count("=") > 500:
                return True
        elif found[3].endswith("/>"):
            continue
        if found[2].lower() in _FLAT:
            continue
        if found[1]:
            depth = max(0, depth - 1)
        else:
            depth += 1
            if depth > _DEEP:
                return True


def in_worker(task: str, request: Any, *, limits: Limits, source: str) -> bytes:
    """What the task answers, run in a process of its own that is stopped when its time is over.

    Raises SourceError with the outcome "timed_out", "too_large" or "unreadable".
    """
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    # a fresh interpreter, and not multiprocessing: that would run the caller's main module again
    command = [sys.executable, "-P", "-m", "dragoman.read.worker", task, str(limits.memory_bytes)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment
    ) as process:
        try:
            answer, _ = process.communicate(msgspec.msgpack.encode(request), timeout=limits.timeout_seconds)
        except subprocess.TimeoutExpired:
            raise SourceError(
                f"reading was stopped after {limits.timeout_seconds:g} seconds",
                source=source,
                outcome="timed_out",
                hint="raise the time limit (read.timeout_seconds), or save the text of the page and read that",
            ) from None
        finally:
            process.kill()
    if process.returncode == 0:
        return answer
    if process.returncode == 4:
        message, outcome, hint = msgspec.msgpack.decode(answer, type=tuple[str, str, str | None])
        raise SourceError(message, source=source, outcome=outcome, hint=hint)
    if process.returncode == 3:
        raise SourceError(
            "reading needed more memory than it may use",
            source=source,
            outcome="too_large",
            hint="raise the memory limit (read.memory_bytes), or save the text of the page and read that",
        )
    raise SourceError(
        f"the page could not be parsed (the parser ended with {process.returncode})",
        source=source,
        outcome="unreadable",
        hint="save the text of the page and read that",
    )


def too_large(what: str, size: int | None, limit: int, *, source: str, unit: str = "bytes") -> SourceError:
    """The error for a source over a limit."""
    measured = f"{size:,}" if size is not None else f"more than {limit:,}"
    return SourceError(
        f"{what} has {measured} {unit}, and {limit:,} are allowed",
        source=source,
        outcome="too_large",
        hint=f"cut it into articles, or raise the setting read.max_{unit}",
    )
