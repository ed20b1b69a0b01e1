"""Bytes to text: by byte order mark, by content, by what the server and the page declare."""

from __future__ import annotations

import codecs
import re

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_META = re.compile(rb"<meta[^>]{0,300}?charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.IGNORECASE)
_XML = re.compile(rb"^\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]{2,40})", re.IGNORECASE)
_HEADER = re.compile(r"charset\s*=\s*[\"']?([\w.:-]{2,40})", re.IGNORECASE)
_MARKS = frozenset("“”‘’„‚–—…«»‹›•·€£§©®°\xa0\xad")
_CONTROLS = bytes(sorted(set(range(32)) - {0, 9, 10, 11, 12, 13, 27, 28, 29, 30, 31})) + b"\x7f"
_MAGIC = (
    (b"%PDF-", "a PDF file"),
    (b"PK\x03\x04", "a ZIP archive or an office document"),
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"RIFF", "a media file"),
    (b"\xd0\xcf\x11\xe0", "an old office document"),
    (b"{\\rtf", "an RTF document"),
    (b"SQLite format 3", "a database"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90", "a program"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ", "an xz archive"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"(\xb5/\xfd", "a zstd archive"),
    (b"ID3", "a sound file"),
    (b"PAR1", "a Parquet file"),
)


def decode(raw: bytes, *, header: str | None = None) -> str:
    """The text of a page or file.

    What is valid UTF-8 is taken as such, whatever is declared: that hardly happens by chance.
    """
    for mark, name in _BOMS:
        if raw.startswith(mark):
            return raw[len(mark) :].decode(name, "replace")
    wide = _wide(raw)
    if wide:
        return raw.decode(wide, "replace")
    declared = _declared(raw, header)
    if declared and declared.startswith("iso2022"):
        return raw.decode(declared, "replace")  # seven-bit text that would pass for ASCII
    text = _utf8(raw)
    if text is not None:
        return text
    if declared and declared != "utf-8":
        try:
            return raw.decode(declared)
        except UnicodeDecodeError:
            pass
    western = _western(raw)
    if western is not None:
        return western
    guessed = _guess(raw)
    return raw.decode(guessed or declared or "cp1252", "replace")


def binary(raw: bytes) -> str | None:
    """What the bytes are, in words, where they are no text; None for text."""
    for magic, what in _MAGIC:
        if raw.startswith(magic):
            return what
    head = raw[:65536]
    if not head or any(head.startswith(mark) for mark, _ in _BOMS) or _wide(head):
        return None
    controls = len(head) - len(head.translate(None, _CONTROLS))
    if controls > 0.02 * len(head) or head.count(0) > 0.1 * len(head):
        return "binary data"
    return None


def _declared(raw: bytes, header: str | None) -> str | None:
    names = []
    if header:
        found = _HEADER.search(header)
        if found:
            names.append(found[1])
    head = raw[:8192]
    for pattern in (_META, _XML):
        inside = pattern.search(head)
        if inside:
            names.append(inside[1].decode("ascii", "replace"))
    for name in names:
        try:
            known = codecs.lookup(name).name
        except LookupError:
            continue
        if known.startswith(("utf-16", "utf-32")):
            continue  # a page whose declaration could be read byte by byte is not in it
        # what is declared as ASCII or Latin-1 is Windows-1252 on the web
        return "cp1252" if known in ("ascii", "iso8859-1") else known.replace("_", "") if "2022" in known else known
    return None


def _utf8(raw: bytes) -> str | None:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        text = raw.decode("utf-8", "replace")
        # a few broken bytes in long UTF-8 text are damage, not another encoding
        faults = text.count("\ufffd")
        wide = sum(1 for char in text[:20000] if char > "\x7f" and char != "\ufffd")
        return text if faults <= 3 and wide > 10 * faults else None


def _wide(raw: bytes) -> str | None:
    """UTF-16 without a mark: every other byte of Western text is nought."""
    head = raw[:4096]
    if len(head) < 16:
        return None
    even, odd = head[0::2].count(0), head[1::2].count(0)
    half = len(head) // 2
    if odd > 0.6 * half and even < 0.1 * half:
        return "utf-16-le"
    if even > 0.6 * half and odd < 0.1 * half:
        return "utf-16-be"
    return None


def _western(raw: bytes) -> str | None:
    """The text as Windows-1252 where it is mostly ASCII and what else it holds are accents and typographic marks."""
    head = raw[:65536]
    plain = sum(1 for byte in head if 65 <= byte <= 90 or 97 <= byte <= 122)
    others = sum(1 for byte in head if byte >= 128)
    if others > 0.08 * plain:
        return None
    try:
        text = raw.decode("cp1252")
    except UnicodeDecodeError:
        return None
    return text if all(char.isalpha() or char in _MARKS for char in text if char > "\x7f") else None


def _guess(raw: bytes) -> str | None:
    from charset_normalizer import from_bytes

    best = from_bytes(raw[:65536]).best()
    return None if best is None else best.encoding
