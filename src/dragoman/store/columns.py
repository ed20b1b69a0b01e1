"""The tables and their columns: name -> (kind, what it holds). The first column named `month` is the partition.

A month is `2024-03`; `undated` where there is no date; `earlier` and `later` hold what lies outside 1979 to 2099, so
that a page of history does not make a partition of every month since antiquity.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa

UNDATED, EARLIER, LATER = "undated", "earlier", "later"
FIRST_YEAR, LAST_YEAR = 1979, 2099

_CODED = {
    "coder": ("text", "name of the coder"),
    "coder_version": ("text", "its version"),
    "lexicon": ("text", "which tables it used"),
    "origin": ("text", "dragoman for our own coding, else the format it was imported from"),
    "commit": ("number", "the commit that wrote the row"),
}
_PAGE = {
    "article": ("text", "id of the article"),
    "n": ("small", "place among its kind in the article, from 0"),
    "month": ("text", "the partition"),
    "day": ("day", "day of publication"),
    "site": ("text", "where it was published"),
}
_WORDS = {
    "evidence": ("spans", "spans of the article's text"),
    "words": ("text", "the words of the evidence"),
}

TABLES: dict[str, dict[str, tuple[str, str]]] = {
    "articles": {
        "article": ("text", "id of the article"),
        "month": ("text", "the partition, by publication"),
        "day": ("day", "day of publication"),
        "published_end": ("day", "last day it may have been published"),
        "granularity": ("text", "how exactly that is known"),
        "site": ("text", "where it was published"),
        "url": ("text", "its address"),
        "title": ("text", "its title"),
        "author": ("text", "its author"),
        "language": ("text", "its language"),
        "outcome": ("text", "what became of reading it"),
        "retrieved": ("text", "when it was fetched"),
        "characters": ("small", "length of the text"),
        "statements": ("small", "how many statements were found"),
        "events": ("small", "how many events"),
        "positions": ("small", "how many positions"),
        "notes": ("small", "how many notes"),
        "digest": ("text", "digest of the Reading, without the time it was fetched"),
        "text": ("text", "the text everything points at"),
        "record": ("text", "the whole Reading as JSON, its article's text left out"),
        **_CODED,
    },
    "statements": {
        **_PAGE,
        "id": ("text", "id within the article"),
        "kind": ("text", "direct, indirect or mixed"),
        "act": ("text", "statement, belief, intention, question or denial"),
        "speaker": ("text", "actor the speaker stands for"),
        "speaker_sector": ("text", "sector of the speaker"),
        "speaker_name": ("text", "standard name of the speaker, else the words"),
        "speaker_role": ("text", "office or role"),
        "speakers": ("texts", "actors of all who speak together"),
        "addressee": ("text", "actor spoken to"),
        "addressee_name": ("text", "its name, else the words"),
        "channel": ("text", "by which channel"),
        "cue": ("text", "the word that reports it"),
        "cue_start": ("small", "where the cue starts"),
        "cue_end": ("small", "where it ends"),
        "content": ("spans", "spans of what was said"),
        "said": ("text", "the words of the content"),
        **_WORDS,
        "within_statement": ("text", "id of the statement that contains this one"),
        "reason": ("text", "which rule found it"),
        **_CODED,
    },
    "events": {
        "article": ("text", "id of the article"),
        "n": ("small", "place among the events of the article, from 0"),
        "month": ("text", "the partition, by the event's own date"),
        "id": ("text", "id within the article"),
        "day": ("day", "day it began"),
        "day_end": ("day", "last day"),
        "granularity": ("text", "how exactly the date is known"),
        "date_words": ("text", "the words of the date"),
        "published": ("day", "day of publication"),
        "site": ("text", "where it was published"),
        "type": ("text", "PLOVER type"),
        "mode": ("text", "PLOVER mode"),
        "contexts": ("texts", "PLOVER contexts"),
        "issues": ("texts", "issues of the positions read from the same words"),
        "quad": ("tiny", "1 verbal cooperation, 2 material cooperation, 3 verbal conflict, 4 material conflict"),
        "score": ("real", "PLOVER score, -10 to 10"),
        "status": ("text", "actual, planned, hypothetical, negated or historical"),
        "sources": ("texts", "distinct actors that act; all of them where the act is mutual"),
        "targets": ("texts", "distinct actors acted upon; empty where the act is mutual"),
        "source_sectors": ("texts", "distinct sectors of the acting side"),
        "target_sectors": ("texts", "distinct sectors of the other side"),
        "source_names": ("texts", "who acts, by name"),
        "target_names": ("texts", "who is acted upon, by name"),
        "place": ("text", "name of the place"),
        "country": ("text", "its country"),
        "latitude": ("real", "degrees north"),
        "longitude": ("real", "degrees east"),
        "geonames": ("number", "its number in GeoNames"),
        "statement": ("text", "id of the statement that reports it"),
        "trigger": ("text", "the word that tells the act"),
        "trigger_start": ("small", "where it starts"),
        "trigger_end": ("small", "where it ends"),
        **_WORDS,
        "confidence": ("real", "0 to 1"),
        "reason": ("text", "which rule or model found it, on which words"),
        "extra": ("text", "what an imported row said beyond these columns, as JSON"),
        "load": ("text", "name of the load that brought an imported row"),
        **_CODED,
    },
    "positions": {
        **_PAGE,
        "actor": ("text", "who holds it"),
        "issue": ("text", "on which issue"),
        "regarding": ("text", "about which third party"),
        "stance": ("text", "for, against, conditional or neutral"),
        "toward": ("text", "toward whom"),
        "shared_with": ("texts", "who holds it too"),
        "statement": ("text", "id of the statement it was read from"),
        "condition": ("text", "the words of the condition"),
        "reporter": ("text", "who else says so of the actor; empty where the actor says so itself"),
        "person": ("text", "who speaks for the actor, by name, where it is one person"),
        "published_end": ("day", "last day the article may have been published"),
        **_WORDS,
        "confidence": ("real", "0 to 1"),
        "reason": ("text", "which rule found it"),
        **_CODED,
    },
    "notes": {
        **_PAGE,
        "start": ("small", "where the words start"),
        "end": ("small", "where they end"),
        "reason": ("text", "why nothing was coded"),
        **_CODED,
    },
    "corrections": {
        "article": ("text", "id of the article"),
        "kind": ("text", "event, statement or position"),
        "id": ("text", "id of the record within the article"),
        "verdict": ("text", "right, wrong or unsure"),
        "field": ("text", "what is wrong about it"),
        "record": ("text", "what it should have been, as JSON"),
        "note": ("text", "a remark"),
        "by": ("text", "who said so"),
        "at": ("text", "when"),
        "commit": ("number", "the commit that wrote the row"),
    },
}
BY_ARTICLE = ("articles", "statements", "events", "positions", "notes")


def month_of(day: date | None) -> str:
    """The partition a day belongs to."""
    if day is None:
        return UNDATED
    if day.year < FIRST_YEAR:
        return EARLIER
    return LATER if day.year > LAST_YEAR else f"{day.year:04d}-{day.month:02d}"


def months_between(first: date | None, last: date | None, present: list[str]) -> list[str]:
    """Those of the present partitions that may hold days from `first` to `last`, `undated` not among them."""
    low = month_of(first) if first else EARLIER
    high = month_of(last) if last else LATER
    order = {EARLIER: "0", LATER: "9"}
    return [
        month
        for month in present
        if month != UNDATED and order.get(low, low) <= order.get(month, month) <= order.get(high, high)
    ]


def schema(table: str) -> pa.Schema:
    """The Arrow schema of a table."""
    import pyarrow as pa

    kinds: dict[str, Any] = {
        "text": pa.string(),
        "texts": pa.list_(pa.string()),
        "day": pa.date32(),
        "tiny": pa.int8(),
        "small": pa.int32(),
        "number": pa.int64(),
        "real": pa.float64(),
        "spans": pa.list_(pa.struct([("start", pa.int32()), ("end", pa.int32())])),
    }
    return pa.schema([(name, kinds[kind]) for name, (kind, _) in TABLES[table].items()])
