"""Pages of a store, made once and remembered until the next commit; the head of a page leaves before its answer.

A browser that has the page already is told so (ETag). A page that takes a moment is sent as it comes: menus and styles
first, then the rest. What goes wrong by then stands where the answer would, under the status 200 that had left already.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
import threading
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as Late
from hashlib import blake2b
from os import cpu_count
from typing import TYPE_CHECKING, Any

from fastapi import Request
from starlette.responses import Response, StreamingResponse

from dragoman.version import VERSION
from dragoman.web import pressed, troubles

if TYPE_CHECKING:
    from dragoman.web.shown import Shower

_LOG = logging.getLogger("dragoman.web")
_BYTES = 32_000_000  # of compressed pages
_PATIENCE_SECONDS = 0.04  # by then most pages are there, and whatever cannot be asked has said so
_BODY = '<main id="content"'


class Remembered:
    """The pages of one app."""

    def __init__(self, shower: Shower, stamp: Callable[[], tuple[Any, ...]]) -> None:
        self._shower, self._stamp = shower, stamp
        self._hole = f"hole-{secrets.token_hex(16)}"  # nobody can write it into a page
        self._guard = threading.Lock()
        self._pages: OrderedDict[tuple[Any, ...], pressed.Pressed] = OrderedDict()
        self._held = 0
        # more at once would not be made sooner, and need more memory
        self._makers = ThreadPoolExecutor((cpu_count() or 2) + 2, thread_name_prefix="page")

    def page(self, request: Request, template: str, title: str, ask: Callable[[], Mapping[str, Any]]) -> Response:
        """The page of this template; `ask` gives what it shows. Raises what `ask` raises, as long as nothing was sent.

        `ask` may look at nothing that its address, the store's commit, the views and who asks do not tell.
        """
        key, tag = self._key(request)
        headers = {"etag": tag, "vary": "Cookie, Accept-Encoding", "cache-control": "private, no-cache"}
        had = [one.strip() for one in request.headers.get("if-none-match", "").split(",")]
        if tag in had:
            return Response(status_code=304, headers=headers)
        with self._guard:
            known = self._pages.get(key)
            if known is not None:
                self._pages.move_to_end(key)
        if known is not None:
            return self._whole(request, known, headers)
        coming = self._makers.submit(self._made, request, template, ask, key)
        try:
            return self._whole(request, coming.result(_PATIENCE_SECONDS), headers)
        except Late:
            if coming.done():  # what was asked ran out of time itself
                raise
        head = self._shower.text(request, "head.html", mark=self._mark, page_title=title)
        headers.pop("etag")  # it is not known yet what it will be
        sent = self._sent(request, pressed.press(head, self._hole), coming)
        return StreamingResponse(sent, media_type="text/html; charset=utf-8", headers=self._coded(request, headers))

    def close(self) -> None:
        """Makes no more pages."""
        self._makers.shutdown(wait=False, cancel_futures=True)

    def _key(self, request: Request) -> tuple[tuple[Any, ...], str]:
        person = request.state.person
        key = (*self._stamp(), str(request.url), person.name, person.role, person.by)
        seen = repr((VERSION, self._hole, person.session, key))
        return key, f'W/"{blake2b(seen.encode("utf-8", "replace"), digest_size=12).hexdigest()}"'

    def _made(
        self, request: Request, template: str, ask: Callable[[], Mapping[str, Any]], key: tuple[Any, ...]
    ) -> pressed.Pressed:
        text = self._shower.text(request, template, mark=self._mark, **ask())
        head, body, rest = text.partition(_BODY)
        page = (*pressed.press(head, self._hole), *pressed.press(body + rest, self._hole))
        size = _size(page)
        with self._guard:
            self._held += size - _size(self._pages.pop(key, ()))
            self._pages[key] = page
            while self._held > _BYTES:
                self._held -= _size(self._pages.popitem(last=False)[1])
        return page

    async def _sent(
        self, request: Request, head: pressed.Pressed, coming: Future[pressed.Pressed]
    ) -> AsyncIterator[bytes]:
        joining = pressed.Joining() if _gzip(request) else None

        def piece(one: pressed.Piece) -> bytes:
            return joining.add(one) if joining else pressed.unpacked(one)

        first = b"".join(map(piece, pressed.filled(head, request.state.mark)))
        yield pressed.HEAD + first if joining else first
        try:
            page = await asyncio.wrap_future(coming)
            rest: pressed.Pressed = page[len(head) :]
        except Exception as fault:
            status, title, told, hint = troubles.of_fault(fault, self._shower.answers.site)
            if status == 500:
                _LOG.error("%s at %s", type(fault).__name__, request.url.path, exc_info=fault)
            given = {"title": title, "told": told, "hint": hint, "code": status, "signed_out": False}
            text = self._shower.text(request, "error.html", mark=self._mark, **given)
            rest = pressed.press(_BODY + text.partition(_BODY)[2], self._hole)
        yield b"".join(map(piece, pressed.filled(rest, request.state.mark))) + (joining.end() if joining else b"")

    def _whole(self, request: Request, page: pressed.Pressed, headers: dict[str, str]) -> Response:
        make = pressed.joined if _gzip(request) else pressed.plain
        body = make(page, request.state.mark)
        return Response(body, media_type="text/html; charset=utf-8", headers=self._coded(request, headers))

    def _coded(self, request: Request, headers: dict[str, str]) -> dict[str, str]:
        # a stream that says "identity" is left as it is by the compression of all other answers
        return {**headers, "content-encoding": "gzip" if _gzip(request) else "identity"}

    def _mark(self) -> str:
        return self._hole


def _gzip(request: Request) -> bool:
    return "gzip" in request.headers.get("accept-encoding", "")


def _size(page: pressed.Pressed) -> int:
    return sum(len(one.deflated) + 100 for one in page if one is not None)
