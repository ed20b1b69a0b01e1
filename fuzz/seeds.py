"""Our own pages, scrapes and sample files as the first inputs of each target: `python fuzz/seeds.py FOLDER`."""

from __future__ import annotations

import gzip
import io
import sys
import tarfile
import zipfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
import test_sources

TESTS = Path(__file__).parents[1] / "tests"
SUFFIXES = ".jsonl .csv .json .tsv .warc .warc.gz .zip .tar .gz .xml .html .txt .parquet".split()
RSS = (
    '<?xml version="1.0"?><rss version="2.0"><channel><title>Harbour</title><item><title>Talks</title>'
    "<link>https://harbour.example/1</link><pubDate>Tue, 05 Mar 2024 06:07:08 GMT</pubDate>"
    f"<description><![CDATA[<p>{test_sources.text(3)}</p>]]></description></item></channel></rss>"
)
MAP = "<urlset><url><loc>https://harbour.example/1</loc><lastmod>2024-03-05</lastmod></url></urlset>"
ROBOTS = "User-agent: *\nDisallow: /a*b$\nAllow: /a\n"


def main(folder: Path) -> None:
    """Writes one folder for each target."""
    pages = [path.read_bytes() for path in sorted(TESTS.glob("pages/*/page.html"))]
    scrapes = [path.read_bytes() for path in sorted(TESTS.glob("scrapes/*.txt"))]
    pdf = test_sources.as_pdf([[test_sources.text(3)], [test_sources.text(4)]])
    sources = {
        ".jsonl": test_sources.as_jsonl(4),
        ".csv": test_sources.as_csv(4),
        ".tsv": test_sources.as_csv(4, "\t"),
        ".warc": test_sources.as_warc(3),
        ".warc.gz": test_sources.as_warc_gz(3),
        ".parquet": test_sources.as_parquet(5),
        ".html": test_sources.page(3).encode(),
        ".txt": test_sources.text(3).encode(),
        ".gz": gzip.compress(test_sources.as_jsonl(3), mtime=0),
        ".zip": _zipped(),
        ".tar": _tarred(),
        ".xml": RSS.encode(),
        ".json": b'[{"id": 1, "text": "Norway and Chile will meet."}]',
    }
    dates = ["2024-05-14T10:11:12Z", "Tue, 05 Mar 2024 06:07:08 GMT", "OSLO, 5 March 2024 -", "/2024/may/14/x", ROBOTS]
    seeds: dict[str, list[bytes]] = {
        "page": pages,
        "scrape": scrapes,
        "text": [*scrapes, "Zoë met Łukasz".encode("utf-16")],
        "feed": [RSS.encode(), b'{"version": "https://jsonfeed.org/version/1.1", "items": [{"content_text": "a"}]}'],
        "xml": [MAP.encode(), RSS.encode(), b"<sitemapindex><sitemap><loc>a</loc></sitemap></sitemapindex>"],
        "dates": [date.encode() for date in dates],
        "packed": [b"\x00" + gzip.compress(b"a" * 99, mtime=0)],
        "pdf": [pdf],
        "source": [bytes([SUFFIXES.index(suffix)]) + raw for suffix, raw in sources.items()],
    }
    for name, inputs in seeds.items():
        (folder / name).mkdir(parents=True, exist_ok=True)
        for number, raw in enumerate(inputs):
            (folder / name / f"seed-{number}").write_bytes(raw)


def _zipped() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("a.html", test_sources.page(1))
        packed.writestr("b.jsonl", test_sources.as_jsonl(2))
    return out.getvalue()


def _tarred() -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as packed:
        about = tarfile.TarInfo("a.txt")
        about.size = len(test_sources.text(1).encode())
        packed.addfile(about, io.BytesIO(test_sources.text(1).encode()))
    return out.getvalue()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
