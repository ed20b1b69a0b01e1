"""What stands behind a figure, to take away: rows as CSV, JSON, Parquet or Arrow, pictures as SVG or PNG."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import msgspec
from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response, StreamingResponse

from dragoman.errors import SettingsError
from dragoman.web import figures, view

if TYPE_CHECKING:
    from dragoman.store.arrow import Answer
    from dragoman.web.answers import Answers

router = APIRouter(include_in_schema=False)
KINDS = {
    "csv": "text/csv; charset=utf-8; header=present",
    "json": "application/json",
    "parquet": "application/vnd.apache.parquet",
    "arrow": "application/vnd.apache.arrow.stream",
}
# a drawing sets its own styles, and may do nothing else
_PICTURE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox"
_AT_ONCE = 10_000


@router.get("/get/{what}.{form}")
def rows(request: Request, what: str, form: str) -> Response:
    """Rows of a matrix, a pair, events or statements."""
    if form not in KINDS:
        raise HTTPException(404, f"There is no form {form}; there are {', '.join(KINDS)}.")
    answers: Answers = request.app.state.answers
    return sent(_answer(request, what), form, f"dragoman-{what}-{answers.commit()}")


@router.get("/figure/{what}.{form}")
def picture(request: Request, what: str, form: str) -> Response:
    """The picture of a matrix or a pair; as `json` what it is drawn from, in Vega-Lite."""
    if form not in figures.FORMS:
        raise HTTPException(404, f"There is no picture {form}; there are {', '.join(figures.FORMS)}.")
    answers: Answers = request.app.state.answers
    look: dict[str, Any] = {"dark": "dark" in request.query_params}
    if what == "matrix":  # as large as on its page
        asked = view.read(request.query_params)
        answer = answers.matrix(msgspec.structs.replace(asked, by="all"), limit=asked.most)
        look["order"] = {"name": "name", "like": "cluster"}.get(asked.order, "volume")
    else:
        answer = _answer(request, what)
    body = figures.drawn(answer, form, answers.names, **look)
    headers = {**_named(f"dragoman-{what}.{form}", inline=True), "content-security-policy": _PICTURE_POLICY}
    return Response(body, media_type=figures.FORMS[form], headers=headers)


@router.get("/script/charts.js")
def charts(request: Request) -> Response:
    """The script that draws charts in a browser: Vega, Vega-Lite and Vega-Embed in one, made once on a machine."""
    script, stamp = figures.script()
    headers = {"etag": stamp, "cache-control": "private, max-age=86400"}
    if request.headers.get("if-none-match") in (stamp, f"W/{stamp}"):
        return Response(status_code=304, headers=headers)
    return Response(script, media_type="text/javascript", headers=headers)


def sent(answer: Answer, form: str, name: str) -> Response:
    """The rows of an answer as a file of this form, sent as it is made."""
    headers = _named(f"{name}.{form}")
    return StreamingResponse(made(answer, form), media_type=KINDS[form], headers=headers)


def _answer(request: Request, what: str) -> Answer:
    from dragoman import desk

    answers: Answers = request.app.state.answers
    asked = view.read(request.query_params)
    one, other = view.one(request.query_params, "a"), view.one(request.query_params, "b")
    limit = request.app.state.site.limits.rows
    if what == "matrix":
        return answers.matrix(asked)
    if what == "pair":
        if not (one and other):
            raise SettingsError("two actors are needed", name="a", hint="name them under a and b")
        return answers.dyad(asked, one, other)
    verbs: dict[str, Callable[..., Answer]] = {"events": desk.events, "statements": desk.statements}
    if what not in verbs:
        raise HTTPException(404, f"There are no rows called {what}.")
    given: dict[str, Any] = answers.given(asked)
    if what == "statements":
        given = {name: given[name] for name in ("since", "until", "settings")}
    with answers.kept.store() as store:
        actors = [name for name in (one, other) if name] or list(asked.actors)
        return verbs[what](*actors, store=store, limit=limit, **given)


def made(answer: Answer, form: str) -> Iterator[bytes]:
    from dragoman.exchange import answers as written

    table = answer.table
    if form in ("parquet", "arrow"):
        from dragoman.store import arrow

        whole = io.BytesIO()
        arrow.write(answer, form, whole)
        whole.seek(0)
        while piece := whole.read(1 << 18):
            yield piece
        return
    write = written.write_csv if form == "csv" else None
    if write is None:
        whole_text = io.StringIO()
        written.write_json(table, whole_text)
        yield whole_text.getvalue().encode()
        return
    for start in range(0, max(1, table.num_rows), _AT_ONCE):
        sheet = io.StringIO()
        write(table.slice(start, _AT_ONCE), sheet)
        text = sheet.getvalue()
        yield (text if start == 0 else text.partition("\n")[2]).encode("utf-8", "replace")


def _named(name: str, *, inline: bool = False) -> dict[str, str]:
    return {"content-disposition": f'{"inline" if inline else "attachment"}; filename="{name}"'}
