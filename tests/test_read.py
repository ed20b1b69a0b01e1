"""Sources to Articles: each kind of source, every named outcome, and the rules of fetching. No network but loopback."""

from __future__ import annotations

import gzip
import io
import ipaddress
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from dragoman.errors import SourceError
from dragoman.read import charset, fetch, language, page, robots, sources
from dragoman.read.limits import in_worker, suspicious
from dragoman.read.sources import OUTCOMES, Given, Limits, article_from_html, article_from_text, articles
from dragoman.records import Article

TITLE = "Norway and Chile to open talks on fishing rights"
BODY = [
    "Norway and Chile will open talks on fishing rights in the southern ocean next month, the two foreign ministries "
    "said in a joint statement on Monday.",
    "The talks follow a dispute over quotas that began when Chilean inspectors held a Norwegian trawler for nine days.",
    "“We have chosen the table and not the court,” said Ingrid Solvang, the Norwegian minister of fisheries.",
    "Her Chilean colleague, Tomás Arriagada, called the decision a step that both coasts had long hoped for.",
]
HTML = f"""<!DOCTYPE html>
<html lang="en-GB"><head><meta charset="utf-8"><title>{TITLE} | Harbour Press</title>
<meta property="og:title" content="{TITLE} | Harbour Press"><meta property="og:site_name" content="Harbour Press">
<link rel="canonical" href="https://harbour.example/2019/05/14/talks">
<script type="application/ld+json">{{"@context": "https://schema.org", "@graph": [
  {{"@type": "WebSite", "name": "Harbour Press"}},
  {{"@type": "NewsArticle", "headline": "{TITLE}", "datePublished": "2019-05-14T08:05:00+02:00",
    "author": [{{"@type": "Person", "name": "Lena Hartwig"}}]}}]}}</script></head>
<body><nav><ul><li><a href="/">Home</a></li><li><a href="/world">World</a></li><li>Sea</li></ul></nav>
<article><h1>{TITLE}</h1><p class="byline">By Lena Hartwig</p><div class="share"><a href="#">Share on Facebook</a></div>
{"".join(f"<p>{row}</p>" for row in BODY)}
<aside><h3>Related</h3><a href="/cod">Fishing fleets count the cost of a cold spring</a></aside></article>
<footer><p>© 2019 Harbour Press. All rights reserved.</p></footer></body></html>"""


def one(source: str | Path, **known: object) -> Article:
    """The only article of a source."""
    limits = known.pop("limits", Limits(timeout_seconds=20))
    found = list(articles(source, given=Given(**known), limits=limits))  # type: ignore[arg-type]
    assert len(found) == 1
    article = found[0]
    assert article.outcome in OUTCOMES
    assert article.text[article.body_start :] == article.body
    if article.outcome == "read":
        assert article.text
    else:
        assert article.detail
        assert "\n" not in article.detail
        assert "; " in article.detail  # what happened; what would help
    return article


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "b.html").write_text(HTML, encoding="utf-8")
    (tmp_path / "a.txt").write_text("\n\n".join([TITLE, *BODY]), encoding="utf-8")
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "c.jsonl").write_text(
        json.dumps({"id": "one", "text": BODY[0]}) + "\n{broken\n" + json.dumps({"id": 3, "html": HTML}) + "\n"
    )
    (tmp_path / "picture.png").write_bytes(b"\x89PNG\r\n")
    (tmp_path / ".hidden.txt").write_text("no")
    return tmp_path


# what a source may be


def test_a_page_with_all_it_says_about_itself(folder: Path) -> None:
    article = one(folder / "b.html")
    assert article.outcome == "read"
    assert article.title == TITLE
    assert article.text == TITLE + "\n\n" + "\n".join(BODY)
    assert article.body_start == len(TITLE) + 2
    assert (article.site, article.author, article.language) == ("Harbour Press", "Lena Hartwig", "en")
    assert article.url == "https://harbour.example/2019/05/14/talks"
    assert article.published is not None
    assert article.published.start == "2019-05-14T08:05:00+02:00"
    assert article.published.source == "json-ld"
    assert article.published.confidence > 0.95  # the address agrees
    why = {item.text: item.reason for item in article.dropped}
    assert why["By Lena Hartwig"] == "byline"
    assert why["Fishing fleets count the cost of a cold spring"]
    assert article.id.startswith("sha256-")
    assert article.id == one(folder / "b.html").id


def test_a_text_file(folder: Path) -> None:
    article = one(folder / "a.txt", published="2019-05-14", url="https://harbour.example/talks")
    assert article.title == TITLE
    assert article.body == "\n".join(BODY)
    assert article.published is not None
    assert (article.published.source, article.published.confidence) == ("given", 1.0)
    assert article.published.granularity == "day"


def test_a_folder_is_read_in_order_and_other_files_are_passed_over(folder: Path) -> None:
    found = list(articles(folder))
    assert [article.outcome for article in found] == ["read", "read", "read", "bad_json", "read"]
    assert [article.id for article in found][2:] == ["one", found[3].id, "3"]
    assert found[0].title == found[1].title == found[4].title == TITLE


def test_json_lines_give_one_article_a_line(tmp_path: Path) -> None:
    rows = [
        '{"id": "a", "title": "T", "text": "Norway and Chile met on Monday.", "published": "2019-05-14", "site": "HP"}',
        "not json",
        "[1, 2]",
        '{"id": "b"}',
        '{"id": "c", "text": "   "}',
        '{"id": "d", "text": "Norway and Chile met again on Tuesday.", "published": "some day", "author": "L. H."}',
    ]
    path = tmp_path / "x.jsonl"
    path.write_text("\n".join(rows) + "\n\n")
    found = list(articles(path, given=Given(language="en")))
    assert [a.outcome for a in found] == ["read", "bad_json", "bad_json", "empty", "empty", "read"]
    assert [a.id for a in found if a.id in "abcd"] == ["a", "b", "c", "d"]
    assert "x.jsonl:2" in (found[1].detail or "")
    assert found[0].site == "HP"
    assert found[0].text == "T\n\nNorway and Chile met on Monday."
    assert found[5].author == "L. H."
    assert found[5].published is None
    assert "some day" in (found[5].detail or "")


def test_json_lines_are_recognised_without_their_suffix(tmp_path: Path) -> None:
    path = tmp_path / "stream"
    path.write_text('{"id": "a", "text": "Norway and Chile met on Monday."}\n')
    assert one(path).id == "a"


def test_a_json_file_holds_one_article_or_several(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text(json.dumps([{"id": "a", "text": BODY[0]}, {"id": "b", "text": BODY[1]}]))
    assert [a.id for a in articles(path)] == ["a", "b"]
    path.write_text(json.dumps({"id": "c", "text": BODY[0]}, indent=1))
    assert one(path).id == "c"


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    class Stdin:
        buffer = io.BytesIO(HTML.encode())

    monkeypatch.setattr(sys, "stdin", Stdin)
    assert one("-").title == TITLE


def test_packed_files(tmp_path: Path) -> None:
    path = tmp_path / "page.html.gz"
    path.write_bytes(gzip.compress(HTML.encode()))
    assert one(path).title == TITLE


def test_a_text_kept_to_the_letter(tmp_path: Path) -> None:
    text = "Share Button\n\n  Two  spaces,\u00a0and a\u200bjoiner.\nLeave a Reply"
    article = article_from_text(text, Given(as_is=True, title="T"))
    assert (article.text, article.body_start, article.title) == (text, 0, "T")
    path = tmp_path / "x.jsonl"
    path.write_text(json.dumps({"id": "a", "text": text}))
    assert one(path, as_is=True).text == text


def test_in_process_readers() -> None:
    assert article_from_html(HTML.encode()).body == "\n".join(BODY)
    assert article_from_text("\n".join(BODY)).body == "\n".join(BODY)
    assert article_from_html("").outcome == "empty"


def test_given_title_and_language_win() -> None:
    article = article_from_text("\n\n".join(BODY), Given(title="Talks", language="en-GB"))
    assert (article.title, article.language) == ("Talks", "en")
    assert article.text.startswith("Talks\n\nNorway")


def test_the_id_follows_the_text_and_the_address() -> None:
    text = BODY[0]
    assert article_from_text(text).id == article_from_text(text).id
    assert article_from_text(text).id != article_from_text(text, Given(url="https://a.example/")).id


# where the date comes from


@pytest.mark.parametrize(
    ("head", "body", "url", "start", "source"),
    [
        ('<meta property="article:published_time" content="2019-05-14">', "", None, "2019-05-14", "meta"),
        ("", '<time datetime="2019-05-14">Tuesday</time>', None, "2019-05-14", "meta"),
        ("", "", "https://a.example/2019/05/14/x", "2019-05-14", "url"),
        ("", "<p>Published: 14 May 2019</p>", None, "2019-05-14", "text"),
        (
            '<script type="application/ld+json">{"datePublished": "2019-05-14", broken</script>',
            "",
            None,
            "2019-05-14",
            "json-ld",
        ),
        ("", "", None, None, None),
    ],
)
def test_dates_of_a_page(head: str, body: str, url: str | None, start: str | None, source: str | None) -> None:
    rows = "".join(f"<p>{row}</p>" for row in BODY)
    markup = f"<html><head>{head}</head><body><article><h1>{TITLE}</h1>{body}{rows}</article></body></html>"
    found = article_from_html(markup, Given(url=url)).published
    assert (found.start if found else None, found.source if found else None) == (start, source)


def test_a_date_that_the_address_contradicts_is_less_sure() -> None:
    head = '<meta property="article:published_time" content="2019-05-14">'
    rows = "".join(f"<p>{row}</p>" for row in BODY)
    markup = f"<html><head>{head}</head><body><h1>{TITLE}</h1>{rows}</body></html>"
    sure = article_from_html(markup, Given(url="https://a.example/2019/05/14/x")).published
    unsure = article_from_html(markup, Given(url="https://a.example/2016/01/02/x")).published
    assert sure is not None
    assert unsure is not None
    assert sure.confidence > 0.9 > unsure.confidence


@pytest.mark.parametrize(
    ("title", "og", "h1"),
    [
        (f"{TITLE} | Harbour Press", f"{TITLE} | Harbour Press", TITLE),
        (f"{TITLE} - Harbour Press", "", ""),
        (f"{TITLE} — harbour.example", "", "Harbour Press"),
        ("Harbour Press", TITLE, TITLE),
    ],
)
def test_the_title_is_the_headline_without_the_site(title: str, og: str, h1: str) -> None:
    rows = "".join(f"<p>{row}</p>" for row in BODY)
    markup = (
        f'<html><head><title>{title}</title><meta property="og:title" content="{og}">'
        f'<meta property="og:site_name" content="Harbour Press"></head><body><h1>{h1}</h1>{rows}</body></html>'
    )
    article = article_from_html(markup, Given(url="https://harbour.example/x"))
    assert article.title == TITLE
    assert TITLE not in article.body


# bad input: a named outcome each, within the limit


def test_no_such_file(tmp_path: Path) -> None:
    assert one(tmp_path / "nothing.html").outcome == "not_found"
    assert one("Norway and Chile met on Monday. " * 40).outcome == "not_found"
    assert one("a\x00b").outcome == "not_found"


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may open everything")
def test_a_closed_file(tmp_path: Path) -> None:
    path = tmp_path / "x.txt"
    path.write_text("x")
    path.chmod(0)
    assert one(path).outcome == "unreadable"


def test_an_empty_folder(tmp_path: Path) -> None:
    assert one(tmp_path).outcome == "empty"


@pytest.mark.parametrize(
    ("name", "raw", "outcome"),
    [
        ("x.html", b"", "empty"),
        ("x.txt", b" \n\n ", "empty"),
        ("x.html", b"<html><body><script>1</script></body></html>", "empty"),
        ("x.pdf", b"%PDF-1.7 and more", "unreadable"),
        ("x.docx", b"PK\x03\x04 and more", "binary"),
        ("x.bin", bytes(range(256)) * 50, "binary"),
        ("x.txt.gz", gzip.compress(b"Norway and Chile " * 9000, mtime=0)[:40], "unreadable"),
        ("x.txt", "\n".join(["Home", "World", "Sport", "Weather", "Contact us", "Menu"]).encode(), "not_news"),
        ("x.txt", b"." * 5000, "not_news"),
        ("x.xml", b'<?xml version="1.0"?><rss version="2.0"><channel></channel></rss>', "not_news"),
        (
            "x.txt",
            "Le ministre norvégien a rencontré lundi à Oslo son homologue chilien pour parler de la pêche.".encode(),
            "unsupported_language",
        ),
        ("x.txt", f"{TITLE}\n\n{BODY[0]}\n\nSubscribe to continue reading".encode(), "paywall"),
    ],
)
def test_named_outcomes(tmp_path: Path, name: str, raw: bytes, outcome: str) -> None:
    path = tmp_path / name
    path.write_bytes(raw)
    article = one(path)
    assert article.outcome == outcome
    if outcome in ("unsupported_language", "paywall"):
        assert article.body


def test_nul_bytes_are_taken_out(tmp_path: Path) -> None:
    path = tmp_path / "x.txt"
    path.write_bytes(b"Norway\x00 and Chile met on Monday.\x00 No statement was made.")
    assert one(path).text == "Norway and Chile met on Monday. No statement was made."


def test_size_limits(tmp_path: Path) -> None:
    path = tmp_path / "x.txt"
    path.write_text("Norway and Chile met on Monday. " * 2000)
    assert one(path, limits=Limits(max_bytes=5000)).outcome == "too_large"
    assert one(path, limits=Limits(max_characters=5000)).outcome == "too_large"
    lines = tmp_path / "x.jsonl"
    lines.write_text(json.dumps({"text": "x" * 9000}) + "\n" + json.dumps({"text": BODY[0]}) + "\n")
    found = list(articles(lines, limits=Limits(max_bytes=5000)))
    assert [article.outcome for article in found] == ["too_large", "read"]


def test_a_small_file_that_holds_a_large_one(tmp_path: Path) -> None:
    path = tmp_path / "bomb.html.gz"
    path.write_bytes(gzip.compress(b"a " * 20_000_000, compresslevel=1))
    start = time.monotonic()
    assert one(path).outcome == "too_large"
    assert time.monotonic() - start < 5


ROWS = "".join(f"<p>{row}</p>" for row in BODY)
HOSTILE = {
    "attributes": "<html><body><div " + " ".join(f'a{k}="x"' for k in range(200_000)) + f">{ROWS}</div></body></html>",
    "nested": "<html><body>" + "<div>" * 100_000 + ROWS + "</div>" * 100_000,
    "comments": "<!--" * 100_000,
    "unclosed": '<html><body><a b="' + "x" * 500_000,
}


@pytest.mark.parametrize(
    ("name", "outcomes"),
    [
        ("attributes", {"read"}),
        ("nested", {"read"}),
        ("comments", {"empty"}),
        ("unclosed", {"read", "not_news", "empty"}),
    ],
)
def test_hostile_pages_end_in_time(tmp_path: Path, name: str, outcomes: set[str]) -> None:
    path = tmp_path / "x.html"
    path.write_text(HOSTILE[name])
    start = time.monotonic()
    article = one(path, limits=Limits(timeout_seconds=4))
    assert article.outcome in outcomes
    assert time.monotonic() - start < 8


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_hostile_pages_are_seen_from_afar(name: str) -> None:
    start = time.monotonic()
    assert suspicious(HOSTILE[name])
    assert time.monotonic() - start < 2


def test_ordinary_pages_are_not_suspected() -> None:
    assert not suspicious(HTML)
    assert not suspicious("<html><body>" + "<li>a<p>b" * 900 + "</body></html>")
    assert not suspicious("<script>if (a<b && c<d) { for (i=0;i<n;i++) x(); }</script>" * 300 + HTML)


def test_the_worker_is_gone_after_its_time() -> None:
    with pytest.raises(SourceError) as caught:
        in_worker("page", (HTML, None, None), limits=Limits(timeout_seconds=0.05), source="x")
    assert caught.value.outcome == "timed_out"
    if Path("/proc").is_dir():
        alive = [
            p for p in Path("/proc").glob("[0-9]*/cmdline") if _holds(p, f"{os.getpid()}", b"dragoman.read.worker")
        ]
        assert not alive


def _holds(path: Path, parent: str, words: bytes) -> bool:
    try:
        status = (path.parent / "status").read_text()
        return words in path.read_bytes() and f"PPid:\t{parent}\n" in status
    except OSError:
        return False


def test_a_suspicious_page_reads_the_same_as_in_process(tmp_path: Path) -> None:
    markup = HTML.replace("</footer>", "<i></i>" * 7000 + "</footer>")
    assert suspicious(markup)
    path = tmp_path / "x.html"
    path.write_text(markup)
    assert one(path).text == page_text(markup)


def page_text(markup: str) -> str:
    cleaned = page.read(markup)
    return f"{cleaned.title}\n\n" + "\n".join(cleaned.paragraphs)


# characters and languages


@pytest.mark.parametrize(
    ("raw", "header", "text"),
    [
        ("Tomás – “é”".encode(), None, "Tomás – “é”"),
        (b"\xef\xbb\xbf" + "Tomás".encode(), "text/html; charset=latin-1", "Tomás"),
        ("Tomás".encode("utf-16"), None, "Tomás"),
        ("Norway and Chile met on Monday.".encode("utf-16-le"), None, "Norway and Chile met on Monday."),
        ("Tomás said so".encode("latin-1"), "text/html; charset=ISO-8859-1", "Tomás said so"),
        (b"\x93quoted\x94 words", "text/html; charset=iso-8859-1", "“quoted” words"),
        (b'<meta charset="windows-1251"><p>' + "Осло".encode("cp1251"), None, '<meta charset="windows-1251"><p>Осло'),
        ("Tomás and Łódź".encode(), "text/html; charset=iso-8859-1", "Tomás and Łódź"),
        ('<meta charset="utf-8"><p>“Tomás” – é'.encode("cp1252"), None, '<meta charset="utf-8"><p>“Tomás” – é'),
    ],
)
def test_encodings(raw: bytes, header: str | None, text: str) -> None:
    assert charset.decode(raw, header=header) == text


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (BODY[0], "en"),
        ("Russia expelled two diplomats.", "en"),
        ("Putin meets Xi", "en"),
        ("Moscow summons ambassador", "en"),
        (
            "El ministro noruego se reunió el lunes en Oslo con su colega chileno para hablar de la pesca.",
            "es",
        ),
        ("Норвегия и Чили начнут переговоры о правах на рыболовство в следующем месяце.", "ru"),
        ("挪威和智利将于下月就捕鱼权展开谈判。", "zh"),
        ("", None),
    ],
)
def test_languages(text: str, code: str | None) -> None:
    assert language.identify(text)[0] == code


# the web


class _Site(BaseHTTPRequestHandler):
    """A small site: pages, redirects, rules, and a few bad habits."""

    seen: list[tuple[str, str]] = []  # noqa: RUF012

    def do_GET(self) -> None:
        path = self.path.split("?")[0]
        _Site.seen.append((path, self.headers.get("User-Agent", "")))
        if path == "/robots.txt":
            self._send(
                200, b"User-agent: *\nDisallow: /closed\n\nUser-agent: Dragoman\nDisallow: /closed\n", "text/plain"
            )
        elif path == "/page":
            self._send(200, HTML.encode(), "text/html; charset=utf-8")
        elif path == "/packed":
            self._send(200, gzip.compress(HTML.encode()), "text/html", {"Content-Encoding": "gzip"})
        elif path == "/bomb":
            self._send(200, gzip.compress(b"a " * 10_000_000, 1), "text/html", {"Content-Encoding": "gzip"})
        elif path == "/hop":
            self._send(302, b"", "text/html", {"Location": "/page"})
        elif path == "/loop":
            self._send(302, b"", "text/html", {"Location": "/loop"})
        elif path == "/away":
            self._send(302, b"", "text/html", {"Location": "file:///etc/passwd"})
        elif path == "/pdf":
            self._send(200, b"%PDF-1.4", "application/pdf")
        elif path == "/slow":
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            for _ in range(100):
                try:
                    self.wfile.write(b"<p>a</p>")
                    self.wfile.flush()
                except OSError:
                    return
                time.sleep(0.1)
        else:
            self._send(404, b"no", "text/html")

    def _send(self, status: int, raw: bytes, kind: str, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(raw)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Site)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


LOCAL = Limits(allow_private_addresses=True, timeout_seconds=10, max_bytes=1_000_000)


@pytest.mark.parametrize("path", ["/page", "/packed", "/hop"])
def test_a_page_from_the_web(site: str, path: str) -> None:
    article = one(site + path, limits=LOCAL)
    assert article.outcome == "read"
    assert article.title == TITLE
    assert article.url == site + ("/page" if path == "/hop" else path)
    assert article.retrieved
    assert all(agent.startswith("Dragoman/") for _, agent in _Site.seen)
    assert ("/robots.txt", _Site.seen[0][1]) in _Site.seen


@pytest.mark.parametrize(
    ("path", "outcome"),
    [
        ("/missing", "http_error"),
        ("/loop", "fetch_failed"),
        ("/away", "unsupported_address"),
        ("/closed/page", "robots_disallowed"),
        ("/pdf", "unreadable"),
        ("/bomb", "too_large"),
    ],
)
def test_what_a_site_may_answer(site: str, path: str, outcome: str) -> None:
    assert one(site + path, limits=LOCAL).outcome == outcome


def test_a_slow_site_is_not_waited_for(site: str) -> None:
    start = time.monotonic()
    limits = Limits(allow_private_addresses=True, timeout_seconds=1)
    assert one(site + "/slow", limits=limits).outcome == "timed_out"
    assert time.monotonic() - start < 4


def test_robots_can_be_set_aside(site: str) -> None:
    limits = Limits(allow_private_addresses=True, obey_robots=False)
    assert one(site + "/closed/page", limits=limits).outcome == "http_error"


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "[::1]",
        "10.0.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "0.0.0.0",
        "[::ffff:127.0.0.1]",
        "2130706433",
    ],
)
def test_private_addresses_are_refused(host: str) -> None:
    assert one(f"http://{host}:9/x").outcome in ("forbidden_address", "fetch_failed")
    if host != "2130706433":
        assert one(f"http://{host}:9/x").outcome == "forbidden_address"


def test_nothing_is_sent_to_a_refused_address(site: str) -> None:
    before = len(_Site.seen)
    assert one(site + "/page").outcome == "forbidden_address"
    assert len(_Site.seen) == before


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.216.34", True),
        ("2606:4700::1111", True),
        ("100.64.0.1", False),
        ("224.0.0.1", False),
        ("::ffff:10.0.0.1", False),
        ("64:ff9b::7f00:1", False),
        ("2002:7f00:1::", False),
        ("fe80::1", False),
        ("fd00::1", False),
    ],
)
def test_which_addresses_are_public(address: str, public: bool) -> None:
    assert fetch.is_public(ipaddress.ip_address(address)) is public


@pytest.mark.parametrize("url", ["ftp://a.example/x", "http://", "gopher://a/"])
def test_other_schemes_are_refused(url: str) -> None:
    assert one(url).outcome == "unsupported_address"


@pytest.mark.parametrize(
    ("rules", "path", "allowed"),
    [
        ("", "/x", True),
        ("User-agent: *\nDisallow:", "/x", True),
        ("User-agent: *\nDisallow: /", "/x", False),
        ("User-agent: *\nDisallow: /\nAllow: /news", "/news/x", True),
        ("User-agent: *\nAllow: /\nDisallow: /*.pdf$", "/a.pdf", False),
        ("User-agent: *\nDisallow: /*.pdf$", "/a.pdf?x", True),
        ("User-agent: dragoman\nDisallow: /a\n\nUser-agent: *\nDisallow: /", "/b", True),
        ("User-agent: other\nUser-agent: dragoman\nDisallow: /a", "/a", False),
        ("User-agent: other\nDisallow: /", "/a", True),
        ("# nothing\nDisallow: /", "/a", True),
        ("User-agent: *\nDisallow: /" + "*a" * 400, "/" + "a" * 5000, False),
    ],
)
def test_robots(rules: str, path: str, allowed: bool) -> None:
    assert robots.allowed(rules, path, "Dragoman/0.1 (x)") is allowed


def test_heavy_libraries_wait_until_they_are_used() -> None:
    code = (
        "import sys; from dragoman.read import sources; list(sources.articles('/nothing'));"
        "print([m for m in ('trafilatura', 'lxml', 'py3langid', 'httpx', 'charset_normalizer') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_every_outcome_is_explained() -> None:
    for name, words in OUTCOMES.items():
        assert name.replace("_", "").isalpha()
        assert words.endswith(".")
    assert sources.OUTCOMES is OUTCOMES
