"""A page that is pasted, dropped or named, coded on the spot; and kept in the store where somebody wants that."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from dragoman.errors import SettingsError
from dragoman.web import forms, marked, view
from dragoman.web.guard import Pace
from dragoman.web.live import Busy, LiveCoder

if TYPE_CHECKING:
    from dragoman.web.answers import Answers
    from dragoman.web.shown import Shower

router = APIRouter(include_in_schema=False)


@router.get("/live")
def live(request: Request) -> Response:
    """Where a page can be given, or with `coded` the one that was."""
    answers, shower = _parts(request)
    key = view.one(request.query_params, "coded")
    if not key:
        return shower.page(request, "live.html")
    coder: LiveCoder = request.app.state.live
    coded = coder.coded(key)
    if coded is None:
        raise HTTPException(404, "That page was coded a while ago and is not kept any more; send it once again.")
    return shower.page(
        request, "article.html", reading=coded.reading, sheet=marked.marked(coded.reading, answers.names), verdicts={},
        stored=False, live_key=key, seconds=coded.seconds,
    )  # fmt: skip


@router.post("/live")
async def code(request: Request) -> Response:
    """The page given, coded."""
    form = await forms.read(request, role="read")
    _pace(request)
    coder: LiveCoder = request.app.state.live
    limit = request.app.state.site.settings.read.max_bytes
    text, address = form.text("text", limit), form.word("address", 2000)
    given = _given(form)
    name, raw = form.file("file")
    if len(raw) > limit:
        raise SettingsError(f"the file is larger than {limit:,} bytes", name="file", hint="send one article at a time")
    if not (text.strip() or address or raw):
        raise SettingsError(
            "there is nothing to read", name="text", hint="paste a text, drop a file, or give an address"
        )
    coded = await run_in_threadpool(
        lambda: coder.code(text=text, address="" if text.strip() or raw else address, file=raw, name=name, given=given)
    )
    return RedirectResponse(view.link("/live", coded=coded.key), 303)


@router.post("/live/keep")
async def keep(request: Request) -> Response:
    """What was coded goes into the store."""
    form = await forms.read(request, role="edit")
    answers, _ = _parts(request)
    coder: LiveCoder = request.app.state.live
    coded = coder.coded(form.word("coded"))
    if coded is None:
        raise HTTPException(404, "That page was coded a while ago and is not kept any more; send it once again.")

    def into_store() -> str:
        with answers.kept.store() as store:
            store.commit([coded.reading])
        answers.kept.follow()
        return coded.reading.article.id

    return RedirectResponse(view.link("/article", id=await run_in_threadpool(into_store)), 303)


def _given(form: forms.Form) -> dict[str, Any]:
    from dragoman import desk

    published = form.word("published")
    if published and not desk.understands_date(published):
        raise SettingsError(f"{published!r} is not a date", name="published", hint="2019-05-14")
    found = {"published": published or None, "title": form.word("title", 500) or None}
    return {name: value for name, value in found.items() if value}


def _pace(request: Request) -> None:
    limits = request.app.state.site.limits
    if not hasattr(request.app.state, "live_pace"):
        request.app.state.live_pace = Pace(limits.coded_a_minute / 60, limits.coded_a_minute)
    who = f"{request.client.host if request.client else ''}/{request.state.person.name}"
    if not request.app.state.live_pace.take(who):
        raise Busy("many pages were sent from here in the last minute", hint="wait half a minute and send it again")


def _parts(request: Request) -> tuple[Answers, Shower]:
    return request.app.state.answers, request.app.state.shower
