"""Feeds watched: what is new once into the store, each alert once, manners toward hosts, faults under their names."""

from __future__ import annotations

import contextlib
import datetime as dt
import gc
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
import tracemalloc
from collections import Counter
from collections.abc import Callable, Iterator
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree
from xml.sax.saxutils import escape

import msgspec
import pytest

from dragoman import cli, desk
from dragoman.desk import filling, watching
from dragoman.errors import SourceError
from dragoman.exchange import atom
from dragoman.lexicon.load import Lexicon
from dragoman.read.limits import Limits
from dragoman.records import Article, Event, Participant, Published, Reading
from dragoman.relate.indices import measure
from dragoman.settings import ReadSettings, Settings
from dragoman.store import delta
from dragoman.watch import ranges, web
from dragoman.watch.alerts import Alert, Moved, Told
from dragoman.watch.hosts import Hosts
from dragoman.watch.lines import lines_of
from dragoman.watch.outputs import Delivery
from dragoman.watch.pace import Pace, lasting, next_pace, retry_after
from dragoman.watch.plan import DAY, Feed, Outputs, Plan, PlanError, RangeRule, read
from dragoman.watch.poll import Polled, poll
from dragoman.watch.round import Kept, Watch
from dragoman.watch.state import Memory, State

NOW = dt.datetime(2024, 5, 14, 8, 0, tzinfo=dt.UTC).timestamp()
EXPELLED = (
    "OSLO, May 13 - Norway expelled two Danish diplomats on Monday after a dispute over fishing rights in the North "
    "Sea. Denmark condemned the decision. The Danish foreign ministry summoned the Norwegian ambassador on Monday."
)
VISIT = (
    "HELSINKI, May 13 - The foreign minister of Sweden visited Finland on Monday. The two governments signed an "
    "agreement on rail links between their countries."
)
SETTINGS = Settings(model="none", read=ReadSettings(allow_private_addresses=True, timeout_seconds=2.0))
LIMITS = Limits(allow_private_addresses=True, timeout_seconds=1.0)


class Site:
    """A web server on this machine: path -> what it does, and all that was asked of it."""

    def __init__(self) -> None:
        self.pages: dict[str, Callable[[BaseHTTPRequestHandler], None]] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.posted: list[tuple[dict[str, str], bytes]] = []
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site.asked.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
                with contextlib.suppress(OSError):
                    site.pages.get(self.path, status(404))(self)

            def do_POST(self) -> None:
                length = int(self.headers["content-length"])
                headers = {name.lower(): value for name, value in self.headers.items()}
                site.posted.append((headers, self.rfile.read(length)))
                site.pages.get(self.path, status(404))(self)

            def log_message(self, *_: object) -> None:
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, request: object, client_address: object) -> None:
                pass  # who hangs up on us is part of the tests

        self.server = Server(("127.0.0.1", 0), Handler)
        self.root = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def count(self, path: str) -> int:
        return sum(1 for asked, _ in self.asked if asked == path)

    def headers(self, path: str) -> list[dict[str, str]]:
        return [headers for asked, headers in self.asked if asked == path]


def answer(body: str | bytes, kind: str = "application/rss+xml", code: int = 200, **headers: str) -> Any:
    raw = body.encode() if isinstance(body, str) else body

    def send(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(code)
        handler.send_header("Content-Type", kind)
        handler.send_header("Content-Length", str(len(raw)))
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(raw)

    return send


def status(code: int, **headers: str) -> Any:
    return answer(b"", "text/plain", code, **headers)


def in_turn(*pages: Any) -> Any:
    """One page after the other; the last stays."""
    left = list(pages)

    def send(handler: BaseHTTPRequestHandler) -> None:
        (left.pop(0) if len(left) > 1 else left[0])(handler)

    return send


def conditional(body: str, etag: str, modified: str = "Tue, 14 May 2024 07:00:00 GMT") -> Any:
    def send(handler: BaseHTTPRequestHandler) -> None:
        if handler.headers["If-None-Match"] == etag and handler.headers["If-Modified-Since"] == modified:
            handler.send_response(304)
            handler.end_headers()
        else:
            answer(body, ETag=etag, Last_Modified=modified)(handler)

    return send


def rss(*entries: tuple[str, str, str], date: str = "Tue, 14 May 2024 07:30:00 +0200") -> str:
    """A feed of entries: path, title, text."""
    items = "".join(
        f"<item><title>{escape(title)}</title><link>http://news.example{path}</link><pubDate>{date}</pubDate>"
        f"<description>{escape(text)}</description></item>"
        for path, title, text in entries
    )
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>The Wire</title>{items}</channel></rss>'


EXPULSION = ("/expelled", "Norway expels two Danish diplomats", EXPELLED)
RAIL = ("/rail", "Sweden and Finland sign rail agreement", VISIT)


class Time:
    """A clock that stands still until somebody sleeps."""

    def __init__(self, now: float = NOW) -> None:
        self.at = now
        self.lock = threading.Lock()

    def now(self) -> float:
        return self.at

    def sleep(self, seconds: float, stop: Callable[[], bool]) -> None:
        with self.lock:
            self.at += seconds


@pytest.fixture
def site() -> Iterator[Site]:
    made = Site()
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def state(tmp_path: Path) -> Iterator[State]:
    with contextlib.closing(State(tmp_path / "state")) as made:
        yield made


def written(folder: Path, text: str) -> Path:
    file = folder / "feeds.toml"
    file.write_text(text, "utf-8")
    return file


def plan_of(*feeds: Feed, **more: Any) -> Plan:
    return Plan(file="feeds.toml", feeds=feeds, **{"pause": 0.1, "outputs": Outputs()} | more)


class Memoryless:
    """A store of a kind: it keeps no more than ids, and makes an event of two words in capitals."""

    def __init__(self) -> None:
        self.ids: Counter[str] = Counter()
        self.ranges: list[Moved] = []

    def keep(self, items: Any, stop: Callable[[], bool]) -> Kept:
        fates, readings = {}, []
        for one in items:
            fates[one.article.id] = ("read", "unchanged" if one.article.id in self.ids else "added")
            self.ids[one.article.id] += 1
            readings.append(reading_of(one.article))
        return Kept(fates, readings)

    def moved(self, rule: RangeRule, today: dt.date) -> list[Moved]:
        return self.ranges

    def told(self, rule: RangeRule, moved: Moved) -> tuple[Told, ...]:
        words = ("Norway expelled two Danish diplomats.",)
        return (
            Told(article="a", kind="event", id="e", code="COERCE expel", sources=("NOR",), targets=(), words=words),
        )

    def issues_of(self, event: Event, reading: Reading) -> list[str]:
        return []


def reading_of(article: Article) -> Reading:
    def who(code: str, place: int) -> Participant:
        return Participant(
            actor=code, sector="GOV", name=None, role=None, text=code, span=(place, place + 3), via="name"
        )

    event = Event(
        id="e1",
        type="COERCE",
        mode="expel",
        contexts=(),
        quad=4,
        score=-7.0,
        source=(who("NOR", 0),),
        target=(who("DNK", 4),),
        status="actual",
        date=None,
        place=None,
        statement=None,
        trigger=(0, 10),
        evidence=((0, min(60, len(article.text))),),
        confidence=0.9,
        reason="a test",
    )
    return Reading(article=article, events=(event,))


def run_of(
    plan: Plan, state: State, base: Any, clock: Time, *, until: float | None = None, once: bool = False, **more: Any
) -> tuple[Any, list[str], list[Alert]]:
    lines: list[str] = []
    alerts: list[Alert] = []
    stop = (lambda: clock.at >= until) if until is not None else (lambda: False)
    watch = Watch(plan, state, base, LIMITS, clock, stop=stop, tell=lines.append, show=alerts.append, seed=1, **more)
    return watch.run(once=once), lines, alerts


def rule(**given: Any) -> Any:
    from dragoman.watch.plan import ActRule

    return ActRule(name="Expulsions", **{"types": ("COERCE",)} | given)


# -- the file ---------------------------------------------------------------------------------------------------------


def test_a_plan_says_what_it_means(tmp_path: Path, lexicon: Lexicon) -> None:
    plan = read(
        written(
            tmp_path,
            """
            [watch]
            every = "10 minutes"
            [[feed]]
            address = "https://news.example/feed.xml"
            [[feed]]
            name = "Site"
            sitemap = "https://news.example/sitemap.xml"
            every = 60
            follow = true
            [[alert]]
            name = "Expulsions"
            pair = ["Norway", "DNK"]
            types = ["coerce"]
            quad = ["material conflict"]
            [[alert]]
            name = "Bloc"
            actors = ["EU"]
            issues = ["sanctions"]
            [[alert]]
            name = "Tension"
            measure = "conflict"
            pair = ["Norway", "Denmark"]
            [output]
            jsonl = "alerts.jsonl"
            """,
        ),
        lexicon,
        measure,
    )

    first, second = plan.feeds
    assert (first.name, first.every, first.at_most) == ("news.example/feed.xml", 600.0, 4800.0)
    assert (second.address, second.every, second.follow) == ("https://news.example/sitemap.xml", 3600.0, True)
    assert [one.code for one in plan.acts[0].pair] == ["NOR", "DNK"]
    assert plan.acts[0].types == ("COERCE",) and plan.acts[0].quads == (4,) and not plan.acts[0].positions
    assert len(plan.acts[1].actors[0].members) > 20 and plan.acts[1].positions
    assert plan.ranges[0].actors == ("Norway", "Denmark") and plan.ranges[0].times == 3.0
    assert plan.outputs.jsonl == tmp_path / "alerts.jsonl"


@pytest.mark.parametrize(
    ("text", "line", "found", "wanted"),
    [
        ("[[feed]\n", 1, "no TOML", "[ ]"),
        ("", 1, "no feed is named", "[[feed]]"),
        ('[[feeds]]\naddress = "https://a.example/"', 1, "no table 'feeds'", "feed"),
        ('[[feed]]\nname = "x"', 1, "no address", "address ="),
        ('[[feed]]\naddress = "ftp://a.example/"', 2, "ftp://a.example/", "http or https"),
        ('[[feed]]\naddress = "https://a.example/"\nevry = 5', 3, "'evry'", "did you mean every?"),
        ('[[feed]]\naddress = "https://a.example/"\n# every = 1\nevery = "soon"', 4, "soon", "90 seconds"),
        ('[[feed]]\naddress = "https://a.example/"\nevery = 0.1', 3, "every", "1 minute"),
        ('[[feed]]\naddress = "https://a.example/"\nmost = true', 3, "most cannot be true", "number"),
        ('[[feed]]\naddress = "https://a.example/"\n\n[[feed]]\naddress = "https://a.example/"', 5, "two", "line 2"),
    ],
)
def test_a_fault_is_told_by_line(
    tmp_path: Path, lexicon: Lexicon, text: str, line: int, found: str, wanted: str
) -> None:
    with pytest.raises(PlanError) as wrong:
        read(written(tmp_path, text), lexicon, measure)

    fault = wrong.value.faults[0]
    assert fault.line == line and found in fault.found and wanted in fault.wanted, str(fault)


FEED = '[[feed]]\naddress = "https://a.example/"\n[[alert]]\n'


@pytest.mark.parametrize(
    ("alert", "line", "words"),
    [
        ('name = "A"', 3, "asks for nothing"),
        ('types = ["COERCE"]', 3, "no name"),
        ('name = "A"\ntypes = ["COERSE"]', 5, "COERCE"),
        ('name = "A"\npair = ["Norway"]', 5, "two actors"),
        ('name = "A"\nactors = ["Nrway"]', 5, "Norway"),
        ('name = "A"\nactors = "Norway"', 5, '["Norway"]'),
        ('name = "A"\nquad = [5]', 5, "material conflict"),
        ('name = "A"\nstatus = ["done"]', 5, "actual"),
        ('name = "A"\nmeasure = "conflct"\npair = ["Norway", "Denmark"]', 5, "conflict"),
        ('name = "A"\nmeasure = "stock"\npair = ["Norway", "Denmark"]', 5, "score_sum"),
        ('name = "A"\nmeasure = "conflict"', 3, "nobody is named"),
        ('name = "A"\ntypes = ["COERCE"]\ntimes = 3', 6, "measure"),
        ('name = "A"\nmeasure = "conflict"\npair = ["Norway", "Denmark"]\nquad = [4]', 7, "leave out measure"),
    ],
)
def test_a_fault_in_a_rule_is_told_by_line(tmp_path: Path, lexicon: Lexicon, alert: str, line: int, words: str) -> None:
    with pytest.raises(PlanError) as wrong:
        read(written(tmp_path, FEED + alert), lexicon, measure)

    assert wrong.value.faults[0].line == line and words in str(wrong.value.faults[0])


def test_all_faults_are_told_at_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = written(
        tmp_path, '[[feed]]\naddress = "here"\n[[alert]]\nname = "A"\nactors = ["Nrway"]\n[output]\nmail = 1'
    )

    assert cli.run(["watch", str(file), "--store", str(tmp_path / "store")]) == 2
    told = capsys.readouterr().err.splitlines()
    assert [line.split(":")[2] for line in told] == ["2", "5", "7"]
    assert not (tmp_path / "store").exists()


def test_who_says_how_often_by_hand_is_believed(tmp_path: Path, lexicon: Lexicon) -> None:
    text = '[watch]\nat_most = "1 hour"\n[[feed]]\naddress = "https://a.example/"\nevery = 5'
    (feed,) = read(written(tmp_path, text), lexicon, measure, every=7200.0).feeds
    assert (feed.every, feed.at_most) == (7200.0, 7200.0)


def test_lines_are_found_in_any_toml() -> None:
    text = 'a = """\n[no]\nb = 1\n"""\n[[x]]\n  c=1\n[[x]] # again\n"d" = 2\n[ y ]\n'

    assert lines_of(text) == {
        ("", 0, "a"): 1,
        ("x", 0, ""): 5,
        ("x", 0, "c"): 6,
        ("x", 1, ""): 7,
        ("x", 1, "d"): 8,
        ("y", 0, ""): 9,
    }


# -- asking -----------------------------------------------------------------------------------------------------------


def asked(site: Site, path: str, memory: Memory | None = None, limits: Limits = LIMITS, **more: Any) -> Polled:
    clock = Time()
    feed = Feed(name="it", address=site.root + path, **more)
    hosts = Hosts(limits, clock, 0.1)
    return poll(feed, memory or Memory(), limits, hosts, lambda keys: [True] * len(keys))


def test_a_feed_is_asked_whether_it_changed(site: Site, state: State) -> None:
    site.pages["/feed"] = conditional(rss(EXPULSION), '"one"')
    plan = plan_of(Feed(name="it", address=f"{site.root}/feed", every=600.0))
    done, _, _ = run_of(plan, state, Memoryless(), Time(), until=NOW + 7200)

    sent = [headers.get("if-none-match") for headers in site.headers("/feed")]
    assert sent[0] is None and set(sent[1:]) == {'"one"'} and len(sent) > 2
    assert site.headers("/feed")[1]["if-modified-since"] == "Tue, 14 May 2024 07:00:00 GMT"
    assert done.polls == {"read": 1, "unchanged": len(sent) - 1} and done.articles == {"added": 1}
    assert site.count("/robots.txt") == 2  # once an hour


def test_the_same_answer_again_is_no_news_even_without_validators(site: Site, state: State) -> None:
    site.pages["/feed"] = answer(rss(EXPULSION))
    plan = plan_of(Feed(name="it", address=f"{site.root}/feed"))
    done, _, _ = run_of(plan, state, Memoryless(), Time(), until=NOW + 7200)

    assert done.polls["read"] == 1 and done.polls["unchanged"] >= 2


def test_a_date_keeps_its_time_zone(site: Site) -> None:
    site.pages["/feed"] = answer(rss(EXPULSION))
    (new,) = asked(site, "/feed").items

    assert new.article.published and new.article.published.start == "2024-05-14T07:30:00+02:00"
    assert new.article.url == "http://news.example/expelled" and new.article.site == "The Wire"
    assert new.article.retrieved == "2024-05-14T08:00:00+00:00"


def test_quiet_feeds_are_asked_less_often_and_lively_ones_more() -> None:
    feed, rng = Feed(name="it", address="http://a.example/", every=600, at_most=3600), random.Random(1)
    pace = Pace(0, 600, 0)
    for _ in range(20):
        pace = next_pace(feed, pace, failed=False, fresh=False, rng=rng)
    assert pace.interval == 3600 and 3600 <= pace.wait <= 3960
    for _ in range(20):
        pace = next_pace(feed, pace, failed=False, fresh=True, rng=rng)
    assert pace.interval == 600 and 600 <= pace.wait <= 660
    assert next_pace(feed, pace, failed=False, fresh=False, lasts=3000, rng=rng).wait >= 3000
    assert next_pace(feed, pace, failed=False, fresh=False, lasts=1e9, rng=rng).wait <= 3960


def test_who_fails_is_left_alone_longer_and_longer() -> None:
    feed, rng = Feed(name="it", address="http://a.example/", every=600), random.Random(1)
    pace, waits = Pace(0, 600, 0), []
    for _ in range(12):
        pace = next_pace(feed, pace, failed=True, fresh=False, rng=rng)
        waits.append(pace.wait)
    assert waits[0] < 900 < waits[2] and 0.75 * DAY <= waits[-1] <= 1.25 * DAY
    assert len({wait / 2**n for n, wait in enumerate(waits[:6])}) == 6  # chance has its part
    assert next_pace(feed, pace, failed=True, fresh=False, asked=5 * DAY, rng=rng).wait == 5 * DAY
    assert next_pace(feed, pace, failed=False, fresh=False, rng=rng).faults == 0


def test_what_a_server_asks_for() -> None:
    assert retry_after("120", NOW) == 120 and retry_after("9" * 40, NOW) == 7 * DAY
    assert retry_after(formatdate(NOW + 90, usegmt=True), NOW) == 90 and retry_after("soon", NOW) is None
    assert retry_after(formatdate(NOW - 90, usegmt=True), NOW) == 0 and retry_after(None, NOW) is None
    assert lasting("public, max-age=300") == 300 and lasting("no-cache") is None and lasting(None) is None


def test_retry_after_holds_for_the_whole_host(site: Site, state: State) -> None:
    site.pages["/a"] = status(429, Retry_After="7200")
    site.pages["/b"] = answer(rss(EXPULSION))
    feeds = [Feed(name=name, address=f"{site.root}/{name}", every=600.0) for name in ("a", "b")]
    done, lines, _ = run_of(plan_of(*feeds), state, Memoryless(), Time(), until=NOW + 7000)
    assert (site.count("/a"), site.count("/b")) == (1, 0) and done.polls == {"http_error": 1}
    assert "429" in lines[0]

    once, lines, _ = run_of(plan_of(feeds[0]), state, Memoryless(), Time(NOW + 3600), once=True)
    assert site.count("/a") == 1 and once.polls == {"waits": 1} and "asked again in" in lines[0]


def test_500_then_well(site: Site, state: State) -> None:
    site.pages["/feed"] = in_turn(status(500), status(503), answer(rss(EXPULSION)), answer(rss(EXPULSION, RAIL)))
    plan = plan_of(Feed(name="it", address=f"{site.root}/feed", every=600.0))
    done, lines, _ = run_of(plan, state, Memoryless(), Time(), until=NOW + 6000)

    assert done.polls["http_error"] == 2 and done.polls["read"] == 2 and done.articles == {"added": 2}
    assert [line for line in lines if "500" in line or "again" in line] == [
        "it: the site answered 500; it is asked again later",
        "it: answers again",
    ]


def loop(handler: BaseHTTPRequestHandler) -> None:
    status(302, Location="/loop2" if handler.path == "/loop" else "/loop")(handler)


def away(handler: BaseHTTPRequestHandler) -> None:
    status(302, Location=f"/away{len(handler.path)}{'x' * len(handler.path)}")(handler)


def drops(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Type", "application/rss+xml")
    handler.end_headers()
    for _ in range(200):
        handler.wfile.write(b"<")
        time.sleep(0.1)


def slow_header(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
    for n in range(200):
        handler.wfile.write(f"X-{n}: 1\r\n".encode())
        time.sleep(0.1)


def endless(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Type", "application/rss+xml")
    handler.end_headers()
    while True:
        handler.wfile.write(b"<item><title>more</title></item>" * 1000)


def broken_off(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", "5000")
    handler.end_headers()
    handler.wfile.write(b"<rss>")


BOMB = (
    '<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY a{n} "{f"&a{n - 1 if n else chr(0)};".replace(chr(0), "") * 10}">' for n in range(9))
    + "]><rss><channel><item><title>&a8;</title></item></channel></rss>"
)


@pytest.mark.parametrize(
    ("page", "outcome"),
    [
        (status(404), "http_error"),
        (status(410), "http_error"),
        (loop, "looping"),
        (away, "looping"),
        (drops, "timed_out"),
        (slow_header, "timed_out"),
        (endless, "too_large"),
        (broken_off, "fetch_failed"),
        (answer(b"\x1f\x8b rubbish", Content_Encoding="gzip"), "fetch_failed"),
        (answer("<html><body>A page</body></html>", "text/html"), "not_news"),
        (answer(b"\x00\x01\x02" * 100), "not_news"),
        (answer(""), "not_news"),
        (answer('<rss version="2.0"><channel></channel></rss>'), "empty"),
        (answer(rss(EXPULSION)[:-40]), "truncated"),
        (answer("<rss><channel><item><title>A & B < C</item><item><<<</channel></rss>"), "read"),
        (answer(BOMB), "read"),
        (answer('{"version": "https://jsonfeed.org/version/1", "items": 7}', "application/json"), "unreadable"),
        (status(301, Location="file:///etc/passwd"), "unsupported_address"),
        (status(301, Location="http://[::bad"), "unsupported_address"),
    ],
)
def test_whatever_a_feed_does_has_a_name(site: Site, page: Any, outcome: str) -> None:
    for path in ("/loop", "/loop2"):
        site.pages[path] = page
    if page is away:
        site.pages = dict.fromkeys(_away(), away)
    began = time.monotonic()
    limits = msgspec.structs.replace(LIMITS, max_bytes=1_000_000)
    polled = asked(site, "/loop", limits=limits)

    assert polled.outcome == outcome, polled.detail
    assert outcome == "read" or polled.detail
    assert time.monotonic() - began < 3.5


def _away() -> list[str]:
    path, found = "/loop", ["/loop"]
    for _ in range(9):
        path = f"/away{len(path)}{'x' * len(path)}"
        found.append(path)
    return found


def test_a_page_that_names_its_feed_is_told_of(site: Site) -> None:
    site.pages["/"] = answer(
        '<html><head><link rel="alternate" type="application/rss+xml" href="/feed.xml"></head></html>', "text/html"
    )
    assert f"{site.root}/feed.xml" in (asked(site, "/").detail or "")


def test_a_host_that_is_down(site: Site) -> None:
    site.server.shutdown()
    site.server.server_close()
    assert asked(site, "/feed").outcome == "fetch_failed"


def test_robots_are_obeyed_and_private_addresses_refused(site: Site) -> None:
    site.pages["/robots.txt"] = answer("User-agent: *\nDisallow: /closed\n", "text/plain")
    site.pages["/open"] = answer(rss(EXPULSION))
    assert asked(site, "/closed").outcome == "robots_disallowed" and site.count("/closed") == 0
    assert asked(site, "/open").outcome == "read"
    site.pages["/robots.txt"] = status(503)
    assert asked(site, "/open").outcome == "robots_disallowed"
    before = len(site.asked)
    assert asked(site, "/open", limits=Limits(timeout_seconds=1.0)).outcome == "forbidden_address"
    assert len(site.asked) == before


def test_a_pause_stands_between_requests_to_a_host(site: Site, state: State) -> None:
    site.pages |= {f"/{n}": answer(rss((f"/{n}", f"Report {n}", EXPELLED))) for n in range(5)}
    clock, times = Time(), []
    feeds = [Feed(name=str(n), address=f"{site.root}/{n}") for n in range(5)]
    turn = Hosts.turn

    def noted(self: Hosts, url: str) -> None:
        turn(self, url)
        times.append(clock.now())

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Hosts, "turn", noted)
        run_of(plan_of(*feeds, pause=2.0), state, Memoryless(), clock, once=True)

    assert len(times) == 6 and all(later - sooner >= 2.0 for sooner, later in pairwise(times))


def test_a_request_ends_when_watching_stops(site: Site) -> None:
    site.pages["/slow"] = drops
    began = time.monotonic()
    with pytest.raises(SourceError):
        web.ask(
            f"{site.root}/slow",
            msgspec.structs.replace(LIMITS, timeout_seconds=20.0),
            stop=lambda: time.monotonic() - began > 0.3,
        )
    assert time.monotonic() - began < 2.0


# -- what is new ------------------------------------------------------------------------------------------------------


def test_each_entry_comes_once(site: Site, state: State) -> None:
    entries = [(f"/{n}", f"Report {n} of the day", f"{EXPELLED} Number {n} of them.") for n in range(7)]
    base = Memoryless()
    plan = plan_of(Feed(name="it", address=f"{site.root}/feed", most=3))
    for upto in (2, 4, 7):
        site.pages["/feed"] = answer(rss(*entries[:upto]))
        for again in range(3):
            run_of(plan, state, base, Time(NOW + again * DAY), once=True)

    assert sorted(base.ids.values()) == [1] * 7


def test_more_than_one_poll_may_read_is_read_by_the_next(site: Site, state: State) -> None:
    entries = [(f"/{n}", f"Report {n} of the day", f"{EXPELLED} Number {n} of them.") for n in range(7)]
    site.pages["/feed"] = conditional(rss(*entries), '"one"')
    base = Memoryless()
    done, lines, _ = run_of(
        plan_of(Feed(name="it", address=f"{site.root}/feed", most=3, every=60.0)), state, base, Time(), until=NOW + 600
    )
    assert len(base.ids) == 7 and done.polls["read"] == 3 and "more wait" in lines[0]


def test_an_entry_whose_address_changes_daily_comes_once(site: Site, state: State) -> None:
    base = Memoryless()
    plan = plan_of(Feed(name="it", address=f"{site.root}/feed"))
    for n in range(4):
        site.pages["/feed"] = answer(rss((f"/a?session={n}&amp;utm_source={n}", "Report", EXPELLED)))
        run_of(plan, state, base, Time(NOW + n * DAY), once=True)
    assert sum(base.ids.values()) == 1


def test_pages_are_followed_and_tried_again(site: Site, state: State) -> None:
    page = (
        f"<html><head><title>Rail</title></head><body><article><h1>Rail agreement</h1><p>{VISIT}</p></article></body>"
    )
    turns = in_turn(status(503), answer(page, "text/html"))
    site.pages["/rail"] = turns
    entry = f"<item><title>Rail</title><link>{site.root}/rail</link><description>In short.</description></item>"
    site.pages["/feed"] = conditional(f'<rss version="2.0"><channel>{entry}</channel></rss>', '"one"')
    plan = plan_of(Feed(name="it", address=f"{site.root}/feed", follow=True, every=60.0))
    base = Memoryless()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("dragoman.read.fetch._robots", {})
        done, _, _ = run_of(plan, state, base, Time(), until=NOW + 600)

    assert site.count("/rail") == 2 and len(base.ids) == 1 and done.articles == {"added": 1}


def test_a_page_that_never_comes_is_given_up(site: Site, state: State) -> None:
    site.pages["/gone"] = status(503)
    entry = f"<item><title>Rail</title><link>{site.root}/gone</link><description>In short.</description></item>"
    site.pages["/feed"] = conditional(f'<rss version="2.0"><channel>{entry}</channel></rss>', '"one"')
    plan = plan_of(Feed(name="it", address=f"{site.root}/feed", follow=True, every=60.0))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("dragoman.read.fetch._robots", {})
        run_of(plan, state, Memoryless(), Time(), until=NOW + 3600)
    assert site.count("/gone") == 3


def sitemap(*pages: tuple[str, str], kind: str = "url") -> str:
    rows = "".join(f"<{kind}><loc>{url}</loc><lastmod>{date}</lastmod></{kind}>" for url, date in pages)
    root = "urlset" if kind == "url" else "sitemapindex"
    return f'<?xml version="1.0"?><{root} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{rows}</{root}>'


def test_of_a_sitemap_the_newest_pages_are_read_and_then_what_is_new(site: Site, state: State) -> None:
    def page(n: int) -> Any:
        text = f"<h1>Report {n}</h1><p>{VISIT}</p><p>It was report number {n} of that day.</p>"
        return answer(f"<html><body><article>{text}</article></body></html>", "text/html")

    site.pages |= {f"/p{n}": page(n) for n in range(9)}
    days = [(f"{site.root}/p{n}", f"2024-05-0{n + 1}") for n in range(9)]
    site.pages["/part"] = answer(sitemap(*days[:8]), "application/xml")
    site.pages["/map"] = answer(sitemap((f"{site.root}/part", "2024-05-08"), kind="sitemap"), "application/xml")
    base = Memoryless()
    plan = plan_of(Feed(name="it", address=f"{site.root}/map", most=2))
    run_of(plan, state, base, Time(), once=True)
    assert [path for path, _ in site.asked if path.startswith("/p")] == ["/part", "/p7", "/p6"]

    run_of(plan, state, base, Time(NOW + DAY), once=True)
    site.pages["/part"] = answer(sitemap(*days), "application/xml")
    site.pages["/map"] = answer(sitemap((f"{site.root}/part", "2024-05-09"), kind="sitemap"), "application/xml")
    run_of(plan, state, base, Time(NOW + 2 * DAY), once=True)
    assert [path for path, _ in site.asked if path.startswith("/p")][3:] == ["/part", "/p8"]
    assert sorted(base.ids.values()) == [1, 1, 1]


def test_a_sitemap_that_leads_to_itself(site: Site) -> None:
    site.pages["/map"] = answer(sitemap((f"{site.root}/map", "2024-05-08"), kind="sitemap"), "application/xml")
    assert asked(site, "/map").outcome == "looping"


# -- alerts -----------------------------------------------------------------------------------------------------------


def test_an_alert_carries_its_sentences_and_comes_once(site: Site, state: State, tmp_path: Path) -> None:
    site.pages["/feed"] = answer(rss(EXPULSION))
    site.pages["/other"] = answer(rss(("/copy", "Oslo sends diplomats home", EXPELLED)))
    outputs = Outputs(jsonl=tmp_path / "alerts.jsonl", atom=tmp_path / "alerts.atom")
    feeds = [Feed(name=name, address=f"{site.root}/{name}") for name in ("feed", "other")]
    plan = plan_of(*feeds, acts=(rule(),), outputs=outputs)
    _, _, alerts = run_of(plan, state, Memoryless(), Time(), until=NOW + 7200)

    (alert,) = alerts  # the other report tells of the same act on the same day
    assert alert.told[0].words == (alert.title[:60] if alert.title else "",) or alert.told[0].words[0]
    assert alert.told[0].sources == ("NOR",) and alert.told[0].targets == ("DNK",)
    assert alert.url == "http://news.example/expelled" and alert.published == "2024-05-14T07:30:00+02:00"
    (line,) = (tmp_path / "alerts.jsonl").read_text("utf-8").splitlines()
    assert json.loads(line)["id"] == alert.id
    tree = ElementTree.parse(tmp_path / "alerts.atom").getroot()
    assert [one.text for one in tree.iter(f"{{{atom.SPACE}}}id")][1:] == [f"urn:dragoman:alert:{alert.id}"]
    assert alert.told[0].words[0].split()[0] in "".join(tree.itertext())


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({"types": ("CONSULT",)}, 0),
        ({"types": (), "quads": (4,)}, 1),
        ({"types": (), "quads": (1,)}, 0),
        ({"confidence": 0.95}, 0),
        ({"status": ("planned",)}, 0),
        ({"issues": ("sanctions",)}, 0),
        ({"actors": ("DNK",)}, 1),
        ({"actors": ("SWE",)}, 0),
        ({"pair": ("DNK", "NOR")}, 1),
        ({"pair": ("NOR", "SWE")}, 0),
    ],
)
def test_a_rule_asks_for_what_it_says(site: Site, state: State, given: dict[str, Any], found: int) -> None:
    from dragoman.lexicon.blocs import Meant

    for key in ("actors", "pair"):
        if key in given:
            given = given | {key: tuple(Meant(code) for code in given[key])}
    site.pages["/feed"] = answer(rss(EXPULSION))
    plan = plan_of(Feed(name="it", address=f"{site.root}/feed"), acts=(rule(**given),))
    _, _, alerts = run_of(plan, state, Memoryless(), Time(), once=True)
    assert len(alerts) == found


def test_a_member_of_a_bloc_is_meant_while_it_belongs_to_it(site: Site, tmp_path: Path) -> None:
    from dragoman.lexicon.blocs import Belonging, Meant

    site.pages["/feed"] = answer(rss(EXPULSION))
    for until, found in (("2024-05-13", 0), ("2024-05-14", 1), (None, 1)):
        bloc = Meant("X", (Belonging("DNK", "2000-01-01", until),), "X")
        plan = plan_of(Feed(name="it", address=f"{site.root}/feed"), acts=(rule(actors=(bloc,)),))
        with contextlib.closing(State(tmp_path / str(until))) as state:
            assert len(run_of(plan, state, Memoryless(), Time(), once=True)[2]) == found, until


def test_old_articles_raise_no_alert(site: Site, state: State) -> None:
    site.pages["/feed"] = answer(rss(EXPULSION, date="Tue, 14 May 2019 07:30:00 +0200"))
    plan = plan_of(Feed(name="it", address=f"{site.root}/feed"), acts=(rule(),))
    base = Memoryless()
    assert not run_of(plan, state, base, Time(), once=True)[2] and len(base.ids) == 1


def test_positions_can_be_asked_for() -> None:
    from dragoman.records import Position
    from dragoman.watch.rules import alerts_of

    text = "Norway wants the fishing agreement kept."
    position = Position(
        actor="NOR",
        issue="trade",
        regarding=None,
        stance="for",
        toward="DNK",
        shared_with=(),
        statement=None,
        evidence=((0, len(text)),),
        confidence=0.8,
    )
    reading = Reading(article=Article(id="a", text=text), positions=(position,))
    when = dt.datetime.fromtimestamp(NOW, dt.UTC)

    def found(**given: Any) -> list[Alert]:
        made = alerts_of(
            reading,
            [rule(types=(), **given)],
            now=when,
            fresh=DAY,
            known=lambda key: False,
            issues_of=lambda event, reading: (),
        )
        return [alert for alert, _ in made]

    (alert,) = found(issues=("trade",), positions=True)
    assert alert.text == "Expulsions: NOR > DNK for trade" and alert.told[0].words == (text,)
    assert not found(issues=("trade",)) and not found(issues=("sanctions",), positions=True)


def moved(times: float) -> Moved:
    return Moved(
        measure="conflict",
        source="NOR",
        target="DNK",
        since="2024-05-08",
        until="2024-05-14",
        value=times * 2 + 5,
        usual=5.0,
        spread=2.0,
        times=times,
        windows=26,
        reports=20,
    )


def test_a_measure_out_of_its_range_is_told_once_until_it_was_back(site: Site, state: State) -> None:
    plan = plan_of(
        Feed(name="it", address=f"{site.root}/feed"),
        ranges=(RangeRule(name="Tension", measure="conflict", actors=("NOR", "DNK")),),
    )
    base, told = Memoryless(), []
    for day, times in enumerate([1.0, 5.0, 6.0, 2.5, 4.0, 1.0, 4.0]):
        site.pages["/feed"] = answer(rss((f"/{day}", f"Report {day}", f"{EXPELLED} Day {day}.")))
        base.ranges = [moved(times)]
        told += [(day, one) for one in run_of(plan, state, base, Time(NOW + day * DAY), once=True)[2]]

    assert [day for day, _ in told] == [1, 6]
    alert = told[0][1]
    assert alert.kind == "range" and "5.0 times its usual spread above 5" in alert.text and alert.moved
    assert alert.told[0].words == ("Norway expelled two Danish diplomats.",)


def counted(values: list[float], reports: int = 20) -> Any:
    import numpy as np

    from dragoman.relate import sums

    today = dt.date(2024, 5, 14)
    parts = np.zeros((len(values), len(sums.PARTS)))
    parts[:, sums.PLACE["events"]] = values
    parts[:, sums.PLACE["reports"]] = reports
    keys = {
        "source": ["NOR"] * len(values),
        "target": ["DNK"] * len(values),
        "period": [today - dt.timedelta(days=7 * n + 3) for n in range(len(values))],
    }
    return sums.Counts(keys, parts), dict.fromkeys(keys["period"], 100), today


def test_what_is_usual_is_the_median_and_its_spread() -> None:
    asked_for = RangeRule(name="A", measure="events", actors=("NOR", "DNK"), windows=10)
    (found,) = ranges.found(asked_for, *counted([50, 10, 12, 8, 11, 9, 10, 14, 6, 10, 10]))
    # the distances from 10 are 0 0 0 0 1 1 2 2 4 4, their median 1; a count's spread is never below √10
    assert (found.usual, found.windows, found.reports) == (10, 10, 20)
    assert found.spread == pytest.approx(10**0.5) and found.times == pytest.approx(40 / 10**0.5)
    assert (found.since, found.until) == ("2024-05-08", "2024-05-14")


def test_what_rests_on_little_is_not_judged() -> None:
    asked_for = RangeRule(name="A", measure="events", actors=("NOR", "DNK"), windows=10)
    assert not list(ranges.found(asked_for, *counted([50, 10, 12, 8])))  # too few windows in which anything was read
    assert not list(ranges.found(asked_for, *counted([50] + [10] * 10, reports=5)))
    assert not list(ranges.found(asked_for, *counted([])))


# -- outputs ----------------------------------------------------------------------------------------------------------


def an_alert(name: str = "a") -> Alert:
    return Alert(id=name, rule="R", kind="report", at="2024-05-14T08:00:00+00:00", text="R: NOR > DNK", told=())


def waiting(state: State, *names: str, output: str, most: int = 1000) -> dict[str, int]:
    return state.keep_ranges([(an_alert(n), [n]) for n in names], [], now=NOW, outputs=[output], most=most)


def delivery(state: State, outputs: Outputs, clock: Time, lines: list[str], limits: Limits = LIMITS) -> Delivery:
    return Delivery(outputs, state, limits, clock, None, lines.append, lambda: False)


def test_a_webhook_is_tried_again_in_order(site: Site, state: State) -> None:
    turns = in_turn(status(500), status(503, Retry_After="600"), status(204), status(204))
    site.pages["/hook"] = turns
    clock, lines = Time(), []
    waiting(state, "a", "b", output="webhook")
    hook = delivery(state, Outputs(webhook=f"{site.root}/hook"), clock, lines)
    for _ in range(60):
        hook.deliver()
        clock.at += 30

    ids = [json.loads(body)["id"] for _, body in site.posted]
    assert ids == ["a", "a", "a", "b"] and site.posted[0][0]["idempotency-key"] == "a"
    assert not state.waiting("webhook") and len(lines) == 1 and "500" in lines[0]


def test_a_webhook_that_refuses_an_alert_does_not_hold_up_the_others(site: Site, state: State) -> None:
    turns = in_turn(status(400), status(204))
    site.pages["/hook"] = turns
    lines: list[str] = []
    waiting(state, "a", "b", output="webhook")
    delivery(state, Outputs(webhook=f"{site.root}/hook"), Time(), lines).deliver()
    assert len(site.posted) == 2 and not state.waiting("webhook") and "given up" in lines[0]


def test_a_webhook_that_is_slow_or_private_is_left(site: Site, state: State) -> None:
    site.pages["/hook"] = drops
    waiting(state, "a", output="webhook")
    began, lines = time.monotonic(), []
    delivery(state, Outputs(webhook=f"{site.root}/hook", timeout=0.5), Time(), lines).deliver()
    assert time.monotonic() - began < 2 and len(state.waiting("webhook")) == 1
    posted = len(site.posted)
    clock = Time(NOW + DAY)
    delivery(state, Outputs(webhook=f"{site.root}/hook"), clock, lines, Limits()).deliver()
    assert len(site.posted) == posted and "not on the open internet" in lines[-1]


def test_a_queue_is_bounded_and_what_it_lost_is_told(state: State, tmp_path: Path) -> None:
    outputs = Outputs(jsonl=tmp_path / "no folder" / "alerts.jsonl", queue=3)
    lines: list[str] = []
    to = delivery(state, outputs, Time(), lines)
    for n in range(5):
        to.lost(waiting(state, str(n), output="jsonl", most=3))
        to.deliver()
    assert [one.alert.id for one in state.waiting("jsonl")] == ["2", "3", "4"]
    assert sum("wait until" in line for line in lines) == 1 and sum("were lost" in line for line in lines) == 2

    (tmp_path / "no folder").mkdir()
    to.deliver()
    assert len((tmp_path / "no folder" / "alerts.jsonl").read_text().splitlines()) == 3


def test_a_file_gets_each_alert_once_whenever_the_process_was_killed(state: State, tmp_path: Path) -> None:
    file = tmp_path / "alerts.jsonl"
    file.write_text(an_alert("a").to_json() + "\n" + an_alert("b").to_json()[:30])  # killed in the second line
    waiting(state, "a", "b", output="jsonl")
    delivery(state, Outputs(jsonl=file), Time(), []).deliver()
    assert [json.loads(line)["id"] for line in file.read_text().splitlines()] == ["a", "b"]


def test_an_atom_feed_holds_whatever_words_there_are() -> None:
    entry = atom.Entry(
        id="urn:x:1",
        title="A < B & \x00\x0b\ud800 C",
        updated="2024-05-14T08:00:00+00:00",
        quotes=(("<script>alert(1)</script>", 'https://a.example/?a="&b'),),
        link="https://a.example/?a=1&b=2",
    )
    tree = ElementTree.fromstring(atom.feed("Alerts", "urn:x", [entry], updated=entry.updated).encode())
    space = f"{{{atom.SPACE}}}"
    found = tree.find(f"{space}entry")
    assert found is not None and found.findtext(f"{space}title") == "A < B &  C"
    assert "&lt;script&gt;" in (found.findtext(f"{space}content") or "")
    assert all(tree.find(space + name) is not None for name in ("id", "title", "updated", "author"))


# -- the whole way ----------------------------------------------------------------------------------------------------


def feeds_file(folder: Path, site: Site, more: str = "") -> Path:
    return written(
        folder,
        f"""
        [watch]
        pause = "0.2 seconds"
        [[feed]]
        name = "Wire"
        address = "{site.root}/feed"
        [[alert]]
        name = "Expulsions"
        pair = ["Norway", "Denmark"]
        quad = [3, 4]
        [output]
        jsonl = "alerts.jsonl"
        {more}
        """,
    )


def lines_in(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()] if file.exists() else []


def test_new_articles_go_into_the_store_and_are_alerted_on(site: Site, tmp_path: Path) -> None:
    site.pages["/feed"] = answer(rss(EXPULSION, RAIL))
    file, clock, alerts = feeds_file(tmp_path, site), Time(), []
    store = tmp_path / "store"
    for _ in range(2):
        done = desk.watch(file, store=store, once=True, settings=SETTINGS, clock=clock, show=alerts.append)
        clock.at += DAY
    assert done.polls == {"unchanged": 1}

    with delta.open_store(store) as kept:
        found = {reading.article.title: reading for reading in kept.readings()}
        assert kept.check().ok
    assert set(found) == {EXPULSION[1], RAIL[1]}
    assert alerts and [one.id for one in alerts] == [one["id"] for one in lines_in(tmp_path / "alerts.jsonl")]
    told = [(one.code.split()[0], words) for alert in alerts for one in alert.told for words in one.words]
    assert any("Norway expelled two Danish diplomats" in words or "Norway expels" in words for _, words in told)
    reading = found[EXPULSION[1]]
    for one in (one for alert in alerts for one in alert.told):
        assert one.words == tuple(" ".join(reading.words(span).split()) for span in one.spans)


def test_what_was_watched_stands_in_the_report_of_ingest(site: Site, tmp_path: Path) -> None:
    site.pages["/feed"] = answer(rss(EXPULSION, ("/menu", "Menu", "Home, World, Sport")))
    file, clock, store = feeds_file(tmp_path, site), Time(), tmp_path / "store"
    desk.watch(file, store=store, once=True, settings=SETTINGS, clock=clock)
    first = filling.report(store=store)
    site.pages["/feed"] = answer(rss(EXPULSION, RAIL))
    clock.at += DAY
    desk.watch(file, store=store, once=True, settings=SETTINGS, clock=clock)
    second = filling.report(store=store)

    (run,) = first.runs
    assert (run.kind, run.stopped, run.sources) == ("watch", False, (f"{site.root}/feed",)) and run.ended
    assert {row.outcome: (row.kept, row.not_kept) for row in first.outcomes} == {"read": (1, 0), "not_relevant": (0, 1)}
    (aside,) = first.outcomes[1].examples
    assert aside.where == "http://news.example/menu" and aside.detail
    assert [one.outcomes for one in second.runs] == [{"read": {"added": 1}}, run.outcomes]
    assert second.articles == 3


def test_an_index_that_moved_is_told_from_a_real_store(site: Site, tmp_path: Path) -> None:
    store, today = tmp_path / "store", dt.datetime.fromtimestamp(NOW, dt.UTC).date()

    def report(n: int, day: dt.date) -> Reading:
        published = Published(
            start=day.isoformat(), end=day.isoformat(), granularity="day", source="given", confidence=1.0
        )
        text = f"Norway expelled Danish diplomat number {n}."
        return reading_of(Article(id=f"r{n}", text=text, title=None, published=published, site=f"s{n}.example"))

    with delta.create_store(store) as kept:
        old = [report(n, today - dt.timedelta(days=8 + n)) for n in range(70)]
        kept.commit([*old, *(report(100 + n, today - dt.timedelta(days=n % 7)) for n in range(60))])
    site.pages["/feed"] = answer(rss(RAIL))
    file = written(
        tmp_path,
        f"""
        [[feed]]
        address = "{site.root}/feed"
        [[alert]]
        name = "Tension"
        measure = "events"
        pair = ["Norway", "Denmark"]
        windows = 9
        """,
    )
    alerts: list[Alert] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(watching.happened, "ready", lambda kept, settings: 0)  # each report for itself
        desk.watch(file, store=store, once=True, settings=SETTINGS, clock=Time(), show=alerts.append)

    (alert,) = alerts
    assert alert.moved and (alert.moved.value, alert.moved.usual) == (60, 7) and alert.moved.source == "NOR"
    assert len(alert.told) == 5 and all("Norway expelled Danish diplomat" in one.words[0] for one in alert.told)


def test_check_tells_what_is_there(site: Site, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    site.pages["/feed"] = conditional(rss(EXPULSION, RAIL), '"one"')
    file = feeds_file(tmp_path, site)
    given = ["watch", str(file), "--check", "--allow-private", "--store", str(tmp_path / "store")]

    assert cli.run(given) == 0
    assert capsys.readouterr().out == (
        "Wire (The Wire): 2 entries; 2 with no more than a summary (follow = true reads the pages); "
        "the newest of 2024-05-14T05:30 UTC\n".replace("T05", " 05")
    )
    assert cli.run([*given, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["conditional"] is True
    site.pages["/feed"] = status(404)
    assert cli.run(given) == 3
    assert "http error: the site answered 404" in capsys.readouterr().out
    assert not (tmp_path / "store").exists()


def test_once_on_the_command_line(site: Site, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    today = formatdate(time.time(), usegmt=True)
    site.pages["/feed"] = answer(rss(EXPULSION, date=today))
    given = ["watch", str(feeds_file(tmp_path, site)), "--once", "--store", str(tmp_path / "store")]
    given += ["--model", "none"]

    assert cli.run(given) == 3  # a loopback address is refused unless it is allowed
    told = capsys.readouterr()
    assert "is not on the open internet" in told.err and not told.out
    site.asked.clear()
    (tmp_path / "store" / "watch" / "watch.sqlite").unlink()
    assert cli.run([*given, "--allow-private", "--json"]) == 0
    told = capsys.readouterr()
    assert all(json.loads(line)["rule"] == "Expulsions" for line in told.out.splitlines()) and told.out
    assert "Wire: 1 new" in told.err and "alerts: " in told.err
    assert cli.run([*given, "--allow-private", "--quiet"]) == 0
    assert capsys.readouterr() == ("", "")


def started(folder: Path, file: Path, *more: str) -> subprocess.Popen[bytes]:
    command = [
        sys.executable,
        "-m",
        "dragoman",
        "watch",
        str(file),
        "--store",
        str(folder / "store"),
        "--model",
        "none",
    ]
    log = (folder / "log").open("ab")
    with log:
        return subprocess.Popen([*command, "--allow-private", *more], stdout=log, stderr=log)


def until(what: Callable[[], bool], seconds: float = 60.0) -> bool:
    end = time.monotonic() + seconds
    while not what() and time.monotonic() < end:
        time.sleep(0.02)
    return what()


@pytest.mark.skipif(os.name == "nt", reason="signals of another kind")
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 0)])
def test_it_stops_cleanly(site: Site, tmp_path: Path, number: int, code: int) -> None:
    site.pages["/feed"] = answer(rss(EXPULSION, date=formatdate(time.time(), usegmt=True)))
    run = started(tmp_path, feeds_file(tmp_path, site))
    try:
        assert until(lambda: bool(lines_in(tmp_path / "alerts.jsonl"))), (tmp_path / "log").read_text()
        began = time.monotonic()
        run.send_signal(number)
        assert run.wait(20) == code and time.monotonic() - began < 5
    finally:
        run.kill()
        run.wait()
    assert "Traceback" not in (tmp_path / "log").read_text()


@pytest.mark.skipif(os.name == "nt", reason="there is no kill -9")
def test_killed_at_any_time_each_alert_comes_once(site: Site, tmp_path: Path) -> None:
    today = formatdate(time.time(), usegmt=True)
    places = ["Oslo", "Bergen", "Tromso", "Narvik"]
    entries = [
        (
            f"/{n}",
            f"Report from {place}",
            f"{place.upper()}, May 13 - {EXPELLED.partition(' - ')[2]} It was in {place}.",
        )
        for n, place in enumerate(places)
    ]
    file = feeds_file(tmp_path, site)
    file.write_text(file.read_text().replace("quad = [3, 4]", "quad = [3, 4]\n        every_report = true"))
    rng = random.Random(3)
    for n in range(1, len(entries) + 1):
        site.pages["/feed"] = answer(rss(*entries[:n], date=today))
        before = site.count("/feed")
        run = started(tmp_path, file, "--once")
        try:
            assert until(lambda before=before: site.count("/feed") > before)  # type: ignore[misc]
            time.sleep(rng.uniform(0, 2.0))
        finally:
            run.kill()
            run.wait()
    run = started(tmp_path, file, "--once")
    assert run.wait(60) == 0, (tmp_path / "log").read_text()

    with delta.open_store(tmp_path / "store") as kept:
        assert sorted(one.article.url or "" for one in kept.readings()) == [
            f"http://news.example/{n}" for n in range(len(entries))
        ]
    ids = [one["id"] for one in lines_in(tmp_path / "alerts.jsonl")]
    assert len(ids) == len(set(ids))
    assert {one["url"] for one in lines_in(tmp_path / "alerts.jsonl")} == {
        f"http://news.example/{n}" for n in range(len(entries))
    }


def test_a_second_watcher_is_told_of_the_first(site: Site, tmp_path: Path) -> None:
    from dragoman.store import lock
    from dragoman.store.base import StoreHeld

    site.pages["/feed"] = answer(rss(EXPULSION))
    (tmp_path / "store" / "watch").mkdir(parents=True)
    with delta.create_store(tmp_path / "other"):
        pass
    desk.watch(feeds_file(tmp_path, site), store=tmp_path / "other", once=True, settings=SETTINGS, clock=Time())
    with lock.writing(tmp_path / "other" / "watch", 0.0), pytest.raises(StoreHeld):
        desk.watch(feeds_file(tmp_path, site), store=tmp_path / "other", once=True, settings=SETTINGS, clock=Time())


def test_memory_does_not_grow(site: Site, tmp_path: Path) -> None:
    """A feed that changes at every poll, one that is down, one that is malformed: hundreds of rounds."""
    turn = iter(range(10**9))

    def lively(handler: BaseHTTPRequestHandler) -> None:
        n = next(turn)
        entries = [(f"/{k}", f"Report {k} of the day", f"{EXPELLED} Number {k} of them.") for k in range(n, n + 10)]
        answer(rss(*entries), ETag=f'"{n}"')(handler)

    site.pages |= {"/lively": lively, "/down": status(500), "/bad": answer("<rss><channel><item><title>A &")}
    feeds = [Feed(name=name, address=f"{site.root}/{name}", every=60.0, at_most=60.0) for name in ("lively", "bad")]
    feeds.append(Feed(name="down", address=f"{site.root}/down", every=60.0))
    plan = plan_of(*feeds, acts=(rule(every_report=True),), outputs=Outputs(terminal=False, jsonl=tmp_path / "a.jsonl"))
    clock, sizes, polls = Time(), [], Counter[str]()
    began = time.monotonic()

    def note(polled: Polled) -> None:
        polls[polled.outcome] += 1
        site.asked.clear()  # the test's own memory
        if polled.feed.name == "lively" and polls["read"] in (60, 160, 260):
            gc.collect()
            sizes.append(tracemalloc.get_traced_memory()[0])

    class Forgetful(Memoryless):
        def keep(self, items: Any, stop: Callable[[], bool]) -> Kept:
            self.ids.clear()
            return super().keep(items, stop)

    with contextlib.closing(State(tmp_path / "state")) as state:
        watch = Watch(
            plan,
            state,
            Forgetful(),
            LIMITS,
            clock,
            stop=lambda: len(sizes) == 3 or time.monotonic() - began > 25,
            tell=lambda line: None,
            note=note,
        )
        tracemalloc.start()
        try:
            watch.run()
        finally:
            tracemalloc.stop()
    assert len(sizes) == 3, polls
    assert sizes[2] - sizes[0] < 300_000, sizes
    assert len(lines_in(tmp_path / "a.jsonl")) > 200


def test_a_real_store_is_watched_into_for_days(site: Site, tmp_path: Path) -> None:
    """Three days, an article every hour: all of them there, once, and the memory of the process stays as it was."""
    hours = iter(range(10**9))

    def page(handler: BaseHTTPRequestHandler) -> None:
        n = next(hours)
        answer(rss(*[(f"/{k}", f"Report {k} of the day", f"{VISIT} Number {k}.") for k in range(n, n + 3)]))(handler)

    site.pages["/feed"] = page
    clock = Time()
    plan = plan_of(Feed(name="it", address=f"{site.root}/feed", every=3600.0, at_most=3600.0), fresh=DAY)
    sizes: list[int] = []
    done = desk.watch(
        plan,
        store=tmp_path / "store",
        settings=SETTINGS,
        clock=clock,
        note=lambda polled: sizes.append(resident()),
        stop=lambda: clock.at > NOW + 1.5 * DAY,
    )
    with delta.open_store(tmp_path / "store") as kept:
        urls = [one.article.url for one in kept.readings()]
    assert len(urls) == len(set(urls)) == done.articles["added"] > 30
    assert sizes[-1] - sizes[len(sizes) // 2] < 60_000_000, sizes


def resident() -> int:
    """Bytes of this process in memory."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0
