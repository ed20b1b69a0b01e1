"""What kind a source is: by its first bytes, then by its name."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from dragoman.read import rows, table, unpack

PAGE = "page"  # one article: HTML or plain text, and whatever nobody knows
_SUFFIXES = {
    PAGE: ".html .htm .xhtml .txt .text .md",
    "jsonl": ".jsonl .ndjson",
    "json": ".json",
    "table": ".csv .tsv .tab",
    "parquet": ".parquet .pq",
    "warc": ".warc .wet",
    "feed": ".rss .atom",
    "xml": ".xml .rdf",
    "pdf": ".pdf",
    "zip": ".zip",
    "tar": ".tar .tgz .tbz2 .txz .tzst",
}
_BY_SUFFIX = {suffix: kind for kind, suffixes in _SUFFIXES.items() for suffix in suffixes.split()}
_PACKED = (".gz", ".bz2", ".xz", ".zst")
_OFFICE = (".docx", ".xlsx", ".pptx", ".odt", ".ods", ".odp", ".epub", ".jar", ".apk")
_INSIDE_OFFICE = (b"[Content_Types].xml", b"mimetype", b"_rels/", b"META-INF/")
_ROOT = re.compile(rb"<(?![?!])(?:[\w.-]+:)?([\w.-]+)")
_PROLOGUE = re.compile(
    rb"\s*(?:<\?xml|<!--|<!DOCTYPE\s+(?:rss|feed|rdf)\b|<(?:rss|feed|rdf:RDF|urlset|sitemapindex)\b)", re.I
)
_ROOTS = {b"rss": "feed", b"feed": "feed", b"rdf": "feed", b"urlset": "sitemap", b"sitemapindex": "sitemap"}
_JSON_FEED = re.compile(rb"\"version\"\s*:\s*\"https?:\\?/\\?/jsonfeed\.org\\?/version\\?/")


def kind_of(head: bytes, name: str, *, as_is: bool = False) -> tuple[str, tuple[str, ...]]:
    """The kind of a source that begins like this, and how it is packed, outermost first.

    With `as_is` a text is a text, whatever it looks like.
    """
    packing: list[str] = []
    while (how := unpack.packing(head)) is not None and len(packing) < 4:
        packing.append(how)
        head = unpack.beginning(head, how)
    bare = bare_name(name)
    # where nothing came out of the packing yet, nothing can be said of what is in it
    blank = not packing and not head.strip(b"\x00 \t\r\n")
    return _content(head, bare, as_is=as_is) or (PAGE if blank else _named(bare)), tuple(packing)


def readable(name: str) -> bool:
    """Whether a file of this name, met in a folder or an archive, may hold articles."""
    bare = bare_name(name)
    return _suffix(bare) in {**_BY_SUFFIX, **_offered_suffixes()} or "." not in bare


def bare_name(name: str) -> str:
    """The last part of a path or address, in small letters, without the suffixes of packing."""
    bare = re.split(r"[/\\]", re.split(r"[?#]", name, maxsplit=1)[0] if "://" in name else name)[-1].lower()
    for suffix in _PACKED:
        bare = bare.removesuffix(suffix)
    return bare


def reader(kind: str) -> Any:
    """What a package offers to read this kind. Raises SettingsError where none does."""
    from dragoman import plugins

    return plugins.find("readers", kind)


def _content(head: bytes, bare: str, *, as_is: bool) -> str | None:
    for kind, offer in _offered():
        if offer.knows(head, bare):
            return kind
    if head.startswith(b"WARC/"):
        return "warc"
    if head.startswith(b"PAR1"):
        return "parquet"
    if b"%PDF-" in head[:1024].lstrip()[:64]:
        return "pdf"
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        office = bare.endswith(_OFFICE) or head[30:].startswith(_INSIDE_OFFICE)
        return PAGE if office else "zip"
    if head[257:262] == b"ustar":
        return "tar"
    return None if as_is else _text(head, bare)


def _text(head: bytes, bare: str) -> str | None:
    head = head.removeprefix(b"\xef\xbb\xbf")
    start = head.lstrip()
    if start.startswith(b"{"):
        if _JSON_FEED.search(start[:4000]):
            return "feed"
        return "jsonl" if not bare.endswith(".json") and rows.look_like_lines(head) else None
    if b"\x00" in head[:200]:  # a wide encoding
        start = head.translate(None, b"\x00\xff\xfe")
    if _PROLOGUE.match(start):
        root = _ROOT.search(re.sub(rb"<!--.*?-->|<!DOCTYPE[^\[>]*(?:\[.*?\]\s*)?>", b"", start[:60_000], flags=re.S))
        return _ROOTS.get(root[1].lower()) if root else None
    return "table" if _suffix(bare) == "" and table.looks_like(head) else None


def _named(bare: str) -> str:
    kind = {**_BY_SUFFIX, **_offered_suffixes()}.get(_suffix(bare), PAGE)
    return PAGE if kind in ("xml", "feed", "pdf") else kind  # these are known by what they hold, or not at all


def _suffix(bare: str) -> str:
    return "." + bare.rpartition(".")[2] if "." in bare else ""


@cache
def _offered() -> tuple[tuple[str, Any], ...]:
    from dragoman import plugins

    return tuple((name, plugins.find("readers", name)) for name in plugins.known("readers"))


def _offered_suffixes() -> dict[str, str]:
    return {suffix: name for name, offer in _offered() for suffix in offer.suffixes}
