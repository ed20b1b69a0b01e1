"""Web archives (WARC, WARC.gz) to articles: the pages in them, and for every other record why it is none."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from dragoman.errors import SourceError
from dragoman.read import single, unpack, warc_records
from dragoman.read.article import failure, guarded
from dragoman.read.limits import too_large
from dragoman.read.opened import Cut, Found, Opened, Way, empty
from dragoman.read.warc_records import Framed
from dragoman.records import Article

_TEXTUAL = ("text/html", "application/xhtml+xml", "text/plain", "")
_PAGES = ("response", "conversion")  # conversion: the text of a page, as archives of texts (WET) hold it
_FAULTS = {
    "truncated": ("the file ends before this record does", "fetch or copy it anew"),
    "bomb": ("what is packed in this record is out of all proportion to its size", "nothing need be done"),
    "bad_record": ("this part is damaged and was passed over", "fetch or copy it anew"),
}


def cut(opened: Opened, size: int, way: Way) -> Iterator[Cut]:
    """Stretches of records by the place where they begin; `first` is the number of the first record."""
    start, first, held = 0, 1, 0
    last = None
    try:
        for framed in _records(opened, Cut(), way):
            if held >= size and framed.start > start and (last is None or framed.start > last.start):
                yield Cut(start=start, stop=framed.start, first=first, size=held)
                start, first, held = framed.start, framed.number, 0
            held += len(framed.raw or b"")
            last = framed
    except SourceError:  # whoever reads the last part comes upon it again
        pass
    yield Cut(start=start, first=first, size=held)


def read(opened: Opened, cut: Cut, way: Way) -> Iterator[Found]:
    """An Article for each record of a stretch."""
    any_record = cut.start > 0
    for framed in _records(opened, cut, way):
        if cut.stop is not None and framed.start >= cut.stop:
            break
        any_record = True
        where = f"{opened.name}:{framed.number}"
        yield where, _article(framed, where, way)
    if not any_record:
        raise empty(opened.name, "there is no record in it", "check that the file was saved whole")


def _records(opened: Opened, cut: Cut, way: Way) -> Iterator[Framed]:
    if opened.packing == ("gz",) and warc_records.packed_singly(opened.stream.peek(1 << 16)):
        unpack.go_to(opened.stream, cut.start)
        yield from warc_records.by_member(opened.stream, cut.start, cut.first, way.limits.max_bytes)
        return
    stream = opened.content()
    unpack.go_to(stream, cut.start)
    yield from warc_records.in_a_row(stream, cut.start, cut.first, way.limits.max_bytes)


def _article(framed: Framed, where: str, way: Way) -> Article:
    if framed.fault == "too_large":
        return failure(too_large("the record", None, way.limits.max_bytes, source=where), way.given)
    if framed.fault:
        what, hint = _FAULTS[framed.fault]
        return failure(SourceError(what, source=where, outcome=framed.fault, hint=hint), way.given)
    if framed.kind not in _PAGES:
        return failure(_no_page(where, f"a {framed.kind or 'nameless'} record"), way.given)
    return guarded(lambda: _page(framed.raw or b"", where, way), way.given, source=where)


def _page(raw: bytes, where: str, way: Way) -> Article:
    """The article on the page that a record holds. Raises SourceError where it holds none."""
    record = _parsed(raw, where)
    url = (record.headers.get("WARC-Target-URI") or "").strip("<>") or None
    given = msgspec.structs.replace(way.given, url=way.given.url or url)
    try:
        header = _header(record, where)
        payload: bytes = _calmly(lambda: record.reader.read(way.limits.max_bytes + 1), where)
        if len(payload) > way.limits.max_bytes:
            raise too_large("the page", None, way.limits.max_bytes, source=where)
        article = single.from_bytes(payload, where, given, way.limits, header=header)
    except SourceError as error:
        article = failure(error, given)
    when = record.record_date
    return msgspec.structs.replace(article, retrieved=when.isoformat(timespec="seconds") if when else None)


def _header(record: Any, where: str) -> str:
    """The content type of the page, with its charset."""
    if not record.is_http:
        kind = str(record.headers.get("Content-Type") or "")
    else:
        status = record.http_headers.status_code if record.http_headers else None
        if status is not None and 300 <= status < 400:
            raise _no_page(where, f"a redirect ({status})")
        if status is not None and status >= 400:
            raise SourceError(
                f"the site answered {status}", source=where, outcome="http_error", hint="there is no page to read"
            )
        kind = str(record.http_headers.get("Content-Type") or "") if record.http_headers else ""
    if kind.split(";", 1)[0].strip().lower() not in _TEXTUAL:
        raise _no_page(where, kind.split(";", 1)[0].strip()[:60])
    return kind


def _parsed(raw: bytes, where: str) -> Any:
    from fastwarc.warc import ArchiveIterator

    record = _calmly(
        lambda: next(iter(ArchiveIterator(io.BytesIO(raw), parse_http=True, auto_decode="all")), None), where
    )
    if record is None:
        raise _unparsed(where)
    return record


def _calmly(do: Callable[[], Any], where: str) -> Any:
    try:
        return do()
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as fault:  # the parser panics, with a class beside Exception, where others raise
        raise _unparsed(where) from fault


def _unparsed(where: str) -> SourceError:
    return SourceError(
        "the record cannot be parsed", source=where, outcome="bad_record", hint="fetch or copy the file anew"
    )


def _no_page(where: str, what: str) -> SourceError:
    return SourceError(f"no page: {what}", source=where, outcome="no_page", hint="nothing need be done")
