"""How the app sends: pages remembered and sent as they come, long answers piece by piece, and clients that go away."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import gzip
import http.client
import io
import json
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import parquet
from starlette.testclient import TestClient

import alone
from dragoman import desk, settings
from dragoman.errors import StoreError
from dragoman.store.base import Question
from dragoman.web import downloads, paced, piecemeal, pressed
from dragoman.web.app import make
from dragoman.web.site import Site
from test_web import HTML, LOCAL, client, hostile, mark, reading

TABLES = pa.schema([("article", pa.string()), ("n", pa.int64()), ("day", pa.date32()), ("words", pa.string())])


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> str:
    place = str(tmp_path_factory.mktemp("sent") / "store")
    with desk.open_store(place, make=True) as kept:
        kept.commit([reading(), hostile()])
    return place


# -- pages ------------------------------------------------------------------------------------------------------------


def test_pieces_make_the_same_page_for_all() -> None:
    text = f"{'a word, ' * 9_000}HOLE and {'ünïcödé ' * 900}HOLEHOLE."
    page = pressed.press(text, "HOLE")
    for filling in ("", "x", "mark" * 20):
        wanted = text.replace("HOLE", filling).encode()
        assert gzip.decompress(pressed.joined(page, lambda said=filling: said)) == wanted  # type: ignore[misc]
        assert pressed.plain(page, lambda said=filling: said) == wanted  # type: ignore[misc]


def test_a_page_is_made_once_and_its_forms_are_new_each_time(store: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with client(store) as web:
        asked = []
        answers: Any = web.app.state.answers  # type: ignore[attr-defined]
        grid = answers.grid
        monkeypatch.setattr(answers, "grid", lambda view: asked.append(view) or grid(view))
        first, second = web.get("/matrix"), web.get("/matrix")
        assert len(asked) == 1
        marks = [re.search('name="mark" value="([^"]+)"', one.text) for one in (first, second)]
        assert marks[0] and marks[1] and marks[0][1] != marks[1][1] and "hole-" not in first.text
        plain = web.get("/matrix", headers={"accept-encoding": "identity"})
        assert "content-encoding" not in plain.headers or plain.headers["content-encoding"] == "identity"
        assert len(plain.text) == len(first.text)
        web.get("/matrix?measure=events")
        assert len(asked) == 2


def test_a_browser_that_has_the_page_is_told_so(store: str) -> None:
    with client(store) as web, client(store) as other:
        web.get("/pair?a=NOR&b=ISL")  # a page that is sent as it comes carries none yet
        had = web.get("/pair?a=NOR&b=ISL").headers["etag"]
        same = web.get("/pair?a=NOR&b=ISL", headers={"if-none-match": had})
        assert same.status_code == 304 and not same.content
        assert other.get("/pair?a=NOR&b=ISL", headers={"if-none-match": had}).status_code == 200, "another session"
        assert web.get("/pair?a=ISL&b=NOR", headers={"if-none-match": had}).status_code == 200
        sent = web.post("/views", data={"name": "A view", "address": "/matrix", "mark": mark(web)})
        assert sent.status_code == 303
        assert web.get("/pair?a=NOR&b=ISL", headers={"if-none-match": had}).status_code == 200


def sends(app: Any, path: str, **headers: str) -> list[dict[str, Any]]:
    """What the app sends for this page, message by message."""
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        await asyncio.sleep(0.01)
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        sent.append({**message, "at": time.monotonic()})

    given = [(b"host", b"127.0.0.1"), (b"accept", b"text/html")]
    given += [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    scope = {
        "type": "http", "method": "GET", "path": path.partition("?")[0],
        "query_string": path.partition("?")[2].encode(),
        "headers": given, "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80), "scheme": "http", "root_path": "",
        "http_version": "1.1", "asgi": {"version": "3.0"},
    }  # fmt: skip
    alone.run(app(scope, receive, send))
    return sent


@pytest.mark.parametrize("coding", ["gzip", "identity"])
def test_the_head_of_a_slow_page_leaves_at_once(store: str, monkeypatch: pytest.MonkeyPatch, coding: str) -> None:
    app = make(Site(store=store, settings=settings.defaults(), hosts=("127.0.0.1",)))
    answers = app.state.answers
    sends(app, "/matrix")
    grid = answers.grid

    def slow(view: Any) -> Any:
        time.sleep(0.6)
        return grid(view)

    monkeypatch.setattr(answers, "grid", slow)
    sent = sends(app, "/matrix?measure=events", accept_encoding=coding)
    bodies = [one for one in sent if one["type"] == "http.response.body" and one["body"]]
    assert sent[0]["status"] == 200 and bodies[-1]["at"] - bodies[0]["at"] > 0.3
    raw = b"".join(one["body"] for one in bodies)
    text = (gzip.decompress(raw) if coding == "gzip" else raw).decode()
    assert text.startswith("<!doctype html>") and text.rstrip().endswith("</html>") and text.count("<main") == 1
    again = sends(app, "/matrix?measure=events", accept_encoding="identity")
    whole = b"".join(one.get("body", b"") for one in again).decode()
    without = [re.sub(r'value="[0-9a-f]{16}\.[0-9a-f]{64}"', "", one) for one in (text, whole)]
    assert without[0] == without[1], "what is remembered is what was sent"


def test_what_goes_wrong_late_stands_in_the_page(store: str, monkeypatch: pytest.MonkeyPatch) -> None:
    app = make(Site(store=store, settings=settings.defaults(), hosts=("127.0.0.1",)))

    def gone(view: Any) -> Any:
        time.sleep(0.2)
        raise StoreError("the disk has gone", hint="look for the disk")

    monkeypatch.setattr(app.state.answers, "grid", gone)
    text = b"".join(one.get("body", b"") for one in sends(app, "/matrix", accept_encoding="identity")).decode()
    assert "the disk has gone" in text and "look for the disk" in text and text.rstrip().endswith("</html>")


def test_many_who_ask_the_same_wait_for_one_answer(store: str) -> None:
    with client(store) as web:
        answers: Any = web.app.state.answers  # type: ignore[attr-defined]
        made: list[int] = []

        def slow(_: Any) -> str:
            made.append(1)
            time.sleep(0.2)
            return "told"

        told: list[str] = []
        asking = [threading.Thread(target=lambda: told.append(answers._once(("x",), slow))) for _ in range(6)]
        for one in asking:
            one.start()
        for one in asking:
            one.join()
        assert told == ["told"] * 6 and len(made) == 1


def test_a_store_that_is_written_again_and_again_is_followed_now_and_then(tmp_path: Path) -> None:
    place = str(tmp_path / "store")
    with desk.open_store(place, make=True) as kept:
        watched = paced.Paced(place, {}, seconds=60.0)
        first = watched.latest().commit
        kept.commit([reading("a")])
        seen = watched.latest().commit
        assert seen > first, "after a quiet time at once"
        kept.commit([reading("b")])
        assert watched.latest().commit == seen
        watched.follow()
        assert watched.latest().commit == seen + 1, "what the app wrote itself at once"
        kept.commit([reading("c")])
        assert watched.latest().commit == seen + 1
        watched._followed -= 60.0  # a minute goes by
        assert watched.latest().commit == seen + 2
        kept.commit([reading("d")])
        desk.link(store=kept)
        assert watched.latest().commit == seen + 3, "where others linked reports of a later commit"


# -- files of many rows -----------------------------------------------------------------------------------------------


class Long:
    """A store of so many rows a day over some years, which counts how much is asked of it at once."""

    def __init__(self, days: int, a_day: int, undated: int = 0) -> None:
        self.first, self.days, self.a_day, self.undated = dt.date(2001, 1, 1), days, a_day, undated
        self.most = 0

    def sql(self, query: str) -> pa.Table:
        if "DISTINCT article" in query:
            return pa.table({"article": [f"u{n}" for n in range(self.undated)]})
        last = self.first + dt.timedelta(days=self.days - 1)
        return pa.table({"first": pa.array([self.first], pa.date32()), "last": pa.array([last], pa.date32())})

    def events(self, question: Question, *, limit: int | None = None) -> pa.Table:
        if question.articles:
            rows = [{"article": one, "n": 0, "day": None, "words": "undated"} for one in question.articles]
            return pa.Table.from_pylist(rows, schema=TABLES)
        first, last = question.days
        assert first is not None and last is not None
        last = min(last, self.first + dt.timedelta(days=self.days - 1))
        days = [first + dt.timedelta(days=n) for n in range((last - first).days + 1) for _ in range(self.a_day)]
        self.most = max(self.most, len(days))
        names = [f"a{n}" for n in range(len(days))]
        return pa.table([names, [0] * len(days), days, ["some words of it"] * len(days)], schema=TABLES)


@pytest.mark.parametrize("form", ["parquet", "arrow"])
def test_a_million_rows_need_little_memory(form: str) -> None:
    long = Long(days=4_000, a_day=260)
    held, sent, largest = pa.total_allocated_bytes(), io.BytesIO(), 0
    peak = 0
    for piece in downloads.made(piecemeal.tables(long, "events", Question(), limit=1_000_000), form):  # type: ignore[arg-type]
        sent.write(piece)
        largest = max(largest, len(piece))
        peak = max(peak, pa.total_allocated_bytes() - held)
    assert peak < 20_000_000 and largest < 4_000_000 and long.most <= 40_000
    raw = pa.BufferReader(sent.getbuffer())
    table = parquet.read_table(raw) if form == "parquet" else pa.ipc.open_stream(raw).read_all()
    assert table.num_rows == 1_000_000
    days = table.column("day").to_pylist()
    assert days == sorted(days)


@pytest.mark.parametrize("form", ["csv", "json"])
def test_texts_of_many_rows_come_in_small_pieces(form: str) -> None:
    long = Long(days=700, a_day=80, undated=700)
    pieces = [*downloads.made(piecemeal.tables(long, "events", Question(), limit=1_000_000), form)]  # type: ignore[arg-type]
    assert len(pieces) > 5 and max(map(len, pieces)) < 4_000_000
    text = b"".join(pieces).decode()
    rows = json.loads(text) if form == "json" else text.splitlines()[1:]
    assert len(rows) == 700 * 80 + 700
    assert all("undated" in str(one) for one in rows[-700:])


@pytest.mark.parametrize("form", ["csv", "json", "parquet", "arrow"])
def test_no_rows_are_a_file_too(form: str, store: str) -> None:
    with client(store) as web:
        found = web.get(f"/get/events.{form}?since=1801&until=1802")
        assert found.status_code == 200
        if form == "json":
            assert found.json() == []
        elif form == "csv":
            assert len(found.text.splitlines()) == 1
        elif form == "parquet":
            assert parquet.read_table(io.BytesIO(found.content)).num_rows == 0
        else:
            assert pa.ipc.open_stream(found.content).read_all().num_rows == 0


@pytest.mark.parametrize("what", ["events", "statements"])
@pytest.mark.parametrize("asked", ["", "&a=NOR&b=ISL", "&since=2019", "&dated=1", "&count=report"])
def test_files_hold_what_the_desk_answers(store: str, what: str, asked: str) -> None:
    with client(store) as web:
        had = parquet.read_table(io.BytesIO(web.get(f"/get/{what}.parquet?{asked}").content))
        given: dict[str, Any] = {"since": "2019"} if "since" in asked else {}
        actors = ["NOR", "ISL"] if "a=" in asked else []
        if what == "events":
            given |= {"undated": "dated" not in asked}
            given |= {"count": "report"} if "report" in asked else {}
            wanted = desk.events(*actors, store=store, **given).table
        else:
            wanted = desk.statements(*actors, store=store, **given).table
        assert had.num_rows == wanted.num_rows and had.schema.names == wanted.schema.names
        key = [("article", "ascending"), ("n", "ascending")]
        assert had.sort_by(key).equals(wanted.sort_by(key))


def test_a_file_that_cannot_be_says_so_before_it_begins(store: str) -> None:
    with client(store) as web:
        assert web.get("/get/events.parquet?actor=Ruritania").status_code == 400
        assert web.get("/get/events.csv?origin=nobody").status_code == 400


# -- clients that go away, and send too much --------------------------------------------------------------------------


@pytest.fixture(scope="module")
def served(store: str) -> Iterator[tuple[str, int]]:
    command = [sys.executable, "-m", "dragoman", "serve", "--store", store, "--no-browser", "--port", "0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as app:
        assert app.stderr is not None
        found = re.search(r"http://([^:/]+):(\d+)", app.stderr.readline())
        assert found
        yield found[1], int(found[2])
        app.terminate()
        _, complaints = app.communicate(timeout=20)
        assert "Traceback" not in complaints, complaints


@pytest.mark.parametrize(
    "path", ["/matrix?measure=events", "/get/events.csv", "/pair?a=NOR&b=ISL", "/figure/matrix.svg"]
)
def test_who_goes_away_leaves_the_app_as_it_was(served: tuple[str, int], path: str) -> None:
    host, port = served
    for pause in (0.0, 0.0, 0.01, 0.05):
        with socket.create_connection((host, port), timeout=20) as line:
            line.sendall(f"GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\nAccept: text/html\r\n\r\n".encode())
            time.sleep(pause)
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
    with contextlib.closing(http.client.HTTPConnection(host, port, timeout=60)) as asked:
        asked.request("GET", path, headers=HTML)
        answer = asked.getresponse()
        assert answer.status == 200 and answer.read()


def test_a_hundred_megabytes_pasted_are_refused_and_the_app_lives_on(served: tuple[str, int]) -> None:
    host, port = served
    with socket.create_connection((host, port), timeout=60) as line:
        size = 100_000_000
        line.sendall(f"POST /live HTTP/1.1\r\nHost: {host}:{port}\r\nContent-Length: {size}\r\n\r\n".encode())
        piece = b"x" * 1_000_000
        for _ in range(100):
            line.sendall(piece)
        assert b" 413 " in line.recv(64)
    with contextlib.closing(http.client.HTTPConnection(host, port, timeout=60)) as asked:
        asked.request("GET", "/health")
        answer = asked.getresponse()
        assert answer.status == 200 and answer.read()


def test_a_store_made_anew_is_shown_as_it_is(tmp_path: Path) -> None:
    import shutil

    place = tmp_path / "store"
    with desk.open_store(str(place), make=True) as kept:
        kept.commit([reading()])
    with TestClient(
        make(Site(store=str(place), settings=settings.defaults(), hosts=("127.0.0.1",))), base_url=LOCAL, headers=HTML
    ) as web:
        assert "Norway" in web.get("/matrix").text
        shutil.rmtree(place)
        assert web.get("/matrix").status_code == 503
        with desk.open_store(str(place), make=True) as kept:
            assert "Nothing was told here" in web.get("/matrix").text
            kept.commit([reading()])
        web.app.state.answers.kept.follow()  # type: ignore[attr-defined]
        assert "Norway" in web.get("/matrix").text
