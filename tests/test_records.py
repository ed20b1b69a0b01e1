"""Records: JSON there and back, and the published schema."""

from __future__ import annotations

import json
import pickle

import jsonschema
import msgspec
import pytest

from dragoman import records
from dragoman.errors import DragomanError, SourceError


def test_json_comes_back_the_same(page_reading: records.Reading) -> None:
    assert records.from_json(page_reading.to_json()) == page_reading
    assert records.from_json(page_reading.to_json(indent=2)) == page_reading


def test_a_record_keeps_its_schema(page_reading: records.Reading) -> None:
    jsonschema.validate(json.loads(page_reading.to_json()), records.json_schema())


def test_records_travel_between_processes(page_reading: records.Reading) -> None:
    assert pickle.loads(pickle.dumps(page_reading)) == page_reading
    error = SourceError("gone", source="x.html", outcome="not_found", hint="look again")
    again = pickle.loads(pickle.dumps(error))
    assert (again.source, again.outcome, str(again)) == ("x.html", "not_found", "gone (look again)")
    assert isinstance(again, ValueError) and isinstance(again, DragomanError)


def test_records_do_not_change(page_reading: records.Reading) -> None:
    with pytest.raises(AttributeError):
        page_reading.article = None  # type: ignore[misc,assignment]


def test_a_wrong_record_is_refused_with_the_path() -> None:
    with pytest.raises(msgspec.ValidationError, match=r"\$\.article"):
        records.from_json('{"article": {"id": 3}}')


FIXED = {
    "Reading": "article actors statements events positions notes coder",
    "Article": "id url title text body_start language site author published retrieved outcome dropped",
    "Participant": "actor sector name role text span via wikidata",
    "Statement": "id kind act speaker cue content addressee channel evidence",
    "Event": "id type mode contexts quad score source target status date place statement trigger evidence"
    " confidence reason",
    "Position": "actor issue regarding stance toward shared_with statement evidence confidence",
    "Note": "span reason",
}


@pytest.mark.parametrize("name", FIXED)
def test_field_names_are_fixed(name: str) -> None:
    assert set(FIXED[name].split()) <= set(getattr(records, name).__struct_fields__)
