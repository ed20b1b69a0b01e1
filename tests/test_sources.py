"""Every kind of source becomes articles; what is broken, cut off, empty, huge or hostile has its named outcome."""

from __future__ import annotations

import bz2
import csv
import gc
import gzip
import io
import json
import lzma
import os
import pickle
import subprocess
import sys
import tarfile
import threading
import time
import weakref
import zipfile
import zlib
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dragoman import cli
from dragoman.errors import SourceError
from dragoman.read import columns, fetch, kinds, pdf, pdf_text, sitemap, table, unpack
from dragoman.read.opened import Cut, Found, Opened, Way
from dragoman.read.pieces import Piece, items, pieces
from dragoman.read.pieces import articles as of_piece
from dragoman.read.sources import OUTCOMES, Given, Limits, articles
from dragoman.records import Article

STATES = ["Norway", "Chile", "Peru", "Ghana", "Laos", "Fiji", "Malta", "Qatar", "Nepal", "Togo", "Samoa", "Benin"]
USUAL = Limits()
SMALL = Limits(max_bytes=200_000, timeout_seconds=20)


def text(number: int) -> str:
    """A short report of our own, another for each number."""
    one, other = STATES[number % 12], STATES[(number * 5 + 3) % 12]
    return (
        f"{one} and {other} will open talks on fishing rights in round {number}, the two foreign ministries said on "
        f"Monday. “We have chosen the table,” said the spokesman of {one}. The ministry of {other} had no comment."
    )


def page(number: int) -> str:
    rows = "".join(f"<p>{row}.</p>" for row in text(number).split(". "))
    return (
        f"<!doctype html><html lang=en><head><title>Report {number} of the fishing talks</title></head>"
        "<body><nav><a href=/>Home</a></nav>"
        f"<article><h1>Report {number} of the fishing talks</h1>{rows}</article></body></html>"
    )


def row(number: int) -> dict[str, Any]:
    return {"id": f"n{number}", "title": f"Report {number}", "text": text(number), "published": "2024-03-05"}


def as_jsonl(count: int) -> bytes:
    lines = [json.dumps(row(n), ensure_ascii=False) for n in range(count)]
    lines.insert(2, "{broken")
    lines.insert(4, "")
    return "\n".join(lines).encode()


def as_csv(count: int, delimiter: str = ",") -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter)
    writer.writerow(["Nr", "Headline", "Body", "Pub. date", "Outlet"])
    for n in range(count):
        # a cell of two lines, marks inside and an empty line between rows
        writer.writerow([n, f"Report {n}", text(n).replace(". ", ".\n", 1) + ' "So be it."', "2024-03-05", "Harbour"])
        if n == 1:
            out.write("\r\n")
    return out.getvalue().encode()


def as_parquet(count: int, group: int = 3) -> bytes:
    import datetime as dt

    import pyarrow as pa
    import pyarrow.parquet as pq

    out = io.BytesIO()
    day = dt.datetime(2024, 3, 5, 12, 30, tzinfo=dt.UTC)
    content = {
        "doc_id": list(range(count)),
        "headline": [f"Report {n}" for n in range(count)],
        "full_text": [None if n == 4 else text(n) for n in range(count)],
        "publication_date": [day] * count,
        "authors": [["Lena Hartwig", "Ivo Brandt"]] * count,
    }
    pq.write_table(pa.table(content), out, row_group_size=group)
    return out.getvalue()


def record(kind: str, url: str, block: bytes, content: str = "application/http; msgtype=response") -> bytes:
    head = (
        f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {url}\r\nWARC-Date: 2024-03-05T06:07:08Z\r\n"
        f"WARC-Record-ID: <urn:uuid:{zlib.crc32((url + kind).encode()):032x}>\r\nContent-Type: {content}\r\n"
        f"Content-Length: {len(block)}\r\n\r\n"
    )
    return head.encode() + block + b"\r\n\r\n"


def answer(body: bytes, kind: str = "text/html; charset=utf-8", status: str = "200 OK", more: str = "") -> bytes:
    return f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\n{more}\r\n".encode() + body


def warc_records(count: int) -> list[bytes]:
    made = [record("warcinfo", "urn:info", b"software: of our own\r\n", "application/warc-fields")]
    for n in range(count):
        url = f"https://harbour.example/{n}"
        made.append(record("request", url, b"GET / HTTP/1.1\r\nHost: harbour.example\r\n\r\n"))
        body = page(n).encode()
        if n == 1:
            packed = gzip.compress(body)
            made.append(record("response", url, answer(packed, more="Content-Encoding: gzip\r\n")))
        elif n == 2:
            chunked = b"%x\r\n" % len(body) + body + b"\r\n0\r\n\r\n"
            made.append(record("response", url, answer(chunked, more="Transfer-Encoding: chunked\r\n")))
        else:
            made.append(record("response", url, answer(body)))
    made.append(record("response", "https://harbour.example/p.png", answer(b"\x89PNG\r\n", "image/png")))
    made.append(record("response", "https://harbour.example/gone", answer(b"<p>Gone</p>", status="404 Not Found")))
    made.append(record("response", "https://harbour.example/old", answer(b"", status="301 Moved Permanently")))
    made.append(record("conversion", "https://harbour.example/t", text(40).encode(), "text/plain"))
    return made


def as_warc(count: int) -> bytes:
    return b"".join(warc_records(count))


def as_warc_gz(count: int) -> bytes:
    return b"".join(gzip.compress(made) for made in warc_records(count))


WARC_OUTCOMES = ["no_page", *["no_page", "read"] * 6, "no_page", "http_error", "no_page", "read"]


def as_zip(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, raw in files.items():
            archive.writestr(name, raw)
    return out.getvalue()


def as_tar(files: dict[str, bytes], mode: str = "w") -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode) as archive:  # type: ignore[call-overload]
        for name, raw in files.items():
            about = tarfile.TarInfo(name)
            about.size = len(raw)
            archive.addfile(about, io.BytesIO(raw))
    return out.getvalue()


def folder_of(count: int) -> dict[str, bytes]:
    files = {f"day/{n}.html": page(n).encode() for n in range(count)}
    files |= {"day/.hidden.txt": b"no", "__MACOSX/x.txt": b"no", "picture.png": b"\x89PNG"}
    return files | {"rows.jsonl": as_jsonl(5), "table.csv": as_csv(4), "deep.zip": as_zip({"a.txt": text(7).encode()})}


FOLDER_OUTCOMES = ["read"] * 5 + ["read", "read", "bad_json", "read", "read", "read"] + ["read"] * 4 + ["read"]


def as_pdf(pages: list[list[str]], info: str = "") -> bytes:
    """A PDF with these lines on its pages, written by hand."""
    objects: list[bytes] = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    kids = []
    for lines in pages:
        shown = [line.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)") for line in lines]
        content = ("BT /F1 11 Tf 72 760 Td 14 TL " + " ".join(f"({line}) Tj T*" for line in shown) + " ET").encode(
            "cp1252"
        )
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content))
        kids.append(len(objects) + 1)
        font = b"/Resources << /Font << /F1 3 0 R >> >>"
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] %s /Contents %d 0 R >>" % (font, len(objects))
        )
    listed = " ".join(f"{kid} 0 R" for kid in kids)
    objects[1] = f"<< /Type /Pages /Kids [{listed}] /Count {len(kids)} >>".encode()
    objects.append(f"<< {info} >>".encode("cp1252"))
    out = bytearray(b"%PDF-1.4\n")
    places = []
    for number, made in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, made)
    table_at = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer << /Size %d /Root 1 0 R /Info %d 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (
        len(objects) + 1,
        len(objects),
        table_at,
    )
    return bytes(out)


COMMUNIQUE = [
    "Ministry of Fisheries - Press service 1",
    "",
    "Joint communique on fishing rights",
    "",
    "The governments of Norway and Chile agreed on Monday to open talks on fish-",
    "ing rights in the southern seas. They thanked the well-known mediators of",
    "Malta for their work.",
    "The first round will be held in Valletta in May, and the well-known media-",
    "tors will take part in it.",
    "1",
]

RSS = """<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel><title>Harbour Press</title><link>https://harbour.example/</link><language>en-gb</language>
<item><title>Report 1 &amp; more</title><link>https://harbour.example/1</link><guid>g1</guid>
<pubDate>Tue, 05 Mar 2024 08:05:00 +0200</pubDate><dc:creator>Lena Hartwig</dc:creator>
<description>A short word.</description><content:encoded><![CDATA[<p>{one}</p><p>{two}</p>]]></content:encoded></item>
<item><title>Report 2</title><link>{base}/page/2</link><pubDate>Wed, 06 Mar 2024 23:30:00 EST</pubDate>
<description>{three}</description></item>
<item><title>Report 3</title><link>{base}/page/3</link></item>
</channel></rss>"""

ATOM = """<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en"><title>Harbour Press</title><id>urn:x</id>
<updated>2024-03-05T08:00:00Z</updated>
<entry><title>Report 1</title><id>urn:1</id><link href="https://harbour.example/1"/>
<published>2024-03-05T08:05:00+05:30</published><updated>2024-03-07T00:00:00Z</updated>
<author><name>Lena Hartwig</name></author><content type="html">&lt;p&gt;{one}&lt;/p&gt;</content></entry>
</feed>"""


def rss(base: str = "https://harbour.example") -> str:
    filled = {"{one}": text(1), "{two}": text(2), "{three}": text(3), "{base}": base}
    made = RSS
    for mark, words in filled.items():
        made = made.replace(mark, words)
    return made


def json_feed() -> str:
    return json.dumps(
        {
            "version": "https://jsonfeed.org/version/1.1",
            "title": "Harbour Press",
            "language": "en",
            "items": [
                {
                    "id": "1",
                    "url": "https://harbour.example/1",
                    "title": "Report 1",
                    "content_html": f"<p>{text(1)}</p>",
                    "date_published": "2024-03-05T08:05:00-03:00",
                    "authors": [{"name": "Lena Hartwig"}],
                },
                {"id": "2", "url": "https://harbour.example/2", "summary": text(2)},
                "no item",
            ],
        }
    )


def read(path: Path | str, *, limits: Limits = USUAL, **known: Any) -> list[Article]:
    found = list(articles(path, given=Given(**known), limits=limits))
    for article in found:
        assert article.outcome in OUTCOMES
        assert (article.detail is None) == (article.outcome == "read"), article.detail
        assert article.outcome == "read" or "; " in (article.detail or "")
    return found


def outcomes(path: Path | str, **more: Any) -> list[str]:
    return [article.outcome for article in read(path, **more)]


def put(folder: Path, name: str, raw: bytes | str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(raw.encode() if isinstance(raw, str) else raw)
    return path


# tables


def test_a_table_whose_columns_are_guessed_and_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "dragoman.read")
    found = read(put(tmp_path, "news.csv", as_csv(3)))
    assert [a.title for a in found] == ["Report 0", "Report 1", "Report 2"]
    assert found[0].site == "Harbour"
    assert found[0].published is not None and found[0].published.start == "2024-03-05"
    assert found[2].body.endswith('"So be it."') and text(2).split(". ")[0] in found[2].body
    assert caplog.messages == [
        f"{tmp_path}/news.csv: columns taken by their names: text = Body, title = Headline, published = Pub. date, "
        "site = Outlet; --column FIELD=NAME says otherwise"
    ]


def test_a_table_whose_columns_are_told(tmp_path: Path) -> None:
    path = put(tmp_path, "x.csv", f"kop;stuk;nr\nReport 1;{text(1)};7\nReport 2;{text(2)};8\n")
    assert outcomes(path) == ["no_column"]
    assert "kop, stuk, nr" in (read(path)[0].detail or "")
    found = read(path, columns={"text": "stuk", "title": "Kop", "id": "nr"})
    assert [(a.id, a.title, a.body) for a in found] == [("7", "Report 1", text(1)), ("8", "Report 2", text(2))]
    assert outcomes(path, columns={"text": "words"}) == ["no_column"]


def test_a_table_without_names_of_columns(tmp_path: Path) -> None:
    path = put(tmp_path, "x.tsv", f"a1\t{text(1)}\na2\t{text(2)}\n")
    found = read(path, columns={"text": "2", "id": "1"})
    assert [a.id for a in found] == ["a1", "a2"]
    assert [a.body for a in found] == [text(1), text(2)]


@pytest.mark.parametrize(
    ("name", "raw"),
    [
        ("x.tsv", as_csv(3, "\t")),
        ("x.csv", as_csv(3, ";")),
        ("x.csv", b"\xef\xbb\xbf" + as_csv(3)),
        ("x.csv", as_csv(3).decode().encode("utf-16")),
        ("x.txt", as_csv(3)),
        ("x", as_csv(3)),
        ("x.csv.gz", gzip.compress(as_csv(3), mtime=0)),
    ],
)
def test_tables_of_all_shapes(tmp_path: Path, name: str, raw: bytes) -> None:
    found = read(put(tmp_path, name, raw), columns={"id": "Nr"})
    if name == "x.txt":
        assert len(found) == 1  # a text is a text
    else:
        assert [a.id for a in found] == ["0", "1", "2"]
        assert all(a.outcome == "read" for a in found)


def test_a_row_without_an_end_costs_only_itself(tmp_path: Path) -> None:
    raw = (
        f'title,text\nA,{text(1)!r}\nB,"and so it goes on\nC,{text(2).replace(",", "")}\nD,{text(3).replace(",", "")}\n'
    )
    raw = raw.replace('"and', '"and').replace("“", "").replace("”", "")
    found = read(put(tmp_path, "x.csv", raw))
    assert [a.outcome for a in found] == ["read", "bad_row", "read", "read"]
    assert "x.csv:3" in (found[1].detail or "")
    assert [a.title for a in found if a.text] == ["A", "C", "D"]


def test_rows_that_are_too_long_or_too_short(tmp_path: Path) -> None:
    raw = f"title,text\nA,{'x' * 300_000}\nB\nC,{text(1).replace(',', '')}\n"
    assert outcomes(put(tmp_path, "x.csv", raw), limits=SMALL) == ["too_large", "empty", "read"]


@pytest.mark.parametrize(("raw", "outcome"), [(b"", "empty"), (b"\n\n", "empty"), (b"title,text\n", "empty")])
def test_a_table_with_nothing_in_it(tmp_path: Path, raw: bytes, outcome: str) -> None:
    assert outcomes(put(tmp_path, "x.csv", raw)) == [outcome]


def test_names_of_columns_are_no_trap() -> None:
    assert columns.find(["content", "text"], {}, source="x").places == {"text": 1}
    assert columns.find(["html", "date"], {}, source="x").places == {"html": 0, "published": 1}
    assert columns.fold("  Pub. Date ") == "pub_date"
    assert not table.looks_like(b"Text, the minister said, is all. And the title,")
    assert not table.looks_like(b"Norway, Chile\n")


def test_parquet(tmp_path: Path) -> None:
    found = read(put(tmp_path, "x.parquet", as_parquet(8)))
    assert [a.outcome for a in found] == ["read"] * 4 + ["empty"] + ["read"] * 3
    assert [a.id for a in found] == [str(n) for n in range(8)]
    assert found[0].author == "Lena Hartwig, Ivo Brandt"
    assert found[0].published is not None and found[0].published.start == "2024-03-05T12:30:00+00:00"
    assert "x.parquet:5" in (found[4].detail or "")


def test_parquet_that_is_none(tmp_path: Path) -> None:
    whole = as_parquet(8)
    assert outcomes(put(tmp_path, "a.parquet", whole[:-30])) == ["truncated"]
    assert outcomes(put(tmp_path, "b.parquet", b"PAR1" + bytes(range(200)) + b"PAR1")) == ["unreadable"]
    assert outcomes(put(tmp_path, "c.parquet", b"")) == ["empty"]
    broken = bytearray(whole)
    broken[40:400] = bytes(360)
    found = outcomes(put(tmp_path, "d.parquet", bytes(broken)))
    assert "unreadable" in found or found.count("read") < 7


# web archives


@pytest.mark.parametrize(
    ("name", "raw"),
    [
        ("x.warc", as_warc(6)),
        ("x.warc.gz", as_warc_gz(6)),
        ("whole.warc.gz", gzip.compress(as_warc(6))),
        ("x.warc.xz", lzma.compress(as_warc(6))),
        ("x", as_warc_gz(6)),
    ],
)
def test_web_archives(tmp_path: Path, name: str, raw: bytes) -> None:
    found = read(put(tmp_path, name, raw))
    assert [a.outcome for a in found] == WARC_OUTCOMES
    pages = [a for a in found if a.outcome == "read"]
    assert [a.url for a in pages] == [*(f"https://harbour.example/{n}" for n in range(6)), "https://harbour.example/t"]
    assert pages[0].retrieved == "2024-03-05T06:07:08+00:00"
    assert pages[1].title == "Report 1 of the fishing talks"
    assert pages[6].body == text(40)


@pytest.mark.parametrize("make", [as_warc, as_warc_gz, lambda n: gzip.compress(as_warc(n))], ids=["plain", "gz", "one"])
def test_a_web_archive_that_is_cut_off(tmp_path: Path, make: Callable[[int], bytes]) -> None:
    whole = make(6)
    for size in range(len(whole) - 3, len(whole) // 3, -len(whole) // 40):
        found = outcomes(put(tmp_path, "x.warc.gz", whole[:size]))
        assert found[-1] == "truncated" or found == WARC_OUTCOMES[: len(found)], (size, found)
        assert found[:-1] == WARC_OUTCOMES[: len(found) - 1]
    cut_in_record = whole[: len(whole) - len(whole) // 8]
    assert "truncated" in outcomes(put(tmp_path, "x.warc.gz", cut_in_record))


def test_a_damaged_record_costs_only_itself(tmp_path: Path) -> None:
    packed = [gzip.compress(made) for made in warc_records(6)]
    packed[4] = packed[4][:60] + bytes(20) + packed[4][80:]
    found = outcomes(put(tmp_path, "x.warc.gz", b"".join(packed)))
    assert found.count("bad_record") == 1
    assert found.count("read") == WARC_OUTCOMES.count("read") - 1
    plain = warc_records(6)
    plain[4] = plain[4].replace(b"Content-Length", b"Content-Lxngth")
    found = outcomes(put(tmp_path, "x.warc", b"".join(plain)))
    assert found.count("bad_record") == 1
    assert found.count("read") == WARC_OUTCOMES.count("read") - 1


def test_a_record_that_is_too_large(tmp_path: Path) -> None:
    large = record("response", "https://harbour.example/l", answer(os.urandom(400_000).hex().encode()))
    bomb = record("response", "https://harbour.example/b", answer(b"<p>a</p>" * 10_000_000))
    good = record("response", "https://harbour.example/1", answer(page(1).encode()))
    for raw in (large + good, gzip.compress(large) + gzip.compress(good)):
        assert outcomes(put(tmp_path, "x.warc.gz", raw), limits=SMALL) == ["too_large", "read"]
    start = time.monotonic()
    packed = gzip.compress(bomb) + gzip.compress(good)
    assert outcomes(put(tmp_path, "x.warc.gz", packed), limits=SMALL) == ["bomb", "read"]
    assert time.monotonic() - start < 10
    inner = answer(gzip.compress(b"a " * 20_000_000), more="Content-Encoding: gzip\r\n")
    packed = gzip.compress(record("response", "https://harbour.example/i", inner)) + gzip.compress(good)
    assert outcomes(put(tmp_path, "x.warc.gz", packed), limits=SMALL) == ["too_large", "read"]


# feeds


def test_rss(tmp_path: Path) -> None:
    found = read(put(tmp_path, "news.xml", rss()))
    assert [a.outcome for a in found] == ["read", "read", "empty"]
    first, second, _ = found
    assert first.title == "Report 1 & more"
    assert first.body == f"{text(1)}\n{text(2)}"
    assert (first.url, first.author, first.site) == ("https://harbour.example/1", "Lena Hartwig", "Harbour Press")
    assert first.published is not None and second.published is not None
    assert (first.published.start, first.published.source) == ("2024-03-05T08:05:00+02:00", "feed")
    assert second.published.start.startswith("2024-03-06")
    assert second.body == text(3)  # the summary is all there is
    assert "--follow" in (found[2].detail or "")


def test_atom_and_json_feeds(tmp_path: Path) -> None:
    (atom,) = read(put(tmp_path, "a.atom", ATOM.replace("{one}", text(1))))
    assert (atom.title, atom.body, atom.author) == ("Report 1", text(1), "Lena Hartwig")
    assert atom.published is not None and atom.published.start == "2024-03-05T08:05:00+05:30"
    found = read(put(tmp_path, "feed.json", json_feed()))
    assert [a.body for a in found] == [text(1), text(2)]
    assert found[0].published is not None and found[0].published.start == "2024-03-05T08:05:00-03:00"
    assert found[0].author == "Lena Hartwig"


def test_a_feed_that_is_cut_off_keeps_what_it_has(tmp_path: Path) -> None:
    whole = rss()
    found = outcomes(put(tmp_path, "x.xml", whole[: whole.index("<title>Report 3")]))
    assert found[:2] == ["read", "read"]
    assert found[-1] == "truncated"
    assert outcomes(put(tmp_path, "x.rss", "<rss><channel></channel></rss>")) == ["not_news"]


BOMB = (
    '<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {chr(98 + k)} "{f"&{chr(97 + k)};" * 10}">' for k in range(9))
    + '<!ENTITY file SYSTEM "file:///etc/hostname">]>'
)


def test_entities_are_never_resolved(tmp_path: Path) -> None:
    for name, root in (("x.rss", rss()), ("x.xml", rss())):
        hostile = BOMB + root.split("?>", 1)[1].replace("A short word.", "&j; &file;")
        hostile = hostile.replace("<p>Peru", "<p>&file; Peru")
        start = time.monotonic()
        found = read(put(tmp_path, name, hostile))
        assert time.monotonic() - start < 10
        assert all(len(a.text) < 3000 for a in found)
        assert not any(Path("/etc/hostname").read_text().strip() in a.text for a in found)
    urls = "<urlset><url><loc>http://127.0.0.1:9/&j;</loc></url><url><loc>&file;</loc></url></urlset>"
    assert set(outcomes(put(tmp_path, "sitemap.xml", BOMB + urls))) <= {"forbidden_address", "empty"}


def test_a_hostile_feed_is_stopped(tmp_path: Path) -> None:
    deep = "<div>" * 60_000
    raw = rss().replace("A short word.", deep.replace("<", "&lt;").replace(">", "&gt;"))
    start = time.monotonic()
    found = outcomes(put(tmp_path, "x.rss", raw), limits=Limits(timeout_seconds=4))
    assert time.monotonic() - start < 15
    assert found in (["timed_out"], ["unreadable"]) or found[0] == "read"
    assert outcomes(put(tmp_path, "y.rss", rss() + " " * 300_000), limits=SMALL) == ["too_large"]


# PDF


def test_pdf(tmp_path: Path) -> None:
    info = "/Title (Joint communique on fishing rights) /Author (Press service) /CreationDate (D:20240305103000+01'00')"
    (article,) = read(put(tmp_path, "x.pdf", as_pdf([COMMUNIQUE], info)))
    assert article.outcome == "read"
    assert article.title == "Joint communique on fishing rights"
    assert (
        "talks on fishing rights in the southern seas. They thanked the well-known mediators of Malta" in article.body
    )
    assert "the well-known mediators will take part" in article.body
    assert article.author == "Press service"
    assert article.published is not None
    assert (article.published.start, article.published.source) == ("2024-03-05T10:30:00+01:00", "pdf")
    assert article.published.confidence < 0.7


def test_the_edges_of_pages_are_no_text() -> None:
    bodies = [f"The {word} part of the text begins here and goes on to the edge of the page and" for word in "abcd"]
    pages = tuple(f"Ministry of Fisheries {n}\n{body}\n- {n} -" for n, body in enumerate(bodies, start=1))
    assert pdf.paragraphs(pages) == [" ".join(bodies)]
    assert pdf.paragraphs(("1. The first point of all the points.\n2. The second point of all.",)) == [
        "1. The first point of all the points.",
        "2. The second point of all.",
    ]
    assert pdf.paragraphs(()) == []


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("D:20240305102030+02'00'", "2024-03-05T10:20:30+02:00"),
        ("D:20240305102030Z", "2024-03-05T10:20:30+00:00"),
        ("D:20240305", "2024-03-05"),
        ("D:2024", "2024"),
        ("yesterday", None),
    ],
)
def test_dates_of_pdf(written: str, meant: str | None) -> None:
    assert pdf_text.iso_date(written) == meant


def test_pdf_that_cannot_be_read(tmp_path: Path) -> None:
    whole = as_pdf([COMMUNIQUE])
    assert outcomes(put(tmp_path, "a.pdf", b"%PDF-1.7 and more")) == ["unreadable"]
    assert outcomes(put(tmp_path, "b.pdf", as_pdf([[]]))) == ["empty"]
    assert outcomes(put(tmp_path, "c.pdf", whole[: len(whole) // 2]))[0] in ("unreadable", "read", "empty")
    assert outcomes(put(tmp_path, "d.pdf", whole), limits=Limits(timeout_seconds=0.01)) == ["timed_out"]
    assert outcomes(put(tmp_path, "e.pdf", whole + b" " * 300_000), limits=SMALL) == ["too_large"]


# packed files and archives


@pytest.mark.parametrize("how", ["gz", "bz2", "xz", "zst"])
def test_packed_files(tmp_path: Path, how: str) -> None:
    import pyarrow as pa

    def packed(raw: bytes) -> bytes:
        if how == "zst":
            return bytes(pa.compress(raw, "zstd", asbytes=True))
        return {"gz": gzip.compress, "bz2": bz2.compress, "xz": lzma.compress}[how](raw)

    assert outcomes(put(tmp_path, f"x.html.{how}", packed(page(1).encode()))) == ["read"]
    assert outcomes(put(tmp_path, "no-suffix", packed(as_jsonl(6)))) == ["read"] * 2 + ["bad_json"] + ["read"] * 4
    twice = packed(as_jsonl(6) + b"\n") + packed(as_jsonl(6))
    assert len(outcomes(put(tmp_path, f"twice.jsonl.{how}", twice))) == 14
    assert outcomes(put(tmp_path, "z.html.gz", gzip.compress(packed(page(1).encode())))) == ["read"]
    raw = "\n".join(json.dumps(row(n) | {"noise": os.urandom(200).hex()}) for n in range(300)).encode()
    whole = packed(raw)
    found = outcomes(put(tmp_path, f"y.jsonl.{how}", whole[: len(whole) * 2 // 3]))
    assert found[-1] == "truncated"
    if how != "bz2":  # which packs in blocks of 900,000 bytes
        assert found.count("read") > 50
    damaged = bytearray(whole)
    damaged[len(damaged) // 2 : len(damaged) // 2 + 40] = bytes(40)
    assert outcomes(put(tmp_path, f"d.jsonl.{how}", bytes(damaged)))[-1] in (
        "unreadable",
        "truncated",
        "bad_json",
        "read",
    )
    assert outcomes(put(tmp_path, f"e.html.{how}", packed(b""))) == ["empty"]


def test_bombs(tmp_path: Path) -> None:
    zeros = b"\n" * 40_000_000
    start = time.monotonic()
    assert outcomes(put(tmp_path, "x.jsonl.gz", gzip.compress(zeros, 1))) == ["bomb"]
    assert outcomes(put(tmp_path, "x.jsonl.xz", lzma.compress(zeros, preset=0))) == ["bomb"]
    assert outcomes(put(tmp_path, "x.zip", as_zip({"a.jsonl": zeros, "b.txt": text(1).encode()}))) == ["bomb", "read"]
    assert outcomes(put(tmp_path, "y.zip", as_zip({"a.txt": zeros}))) == ["bomb"]
    assert outcomes(put(tmp_path, "x.html.gz", gzip.compress(zeros, 1))) == ["too_large"]
    nested = as_zip({f"{n}.zip": as_zip({"a.txt": b"a" * 9_000_000}) for n in range(20)})
    found = outcomes(put(tmp_path, "z.zip", as_zip({"n.zip": nested})))
    assert set(found) <= {"bomb", "too_large", "not_news"} and found[-1] == "bomb"
    assert time.monotonic() - start < 60


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("x.zip", as_zip),
        ("x.tar", as_tar),
        ("x.tar.gz", lambda files: as_tar(files, "w:gz")),
        ("x.tgz", lambda files: as_tar(files, "w:gz")),
        ("x.tar.xz", lambda files: as_tar(files, "w:xz")),
        ("x", lambda files: as_tar(files, "w:bz2")),
    ],
)
def test_archives_are_folders(tmp_path: Path, name: str, make: Callable[[dict[str, bytes]], bytes]) -> None:
    path = put(tmp_path, name, make(folder_of(5)))
    assert outcomes(path) == FOLDER_OUTCOMES
    (where, article), *_ = items(next(pieces([str(path)], size=None)))
    assert where == f"{path}/day/0.html"
    assert article.title == "Report 0 of the fishing talks"


def test_archives_that_are_damaged(tmp_path: Path) -> None:
    whole = as_tar({f"{n}.txt": text(n).encode() for n in range(30)})
    found = outcomes(put(tmp_path, "x.tar", whole[: len(whole) // 3]))
    assert found[-1] == "truncated" and found.count("read") >= 5
    packed = as_tar({f"{n}.txt": os.urandom(3000).hex().encode() for n in range(30)}, "w:gz")
    assert outcomes(put(tmp_path, "x.tgz", packed[: len(packed) // 2]))[-1] == "truncated"
    zipped = as_zip(folder_of(5))
    assert outcomes(put(tmp_path, "x.zip", zipped[:-40])) == ["truncated"]
    torn = bytearray(zipped)
    at = torn.index(b"day/1.html") + 40
    torn[at : at + 30] = bytes(30)
    found = outcomes(put(tmp_path, "y.zip", bytes(torn)))
    assert found.count("unreadable") == 1 and found.count("read") == FOLDER_OUTCOMES.count("read") - 1
    assert outcomes(put(tmp_path, "z.zip", as_zip({"p.png": b"\x89PNG"}))) == ["empty"]
    assert outcomes(put(tmp_path, "o.docx", as_zip({"[Content_Types].xml": b"<x/>"}))) == ["binary"]


def test_archives_in_archives_end_somewhere(tmp_path: Path) -> None:
    raw = text(1).encode()
    name = "a.txt"
    for _ in range(6):
        raw, name = as_zip({name: raw}), "in.zip"
    assert outcomes(put(tmp_path, "x.zip", raw)) == ["looping"]
    many = as_zip({f"{n}.txt": b"x" for n in range(20)})
    assert outcomes(put(tmp_path, "y.zip", many), limits=Limits(max_members=5))[-1] == "too_many"


def test_a_path_out_of_an_archive_is_only_a_name(tmp_path: Path) -> None:
    found = read(put(tmp_path, "x.zip", as_zip({"../../etc/motd.txt": text(1).encode()})))
    assert [a.outcome for a in found] == ["read"]
    link = io.BytesIO()
    with tarfile.open(fileobj=link, mode="w") as archive:
        about = tarfile.TarInfo("x.txt")
        about.type, about.linkname = tarfile.SYMTYPE, "/etc/hostname"
        archive.addfile(about)
    assert outcomes(put(tmp_path, "x.tar", link.getvalue())) == ["empty"]


# folders, patterns, kinds


def test_folders_and_patterns(tmp_path: Path) -> None:
    for name, raw in folder_of(5).items():
        put(tmp_path / "in", name, raw)
    assert sorted(outcomes(tmp_path / "in")) == sorted(FOLDER_OUTCOMES)
    assert outcomes(f"{tmp_path}/in/day/*.html") == ["read"] * 5
    assert outcomes(f"{tmp_path}/**/*.html") == ["read"] * 5
    assert outcomes(f"{tmp_path}/in/*.nothing") == ["not_found"]
    put(tmp_path / "in", "site[1].txt", text(1))
    assert outcomes(f"{tmp_path}/in/site[1].txt") == ["read"]
    put(tmp_path / "map", "sitemap.xml", "<urlset><url><loc>http://127.0.0.1/</loc></url></urlset>")
    assert outcomes(tmp_path / "map") == ["not_news"]  # nothing is fetched because of what lies in a folder


@pytest.mark.parametrize(
    ("head", "name", "kind"),
    [
        (b"WARC/1.1\r\n", "x.txt", "warc"),
        (b"PAR1....", "x", "parquet"),
        (b"\n%PDF-1.4", "x.html", "pdf"),
        (b"PK\x03\x04" + bytes(26) + b"a.txt", "x", "zip"),
        (b"PK\x03\x04" + bytes(26) + b"[Content_Types].xml", "x", "page"),
        (bytes(257) + b"ustar", "x", "tar"),
        (b'{"id": 1, "text": "x"}\n', "x.csv", "jsonl"),
        (b'{"id": 1, "text": "x"}\n', "x.json", "json"),
        (b'{"version": "https://jsonfeed.org/version/1"}', "x", "feed"),
        (b"<?xml version='1.0'?>\n<!-- a -->\n<rss>", "x.xml", "feed"),
        (b"<?xml version='1.0'?><rdf:RDF xmlns:rdf='x'>", "x", "feed"),
        (b"<sitemapindex>", "x", "sitemap"),
        (b"<?xml version='1.0'?><ns:urlset xmlns:ns='x'>", "x.xml", "sitemap"),
        (b"<?xml version='1.0'?><html>", "x.xml", "page"),
        (b"<html><body>", "x.csv", "table"),
        (b"", "x.parquet", "page"),
        (b"words", "https://a.example/x.csv?y=1.zip", "table"),
        (b"words", "x.CSV", "table"),
    ],
)
def test_a_kind_is_known_by_content_then_by_name(head: bytes, name: str, kind: str) -> None:
    assert kinds.kind_of(head, name) == (kind, ())
    if head:
        assert kinds.kind_of(gzip.compress(head), name + ".gz") == (kind, ("gz",))


def test_as_is_a_text_is_a_text(tmp_path: Path) -> None:
    raw = '{"text": "a"}\n{"text": "b"}'
    assert [a.text for a in read(put(tmp_path, "x.txt", raw), as_is=True)] == [raw]


class OfOurOwn:
    """A reader as a package would offer it: a paragraph an article."""

    suffixes = (".memo",)

    def knows(self, head: bytes, name: str) -> bool:
        return head.startswith(b"MEMO")

    def cut(self, opened: Opened, size: int, way: Way) -> Iterator[Cut]:
        yield Cut()

    def read(self, opened: Opened, cut: Cut, way: Way) -> Iterator[Found]:
        for number, paragraph in enumerate(opened.whole(way.limits).decode().split("\n\n")[1:], start=1):
            yield f"{opened.name}:{number}", Article(id=str(number), text=paragraph)


def test_a_package_may_offer_a_reader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from dragoman import plugins

    monkeypatch.setattr(plugins, "known", lambda group: ["memo"] if group == "readers" else [])
    monkeypatch.setattr(plugins, "find", lambda group, name: OfOurOwn())
    kinds._offered.cache_clear()
    try:
        put(tmp_path, "sub/x.memo", "MEMO\n\nOne.\n\nTwo.")
        assert [a.text for a in read(tmp_path)] == ["One.", "Two."]
    finally:
        kinds._offered.cache_clear()


# pieces


SOURCES: dict[str, bytes] = {
    "rows.jsonl": as_jsonl(25),
    "blank.jsonl": b"\n" * 5000,
    "rows.jsonl.gz": gzip.compress(as_jsonl(25)),
    "cut.jsonl.gz": gzip.compress(as_jsonl(25), 0)[:-900],
    "table.csv": as_csv(25),
    "table.tsv.bz2": bz2.compress(as_csv(25, "\t")),
    "wide.csv": as_csv(9).decode().encode("utf-16"),
    "none.csv": b"a,b\n1,2\n",
    "open.csv": b'title,text\nA,"one\nB,two and three words of text\nC,four and five words of text\n',
    "table.parquet": as_parquet(20),
    "x.warc": as_warc(9),
    "x.warc.gz": as_warc_gz(9),
    "one.warc.gz": gzip.compress(as_warc(9)),
    "cut.warc.gz": as_warc_gz(9)[:-200],
    "cut.warc": as_warc(9)[:-200],
    "x.zip": as_zip(folder_of(9)),
    "x.tar.gz": as_tar(folder_of(9), "w:gz"),
    "cut.tar": as_tar(folder_of(9))[:-12000],
    "broken.zip": b"PK\x03\x04 and more",
    "feed.xml": rss().encode(),
    "page.html": page(1).encode(),
    "empty.jsonl": b"",
}


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[str, list[Found]]]:
    """A file of every kind, with all that is found in it when it is read whole."""
    folder = tmp_path_factory.mktemp("shelf")
    made = {}
    for name, raw in SOURCES.items():
        path = str(put(folder, name, raw))
        made[name] = (path, [found for piece in pieces([path], size=None) for found in items(piece)])
    return made


@pytest.mark.parametrize("name", list(SOURCES))
@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(size=st.one_of(st.integers(1, 3000), st.integers(3000, 60_000)))
def test_the_pieces_hold_what_the_whole_holds(shelf: dict[str, tuple[str, list[Found]]], name: str, size: int) -> None:
    path, whole = shelf[name]
    cut = [pickle.loads(pickle.dumps(piece)) for piece in pieces([path], size=size)]
    assert [found for piece in cut for found in items(piece)] == whole
    assert all(piece.source == path and piece.stamp for piece in cut)
    assert len({piece.id for piece in cut}) == len(cut)


@pytest.mark.parametrize(
    "name", ["rows.jsonl", "rows.jsonl.gz", "table.csv", "table.parquet", "x.warc", "x.warc.gz", "x.zip", "x.tar.gz"]
)
def test_a_large_source_is_cut(shelf: dict[str, tuple[str, list[Found]]], name: str) -> None:
    cut = list(pieces([shelf[name][0]], size=1000))
    assert len(cut) > 3
    middle = cut[len(cut) // 2]
    assert list(of_piece(middle)) == [article for _, article in items(middle)]
    starts = [len(list(items(piece))) for piece in cut]
    assert max(starts) < len(shelf[name][1])


def test_where_an_article_stands(shelf: dict[str, tuple[str, list[Found]]]) -> None:
    path, whole = shelf["rows.jsonl"]
    assert [where for where, _ in whole][:5] == [f"{path}:{line}" for line in (1, 2, 3, 4, 6)]
    path, whole = shelf["table.csv"]
    assert [where for where, _ in whole][:3] == [f"{path}:{line}" for line in (2, 4, 7)]
    path, whole = shelf["x.zip"]
    assert f"{path}/rows.jsonl:3" in {where for where, _ in whole}


def test_a_piece_knows_when_its_file_has_changed(tmp_path: Path) -> None:
    path = put(tmp_path, "x.jsonl", as_jsonl(20))
    before = [piece.id for piece in pieces([str(path)], size=500)]
    assert [piece.id for piece in pieces([str(path)], size=500)] == before
    os.utime(path, ns=(1, 1))
    assert not {piece.id for piece in pieces([str(path)], size=500)} & set(before)


def test_cutting_a_long_file_reads_no_articles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from dragoman.read import rows

    monkeypatch.setattr(rows, "article", lambda *_: pytest.fail("an article was read"))
    line = json.dumps(row(1)).encode() + b"\n"
    path = put(tmp_path, "x.jsonl", line * 60_000)
    start = time.monotonic()
    cut = list(pieces([str(path)], size=1_000_000))
    assert time.monotonic() - start < 5
    assert sum(piece.size for piece in cut) == path.stat().st_size
    assert all(piece.size <= 1_000_000 + len(line) for piece in cut)


@pytest.mark.parametrize("name", ["rows.jsonl", "rows.jsonl.gz", "blank.jsonl", "table.csv", "x.warc.gz", "x.zip"])
@pytest.mark.parametrize("size", [700, 5000, 10_000_000])
def test_pieces_of_standard_input(
    shelf: dict[str, tuple[str, list[Found]]], monkeypatch: pytest.MonkeyPatch, name: str, size: int
) -> None:
    path, whole = shelf[name]

    class Stdin:
        buffer = io.BufferedReader(io.BytesIO(SOURCES[name]))  # type: ignore[arg-type]

    monkeypatch.setattr(sys, "stdin", Stdin)
    cut = list(pieces(["-"], size=size))
    found = [found for piece in cut for found in items(pickle.loads(pickle.dumps(piece)))]
    assert [where.replace("standard input", path) for where, _ in found] == [where for where, _ in whole]
    assert [article.text for _, article in found] == [article.text for _, article in whole]
    assert all(piece.source == "-" and piece.stamp for piece in cut)


def test_a_part_of_a_file_on_standard_input(tmp_path: Path) -> None:
    code = (
        "import sys; sys.stdin.buffer.raw.seek(int(sys.argv[1]))\n"
        "from dragoman.read.sources import articles\nprint(*(a.id for a in articles('-')))"
    )
    lines = as_jsonl(6).split(b"\n")
    with put(tmp_path, "x.jsonl", b"\n".join(lines)).open("rb") as stream:
        done = subprocess.run(
            [sys.executable, "-c", code, str(len(lines[0]) + 1)],
            stdin=stream,
            capture_output=True,
            check=True,
            text=True,
        )
    assert done.stdout.split()[0] == "n1"


def test_a_pipe_is_read_as_it_comes() -> None:
    code = "from dragoman.read.pieces import *\nfor p in pieces(['-'], size=10): print(p.first, flush=True)"
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None and process.stdout is not None
        for number in range(3):
            process.stdin.write(json.dumps(row(number)).encode() + b"\n")
            process.stdin.flush()
            assert process.stdout.readline() == f"{number + 1}\n".encode()  # before there is any more
        process.stdin.close()
        assert process.wait(20) == 0


# the web


class _Site(BaseHTTPRequestHandler):
    seen: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        _Site.seen.append(self.path)
        host = f"http://127.0.0.1:{self.server.server_port}"  # type: ignore[attr-defined]
        at = self.path
        news = "http://www.google.com/schemas/sitemap-news/0.9"
        bodies: dict[str, tuple[str, bytes]] = {
            "/feed": ("application/rss+xml", rss(host).encode()),
            "/feed.gz": ("application/gzip", gzip.compress(rss(host).encode())),
            "/doc": ("application/pdf", as_pdf([COMMUNIQUE])),
            "/rows": ("application/x-ndjson", as_jsonl(4)),
            "/sitemap.xml": (
                "text/xml",
                f"<sitemapindex><sitemap><loc>{host}/one.xml.gz</loc></sitemap><sitemap><loc>{host}/gone.xml</loc>"
                f"</sitemap><sitemap><loc>{host}/sitemap.xml</loc></sitemap></sitemapindex>".encode(),
            ),
            "/one.xml.gz": (
                "application/gzip",
                gzip.compress(
                    f'<urlset xmlns:news="{news}"><url><loc>{host}/page/1</loc><lastmod>2024-03-07</lastmod><news:news>'
                    f"<news:publication_date>2024-03-05T08:00:00+02:00</news:publication_date></news:news></url>"
                    f"<url><loc>{host}/page/1</loc></url><url><loc>{host}/none</loc></url>"
                    f"<url><loc>file:///etc/hostname</loc></url></urlset>".encode()
                ),
            ),
            "/deep.xml": (
                "text/xml",
                f"<sitemapindex><sitemap><loc>{host}/deep.xml?1</loc></sitemap></sitemapindex>".encode(),
            ),
        }
        if at.startswith("/deep.xml?"):
            link = f"{host}/deep.xml?{int(at.partition('?')[2]) + 1}"
            self._send(200, "text/xml", f"<sitemapindex><sitemap><loc>{link}</loc></sitemap></sitemapindex>".encode())
        elif at.startswith("/page/"):
            self._send(200, "text/html; charset=utf-8", page(int(at.rpartition("/")[2])).encode())
        elif at in bodies:
            self._send(200, *bodies[at])
        else:
            self._send(404, "text/html", b"no")

    def _send(self, status: int, kind: str, raw: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, *_: object) -> None:
        pass


LOCAL = Limits(allow_private_addresses=True, timeout_seconds=10)


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


@pytest.mark.parametrize("path", ["/feed", "/feed.gz"])
def test_a_feed_at_an_address(site: str, path: str) -> None:
    found = read(site + path, limits=LOCAL)
    assert [a.outcome for a in found] == ["read", "read", "empty"]
    assert all(a.retrieved for a in found)
    assert found[0].url == "https://harbour.example/1"


def test_entries_that_are_summaries_are_followed_when_asked(site: str) -> None:
    found = read(f"{site}/feed", limits=LOCAL, follow=True)
    assert [a.outcome for a in found] == ["read"] * 3
    assert [a.title for a in found][1:] == ["Report 2 of the fishing talks", "Report 3 of the fishing talks"]
    assert found[1].url == f"{site}/page/2"
    assert found[1].published is not None and found[1].published.source == "feed"
    assert found[0].body == f"{text(1)}\n{text(2)}"  # this one is whole as it is


def test_a_sitemap_leads_to_its_pages(site: str) -> None:
    found = read(f"{site}/sitemap.xml", limits=LOCAL)
    assert sorted(a.outcome for a in found) == ["http_error", "http_error", "looping", "read"]
    article = next(a for a in found if a.outcome == "read")
    assert article.url == f"{site}/page/1"
    assert article.published is not None
    assert (article.published.start, article.published.source) == ("2024-03-05T08:00:00+02:00", "feed")
    assert "/etc/hostname" not in str(found)


def test_pieces_of_a_sitemap(site: str) -> None:
    whole = list(articles(f"{site}/sitemap.xml", limits=LOCAL))
    cut = list(pieces([f"{site}/sitemap.xml"], limits=LOCAL, size=1000))
    assert [piece.kind for piece in cut].count("page of a sitemap") == 2
    assert next(piece for piece in cut if piece.link).stamp == "2024-03-07"
    found = [article for piece in cut for article in of_piece(pickle.loads(pickle.dumps(piece)), limits=LOCAL)]
    assert [(a.id, a.outcome, a.published) for a in found] == [(a.id, a.outcome, a.published) for a in whole]


def test_a_sitemap_without_end(site: str) -> None:
    _Site.seen.clear()
    assert outcomes(f"{site}/deep.xml", limits=LOCAL) == ["looping"]
    assert len(_Site.seen) < 8
    assert outcomes(f"{site}/one.xml.gz", limits=Limits(allow_private_addresses=True, max_members=1))[-1] == "too_many"


def test_other_things_at_addresses(site: str) -> None:
    assert outcomes(f"{site}/doc", limits=LOCAL) == ["read"]
    assert outcomes(f"{site}/rows", limits=LOCAL) == ["read", "read", "bad_json", "read", "read"]
    assert outcomes(f"{site}/sitemap-none.xml", limits=LOCAL) == ["http_error"]


# file systems


def test_addresses_of_files(tmp_path: Path) -> None:
    for name, raw in folder_of(5).items():
        put(tmp_path, name, raw)
    there = read(f"file://{tmp_path}")
    assert sorted(a.outcome for a in there) == sorted(FOLDER_OUTCOMES)
    assert outcomes(f"file://{tmp_path}/day/0.html") == ["read"]
    assert outcomes(f"file://{tmp_path}/day/*.html") == ["read"] * 5
    assert outcomes(f"file://{tmp_path}/none.html") == ["not_found"]


def test_files_in_memory(tmp_path: Path, shelf: dict[str, tuple[str, list[Found]]]) -> None:
    import fsspec

    memory = fsspec.filesystem("memory")
    for name in ("rows.jsonl", "x.warc.gz", "x.zip", "table.parquet", "table.tsv.bz2"):
        memory.pipe(f"/shelf/{name}", SOURCES[name])
    memory.pipe("/shelf/.hidden.txt", b"no")
    for name in ("rows.jsonl", "x.warc.gz", "x.zip", "table.parquet", "table.tsv.bz2"):
        cut = list(pieces([f"memory://shelf/{name}"], size=2000))
        assert len(cut) > 2 and all(piece.stamp for piece in cut)
        texts = [article.text for piece in cut for article in of_piece(piece)]
        assert texts == [article.text for _, article in shelf[name][1]]
    assert len(read("memory://shelf")) == sum(
        len(shelf[name][1]) for name in ("rows.jsonl", "x.warc.gz", "x.zip", "table.parquet", "table.tsv.bz2")
    )
    assert outcomes("memory://shelf/none.txt") == ["not_found"]
    assert outcomes("memory://shelf/*.nothing") == ["not_found"]
    memory.makedirs("/bare", exist_ok=True)
    assert outcomes("memory://bare") == ["empty"]


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    server_of = pytest.importorskip("moto.server")
    s3fs = pytest.importorskip("s3fs")
    server = server_of.ThreadedMotoServer(port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    for name, value in {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": f"http://{host}:{port}",
    }.items():
        monkeypatch.setenv(name, value)
    s3fs.S3FileSystem.clear_instance_cache()
    files = s3fs.S3FileSystem()
    files.mkdir("shelf")
    for name in ("rows.jsonl", "x.warc.gz", "table.parquet"):
        files.pipe(f"shelf/in/{name}", SOURCES[name])
    yield "s3://shelf"
    s3fs.S3FileSystem.clear_instance_cache()
    server.stop()


@pytest.mark.filterwarnings("default")  # what the drivers and the stand-in for S3 warn of is theirs
def test_a_bucket(bucket: str, shelf: dict[str, tuple[str, list[Found]]]) -> None:
    for name in ("rows.jsonl", "x.warc.gz", "table.parquet"):
        cut = list(pieces([f"{bucket}/in/{name}"], size=2000))
        assert len(cut) > 2 and all(piece.stamp for piece in cut)
        texts = [article.text for piece in cut for article in of_piece(piece)]
        assert texts == [article.text for _, article in shelf[name][1]]
    assert len(read(f"{bucket}/in")) == sum(len(shelf[n][1]) for n in ("rows.jsonl", "x.warc.gz", "table.parquet"))
    assert outcomes(f"{bucket}/in/none.txt") == ["not_found"]
    assert outcomes("s3://no-such-bucket/x.txt")[0] in ("not_found", "unreadable", "fetch_failed")


def test_a_missing_driver_names_the_extra() -> None:
    code = (
        "import sys; sys.modules['s3fs'] = None\n"
        "from dragoman.errors import MissingExtra\n"
        "from dragoman.read.sources import articles\n"
        "try: list(articles('s3://shelf/x.jsonl'))\n"
        "except MissingExtra as fault: print(fault)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "this needs the package s3fs (pip install 'dragoman[s3]')"


# the whole


def test_a_fault_of_a_library_is_an_outcome(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from dragoman.read import article, warc_records

    path = put(tmp_path, "x.jsonl", as_jsonl(4))
    whole = article.scrape.clean
    broken = "round 1,"
    monkeypatch.setattr(
        article.scrape, "clean", lambda text, title=None: 1 / 0 if broken in text else whole(text, title=title)
    )
    assert outcomes(path) == ["read", "unreadable", "bad_json", "read", "read"]
    monkeypatch.setattr(warc_records, "by_member", lambda *_: iter([None]))
    assert outcomes(put(tmp_path, "x.warc.gz", as_warc_gz(1))) == ["unreadable"]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_bytes_turned_over_anywhere(tmp_path: Path, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from([n for n in SOURCES if n not in ("page.html", "blank.jsonl")]))
    raw = bytearray(SOURCES[name])
    for _ in range(data.draw(st.integers(1, 6))):
        if raw:
            raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    if data.draw(st.booleans()):
        del raw[data.draw(st.integers(0, len(raw))) :]
    path = str(put(tmp_path, name, bytes(raw)))
    limits = Limits(max_bytes=200_000, timeout_seconds=5)
    whole = [found for piece in pieces([path], size=None) for found in items(piece, limits=limits)]
    assert whole and all(article.outcome in OUTCOMES for _, article in whole)
    cut = [found for piece in pieces([path], size=1500) for found in items(piece, limits=limits)]
    assert [(where, a.text) for where, a in cut if a.text] == [(where, a.text) for where, a in whole if a.text]


def test_the_command_takes_them_all(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    table_path = put(tmp_path, "x.csv", f"kop;stuk\nReport 1;{text(1)}\n")
    archive = put(tmp_path, "x.warc.gz", as_warc_gz(2))
    code = cli.run(["read", "--jsonl", "--column", "text=stuk", "--column", "title=kop", str(table_path), str(archive)])
    out, told = capfd.readouterr()
    found = [json.loads(line)["article"] for line in out.splitlines()]
    assert [a["outcome"] for a in found] == ["read", "read", "read", "http_error", "read"]
    assert found[0]["title"] == "Report 1"
    assert "records of web archives that hold no page were passed over: 5" in told
    assert code == 1
    assert cli.run(["read", "--column", "words=x", str(table_path)]) == 2


def test_readers_load_their_libraries_late() -> None:
    code = (
        "import sys; import dragoman; from dragoman.read import sources, pieces; list(sources.articles('/nothing'));"
        "print([m for m in ('fastwarc', 'feedparser', 'pypdf', 'fsspec', 's3fs', 'pyarrow', 'lxml', 'httpx') "
        "if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_unpacking_is_told_by_magic() -> None:
    assert unpack.packing(gzip.compress(b"x")) == "gz"
    assert unpack.packing(b"plain") is None
    assert isinstance(Piece(source="a", name="a", address="a").id, str)


def test_a_packed_stream_is_let_go() -> None:
    import pyarrow as pa

    raw = bytes(pa.compress(text(1).encode(), codec="zstd", asbytes=True))
    layers = []
    for _ in range(3):
        stream = unpack.unpacked(io.BytesIO(raw), "zst", unpack.Budget(len(raw), 20), source="news.zst")
        assert stream.read() == text(1).encode()
        layers.append(weakref.ref(stream.raw))
        del stream
    gc.collect()
    assert [layer() for layer in layers] == [None] * 3


def test_half_a_character_in_json_is_told_by_a_sign(tmp_path: Path) -> None:
    rows = [
        {"id": "\ud800", "url": "http://a\udc00/", "title": "\ud811", "text": text(1) + "\ud800"},
        {"text": text(2)},
    ]
    (tmp_path / "news.jsonl").write_text("\n".join(map(json.dumps, rows)), "utf-8")
    first, second = articles(tmp_path / "news.jsonl")
    assert [first.outcome, second.outcome] == ["read", "read"]
    assert (first.id, first.url, first.title) == ("\ufffd", "http://a\ufffd/", "\ufffd")
    assert msgspec.json.decode(msgspec.json.encode(first), type=Article) == first


@pytest.mark.skipif(sys.platform != "linux", reason="only some systems take such names")
def test_a_file_whose_name_is_no_text(tmp_path: Path) -> None:
    name = os.fsdecode(b"caf\xe9.txt")
    (tmp_path / name).write_text(text(1), "utf-8")
    (tmp_path / "good.txt").write_text(text(2), "utf-8")
    found = list(pieces([tmp_path]))
    assert [piece.name for piece in found] == [f"{tmp_path}/caf\ufffd.txt", f"{tmp_path}/good.txt"]
    assert [article.outcome for piece in found for article in of_piece(piece)] == ["read", "read"]
    assert len({piece.id for piece in found}) == 2


def test_a_redirect_or_a_sitemap_to_what_is_no_address() -> None:
    raw = b"<urlset><url><loc>http://[::1</loc></url><url><loc>https://harbour.example/1</loc></url></urlset>"
    assert [link.url for link in sitemap.links_in(raw, "https://harbour.example/map.xml")] == [
        "https://harbour.example/1"
    ]
    with pytest.raises(SourceError) as caught:
        fetch._led("http://harbour.example/", "http://[")
    assert caught.value.outcome == "unsupported_address"


def test_a_stream_with_the_line_ends_of_old(tmp_path: Path) -> None:
    (tmp_path / "news").write_bytes(f"Talks on fish\r{text(1)}\r".encode())
    (article,) = articles(tmp_path / "news")
    assert article.outcome == "read" and text(1) in article.text


def test_a_moment_that_no_calendar_has(tmp_path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    moments = pa.array([2**62, 0], pa.timestamp("ms"))
    pq.write_table(pa.table({"text": [text(1), text(2)], "published": moments}), tmp_path / "news.parquet")
    first, second = articles(tmp_path / "news.parquet")
    assert [first.outcome, second.outcome] == ["read", "read"]
    assert first.published is None and second.published is not None
