"""The demo corpus: its columns, dates and copies hold, and most of its acts are found when the reports are coded."""

from __future__ import annotations

import csv
import datetime as dt
import json
import re
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

import dragoman
from dragoman.read.copies import Copies
from dragoman.records import Event, Reading

DATA = Path(__file__).parents[1] / "src/dragoman/data"
DEMO = DATA / "demo"
REPORTS: list[dict[str, Any]] = [json.loads(line) for line in (DEMO / "reports.jsonl").read_text("utf-8").splitlines()]
FIELDS = ["id", "act", "outlet", "site", "url", "published", "title", "text", "copy_of"]
DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
MONTHS = "January February March April May June July August September October November December".split()
NAMED_DAY = re.compile(rf"\b({'|'.join(DAYS)})\b(?: (\d{{1,2}}) ({'|'.join(MONTHS)}))?")
DATELINE = re.compile(rf"^[A-Z -]+, (?:(\d+) ({'|'.join(MONTHS)})|({'|'.join(MONTHS)}) (\d+)) -- ")
FOUND = 0.90  # share of the acts whose event is found in a report at least; measured, 127 of 140


def rows(name: str) -> list[dict[str, str]]:
    with (DEMO / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


ACTS = {row["act"]: row for row in rows("acts.csv")}
OUTLETS = {row["outlet"]: row for row in rows("outlets.csv")}
BY_ID = {report["id"]: report for report in REPORTS}


def day_of(report: dict[str, Any]) -> dt.date | None:
    return dt.date.fromisoformat(ACTS[report["act"]]["date"]) if report["act"] else None


def test_every_act_is_whole_and_its_codes_are_known() -> None:
    types = tomllib.loads((DATA / "ontology/plover.toml").read_text("utf-8"))["types"]
    actors: set[str] = set()
    for name in ("states", "organisations", "armed-groups"):
        with (DATA / f"actors/{name}.csv").open(encoding="utf-8", newline="") as file:
            actors |= {row["code"] for row in csv.DictReader(file)}
    assert len(ACTS) == len(rows("acts.csv"))
    for row in ACTS.values():
        assert list(row) == ["act", "date", "what", "source_actors", "target_actors", "type", "source"]
        assert all(row[key] for key in row if key != "target_actors"), row
        assert "2014-01-01" <= dt.date.fromisoformat(row["date"]).isoformat() < "2027"
        sides = row["source_actors"].split(";") + [code for code in row["target_actors"].split(";") if code]
        assert set(sides) <= actors, row
        assert len(sides) > 1 or row["type"] in ("MOBILIZE", "RETREAT"), row
        assert set(row["type"].split(";")) <= types.keys(), row
    assert set(types) == {name for row in ACTS.values() for name in row["type"].split(";")}


def test_there_are_300_reports_of_known_acts_by_known_outlets() -> None:
    assert len(REPORTS) == len(BY_ID) == len({report["url"] for report in REPORTS}) == 300
    assert len({report["text"] for report in REPORTS}) == 300
    assert sum(report["act"] is None for report in REPORTS) == 10
    assert {report["act"] for report in REPORTS if report["act"]} == ACTS.keys()
    assert {report["outlet"] for report in REPORTS} == OUTLETS.keys()
    assert len(OUTLETS) >= 12
    for report in REPORTS:
        assert list(report) == FIELDS
        assert report["site"] == OUTLETS[report["outlet"]]["name"]
        assert report["url"].startswith(f"https://{report['outlet']}.example/{report['published'].replace('-', '/')}/")
        assert 40 <= len(report["text"].split()) <= 110, report["id"]
    told = Counter((report["act"], report["outlet"]) for report in REPORTS if report["act"])
    assert max(told.values()) == 1
    assert max(Counter(act for act, _ in told).values()) <= 5


@pytest.mark.parametrize("report", REPORTS, ids=lambda report: str(report["id"]))
def test_days_agree_with_the_calendar(report: dict[str, Any]) -> None:
    published, day = dt.date.fromisoformat(report["published"]), day_of(report)
    words = f"{report['title']} {report['text']}"
    if day is not None:
        assert 0 <= (published - day).days <= 3
    for name, number, month in NAMED_DAY.findall(words):
        if number:
            assert DAYS[dt.date(published.year, MONTHS.index(month) + 1, int(number)).weekday()] == name
        else:
            assert day is not None
            assert DAYS[day.weekday()] == name
    if re.search(r"\b(today|tonight|this (morning|evening))\b", words, re.IGNORECASE):
        assert published == day
    if line := DATELINE.match(report["text"]):
        assert int(line[1] or line[4]) == published.day
        assert (line[2] or line[3]) == MONTHS[published.month - 1]


@pytest.fixture(scope="module")
def readings() -> list[Reading]:
    return list(dragoman.read_many([DEMO / "reports.jsonl"]))


def test_copies_are_near_their_original_and_nothing_else_is(readings: list[Reading]) -> None:
    marked = {report["id"]: report["copy_of"] for report in REPORTS if report["copy_of"]}
    assert len(marked) == 30
    for copy, original in marked.items():
        assert BY_ID[original]["act"] == BY_ID[copy]["act"]
        assert BY_ID[original]["copy_of"] is None
    index = Copies()
    index.add_all([reading.article for reading in readings])
    assert index.originals() == marked


def test_reports_are_read_as_they_are(readings: list[Reading]) -> None:
    assert [reading.article.id for reading in readings] == list(BY_ID)
    for reading in readings:
        report, article = BY_ID[reading.article.id], reading.article
        assert (article.outcome, article.language) == ("read", "en")
        assert (article.title, article.body, article.url) == (report["title"], report["text"], report["url"])
        assert article.site == report["site"]
        assert article.published is not None
        assert article.published.start == report["published"]


def test_most_acts_are_found_in_a_report_of_theirs(readings: list[Reading]) -> None:
    found = {
        act
        for reading in readings
        if (act := BY_ID[reading.article.id]["act"]) and any(is_act(event, ACTS[act]) for event in reading.events)
    }
    assert len(found) / len(ACTS) >= FOUND, sorted(ACTS.keys() - found)


def is_act(event: Event, act: dict[str, str]) -> bool:
    """Whether the event is of the act's type and between its actors, the right way round where it has a way."""
    if event.status != "actual" or event.type not in act["type"].split(";"):
        return False
    by, at = set(act["source_actors"].split(";")), set(filter(None, act["target_actors"].split(";")))
    source, target = ({party.actor for party in side} for side in (event.source, event.target))
    if at:
        return bool(by & source) and bool(at & target)
    return len(by & (source | target)) >= min(2, len(by))
