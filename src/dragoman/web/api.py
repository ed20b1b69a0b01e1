"""/api/v1: what a store answers, for programs. JSON, or a stream of Arrow where that is asked for.

Every answer carries an ETag made of the store's commit, so that asking again costs nothing until something changed.
Long answers come in pages: `next` is the cursor of the page that follows.
"""

from __future__ import annotations

import base64
import binascii
import io
from typing import TYPE_CHECKING, Annotated, Any, Literal

import msgspec
from fastapi import APIRouter, Query, Request
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.responses import Response, StreamingResponse

from dragoman.errors import SettingsError
from dragoman.version import VERSION
from dragoman.web import downloads
from dragoman.web.view import View
from dragoman.web.view import read as read_view

if TYPE_CHECKING:
    from dragoman.store.arrow import Answer
    from dragoman.web.answers import Answers

ARROW = "application/vnd.apache.arrow.stream"
_MOST = 1_000


class Problem(BaseModel):
    """What went wrong, and what would help."""

    title: str
    status: int
    detail: str
    hint: str | None = None


class Rows(BaseModel):
    """Rows, the commit of the store that they are of, and the cursor of the next page."""

    commit: int
    rows: list[dict[str, Any]]
    next: str | None = None
    left_out: dict[str, int] | None = None
    actors: list[str] | None = None


_PROBLEM = {"model": Problem, "description": "Why there is no answer.", "content": {"application/problem+json": {}}}
_RESPONSES: dict[int | str, dict[str, Any]] = {
    200: {"content": {ARROW: {"schema": {"type": "string", "format": "binary"}}}},
    304: {"description": "Nothing changed since."},
    **dict.fromkeys((400, 401, 404, 422, 429, 503), _PROBLEM),
}
router = APIRouter(prefix="/api/v1", tags=["store"], responses=_RESPONSES)

Actors = Annotated[list[str], Query(max_length=60, description="Codes or names; one for all its pairs, several for those among them.")]  # noqa: E501  # fmt: skip
Day = Annotated[str | None, Query(max_length=40, description="A day, a month (2019-05) or a year.")]
Words = Annotated[list[str], Query(max_length=60)]
Unit = Literal["all", "year", "quarter", "month", "week", "day"]
Name = Annotated[str, Query(min_length=1, max_length=200)]
Limit = Annotated[int, Query(ge=1, le=_MOST)]
Cursor = Annotated[str | None, Query(max_length=200)]


@router.get("/matrix", response_model=Rows)
def matrix(
    request: Request, actor: Actors = [], measure: str = "score_mean", since: Day = None, until: Day = None,  # noqa: B006
    by: Unit = "all", issue: Words = [], type: Words = [], status: Words = [], dated: str | None = None,  # noqa: B006
    count: Literal["happening", "report"] = "happening",
    origin: str = "dragoman",
) -> Response:  # fmt: skip
    """Who did what to whom: a row for each pair, and period."""
    view = read_view(request.query_params)
    return _changed(request) or _whole(request, _answers(request).matrix(view))


@router.get("/dyad", response_model=Rows)
def dyad(
    request: Request, a: Name, b: Name, measure: str = "score_mean", since: Day = None, until: Day = None,
    by: Unit = "month", issue: Words = [], type: Words = [], status: Words = [], dated: str | None = None,  # noqa: B006
    count: Literal["happening", "report"] = "happening",
    origin: str = "dragoman",
) -> Response:  # fmt: skip
    """What two actors did to each other over time, each way by itself."""
    view = read_view(request.query_params)
    _not_a_file(a, b)
    return _changed(request) or _whole(request, _answers(request).dyad(view, a, b))


@router.get("/events", response_model=Rows)
def events(
    request: Request, actor: Actors = [], since: Day = None, until: Day = None, issue: Words = [], type: Words = [],  # noqa: B006
    status: Words = [], dated: str | None = None, count: Literal["happening", "report"] = "happening",  # noqa: B006
    limit: Limit = 100, cursor: Cursor = None,
) -> Response:  # fmt: skip
    """Events with their words, the newest first."""
    return _page(request, "events", limit, cursor)


@router.get("/statements", response_model=Rows)
def statements(
    request: Request, actor: Actors = [], since: Day = None, until: Day = None, limit: Limit = 100,  # noqa: B006
    cursor: Cursor = None,
) -> Response:  # fmt: skip
    """Statements with their words, the newest first."""
    return _page(request, "statements", limit, cursor)


@router.get("/positions", response_model=Rows)
def positions(
    request: Request, actor: Actors = [], since: Day = None, until: Day = None, issue: Words = [],  # noqa: B006
    limit: Limit = 100, cursor: Cursor = None,
) -> Response:  # fmt: skip
    """Positions with their words, the newest first."""
    return _page(request, "positions", limit, cursor)


@router.get("/search", response_model=Rows)
def search(
    request: Request,
    q: Name,
    actor: Actors = [],  # noqa: B006
    since: Day = None,
    until: Day = None,
    limit: Limit = 20,
) -> Response:
    """The sentences that hold all the words, the most relevant first."""
    view = read_view(request.query_params)
    if not q.strip():
        raise SettingsError("there are no words to search for", name="q")
    return _changed(request) or _whole(request, _answers(request).search(q, view, limit))


@router.get("/articles/{identity:path}", responses={200: {"content": {"application/json": {}}}})
def article(request: Request, identity: str) -> Response:
    """An article with everything found in it: the record that `dragoman read --json` prints."""
    if (same := _changed(request)) is not None:
        return same
    reading = _answers(request).reading(identity)
    if reading is None:
        raise HTTPException(404, "The store holds no article of that name.")
    return Response(reading.to_json(), media_type="application/json", headers=_stamps(request))


@router.get("/store")
def store(request: Request) -> Response:
    """What the store holds, by whom it was coded."""
    if (same := _changed(request)) is not None:
        return same
    info = msgspec.structs.replace(_answers(request).info(), address="")  # where it lies is nobody's business
    return Response(msgspec.json.encode(info), media_type="application/json", headers=_stamps(request))


@router.get("/measures")
def measures(request: Request) -> Response:
    """The measures there are, each with its formula and where it comes from."""
    return Response(msgspec.json.encode(_answers(request).scales()), media_type="application/json")


@router.get("/actors")
def actors(request: Request) -> Response:
    """The actors of the tables: code and name."""
    known = request.app.state.shower.known_actors()
    body = [{"code": code, "name": name} for name, code in known]
    return Response(msgspec.json.encode(body), media_type="application/json")


def _page(request: Request, what: Literal["events", "statements", "positions"], limit: int, cursor: str | None) -> Response:  # noqa: E501  # fmt: skip
    view: View = read_view(request.query_params)
    if (same := _changed(request)) is not None:
        return same
    answers = _answers(request)
    start = _offset(cursor)
    question = answers.question(view)
    with answers.kept.store() as kept:
        table = getattr(kept, what)(question, limit=limit + 1, offset=start, newest=True)
    more = table.num_rows > limit
    following = base64.urlsafe_b64encode(f"{start + limit}".encode()).decode().rstrip("=") if more else None
    return _sent(request, table.slice(0, limit), {"next": following, "actors": list(question.actors)})


def _whole(request: Request, answer: Answer) -> Response:
    return _sent(request, answer.table, {"left_out": dict(answer.left_out), "actors": list(answer.actors)})


def _sent(request: Request, table: Any, more: dict[str, Any]) -> Response:
    headers = _stamps(request)
    if _wants_arrow(request):
        if more.get("next"):
            headers["x-next-cursor"] = more["next"]
        made = downloads.made([table], "arrow")
        return StreamingResponse(made, media_type=ARROW, headers=headers)
    from dragoman.exchange import answers as written

    rows = io.StringIO()
    written.write_json(table, rows)
    head = msgspec.json.encode({"commit": _answers(request).commit(), **more}).decode()
    return Response(f'{head[:-1]},"rows":{rows.getvalue()}}}', media_type="application/json", headers=headers)


def _changed(request: Request) -> Response | None:
    """The answer that nothing changed, where that is so."""
    stamp = _stamps(request)["etag"]
    had = [one.strip() for one in request.headers.get("if-none-match", "").split(",")]
    return Response(status_code=304, headers=_stamps(request)) if stamp in had or "*" in had else None


def _stamps(request: Request) -> dict[str, str]:
    form = "arrow" if _wants_arrow(request) else "json"
    return {
        "etag": f'W/"{_answers(request).commit()}-{form}-{VERSION}"',
        "cache-control": "private, no-cache",
        "vary": "Accept, Authorization, Cookie",
    }


def _wants_arrow(request: Request) -> bool:
    return ARROW in request.headers.get("accept", "")


def _offset(cursor: str | None) -> int:
    if cursor is None:
        return 0
    try:
        found = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii")
        if not (found.isdigit() and len(found) < 12):
            raise ValueError
        return int(found)
    except (binascii.Error, ValueError) as cause:
        raise SettingsError("this is no cursor", name="cursor", hint="take the one under next as it is") from cause


def _not_a_file(*names: str) -> None:
    for name in names:
        if name.strip().lower().endswith((".csv", ".txt")):
            raise SettingsError(f"no actor is called {name!r}", name="actor", hint="a code or name: USA, Russia, EU")


def _answers(request: Request) -> Answers:
    found: Answers = request.app.state.answers
    return found
