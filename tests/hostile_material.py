"""Hostile articles made from our own pages, the same for one seed: files, and a site on loopback that serves badly.

    files = made(folder, 900, seed=1, huge=True)     # path -> what was done to it
    with Site(seed=1) as site:                       # site.addresses: address -> what it does

Nothing in them is news; each is what a crawl, a disk or somebody with bad intentions might hand over.
"""

from __future__ import annotations

import base64
import gzip
import io
import json
import random
import tarfile
import threading
import time
import zipfile
import zlib
from collections.abc import Callable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import test_sources
from dragoman.read import charset

PAGES = Path(__file__).parent / "pages"
HUGE = 50_000_000  # characters of the largest paragraphs

Made = tuple[str, bytes]  # the ending of its name, and what is in it


def made(folder: Path, number: int, *, seed: int, huge: bool) -> dict[Path, str]:
    """So many hostile files in a folder, each with the name of what was done. `huge`: some hold HUGE characters."""
    pages = [charset.decode(path.read_bytes()) for path in sorted(PAGES.glob("*/page.html"))]
    found: dict[Path, str] = {}
    ways = list(WAYS)
    for at in range(number):
        name = ways[at % len(ways)]
        pick = random.Random(f"{seed} {name} {at}")
        suffix, raw = WAYS[name](pick, pick.choice(pages), HUGE if huge and at < 5 * len(ways) else HUGE // 100)
        path = folder / f"{at:04}-{name.replace(' ', '-')}{suffix}"
        path.write_bytes(raw)
        found[path] = name
    return found


# --- pages -----------------------------------------------------------------------------------------------------------


def _flipped(raw: bytes, pick: random.Random, share: float) -> bytes:
    out = bytearray(raw)
    for _ in range(max(1, int(len(out) * share))):
        out[pick.randrange(len(out))] = pick.randrange(256)
    return bytes(out)


def _flips(pick: random.Random, page: str, size: int) -> Made:
    return ".html", _flipped(page.encode(), pick, pick.choice((0.0005, 0.005, 0.05, 0.5)))


def _cut(pick: random.Random, page: str, size: int) -> Made:
    raw = page.encode()
    return ".html", raw[: pick.randrange(len(raw))]


def _spliced(pick: random.Random, page: str, size: int) -> Made:
    parts = [page[pick.randrange(len(page)) :][: pick.randrange(5000)] for _ in range(40)]
    return ".html", "".join(parts).encode()


def _nested(pick: random.Random, page: str, size: int) -> Made:
    deep = pick.choice((500, 5_000, 100_000))
    tag = pick.choice(("div", "span", "blockquote", "table><tr><td", "b", "svg", "x-y", "select", "template", "a"))
    close = "".join(f"</{one.strip('<>')}>" for one in reversed(tag.split(">"))) if pick.random() < 0.5 else ""
    return ".html", page.replace("<body>", "<body>" + f"<{tag}>" * deep, 1).encode() + (close * deep).encode()


def _attributes(pick: random.Random, page: str, size: int) -> Made:
    many = pick.choice((2_000, 60_000))
    attributes = pick.choice(
        (
            " ".join(f"a{n}=x" for n in range(many)),
            'class="' + "x " * many + '"',
            "title='" + '"<p>' * many,
            'style="' + "background:url(data:" + "A" * 10 * many + ')"',
            "a=" * many,
        )
    )
    return ".html", page.replace("<p", f"<p {attributes} ", 1).encode()


def _charset(pick: random.Random, page: str, size: int) -> Made:
    declared = pick.choice(("utf-8", "utf-16", "shift_jis", "koi8-r", "no-such-code", "utf-7", "idna", "rot13", "\x00"))
    told = page.replace("<head>", f'<head><meta charset="{declared}">', 1)
    used = pick.choice(("utf-16", "utf-16-be", "utf-32", "cp1252", "cp1251", "utf-7", "iso2022_jp"))
    return ".html", told.encode(used, "replace")


def _nuls(pick: random.Random, page: str, size: int) -> Made:
    raw = bytearray(page.encode())
    for _ in range(pick.choice((1, 100, 5_000))):
        raw.insert(pick.randrange(len(raw)), 0)
    return pick.choice((".html", ".txt")), bytes(raw)


def _signs(pick: random.Random, page: str, size: int) -> Made:
    odd = "\u202e\u200b\ufeff\u0301\u2028\u0085\ufffd\u00ad\u2066\U000e0041İß\x1b\x0c"
    letters = list(page)
    for _ in range(pick.choice((50, 2_000, 20_000))):
        letters.insert(pick.randrange(len(letters)), pick.choice(odd))
    return pick.choice((".html", ".txt")), "".join(letters).encode()


def _paragraph(pick: random.Random, page: str, size: int) -> Made:
    said = "Norway and Chile, which met in Oslo, will open talks on fish, the ministry of Chile said; "
    row = pick.choice((said, "a", "“", "said ", "( ", "\n", "Norway.", "a\u0301", " ", "&amp;", "Mr. ", "1,", "- "))
    long = (row * (size // len(row) + 1))[: size if pick.random() < 0.5 else size // 40]
    if pick.random() < 0.5:
        return ".txt", long.encode()
    return ".html", page.replace("<p>", f"<p>{long}</p><p>", 1).encode()


def _entities(pick: random.Random, page: str, size: int) -> Made:
    return ".html", page.replace("<p>", "<p>" + "&#x110000;&#0;&#xD800;&nosuch;&amp;lt" * 500, 1).encode()


def _scripts(pick: random.Random, page: str, size: int) -> Made:
    deep = pick.choice((1_000, 100_000))
    told = pick.choice(("[" * deep, '{"a":' * deep, '{"@type":"NewsArticle","articleBody":' + "9" * deep + "}", "<!--"))
    data = f'<script type="application/ld+json">{told}</script>' if pick.random() < 0.8 else f"<script>{told}"
    return ".html", page.replace("<head>", "<head>" + data, 1).encode()


def _base64(pick: random.Random, page: str, size: int) -> Made:
    return pick.choice((".html", ".txt")), base64.b64encode(pick.randbytes(pick.choice((1_000, 300_000))))


def _noise(pick: random.Random, page: str, size: int) -> Made:
    suffix = pick.choice((".html", ".txt", ".jsonl", ".csv", ".json", ".xml", ".gz", ".zip", ".warc", ".pdf"))
    return suffix, pick.randbytes(pick.choice((1, 10, 1_000, 100_000)))


# --- what is packed --------------------------------------------------------------------------------------------------


def _gzip(pick: random.Random, page: str, size: int) -> Made:
    layers = pick.choice((1, 1, 2, 4))
    raw = page.encode() + pick.choice((b" ", b"\x00", b"<div>")) * (2 * size)
    for _ in range(layers):
        raw = gzip.compress(raw, mtime=0)
    return pick.choice((".html", ".txt", ".jsonl", ".csv")) + ".gz", raw


def _gzip_ill(pick: random.Random, page: str, size: int) -> Made:
    raw = gzip.compress(page.encode(), mtime=0)
    return ".html.gz", _flipped(raw, pick, 0.001) if pick.random() < 0.5 else raw[: pick.randrange(len(raw))]


def _zip(pick: random.Random, page: str, size: int) -> Made:
    raw, name = page.encode() + b" " * size, "page.html"
    for _ in range(pick.choice((1, 2, 6))):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for copy in range(pick.choice((1, 30))):
                archive.writestr(zipfile.ZipInfo(f"{copy}/{name}"), raw, zipfile.ZIP_DEFLATED)
        raw, name = out.getvalue(), "inner.zip"
    return ".zip", raw


def _zip_ill(pick: random.Random, page: str, size: int) -> Made:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("a.html", "../../b.html", "/etc/c.html", "d\n.html", "C:\\e.html"):
            archive.writestr(zipfile.ZipInfo(name), page, zipfile.ZIP_DEFLATED)
    raw = out.getvalue()
    return ".zip", _flipped(raw, pick, 0.0005) if pick.random() < 0.7 else raw[: pick.randrange(len(raw))]


def _tar(pick: random.Random, page: str, size: int) -> Made:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=pick.choice(("w", "w:gz"))) as archive:
        for name in ("a.html", "../b.html", "c.txt"):
            about = tarfile.TarInfo(name)
            about.size = len(page.encode())
            archive.addfile(about, io.BytesIO(page.encode()))
        for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE):
            about = tarfile.TarInfo(f"{kind!r}.html")
            about.type, about.linkname = kind, "/etc/passwd"
            archive.addfile(about)
    raw = out.getvalue()
    return ".tar", raw[: pick.randrange(len(raw))] if pick.random() < 0.5 else _flipped(raw, pick, 0.0005)


# --- tables, records, feeds ------------------------------------------------------------------------------------------


def _lines(pick: random.Random, page: str, size: int) -> Made:
    rows: list[Any] = [test_sources.row(pick.randrange(1000)) for _ in range(3)]
    rows[0] |= {
        "id": pick.choice((None, 7, [], "\ud800", "x" * 5_000, "")),
        "published": pick.choice((0, "99999", "∞")),
    }
    lines = [json.dumps(row) for row in rows]
    lines.insert(
        pick.randrange(4),
        pick.choice(
            (
                "[" * 100_000,
                '{"text": ' * 50_000,
                '{"text": "' + "a" * (size // 10),
                '{"text": NaN, "id": 1e999}',
                '{"id": ' + "9" * 10_000 + ', "text": "x"}',
                '{"text": "\\ud800\\udc00\\ud800"}',
                '{"text": "a", "text": {"text": []}}',
                "\x00" * 1_000,
                '"text"',
            )
        ),
    )
    return pick.choice((".jsonl", ".json")), "\n".join(lines).encode("utf-8", "surrogatepass")


def _table(pick: random.Random, page: str, size: int) -> Made:
    raw = test_sources.as_csv(4)
    return ".csv", pick.choice(
        (
            raw.replace(b'"', b"", 1),
            raw.replace(b"Body", b"Body" + b",x" * 50_000),
            raw + b'"' + b"a," * (size // 20),
            raw.replace(b"\r\n", b"\r"),
            raw.decode().encode("utf-16"),
            b"\xef\xbb\xbf" * 10 + raw,
            raw.replace(b"Headline", b"\x00\x00"),
            _flipped(raw, pick, 0.02),
        )
    )


def _parquet(pick: random.Random, page: str, size: int) -> Made:
    return ".parquet", _flipped(test_sources.as_parquet(6), pick, pick.choice((0.0005, 0.01)))


def _warc(pick: random.Random, page: str, size: int) -> Made:
    raw = test_sources.as_warc(4) if pick.random() < 0.5 else test_sources.as_warc_gz(4)
    suffix = ".warc.gz" if raw[:2] == b"\x1f\x8b" else ".warc"
    turned = raw.replace(b"Content-Length: ", pick.choice((b"Content-Length: 9", b"Content-Length: -", b"Content: ")))
    return suffix, pick.choice((_flipped(raw, pick, 0.002), raw[: pick.randrange(len(raw))], turned))


def _pdf(pick: random.Random, page: str, size: int) -> Made:
    raw = test_sources.as_pdf([[test_sources.text(3)], [test_sources.text(4)]])
    return ".pdf", _flipped(raw, pick, 0.005) if pick.random() < 0.7 else raw[: pick.randrange(len(raw))]


_ITEM = "<item><title>Talks on fish</title><description>&e9; Norway and Chile will meet.</description></item>"


def _feed(pick: random.Random, page: str, size: int) -> Made:
    laughs = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    told = pick.choice(
        (
            f'<!DOCTYPE rss [<!ENTITY e0 "lol">{laughs}]>',
            f'<!DOCTYPE rss [<!ENTITY e9 "{"a" * 100_000}">]>',
            '<!DOCTYPE rss [<!ENTITY e9 SYSTEM "file:///etc/passwd">]>',
            '<!DOCTYPE rss SYSTEM "http://127.0.0.1:9/none.dtd" [<!ENTITY % x SYSTEM "http://127.0.0.1:9/">%x;]>',
            '<!DOCTYPE rss [<!ENTITY e9 "&e9;">]>',
            "<!DOCTYPE rss [" * 3_000,
            "<!-- " + "-" * 200_000,
        )
    )
    items = _ITEM.replace("&e9;", "&e9;" * pick.choice((1, 10_000))) * pick.choice((1, 500))
    wrapped = pick.choice(("", "<a>" * 20_000)) + items
    return ".xml", f'<?xml version="1.0"?>{told}<rss version="2.0"><channel>{wrapped}</channel></rss>'.encode()


def _sitemap(pick: random.Random, page: str, size: int) -> Made:
    address = pick.choice(("http://127.0.0.1:9/", "file:///etc/passwd", "http://[::1", "javascript:1", "gopher://x/"))
    return ".xml", (
        '<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
        + f"<url><loc>{address}</loc></url>" * pick.choice((1, 3))
        + pick.choice(("</urlset>", "", "\x00"))
    ).encode()


def _mail(pick: random.Random, page: str, size: int) -> Made:
    """Plain scrapes of a page, lines in any order and some of them a thousand times over."""
    lines = [line for line in page.replace("<", "\n<").splitlines() if line.strip()]
    pick.shuffle(lines)
    lines[0] = lines[0] * 1_000
    return ".txt", "\n".join(lines).encode()


WAYS: dict[str, Callable[[random.Random, str, int], Made]] = {
    "byte flips": _flips,
    "cut off": _cut,
    "spliced": _spliced,
    "deep nesting": _nested,
    "huge attributes": _attributes,
    "wrong charset": _charset,
    "NULs": _nuls,
    "odd signs": _signs,
    "huge paragraph": _paragraph,
    "bad entities": _entities,
    "hostile scripts": _scripts,
    "base64": _base64,
    "noise": _noise,
    "gzip bomb": _gzip,
    "gzip damaged": _gzip_ill,
    "zip bomb": _zip,
    "zip damaged": _zip_ill,
    "tar damaged": _tar,
    "JSON lines": _lines,
    "table": _table,
    "parquet damaged": _parquet,
    "web archive damaged": _warc,
    "PDF damaged": _pdf,
    "entity bomb": _feed,
    "sitemap": _sitemap,
    "shuffled scrape": _mail,
}


# --- a site that serves badly ----------------------------------------------------------------------------------------


class Site:
    """A site on loopback. `addresses`: what to ask for, each with what it does; they last as long as the context."""

    def __init__(self, number: int, *, seed: int) -> None:
        self._number, self._seed = number, seed
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _Bad)
        self._server.daemon_threads = True
        self.addresses: dict[str, str] = {}

    def __enter__(self) -> Site:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        ways = [name.removeprefix("do_") for name in vars(_Bad) if name.startswith("do_") and name != "do_GET"]
        for at in range(self._number):
            way = ways[(at + self._seed) % len(ways)]
            self.addresses[f"http://127.0.0.1:{self._server.server_port}/{way}/{at}"] = way.replace("_", " ")
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Bad(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.close_connection = True
        way = self.path.split("/")[1]
        with suppress(OSError):
            getattr(self, f"do_{way}", self._none)()

    def _none(self) -> None:
        self._head("404 Not Found", "Content-Length: 0")

    def _head(self, status: str, *headers: str) -> None:
        self.wfile.write("\r\n".join((f"HTTP/1.1 {status}", *headers, "Connection: close", "", "")).encode("latin-1"))

    def do_redirects_without_end(self) -> None:
        self._head("302 Found", f"Location: {self.path}1", "Content-Length: 0")

    def do_redirects_to_itself(self) -> None:
        self._head("301 Moved", f"Location: {self.path}", "Content-Length: 0")

    def do_redirects_to_a_file(self) -> None:
        self._head("302 Found", "Location: file:///etc/passwd", "Content-Length: 0")

    def do_redirects_to_nothing(self) -> None:
        self._head("302 Found", "Location: http://[", "Content-Length: 0")

    def do_is_silent(self) -> None:
        time.sleep(30)

    def do_drips_headers(self) -> None:
        self.wfile.write(b"HTTP/1.1 200 OK\r\n")
        for n in range(300):
            self.wfile.write(f"X-{n}: y\r\n".encode())
            time.sleep(0.1)

    def do_drips_its_page(self) -> None:
        self._head("200 OK", "Content-Type: text/html")
        for _ in range(300):
            self.wfile.write(b"<p>")
            time.sleep(0.1)

    def do_never_ends(self) -> None:
        self._head("200 OK", "Content-Type: text/html")
        while True:
            self.wfile.write(b"<p>Norway and Chile</p>" * 1000)

    def do_sends_a_bomb(self) -> None:
        raw = gzip.compress(b" " * HUGE, mtime=0)
        self._head("200 OK", "Content-Type: text/html", "Content-Encoding: gzip", f"Content-Length: {len(raw)}")
        self.wfile.write(raw)

    def do_sends_noise_as_gzip(self) -> None:
        self._head("200 OK", "Content-Type: text/html", "Content-Encoding: gzip", "Content-Length: 400")
        self.wfile.write(b"\x1f\x8b" + bytes(range(256)) + b"x" * 142)

    def do_lies_about_its_length(self) -> None:
        self._head("200 OK", "Content-Type: text/html", "Content-Length: 1000000")
        self.wfile.write(test_sources.page(5).encode())

    def do_breaks_off(self) -> None:
        self.wfile.write(b"HTTP/1.1 2")

    def do_speaks_another_language(self) -> None:
        self.wfile.write(zlib.compress(b"not HTTP at all") * 20)

    def do_has_endless_headers(self) -> None:
        self.wfile.write(b"HTTP/1.1 200 OK\r\nX: " + b"y" * 3_000_000)

    def do_serves_an_entity_bomb(self) -> None:
        _, raw = _feed(random.Random(self.path), "", 0)
        self._head("200 OK", "Content-Type: application/rss+xml", f"Content-Length: {len(raw)}")
        self.wfile.write(raw)

    def do_serves_a_page(self) -> None:
        raw = test_sources.page(6).encode()
        self._head("200 OK", "Content-Type: text/html; charset=no-such", f"Content-Length: {len(raw)}")
        self.wfile.write(raw)

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing."""
