"""The API under all that its own description allows, and much that it does not: never a fault of the server."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as some
from starlette.testclient import TestClient

from dragoman import desk
from dragoman import settings as set_up
from dragoman.web.app import make
from dragoman.web.site import Limits, Site
from test_web import LOCAL, hostile, reading

ROOT = "/api/v1"
APP = make(Site(store="", settings=set_up.defaults()))
OPERATIONS = sorted(path for path in APP.openapi()["paths"] if path.startswith(ROOT))
# what people and programs write into such places, right and wrong
WORDS = (
    "NOR", "ISL", "Norway", "EU", "IGO:EU", "one", "evil", "2019", "2019-05", "2019-13", "9999", "0000", "2019-02-30",
    "score_mean", "events", "stock", "month", "all", "year", "dragoman", "MTA", "NA", "", " ", "-1", "0", "1", "1e9",
    "nan",
    "../../etc/passwd", "a.csv", "'; DROP TABLE events; --", "%00", "\x00", "\ud83d\ude00", "\u202e", "visited", '"',
    "*", "OR", "AND (", "NEAR/3", "MQ", "x" * 300,
)  # fmt: skip
RIGHT = {
    "a": ("NOR", "Norway", "EU"), "b": ("ISL", "Iceland"), "actor": ("NOR", "ISL", "Norway", "IGO:EU"),
    "measure": ("score_mean", "events", "net"), "since": ("2019", "2001-05"), "until": ("2019", "2024-05-01"),
    "issue": ("sanctions", "arms-control"), "type": ("CONSULT", "COERCE"), "status": ("actual", "all", "planned"),
    "origin": ("dragoman", "all"), "dated": ("1", ""), "q": ("visited", "the", '"Porto Vesper"'),
    "cursor": ("MA", "MTA"), "identity": ("one", "evil"),
}  # fmt: skip
ACCEPTED = ("application/json", "application/vnd.apache.arrow.stream", "*/*", "text/html", "")


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Any:
    place = str(tmp_path_factory.mktemp("described") / "store")
    with desk.open_store(place, make=True) as kept:
        kept.commit([reading(), hostile()])
    site = Site(store=place, settings=set_up.defaults(), limits=Limits(a_second=1e6, at_once=10**6))
    with TestClient(make(site), base_url=LOCAL, raise_server_exceptions=False) as found:
        yield found


def values(name: str, schema: dict[str, Any]) -> some.SearchStrategy[Any]:
    """What a parameter of this schema may be, mostly, and what it may not."""
    wrong = some.sampled_from(WORDS) | some.text(max_size=12)
    right: list[some.SearchStrategy[Any]] = [some.sampled_from(RIGHT[name])] if name in RIGHT else []
    for kind in schema.get("anyOf", [schema]):
        if "enum" in kind:
            right.append(some.sampled_from(kind["enum"]))
        elif kind.get("type") == "integer":
            right.append(some.integers(kind.get("minimum", -5), kind.get("maximum", 2000)).map(str))
        elif kind.get("type") == "array":
            return some.lists(some.sampled_from(RIGHT[name]), max_size=3) | some.lists(wrong, max_size=3)
    one = some.one_of(right or [wrong])
    return some.integers(0, 9).flatmap(lambda drawn: wrong if drawn == 9 else one)


def asked(path: str) -> some.SearchStrategy[tuple[str, list[tuple[str, str]], str]]:
    """An address, its query and what is accepted for it."""
    parts, needed, pairs = {}, {}, {}
    for one in APP.openapi()["paths"][path]["get"].get("parameters", []):
        kept = parts if one["in"] == "path" else needed if one.get("required") else pairs
        kept[one["name"]] = values(one["name"], one["schema"])
    query = some.fixed_dictionaries(needed, optional={**pairs, "nobody": some.text(max_size=4)})
    return some.tuples(some.fixed_dictionaries(parts), query, some.sampled_from(ACCEPTED)).map(
        lambda drawn: (
            path.format(**{name: quote(value, safe="") for name, value in drawn[0].items()}),
            [
                (name, one)
                for name, value in drawn[1].items()
                for one in (value if isinstance(value, list) else [value])
            ],
            drawn[2],
        )
    )


@pytest.mark.parametrize("path", OPERATIONS)
def test_nothing_that_is_asked_is_a_fault_of_the_server(web: TestClient, path: str) -> None:
    described = {int(code) for code in APP.openapi()["paths"][path]["get"]["responses"]}

    seen: set[int] = set()

    @seed(8)
    @settings(max_examples=120, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(asked(path))
    def holds(drawn: tuple[str, list[tuple[str, str]], str]) -> None:
        address, query, accept = drawn
        pairs = [(name, value.encode("utf-8", "replace").decode()) for name, value in query]
        answer = web.get(address, params=pairs, headers={"accept": accept})
        assert answer.status_code < 500, answer.text
        assert answer.status_code in described, (answer.status_code, answer.text)
        seen.add(answer.status_code)
        kind = answer.headers.get("content-type", "")
        if kind.startswith(("application/json", "application/problem+json")):
            told = json.loads(answer.text, parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))
            if answer.status_code >= 400:
                assert told["title"] and told["status"] == answer.status_code

    holds()
    assert 200 in seen


@pytest.mark.parametrize("path", OPERATIONS)
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"])
def test_nothing_is_written_through_the_api(web: TestClient, path: str, method: str) -> None:
    assert web.request(method, path.format(identity="one")).status_code in (403, 404, 405)
