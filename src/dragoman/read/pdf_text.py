"""The text of a PDF, page by page, and what its metadata say of it."""

from __future__ import annotations

import io
import logging
import re

import msgspec

_DATE = re.compile(r"D:(\d{4})(\d{2})?(\d{2})?(\d{2})?(\d{2})?(\d{2})?(?:(Z)|([+-])(\d{2})'?(\d{2})?)?")


class PdfText(msgspec.Struct, frozen=True):
    """`pages` hold lines as they stand; the rest is from the metadata, dates in ISO 8601."""

    pages: tuple[str, ...]
    title: str | None
    author: str | None
    created: str | None
    locked: bool = False


def pdf_text(raw: bytes, most: int) -> PdfText:
    """The text of the document, at most so many characters. Raises what pypdf raises for what is none."""
    import pypdf

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    reader = pypdf.PdfReader(io.BytesIO(raw), strict=False)
    if reader.is_encrypted and not reader.decrypt(""):
        return PdfText((), None, None, None, locked=True)
    about = reader.metadata
    pages: list[str] = []
    for page in reader.pages:
        pages.append(page.extract_text() or "")
        if sum(map(len, pages)) > most:
            break
    return PdfText(
        tuple(pages),
        _told(about.title if about else None),
        _told(about.author if about else None),
        iso_date(str(about.get("/CreationDate") or "")) if about else None,
    )


def iso_date(written: str) -> str | None:
    """`2024-03-05T10:20:30+02:00` for `D:20240305102030+02'00'`; as much of it as is there."""
    found = _DATE.match(written.strip())
    if not found:
        return None
    year, month, day, hour, minute, second, utc, sign, zone_hours, zone_minutes = found.groups()
    date = "-".join(part for part in (year, month, day) if part)
    if not hour or not day:
        return date
    zone = "+00:00" if utc else f"{sign}{zone_hours}:{zone_minutes or '00'}" if sign else ""
    return f"{date}T{hour}:{minute or '00'}:{second or '00'}{zone}"


def _told(value: object) -> str | None:
    text = " ".join(str(value).split()) if value else ""
    return text or None
