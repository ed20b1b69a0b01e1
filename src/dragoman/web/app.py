"""The app put together: settings in, an ASGI application out. No page is made here.

app = make(Site(store="dragoman.store", settings=settings.load()))
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.resources import files
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import JSONResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from dragoman.errors import DragomanError
from dragoman.version import VERSION
from dragoman.web import api, article_pages, downloads, live_pages, pages, troubles
from dragoman.web.answers import Answers
from dragoman.web.guard import Guard, TooMuch
from dragoman.web.live import LiveCoder
from dragoman.web.people import People, Person
from dragoman.web.remembered import Remembered
from dragoman.web.saved import Views
from dragoman.web.shown import Shower
from dragoman.web.site import Site

_LOG = logging.getLogger("dragoman.web")


def make(site: Site) -> FastAPI:
    """The app for this site. It opens the store when the first page asks for it."""
    answers, people = Answers(site), People(site)
    live = LiveCoder(site.settings, site.limits)

    @asynccontextmanager
    async def running(app: FastAPI) -> AsyncIterator[None]:
        yield
        app.state.remembered.close()
        live.close()
        answers.kept.close()

    app = FastAPI(
        title="Dragoman", version=VERSION, docs_url=None, redoc_url=None, openapi_url="/api/v1/openapi.json",
        description="Who did what to whom, from a store of news articles, with the words it was read from.",
        lifespan=running,
    )  # fmt: skip
    app.state.site, app.state.answers, app.state.people, app.state.live = site, answers, people, live
    app.state.shower = Shower(answers)
    app.state.views = Views(site.store)
    app.state.remembered = Remembered(app.state.shower, lambda: (answers.kept.stamp(), app.state.views.stamp()))
    for router in (pages.router, article_pages.router, live_pages.router, downloads.router, api.router):
        app.include_router(router)
    app.mount("/static", _Static(directory=str(files("dragoman.web") / "static")), name="static")

    @app.exception_handler(DragomanError)
    async def known(request: Request, fault: DragomanError) -> Response:
        return refused(request, *troubles.told(fault, site))

    @app.exception_handler(TooMuch)
    async def too_much(request: Request, fault: TooMuch) -> Response:
        return refused(request, 413, "That is too much at once", str(fault))

    @app.exception_handler(HTTPException)
    async def http(request: Request, fault: HTTPException) -> Response:
        return refused(request, fault.status_code, *troubles.of_status(fault.status_code, fault.detail))

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, fault: RequestValidationError) -> Response:
        first = fault.errors()[0] if fault.errors() else {}
        where = ".".join(str(part) for part in first.get("loc", ())[1:])
        return refused(request, 422, "The address cannot be understood", f"{where}: {first.get('msg', '')}")

    @app.exception_handler(Exception)
    async def ours(request: Request, fault: Exception) -> Response:
        _LOG.error("%s at %s", type(fault).__name__, request.url.path, exc_info=fault)
        return refused(request, 500, "Something went wrong in Dragoman itself", troubles.OURS)

    def refused(request: Request, status: int, title: str, told: str, hint: str = "") -> Response:
        headers = {"retry-after": "5"} if status in (429, 503) else {}
        if status == 401:
            headers["www-authenticate"] = "Bearer"
        if request.url.path.startswith("/api/") or "application/json" in request.headers.get("accept", ""):
            body = {"title": title, "status": status, "detail": told} | ({"hint": hint} if hint else {})
            return JSONResponse(body, status, headers, media_type="application/problem+json")
        context = {"title": title, "told": told, "hint": hint, "code": status, "signed_out": status == 401}
        return app.state.shower.page(request, "error.html", status=status, headers=headers, **context)  # type: ignore[no-any-return]

    def refuse(scope: Scope, status: int, title: str, told: str) -> Response:
        scope.setdefault("app", app)
        scope["state"].setdefault("person", Person())
        return refused(Request(scope), status, title, told)

    app.add_middleware(GZipMiddleware, minimum_size=1000, compresslevel=6)
    app.add_middleware(Guard, site=site, people=people, refuse=refuse)
    return app


class _Static(StaticFiles):
    # the address of a file names the version, so that it may be kept for good
    def file_response(self, *args: Any, **given: Any) -> Response:
        answer = super().file_response(*args, **given)
        answer.headers["cache-control"] = "public, max-age=31536000, immutable"
        return answer
