"""What stands behind a figure, to take away: rows as CSV, JSON, Parquet or Arrow, pictures as SVG or PNG."""

from __future__ import annotations

import io
import itertools
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import msgspec
from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response, StreamingResponse

from dragoman.errors import SettingsError
from dragoman.web import figures, piecemeal, view

if TYPE_CHECKING:
    import pyarrow as pa

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
    return sent(_tables(request, what), form, f"dragoman-{what}-{answers.commit()}")


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


def sent(tables: Iterator[pa.Table], form: str, name: str) -> Response:
    """Rows as a file of this form, sent as it is made. Raises what finding the first of them raises."""
    first = next(tables)
    headers = _named(f"{name}.{form}")
    return StreamingResponse(made(itertools.chain([first], tables), form), media_type=KINDS[form], headers=headers)


def made(tables: Iterable[pa.Table], form: str) -> Iterator[bytes]:
    """The bytes of a file of this form, some thousand rows at a time; the tables are of one schema."""
    if form in ("parquet", "arrow"):
        yield from _packed(tables, form)
        return
    from dragoman.exchange import answers as written

    begun = False
    for table in tables:
        for start in range(0, max(1, table.num_rows), _AT_ONCE):
            part, sheet = table.slice(start, _AT_ONCE), io.StringIO()
            if form == "csv":
                written.write_csv(part, sheet)
                text = sheet.getvalue()
                text = text.partition("\n")[2] if begun else text
                begun = True
            else:  # one list of all: its brackets stand around the whole
                written.write_json(part, sheet)
                text = sheet.getvalue()[1:-3] if part.num_rows else ""
                text = ("," if begun else "[") + text if text else ""
                begun = begun or bool(text)
            if text:
                yield text.encode("utf-8", "replace")
    if form == "json":
        yield b"\n]\n" if begun else b"[]\n"


def _packed(tables: Iterable[pa.Table], form: str) -> Iterator[bytes]:
    import pyarrow as pa
    from pyarrow import parquet

    taken = _Taken()
    writer: Any = None
    for table in tables:
        if writer is None and form == "parquet":
            writer = parquet.ParquetWriter(taken, table.schema, compression="zstd")
        elif writer is None:
            writer = pa.ipc.new_stream(taken, table.schema)
        writer.write_table(table)
        if ready := taken.take():
            yield ready
    if writer is not None:
        writer.close()
    yield taken.take()


class _Taken(io.RawIOBase):
    """A file whose bytes are taken away as they are written."""

    def __init__(self) -> None:
        super().__init__()
        self._held: list[bytes] = []
        self._at = 0

    def writable(self) -> bool:
        return True

    def write(self, raw: Any) -> int:
        self._held.append(bytes(raw))
        self._at += len(self._held[-1])
        return len(self._held[-1])

    def tell(self) -> int:
        return self._at

    def take(self) -> bytes:
        """What came since it was last asked."""
        held, self._held = self._held, []
        return b"".join(held)


def _answer(request: Request, what: str) -> Answer:
    answers: Answers = request.app.state.answers
    asked = view.read(request.query_params)
    one, other = view.one(request.query_params, "a"), view.one(request.query_params, "b")
    if what == "matrix":
        return answers.matrix(asked)
    if what == "pair":
        if not (one and other):
            raise SettingsError("two actors are needed", name="a", hint="name them under a and b")
        return answers.dyad(asked, one, other)
    raise HTTPException(404, f"There are no rows called {what}.")


def _tables(request: Request, what: str) -> Iterator[pa.Table]:
    """The rows, all at once where they are reckoned, and day by day where they are many."""
    if what not in ("events", "statements"):
        yield _answer(request, what).table
        return
    answers: Answers = request.app.state.answers
    asked = view.read(request.query_params)
    actors = [name for name in (view.one(request.query_params, key) for key in ("a", "b")) if name]
    if what == "statements":
        asked = view.View(actors=asked.actors, since=asked.since, until=asked.until)
    question = answers.question(asked, actors=actors)
    answers.check_origin(asked)
    answers.linked()
    limit = request.app.state.site.limits.rows
    with answers.kept.store() as store:
        yield from piecemeal.tables(store, "events" if what == "events" else "statements", question, limit=limit)


def _named(name: str, *, inline: bool = False) -> dict[str, str]:
    return {"content-disposition": f'{"inline" if inline else "attachment"}; filename="{name}"'}
