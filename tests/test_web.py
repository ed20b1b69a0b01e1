"""The web app: its pages, who may ask what, and that nothing from outside is ever run."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import msgspec
import pytest
from starlette.testclient import TestClient

import a_reading
from dragoman import desk, settings
from dragoman.records import Reading
from dragoman.web.app import make
from dragoman.web.site import Key, Limits, Proxy, Site

HTML = {"accept": "text/html"}
LOCAL = "http://127.0.0.1"
EVIL = "<script>alert(1)</script>"
READER, EDITOR = "r" * 20, "e" * 20


def reading(identity: str = "one", **change: Any) -> Reading:
    """The Reading made by hand, its two states called by codes of the tables."""
    raw = a_reading.READING.to_json().replace('"NRD"', '"NOR"').replace('"VES"', '"ISL"')
    found = msgspec.json.decode(raw, type=Reading)
    return msgspec.structs.replace(found, article=msgspec.structs.replace(found.article, id=identity, **change))


def hostile() -> Reading:
    found = reading(
        "evil", title=EVIL, site=f'"onload="alert(1)">{EVIL}', author=EVIL, url="javascript:alert(document.domain)"
    )
    text = found.article.text.replace("It rained during the visit.", f"It rained. {EVIL}")
    article = msgspec.structs.replace(found.article, text=text)
    names = [msgspec.structs.replace(one, name=f'=HYPERLINK("x")"{EVIL}', role=EVIL) for one in found.actors]
    events = tuple(msgspec.structs.replace(e, reason=f"rule {EVIL}") for e in found.events)
    return msgspec.structs.replace(found, article=article, actors=tuple(names), events=events)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> str:
    place = str(tmp_path_factory.mktemp("web") / "store")
    with desk.open_store(place, make=True) as kept:
        kept.commit([reading(), hostile()])
    return place


def client(store: str, **given: Any) -> TestClient:
    app = make(Site(store=store, settings=settings.defaults(), hosts=("127.0.0.1",), **given))
    return TestClient(app, base_url=LOCAL, headers=HTML, follow_redirects=False, raise_server_exceptions=False)


@pytest.fixture
def web(store: str) -> Iterator[TestClient]:
    with client(store) as found:
        yield found


class Page(HTMLParser):
    """What a page holds that could load or run something, its forms and its ids."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.tags if name == tag]


def mark(web: TestClient, path: str = "/live") -> str:
    found = re.search(r'name="mark" value="([^"]+)"', web.get(path).text)
    assert found
    return found[1]


PAGES = (
    "/matrix", "/matrix?actor=NOR&actor=ISL&order=like", "/matrix?actor=Norway", "/pair", "/pair?a=NOR&b=ISL",
    "/pair?a=NOR&b=ISL&way=there&by=year", "/pair/wants?a=NOR&b=ISL", "/pair/signals?a=NOR&b=ISL",
    "/watch", "/views", "/actor", "/actor?actor=Norway", "/issue",
    "/issue?issue=dialogue", "/happenings", "/happenings?actor=ISL", "/search", "/search?q=visited", "/article?id=one",
    "/article?id=evil", "/data", "/method", "/live", "/enter", "/matrix?since=1700&until=1701", "/pair?a=USA&b=RUS",
)  # fmt: skip


@pytest.mark.parametrize("path", PAGES)
def test_pages_hold_nothing_that_runs_or_loads_from_outside(web: TestClient, path: str) -> None:
    answer = web.get(path)
    assert answer.status_code == 200
    page = Page(answer.text)
    assert all((one["src"] or "").startswith("/static/") for one in page.all("script"))
    assert not page.all("style") and "<script>" not in answer.text
    for _, attrs in page.tags:
        assert "style" not in attrs and not any(name.startswith("on") for name in attrs)
        for name in ("src", "href", "action", "hx-get", "hx-post"):
            value = attrs.get(name) or ""
            assert not value.lower().lstrip().startswith(("javascript:", "data:", "vbscript:"))
            outside = value.startswith(("http:", "https:", "//"))
            assert not outside or "external" in (attrs.get("rel") or "")
    policy = answer.headers["content-security-policy"]
    assert "script-src 'self';" in policy and "unsafe" not in policy and "default-src 'none'" in policy
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("path", PAGES)
def test_pages_are_sound_for_those_who_do_not_see_them(web: TestClient, path: str) -> None:
    page = Page(web.get(path).text)
    ids = [attrs["id"] for _, attrs in page.tags if attrs.get("id")]
    assert len(ids) == len(set(ids))
    assert len(page.all("h1")) == 1 and page.all("main") and page.all("html")[0]["lang"] == "en"
    assert all("scope" in one for one in page.all("th"))
    assert all(one.get("alt") is not None for one in page.all("img"))


def test_the_matrix_names_its_actors_and_leads_to_the_pair_and_on_to_the_sentence(web: TestClient) -> None:
    text = web.get("/matrix").text
    assert "Norway" in text and "Iceland" in text
    cells = [one["href"] for one in Page(text).all("a") if (one.get("href") or "").startswith("/pair?")]
    assert cells
    pair = web.get(str(cells[0]).partition("#")[0])
    links = [one["href"] or "" for one in Page(pair.text).all("a") if (one.get("href") or "").startswith("/article?")]
    assert links
    path, _, key = links[0].partition("#")
    article = web.get(path)
    assert f'id="{key}"' in article.text and f'id="{key}-in"' in article.text


def test_the_address_holds_the_state_and_forms_send_it_again(web: TestClient) -> None:
    path = "/matrix?actor=NOR&actor=ISL&measure=events&since=1900&until=2090&count=report&dated=1&order=name"
    page = Page(web.get(path).text)
    chosen = {one["value"] for one in page.all("option") if "selected" in one}
    assert {"events", "report", "name"} <= chosen
    assert [one["value"] for one in page.all("input") if one.get("name") == "since"] == ["1900"]
    files = [one["href"] or "" for one in page.all("a") if "/get/matrix.csv" in (one.get("href") or "")]
    assert files and "measure=events" in files[0] and "count=report" in files[0]


def test_the_article_is_told_whole_with_its_marks_and_spans_that_overlap(web: TestClient) -> None:
    text = web.get("/article?id=one").text
    shown = re.sub(r"<sup.*?</sup>|<[^>]+>", "", text[text.index("<article") : text.index("</article>")])
    plain = re.sub(r"\s+", " ", shown.replace("&#39;", "'").replace("&#34;", '"'))
    for line in a_reading.READING.article.body.split("\n"):
        assert re.sub(r"\s+", " ", line).strip() in plain
    keys = {key for one in Page(text).all("a") for key in (one.get("data-keys") or "").split()}
    ids = {attrs["id"] for _, attrs in Page(text).tags if attrs.get("id")}
    assert keys and keys <= ids


def test_hostile_words_are_only_ever_words(web: TestClient) -> None:
    text = web.get("/article?id=evil").text
    assert EVIL not in text and "&lt;script&gt;" in text
    assert "javascript:" not in text
    for path in ("/search?q=%3Cscript%3Ealert(1)%3C/script%3E", f"/pair?a={EVIL}&b=ISL", f"/matrix?actor={EVIL}"):
        assert EVIL not in web.get(path).text


def test_hostile_cells_are_no_formulas(store: str, tmp_path: Path) -> None:
    bad = hostile()
    events = tuple(msgspec.structs.replace(e, reason='=cmd|"/c calc"!A1') for e in bad.events)
    with desk.open_store(str(tmp_path / "s"), make=True) as kept:
        kept.commit([msgspec.structs.replace(bad, events=events)])
    with client(str(tmp_path / "s")) as web:
        text = web.get("/get/events.csv").text
    assert "'=cmd" in text and ",=cmd" not in text


# -- who may ask -------------------------------------------------------------------------------------------------------


def test_another_host_name_is_refused(web: TestClient) -> None:
    assert web.get("/matrix", headers={"host": "evil.example"}).status_code == 400
    assert web.get("/matrix", headers={"host": "evil.example:80"}).status_code == 400
    assert web.get("/matrix", headers={"host": "127.0.0.1:9999"}).status_code == 200


def posts() -> list[str]:
    app = make(Site(store="nowhere", settings=settings.defaults()))
    paths = app.openapi()["paths"]  # those in the schema, and below those that are not
    found = {path for path, ways in paths.items() if "post" in ways}
    from dragoman.web import article_pages, live_pages, pages

    for module in (pages, article_pages, live_pages):
        found |= {route.path for route in module.router.routes if "POST" in route.methods}  # type: ignore[attr-defined]
    return sorted(found)


@pytest.mark.parametrize("path", posts())
def test_every_form_needs_its_mark(web: TestClient, path: str) -> None:
    web.get("/live")
    assert web.post(path, data={"text": "x", "token": EDITOR}).status_code == 403
    assert web.post(path, data={"mark": "0.0"}).status_code == 403
    other = {"sec-fetch-site": "cross-site"}
    assert web.post(path, data={"mark": mark(web)}, headers=other).status_code == 403
    assert web.post(path, data={"mark": mark(web)}, headers={"origin": "http://evil.example"}).status_code == 403


def test_a_mark_of_another_session_does_not_do(store: str) -> None:
    site = Site(store=store, settings=settings.defaults(), hosts=("127.0.0.1",))
    app = make(site)
    one, other = (TestClient(app, base_url=LOCAL, headers=HTML) for _ in range(2))
    other.get("/live")
    assert other.post("/live", data={"mark": mark(one), "text": "x"}).status_code == 403


def test_cookies_are_kept_from_scripts_and_other_sites(web: TestClient) -> None:
    cookie = web.get("/live").headers["set-cookie"]
    assert "HttpOnly" in cookie and "SameSite=Strict" in cookie


def test_with_tokens_a_stranger_sees_only_the_door(store: str) -> None:
    keys = (Key(READER, "read", "Rea"), Key(EDITOR, "edit", "Edda"))
    with client(store, keys=keys) as web:
        for path in ("/matrix", "/article?id=one", "/api/v1/matrix", "/get/events.csv", "/names/actors"):
            assert web.get(path).status_code == 401
        assert web.get("/enter").status_code == 200
        assert web.get("/matrix", headers={"authorization": f"Bearer {READER}"}).status_code == 200
        assert web.get("/matrix", headers={"authorization": "Bearer nothing"}).status_code == 401
        wrong = web.post("/enter", data={"mark": mark(web, "/enter"), "token": "nothing"})
        assert wrong.status_code == 401
        went = web.post("/enter", data={"mark": mark(web, "/enter"), "token": READER, "to": "//evil.example"})
        assert (went.status_code, went.headers["location"]) == (303, "/")
        assert web.get("/matrix").status_code == 200
        form = {"mark": mark(web), "article": "one", "kind": "event", "record": "e1", "verdict": "right"}
        assert web.post("/article/verdict", data=form).status_code == 403
        assert "Right or wrong" not in web.get("/article?id=one").text
        web.post("/leave", data={"mark": mark(web)})
        assert web.get("/matrix").status_code == 401


def test_a_proxy_is_believed_only_from_its_address(store: str) -> None:
    with client(store, proxy=Proxy("X-Forwarded-User", ("10.0.0.1",))) as web:
        assert web.get("/matrix", headers={"x-forwarded-user": "Ann"}).status_code == 401
    with client(store, proxy=Proxy("X-Forwarded-User", ("testclient",))) as web:
        assert web.get("/matrix", headers={"x-forwarded-user": "Ann"}).status_code == 200
        assert web.get("/matrix").status_code == 401


def test_another_address_needs_a_token() -> None:
    from dragoman.errors import SettingsError
    from dragoman.web import run

    with pytest.raises(SettingsError, match="other machines"):
        run.serve(Site(store="x", settings=settings.defaults()), host="0.0.0.0", browser=False)


# -- limits and troubles -----------------------------------------------------------------------------------------------


def test_too_much_at_once_is_a_page(store: str) -> None:
    with client(store, limits=Limits(page_bytes=100_000)) as web:
        token = mark(web)
        answer = web.post("/live", data={"mark": token, "text": "x" * 2_000_000})
        assert answer.status_code == 413 and "too much" in answer.text
        body = (b"x" * 50_000 for _ in range(40))  # without a length
        answer = web.post("/live", content=body, headers={"content-type": "application/x-www-form-urlencoded"})
        assert answer.status_code == 413
        assert web.get("/matrix").status_code == 200


def test_too_often_is_a_page(store: str) -> None:
    with client(store, limits=Limits(a_second=1, at_once=5)) as web:
        found = [web.get("/health").status_code for _ in range(8)]
    assert found[:5] == [200] * 5 and 429 in found


@pytest.mark.parametrize(
    ("path", "status", "told"),
    [
        ("/matrix?actor=Ruritania", 400, "Ruritania"),
        ("/matrix?measure=luck", 400, "luck"),
        ("/matrix?since=yesterday", 400, "not a date"),
        ("/matrix?since=2020&until=2019", 400, "2020"),
        ("/matrix?by=fortnight", 400, "month"),
        ("/matrix?most=-1", 400, "number"),
        ("/matrix?page=99999999999", 400, "number"),
        ("/matrix?issue=love", 400, "love"),
        ("/matrix?origin=gdelt", 400, "gdelt"),
        ("/pair?a=NOR&b=NOR", 400, "one actor"),
        ("/pair?a=/etc/passwd.csv&b=NOR", 400, "actor"),
        ("/matrix?actor=secrets.txt", 400, "actor"),
        ("/actor?actor=Ruritania", 400, "Ruritania"),
        ("/issue?issue=love", 400, "love"),
        ("/happenings?id=nothing", 404, "no such act"),
        ("/pair?a=NOR&b=ISL&way=up", 400, "here, back"),
        ("/figure/matrix.exe", 404, ""),
        ("/article?id=nothing", 404, "no article"),
        ("/article", 400, "No article"),
        ("/article?id=" + "x" * 5000, 400, "too long"),
        ("/live?coded=gone", 404, "not kept"),
        ("/search?q=%22", 400, "cannot be searched"),
        ("/pair/signals?a=NOR&b=Norway", 400, "one actor"),
        ("/pair/signals?a=NOR", 400, "wo actors"),
        ("/nowhere", 404, "no such page"),
        ("/static/../app.py", 404, ""),
        ("/get/secrets.csv", 404, ""),
        ("/get/matrix.exe", 404, ""),
    ],
)  # fmt: skip
def test_what_cannot_be_is_a_page_that_says_so(web: TestClient, path: str, status: int, told: str) -> None:
    answer = web.get(path)
    assert answer.status_code == status
    assert told in answer.text and "Traceback" not in answer.text


def test_a_store_that_is_not_there_comes_or_goes(tmp_path: Path) -> None:
    import shutil

    place = tmp_path / "later"
    with client(str(place)) as web:
        answer = web.get("/matrix")
        assert answer.status_code == 503 and "dragoman ingest" in answer.text
        assert web.get("/live").status_code == 200
        with desk.open_store(str(place), make=True) as kept:
            assert "Nothing was told here" in web.get("/matrix").text
            kept.commit([reading()])
        assert "Norway" in web.get("/matrix").text
        shutil.rmtree(place)
        assert web.get("/matrix").status_code == 503
        assert web.get("/health").status_code == 200


def test_a_fault_of_ours_tells_nothing(store: str, monkeypatch: pytest.MonkeyPatch, caplog: Any) -> None:
    with client(store) as web:

        def broken(*_: Any) -> None:
            raise RuntimeError("secret path /home/ada")

        monkeypatch.setattr(web.app.state.answers, "info", broken)  # type: ignore[attr-defined]
        for path in ("/data", "/api/v1/store"):
            answer = web.get(path)
            assert answer.status_code == 500 and "secret" not in answer.text and "Traceback" not in answer.text


# -- verdicts ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def own(tmp_path: Path) -> Iterator[TestClient]:
    place = str(tmp_path / "own")
    with desk.open_store(place, make=True) as kept:
        kept.commit([reading()])
    with client(place) as found:
        yield found


def judged(web: TestClient, **form: str) -> Any:
    usual = {"mark": mark(web), "article": "one", "kind": "event", "record": "e1", "by": "Ada"}
    return web.post("/article/verdict", data=usual | form)


def test_a_verdict_is_kept_with_who_and_when_and_shown(own: TestClient) -> None:
    event = reading().events[0]
    went = judged(own, record=event.id, verdict="wrong", field="type", should="aid", note=EVIL)
    assert went.status_code == 303 and went.headers["location"].endswith("#E1")
    with desk.open_store(own.app.state.site.store) as kept:  # type: ignore[attr-defined]
        (one,) = kept.corrections()
    assert (one.verdict, one.field, one.by, one.note) == ("wrong", "type", "Ada", EVIL) and one.at
    assert json.loads(one.record or "")["type"] == "AID"
    text = own.get("/article?id=one").text
    assert "Ada" in text and "the type" in text and EVIL not in text
    assert 'value="Ada"' in text  # who judges once need not write the name again


@pytest.mark.parametrize(
    ("form", "part"),
    [
        ({"field": "status", "should": "planned"}, {"status": "planned"}),
        ({"field": "date", "should": "2019-05"}, {}),
        ({"field": "event"}, {"type": "NONE"}),
        ({"kind": "position", "record": "0", "field": "stance", "should": "against"}, {"stance": "against"}),
        ({"kind": "position", "record": "0", "field": "issue", "should": "Trade"}, {"issue": "trade"}),
        ({"field": "source", "should": "Sweden"}, {}),
    ],
)
def test_a_correction_holds_the_record_as_it_should_have_been(
    own: TestClient, form: dict[str, str], part: dict[str, str]
) -> None:
    form = {"record": reading().events[0].id} | form
    assert judged(own, verdict="wrong", **form).status_code == 303
    with desk.open_store(own.app.state.site.store) as kept:  # type: ignore[attr-defined]
        record = json.loads(kept.corrections()[-1].record or "{}")
    assert part.items() <= record.items()
    if form.get("field") == "source":
        assert record["source"][0]["actor"] == "SWE"
    if form.get("field") == "date":
        assert (record["date"]["start"], record["date"]["end"]) == ("2019-05-01", "2019-05-31")


@pytest.mark.parametrize(
    "form",
    [
        {"verdict": "perhaps"},
        {"verdict": "wrong", "field": "soul"},
        {"verdict": "wrong", "field": "type", "should": "LOVE"},
        {"verdict": "right", "record": "e99"},
        {"verdict": "right", "kind": "note"},
        {"verdict": "wrong", "should": "AID"},
        {"verdict": "right", "kind": "position", "record": "-1"},
        {"verdict": "wrong", "field": "status", "should": "dead"},
        {"verdict": "right", "note": "x" * 3000},
    ],
)
def test_a_verdict_that_cannot_be_changes_nothing(own: TestClient, form: dict[str, str]) -> None:
    assert judged(own, **({"record": reading().events[0].id} | form)).status_code == 400
    with desk.open_store(own.app.state.site.store) as kept:  # type: ignore[attr-defined]
        assert not kept.corrections()


# -- files and the API -------------------------------------------------------------------------------------------------


def test_files_hold_what_the_store_answers(web: TestClient, store: str) -> None:
    import pyarrow as pa
    from pyarrow import parquet

    wanted = desk.matrix(store=store, measure="events")
    path = "/get/matrix.{}?measure=events"
    rows = web.get(path.format("json")).json()
    assert [(r["source"], r["target"], r["value"]) for r in rows] == [
        (r["source"], r["target"], r["value"]) for r in wanted.rows
    ]
    assert parquet.read_table(io.BytesIO(web.get(path.format("parquet")).content)).equals(wanted.table)
    assert pa.ipc.open_stream(web.get(path.format("arrow")).content).read_all().equals(wanted.table)
    sheet = web.get(path.format("csv"))
    assert len(sheet.text.splitlines()) == len(rows) + 1 and "attachment" in sheet.headers["content-disposition"]


def test_pictures_are_drawn_and_may_do_nothing(web: TestClient) -> None:
    drawn = web.get("/figure/matrix.svg")
    assert drawn.status_code == 200 and b"<svg" in drawn.content[:200]
    assert "script-src" not in drawn.headers["content-security-policy"]
    assert "sandbox" in drawn.headers["content-security-policy"]
    assert web.get("/figure/pair.png?a=NOR&b=ISL").content.startswith(b"\x89PNG")
    assert web.get("/figure/pair.json?a=NOR&b=ISL&dark=1").json()["$schema"]


def test_an_act_shows_its_reports(web: TestClient) -> None:
    text = web.get("/happenings").text
    links = [one["href"] or "" for one in Page(text).all("a") if (one.get("href") or "").startswith("/happenings?id=")]
    assert links
    assert 'href="/article?id=' in web.get(links[0]).text


def test_the_api_answers_in_json_and_arrow_and_says_when_nothing_changed(web: TestClient) -> None:
    import pyarrow as pa

    answer = web.get("/api/v1/matrix?measure=events", headers={"accept": "application/json"})
    rows, stamp = answer.json()["rows"], answer.headers["etag"]
    assert {("NOR", "ISL")} <= {(r["source"], r["target"]) for r in rows}
    same = web.get("/api/v1/matrix?measure=events", headers={"accept": "application/json", "if-none-match": stamp})
    assert same.status_code == 304 and not same.content
    stream = web.get("/api/v1/matrix?measure=events", headers={"accept": "application/vnd.apache.arrow.stream"})
    assert stream.headers["etag"] != stamp
    assert pa.ipc.open_stream(stream.content).read_all().num_rows == len(rows)


@pytest.mark.parametrize("what", ["events", "statements", "positions"])
def test_the_api_gives_every_row_once_page_by_page(web: TestClient, what: str) -> None:
    whole = web.get(f"/api/v1/{what}?limit=1000").json()
    assert whole["next"] is None and len(whole["rows"]) > 1
    found: list[Any] = []
    path: str | None = f"/api/v1/{what}?limit=1"
    while path:
        page = web.get(path).json()
        found += page["rows"]
        path = f"/api/v1/{what}?limit=1&cursor={page['next']}" if page["next"] else None
    assert found == whole["rows"]


def test_the_api_gives_the_record_itself(web: TestClient) -> None:
    assert msgspec.json.decode(web.get("/api/v1/articles/one").content, type=Reading) == reading()
    assert web.get("/api/v1/articles/none").status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "matrix?actor=Ruritania",
        "matrix?by=x",
        "matrix?since=x",
        "events?cursor=%00%00",
        "events?cursor=w7w",
        "events?limit=0",
        "events?limit=x",
        "dyad?a=NOR",
        "dyad?a=NOR&b=secret.csv",
        "search?q=%20",
        "articles/%F0%9F%98%80",
        "nothing",
    ],
)
def test_the_api_says_what_is_wrong(web: TestClient, path: str) -> None:
    answer = web.get(f"/api/v1/{path}")
    assert 400 <= answer.status_code < 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["title"] and answer.json()["status"] == answer.status_code


def test_the_api_describes_itself(web: TestClient) -> None:
    found = web.get("/api/v1/openapi.json").json()
    assert {"/api/v1/matrix", "/api/v1/dyad", "/api/v1/events", "/api/v1/articles/{identity}"} <= set(found["paths"])
    assert not [path for path in found["paths"] if not path.startswith("/api/v1")]


# -- a page coded on the spot ------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def coding(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    place = str(tmp_path_factory.mktemp("live") / "store")
    desk.open_store(place, make=True).close()
    with client(place) as found:
        yield found


PAGE = "Norway's prime minister visited Iceland on Tuesday.\n\nThe minister promised help for its harbours."


def test_a_pasted_page_is_coded_and_can_be_kept(coding: TestClient) -> None:
    form = {"mark": mark(coding), "text": f"A visit\n\n{PAGE}", "published": "2019-05-14"}
    went = coding.post("/live", data=form)
    assert went.status_code == 303
    shown = coding.get(went.headers["location"])
    assert "visited" in shown.text and "Norway" in shown.text and "not in the store" in shown.text
    key = went.headers["location"].partition("=")[2]
    kept = coding.post("/live/keep", data={"mark": mark(coding), "coded": key})
    assert kept.status_code == 303
    assert "visited" in coding.get(kept.headers["location"]).text
    assert "Iceland" in coding.get("/matrix").text


def test_a_dropped_file_is_coded(coding: TestClient) -> None:
    page = f"<html><head><title>A visit</title></head><body><article><p>{PAGE}</p><p>{EVIL}</p></article></body></html>"
    files = {"file": ("../../etc/page.html", page.encode(), "text/html")}
    went = coding.post("/live", data={"mark": mark(coding)}, files=files)
    assert went.status_code == 303
    assert EVIL not in coding.get(went.headers["location"]).text


@pytest.mark.parametrize(
    ("form", "status", "told"),
    [
        ({}, 400, "nothing to read"),
        ({"address": "file:///etc/passwd"}, 422, "no address"),
        ({"address": "/etc/passwd"}, 422, "no address"),
        ({"address": "http://127.0.0.1:1/"}, 422, ""),
        ({"address": "http://169.254.169.254/latest"}, 422, ""),
        ({"text": "x", "published": "some day"}, 400, "not a date"),
    ],
)
def test_what_cannot_be_coded_says_why(coding: TestClient, form: dict[str, str], status: int, told: str) -> None:
    answer = coding.post("/live", data={"mark": mark(coding)} | form)
    assert answer.status_code == status and told in answer.text
    assert "root:" not in answer.text and "/tmp" not in re.sub(r"<footer.*", "", answer.text, flags=re.S)


def test_a_page_that_takes_too_long_is_stopped_and_the_next_is_coded(store: str) -> None:
    with client(store, limits=Limits(code_seconds=0.001)) as web:
        answer = web.post("/live", data={"mark": mark(web), "text": PAGE})
        assert answer.status_code == 422 and "stopped" in answer.text
        assert web.get("/matrix").status_code == 200


# -- views that are kept, and what came in -----------------------------------------------------------------------------


def test_a_view_is_kept_listed_and_forgotten(store: str) -> None:
    with client(store) as web:
        address = "/pair?a=NOR&b=ISL&by=year"
        for name in ("The two", "the two", EVIL):
            answer = web.post("/views", data={"mark": mark(web, address), "name": name, "address": address})
            assert answer.status_code == 303
        listed = web.get("/views").text
        assert EVIL not in listed and "&lt;script&gt;" in listed and "The two" not in listed
        assert "the two" in web.get("/matrix").text
    with client(store) as web:  # another app over the same store
        links = [one["href"] for one in Page(web.get("/views").text).all("a")]
        assert links.count(address) == 2
        for name in ("the two", EVIL):
            web.post("/views", data={"mark": mark(web), "forget": name})
        assert "None yet" in web.get("/views").text
        kept = Path(store) / "web" / "views.json"
        assert json.loads(kept.read_text("utf-8")) == [] and [one.name for one in kept.parent.iterdir()] == [kept.name]


@pytest.mark.parametrize("address", ["//evil.example", "https://evil.example/", "/enter?to=x", "/matrix#x"])
def test_a_kept_view_leads_nowhere_else(store: str, address: str) -> None:
    with client(store) as web:
        form = {"mark": mark(web), "name": "x", "address": address}
        assert web.post("/views", data=form).status_code == 400
        kept = Path(store) / "web" / "views.json"
        kept.parent.mkdir(exist_ok=True)
        kept.write_text(json.dumps([{"name": "bad", "address": "javascript:alert(1)"}]), "utf-8")
        assert "javascript" not in web.get("/views").text
        kept.write_text("torn", "utf-8")
        assert "None yet" in web.get("/views").text
        kept.unlink()


def test_who_may_only_read_keeps_no_view(store: str) -> None:
    with client(store, keys=(Key(READER, "read"),)) as web:
        shown = {"authorization": f"Bearer {READER}"}
        assert web.post("/views", data={"name": "x", "address": "/matrix"}, headers=shown).status_code == 403
        assert "Keep this view" not in web.get("/matrix", headers=shown).text


def test_the_watch_page_tells_of_runs_feeds_and_alerts(tmp_path: Path) -> None:
    from dragoman.watch.alerts import Alert, Told
    from dragoman.watch.state import FOLDER, Memory, State

    place = tmp_path / "store"
    page = tmp_path / "page.txt"
    page.write_text("Norway visits\n\nThe foreign minister of Norway visited Iceland on 4 May 2019.", "utf-8")
    desk.ingest([page, tmp_path / "nothing.html"], store=place)
    with client(str(place)) as web:
        text = web.get("/watch").text
        assert "no feed is watched" in text and "page.txt" in text and not (place / FOLDER).exists()
        state = State(place / FOLDER)
        told = Told(
            article="one", kind="event", id="e1", code="CONSULT", sources=("NOR",), targets=("ISL",), words=(EVIL,)
        )
        alert = Alert(
            id="a", rule="visits", kind="report", at="2019-05-04T10:00:00+00:00", text="A visit", told=(told,)
        )
        memory = Memory(outcome="not_found", polls=7, articles=3, faults=2, due=1_557_000_000.0)
        state.keep("https://feeds.example/world.xml", memory, now=0.0, alerts=[(alert, ["k"])])
        text = web.get("/watch").text
        assert "A visit" in text and EVIL not in text and "&lt;script&gt;" in text
        assert "feeds.example/world.xml" in text and "not found, 2 times" in text
        state.close()
        (place / FOLDER / "watch.sqlite").write_bytes(b"torn" * 1000)
        assert web.get("/watch").status_code == 200 and "cannot be read" in web.get("/watch").text


def test_mixed_signals_stand_with_their_words(tmp_path: Path) -> None:
    page = tmp_path / "page.txt"
    page.write_text(
        "A week of two voices\n\nNorway and Iceland signed a trade agreement on 6 May 2019. "
        "Norway imposed sanctions on Iceland on 8 May 2019.",
        "utf-8",
    )
    desk.ingest([page], store=tmp_path / "store")
    with client(str(tmp_path / "store")) as web:
        text = web.get("/pair/signals?a=NOR&b=ISL").text
        assert "Pressure" in text and "imposed sanctions" in text and "signed a trade agreement" in text
        assert "None: sought in" in web.get("/pair/signals?a=NOR&b=ISL&since=2001&until=2002").text
        assert "A bloc stands for several" in web.get("/pair/signals?a=EU&b=RUS").text


# -- for programs that speak the Model Context Protocol ----------------------------------------------------------------


def asked(target: Any, *calls: tuple[str, dict[str, Any]]) -> list[Any]:
    """What the reference client is answered, after the names of the tools."""
    from mcp import Client

    import alone

    async def ask() -> list[Any]:
        async with Client(target) as programme:
            tools = (await programme.list_tools()).tools
            assert all(one.annotations and one.annotations.read_only_hint for one in tools)
            return [[one.name for one in tools], *[await programme.call_tool(*call) for call in calls]]

    return alone.run(ask())


def test_programs_get_events_with_ids_and_quotations(store: str) -> None:
    from dragoman.web import mcp

    calls = [
        ("find_actor", {"name": "Norway"}),
        ("dyad_timeline", {"a": "NOR", "b": "Iceland", "by": "year"}),
        ("explain_cell", {"source": "NOR", "target": "ISL", "measure": "events", "limit": 1}),
        ("search_evidence", {"words": "visited", "actors": ["Norway"]}),
    ]
    site = Site(store=store, settings=settings.defaults())
    names, actor, dyad, cell, search = asked(mcp.made(site), *calls)
    assert names == ["find_actor", "dyad_timeline", "search_evidence", "explain_cell"]
    assert actor.structured_content["code"] == "NOR" and actor.structured_content["deals_with"][0]["code"] == "ISL"
    with desk.open_store(store) as kept:
        texts = {one: kept.reading(one).article.text for one in ("one", "evil")}  # type: ignore[union-attr]
        ids = {f"{row['article']}#{row['id']}" for row in desk.events(store=kept, count="report", status=[]).rows}
    for found in (actor, dyad, cell):
        events = found.structured_content["events"]
        assert events and not found.is_error
        for one in events:
            assert one["event"] in ids
            plain = " ".join(texts[one["article"]].split())
            assert all(piece in plain for piece in " ".join(one["quotation"].split()).split(" … "))
    assert len(cell.structured_content["events"]) == 1 and cell.structured_content["cell"]["events"] >= 1
    assert all(one["quotation"] and one["records"] for one in search.structured_content["sentences"])


def test_programs_are_told_what_cannot_be(store: str, tmp_path: Path) -> None:
    from dragoman.web import mcp

    calls = [
        ("find_actor", {"name": "Ruritania"}),
        ("find_actor", {"name": "/etc/passwd.csv"}),
        ("dyad_timeline", {"a": "NOR", "b": "ISL", "by": "age"}),
        ("search_evidence", {"words": " "}),
    ]
    _, *refused = asked(mcp.made(Site(store=store, settings=settings.defaults())), *calls)
    for found, word in zip(refused, ("Ruritania", "no actor", "month", "no words"), strict=True):
        assert found.is_error and word in found.content[0].text
    none = asked(mcp.made(Site(store=str(tmp_path / "none"), settings=settings.defaults())), calls[0], ("find_actor", {"name": "NOR"}))  # noqa: E501  # fmt: skip
    assert all(one.is_error for one in none[1:])
    _, silent = asked(
        mcp.made(Site(store=store, settings=settings.defaults())), ("explain_cell", {"source": "USA", "target": "RUS"})
    )
    assert silent.structured_content["cell"] is None and "not nought" in silent.structured_content["says"]


def test_programs_ask_over_standard_input(store: str) -> None:
    import sys

    from mcp.client.stdio import StdioServerParameters

    started = StdioServerParameters(command=sys.executable, args=["-m", "dragoman", "mcp", "--store", store])
    _, found = asked(started, ("find_actor", {"name": "Iceland"}))
    assert found.structured_content["code"] == "ISL"


def test_without_the_package_its_name_is_told(
    store: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import sys

    from dragoman import cli

    monkeypatch.setitem(sys.modules, "mcp.server", None)
    assert cli.run(["mcp", "--store", store]) == 2
    assert "dragoman[mcp]" in capsys.readouterr().err


# -- the app as a command ----------------------------------------------------------------------------------------------


def test_serve_finds_a_free_port_and_stops_cleanly(store: str) -> None:
    import signal
    import socket
    import subprocess
    import sys

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        command = [sys.executable, "-m", "dragoman", "serve", "--store", store, "--no-browser"]
        refused = subprocess.run(
            [*command, "--port", str(taken.getsockname()[1])], capture_output=True, text=True, timeout=60, check=False
        )
        assert refused.returncode == 2 and "another port" in refused.stderr
    served = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    lines = [one.stderr.readline() for one in served if one.stderr]
    ports = [re.search(r"127\.0\.0\.1:(\d+)", line) for line in lines]
    ended = []
    for one in served:
        one.send_signal(signal.SIGINT)
        _, rest = one.communicate(timeout=30)
        ended.append((one.returncode, "Traceback" in rest))
    assert all(ports) and len({one[1] for one in ports if one}) == 2
    assert ended == [(0, False)] * 2


@pytest.mark.parametrize(
    "arguments", [["--host", "0.0.0.0"], ["--token", "short"], ["--tokens", "/nowhere"], ["--host", "::"]]
)
def test_serve_refuses_what_would_be_open(arguments: list[str], store: str, capsys: pytest.CaptureFixture[str]) -> None:
    from dragoman import cli

    assert cli.run(["serve", "--store", store, "--no-browser", *arguments]) == 2
    assert "Traceback" not in capsys.readouterr().err
