"""What every store keeps to; a new one adds the way to make it to STORES."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pytest
from store_readings import event, position, reading, statement

from a_reading import READING
from dragoman.records import Coder, EventDate, Participant
from dragoman.store import delta, snapshot
from dragoman.store.base import (
    Bloc,
    Correction,
    Linked,
    Member,
    Question,
    Store,
    StoreRefused,
    Tally,
    ToLink,
)

Maker = Callable[[], Store]


def _folder(place: Path) -> Store:
    return delta.create_store(place / "news 1'ä")


def _address(place: Path) -> Store:
    # an address with a scheme takes the road of object stores: no lock, no file names for DuckDB
    return delta.create_store(f"file://{place}/news")


STORES = {"delta": _folder, "delta by address": _address}


@pytest.fixture(params=STORES.values(), ids=STORES.keys())
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    made: Store = request.param(tmp_path)
    yield made
    made.close()


def counted(store: Store, question: Question) -> dict[tuple[Any, ...], int]:
    return {(row.source, row.target, str(row.period)): row.events for row in store.tally(question).rows}


def pairs(store: Store, **asked: Any) -> dict[tuple[str, str], int]:
    return {(row.source, row.target): row.events for row in store.tally(Question(unit="all", **asked)).rows}


# in and out


def test_a_reading_comes_back_exactly(store: Store) -> None:
    done = store.commit([READING])

    assert (done.added, done.replaced, done.unchanged) == (1, 0, 0)
    assert done.rows == {"articles": 1, "statements": 3, "events": 2, "positions": 2, "notes": 2}
    assert store.reading("a1") == READING
    assert list(store.readings()) == [READING]
    assert store.reading("nobody") is None


def test_letters_of_all_kinds_come_back(store: Store) -> None:
    texts = ["“Nein”, sagte sie — 你好 🇫🇷\u2028\x00\x1f'\"\\", "", "\n\n", "a" * 100_000]
    sent = [reading(f"id {k} ' é", text=text) for k, text in enumerate(texts)]
    store.commit(sent)

    for one in sent:
        assert store.reading(one.article.id) == one


def test_the_same_again_changes_nothing(store: Store) -> None:
    first = store.commit([READING, reading("b")])
    later = msgspec.structs.replace(READING.article, retrieved="2031-06-01T00:00:00Z")
    again = store.commit([msgspec.structs.replace(READING, article=later), reading("b")])

    assert (again.added, again.replaced, again.unchanged, again.commit) == (0, 0, 2, first.commit)
    assert store.info().tables["events"].rows == 2


def test_a_corrected_article_replaces_its_own_records(store: Store) -> None:
    store.commit([reading("a", event("USA", "RUS", "2024-03-05")), reading("b", event("USA", "CHN", "2024-03-05"))])
    done = store.commit([reading("a", event("FRA", "RUS", "2023-01-05"), text="another text")])

    assert (done.added, done.replaced) == (0, 1)
    assert pairs(store) == {("FRA", "RUS"): 1, ("USA", "CHN"): 1}
    back = store.reading("a")
    assert back is not None and back.article.text == "another text"
    assert store.check().ok


@pytest.mark.parametrize(
    "identity", ["it's", 'a "b"', "back\\slash", "ü 你好", "%_", "a;--", "https://x.example/?a=1&b=2"]
)
def test_any_id_can_be_replaced(store: Store, identity: str) -> None:
    for text in ("one", "two", "three"):
        store.commit([reading(identity, event("USA", "RUS"), text=f"{text} times told"), reading("other")])
    back = store.reading(identity)
    assert back is not None and back.article.text == "three times told"
    assert store.info().tables["events"].rows == 1
    assert store.check().ok


def test_another_coder_replaces_and_is_kept_on_every_row(store: Store) -> None:
    old, new = (Coder(name="dragoman", version=v, lexicon="x") for v in ("1", "2"))
    store.commit([msgspec.structs.replace(READING, coder=old), reading("b", coder=new)])
    assert [r.article.id for r in store.readings(not_by=new)] == ["a1"]

    store.commit([msgspec.structs.replace(READING, coder=new)])
    assert list(store.readings(not_by=new)) == []
    for table in ("articles", "statements", "events", "positions", "notes"):
        assert set(store.sql(f"SELECT coder_version FROM {table}").column(0).to_pylist()) == {"2"}


def test_the_last_of_doubles_in_a_batch_counts(store: Store) -> None:
    done = store.commit([reading("a", text="one"), reading("b"), reading("a", text="two")])

    assert (done.added, done.repeated) == (2, 1)
    back = store.reading("a")
    assert back is not None and back.article.text == "two"


def test_a_reading_that_cannot_be_kept_is_named_and_stops_nothing(store: Store) -> None:
    done = store.commit([reading("a", text="half a letter \ud83d"), reading(""), reading("b")])

    assert done.added == 1
    assert [identity for identity, _ in done.refused] == ["a", ""]
    assert store.reading("b") is not None


def test_nothing_is_a_batch_too(store: Store) -> None:
    assert store.commit([]).commit == 0
    assert store.tally(Question()).rows == ()
    assert store.events(Question(actors=("USA",))).num_rows == 0
    assert store.volume(Question()).num_rows == 0
    assert store.search("peace") == ()
    assert store.sql("SELECT count(*) FROM events").column(0).to_pylist() == [0]
    assert store.check().ok


def test_dates_that_are_none_do_not_stop_a_commit(store: Store) -> None:
    odd = event("USA", "RUS", "soon")
    store.commit([reading("a", odd, event("USA", "RUS", "1648-10-24"), event("USA", "RUS", "2150-01-01"))])

    assert counted(store, Question(unit="year")) == {("USA", "RUS", "1648-01-01"): 1, ("USA", "RUS", "2150-01-01"): 1}
    assert counted(store, Question(unit="year", until="1700")) == {("USA", "RUS", "1648-01-01"): 1}
    assert store.events(Question(since="2149")).num_rows == 1
    assert store.tally(Question()).left_out == {"undated": 1}


# the matrix


def test_row_acts_on_column(store: Store) -> None:
    store.commit([reading("a", event("USA", "RUS"), event("USA", "RUS"), event("RUS", "USA"))])

    assert pairs(store) == {("USA", "RUS"): 2, ("RUS", "USA"): 1}


def test_lists_of_actors_are_split_into_pairs(store: Store) -> None:
    store.commit([reading("a", event("USA GBR", "RUS IRN"))])

    assert pairs(store) == dict.fromkeys(itertools.product(("USA", "GBR"), ("RUS", "IRN")), 1)


def test_a_mutual_act_counts_both_ways(store: Store) -> None:
    store.commit([reading("a", event("USA RUS CHN", ""))])

    assert pairs(store) == dict.fromkeys(itertools.permutations(("USA", "RUS", "CHN"), 2), 1)


def test_two_people_of_one_actor_are_one_side(store: Store) -> None:
    store.commit([reading("a", event("USA USA", "RUS"), event("USA USA RUS", ""), event("FRA FRA", ""))])

    assert pairs(store) == {("USA", "RUS"): 2, ("RUS", "USA"): 1}


def test_an_actor_and_itself_only_when_asked(store: Store) -> None:
    store.commit([reading("a", event("RUS", "RUS"), event("RUS", ""), event("RUS", None))])

    assert pairs(store) == {}
    assert pairs(store, within=True) == {("RUS", "RUS"): 1}
    assert pairs(store, within=True, confidence=0.1) == {("RUS", "RUS"): 1}


def test_unknown_actors_make_no_pair(store: Store) -> None:
    nobody = Participant(actor=None, sector="CVL", name=None, role=None, text="crowds", span=(0, 3), via="description")
    store.commit([reading("a", msgspec.structs.replace(event("USA", "RUS"), target=(nobody,)))])

    assert pairs(store) == {}
    assert store.events(Question(actors=("USA",))).num_rows == 1


def test_negated_events_are_left_out_unless_asked_for(store: Store) -> None:
    store.commit([reading("a", event("USA", "RUS", status="negated"), event("USA", "RUS", status="planned"))])

    assert pairs(store) == {("USA", "RUS"): 1}
    assert pairs(store, status=("negated", "planned")) == {("USA", "RUS"): 2}
    assert pairs(store, status=("actual",)) == {}
    assert store.events(Question()).num_rows == 1


def test_actors_ask_for_one_for_several_and_for_sides(store: Store) -> None:
    store.commit([reading("a", event("USA", "RUS"), event("CHN", "USA"), event("FRA", "DEU"), event("USA CHN", ""))])

    assert set(pairs(store, actors=("USA",))) == {("USA", "RUS"), ("CHN", "USA"), ("USA", "CHN")}
    assert set(pairs(store, actors=("USA", "CHN"))) == {("CHN", "USA"), ("USA", "CHN")}
    assert set(pairs(store, acting=("USA",))) == {("USA", "RUS"), ("USA", "CHN")}
    assert set(pairs(store, acting=("CHN",), upon=("USA",))) == {("CHN", "USA")}
    assert store.events(Question(actors=("USA", "CHN"))).num_rows == 2
    assert store.events(Question(acting=("USA",), upon=("CHN",))).num_rows == 1
    assert store.events(Question(actors=("USA", "DEU"))).num_rows == 0


def test_units_and_dates(store: Store) -> None:
    days = ["2023-12-31", "2024-01-01", "2024-01-31", "2024-02-29", "2025-01-01"]
    store.commit([reading("a", *(event("USA", "RUS", day) for day in days))])

    def asked(**question: Any) -> dict[str, int]:
        return {str(row.period): row.events for row in store.tally(Question(**question)).rows}

    assert asked(unit="year") == {"2023-01-01": 1, "2024-01-01": 3, "2025-01-01": 1}
    assert asked(unit="month", since="2024", until="2024") == {"2024-01-01": 2, "2024-02-01": 1}
    assert asked(unit="month", since="2024-01-02", until="2024-02") == {"2024-01-01": 1, "2024-02-01": 1}
    assert asked(unit="quarter", until="2024-03") == {"2023-10-01": 1, "2024-01-01": 3}
    assert asked(unit="day", since="2024-01-31", until="2024-01-31") == {"2024-01-31": 1}
    assert asked(unit="week", until="2024-01-07") == {"2023-12-25": 1, "2024-01-01": 1}  # weeks begin on Monday
    assert asked(unit="all", since="2024") == {"None": 4}


def test_what_has_no_place_in_the_answer_is_said(store: Store) -> None:
    year = EventDate(start="2024-01-01", end="2024-12-31", granularity="year", text="in 2024")
    store.commit(
        [reading("a", event("USA", "RUS", year), event("USA", "RUS", None), event("USA", "RUS", "2024-05-05"))]
    )

    monthly = store.tally(Question(unit="month"))
    assert [row.events for row in monthly.rows] == [1]
    assert monthly.left_out == {"coarse": 1, "undated": 1}
    assert store.tally(Question(unit="year")).left_out == {"undated": 1}
    assert store.tally(Question(unit="all")).left_out == {}
    assert pairs(store) == {("USA", "RUS"): 3}
    assert pairs(store, since="2024") == {("USA", "RUS"): 2}


def test_undated_events_count_on_the_day_of_their_article_when_asked(store: Store) -> None:
    store.commit([reading("a", event("USA", "RUS", None), event("USA", "RUS", "2024-02-01"), published="2024-06-07")])

    for unit, period in (("month", "2024-06-01"), ("day", "2024-06-07")):
        asked = Question(unit=unit, undated=True, since="2024-05")
        assert counted(store, asked) == {("USA", "RUS", period): 1}
        assert store.events(asked).num_rows == 1


def test_measures_of_a_row(store: Store) -> None:
    store.commit(
        [
            reading(
                "a",
                event("USA", "RUS", type="AID", quad=2, score=10.0, confidence=0.5),
                event("USA", "RUS", type="ASSAULT", quad=4, score=-9.5, confidence=0.25),
                event("USA", "RUS", type="REQUEST", quad=3, score=0.0, confidence=1.0),
            )
        ]
    )
    (row,) = store.tally(Question(unit="all")).rows

    assert (row.events, row.score, row.cooperation, row.conflict) == (3, 0.5, 10.0, -9.5)
    assert (row.quads, row.confidence) == ((0, 1, 1, 1), 1.75)


def test_dimensions(store: Store) -> None:
    a = reading(
        "a",
        event("USA", "RUS", type="AID", quad=2),
        event("USA", "RUS", type="ACCUSE", quad=3, status="planned"),
        site="one.example",
    )
    b = reading("b", event("USA", "RUS", type="AID", quad=2, mode="visit"), site="two.example")
    store.commit([a, b])

    def asked(*by: Any, **question: Any) -> set[tuple[Any, ...]]:
        rows = store.tally(Question(unit="all", by=by, **question)).rows
        return {(*(getattr(row, name) for name in by), row.events) for row in rows}

    assert asked("type") == {("AID", 2), ("ACCUSE", 1)}
    assert asked("type", "status") == {("AID", "actual", 2), ("ACCUSE", "planned", 1)}
    assert asked("site") == {("one.example", 2), ("two.example", 1)}
    assert asked("article", types=("aid",)) == {("a", 1), ("b", 1)}
    assert asked("quad", "mode") == {(2, None, 1), (3, None, 1), (2, "visit", 1)}
    assert asked("origin", sites=("one.example",)) == {("dragoman", 2)}
    assert asked("type", modes=("visit",)) == {("AID", 1)}
    assert asked("type", quads=(3,)) == {("ACCUSE", 1)}


def test_issues_are_those_of_positions_in_the_same_words(store: Store) -> None:
    store.commit(
        [
            reading(
                "a",
                event("USA", "RUS", evidence=((0, 5),)),
                event("USA", "RUS", evidence=((5, 9),)),
                position("USA", "trade", evidence=((2, 4),)),
                position("USA", "energy", evidence=((2, 4),)),
                position("CHN", "health", evidence=((2, 4),)),
            )
        ]
    )

    assert pairs(store, issues=("trade",)) == {("USA", "RUS"): 1}
    assert pairs(store, issues=("trade", "energy")) == {("USA", "RUS"): 1}
    assert pairs(store, issues=("health",)) == {}
    by_issue = store.tally(Question(unit="all", by=("issue",))).rows
    assert {(row.issue, row.events) for row in by_issue} == {("trade", 1), ("energy", 1), (None, 1)}
    chosen = store.tally(Question(unit="all", by=("issue",), issues=("trade", "energy"))).rows
    assert {(row.issue, row.events) for row in chosen} == {("trade", 1), ("energy", 1)}


def test_a_bloc_is_its_members_at_the_date(store: Store) -> None:
    bloc = Bloc(
        code="IGO:EU",
        members=(Member(actor="FRA"), Member(actor="GBR", since="1973-01-01", until="2020-01-31"), Member(actor="DEU")),
    )
    store.commit(
        [
            reading("a", event("GBR", "RUS", "2019-05-05"), event("GBR", "RUS", "2021-05-05")),
            reading("b", event("FRA DEU", "RUS", "2021-06-06"), event("FRA", "DEU", "2021-06-06")),
            reading("c", event("IGO:EU", "RUS", "2021-07-07")),
        ]
    )
    asked = Question(actors=("IGO:EU", "RUS"), unit="year", blocs=(bloc,))

    assert counted(store, asked) == {("IGO:EU", "RUS", "2019-01-01"): 1, ("IGO:EU", "RUS", "2021-01-01"): 2}
    assert store.events(asked).num_rows == 3
    both = store.tally(Question(actors=("IGO:EU", "FRA", "RUS"), unit="all", blocs=(bloc,))).rows
    assert {(r.source, r.target): r.events for r in both} == {
        ("IGO:EU", "RUS"): 3,
        ("FRA", "RUS"): 1,
        ("FRA", "IGO:EU"): 1,
    }


def test_the_answer_speaks_arrow(store: Store) -> None:
    store.commit([reading("a", event("USA", "RUS", "2024-05-05"))])
    answer = store.tally(Question())

    assert pa.table(answer).to_pylist()[0]["source"] == "USA"
    assert len(answer) == 1 and isinstance(answer.rows[0], Tally)
    assert answer.commit == store.info().commit


# rows, search, sql


def test_rows_of_events_hold_who_what_when_and_the_words(store: Store) -> None:
    store.commit([READING])
    (first,) = store.events(Question(since="2031")).to_pylist()

    assert first["article"] == "a1" and first["id"] == "e1" and first["type"] == "CONSULT" and first["mode"] == "visit"
    assert (first["sources"], first["targets"]) == (["NRD"], ["VES"])
    assert first["target_names"] == ["Vesper", "João Quell"]
    assert (
        str(first["day"]) == "2031-05-13" and first["granularity"] == "day" and str(first["published"]) == "2031-05-14"
    )
    assert first["words"].startswith("Norland's foreign minister") and first["trigger"] == "visited"
    start, end = first["evidence"][0]["start"], first["evidence"][0]["end"]
    assert READING.article.text[start:end] == first["words"]
    assert (first["place"], first["country"], first["coder_version"]) == ("Porto Vesper", "VES", "0.1.0")
    assert first["commit"] == 1


def test_rows_by_day_and_page_by_page(store: Store) -> None:
    days = ["2020-03-01", "2024-01-05", "2021-07-01", None, "2023-02-02", "2022-12-12", "2019-01-01", "2018-01-01"]
    store.commit([reading(f"a{k}", event("USA", "RUS", day)) for k, day in enumerate(days)])
    ordered = sorted(day for day in days if day)

    def asked(**page: Any) -> list[str]:
        return [str(day) for day in store.events(Question(actors=("USA", "RUS")), **page).column("day").to_pylist()]

    assert asked() == [*ordered, "None"]
    assert asked(newest=True) == [*reversed(ordered), "None"]
    assert asked(newest=True, limit=3) == ordered[:-4:-1]
    assert asked(newest=True, limit=3, offset=2) == ordered[-3:-6:-1]
    assert asked(newest=True, limit=100, offset=6) == [ordered[0], "None"]
    assert asked(limit=2, offset=1) == ordered[1:3]


def test_statements_and_positions_by_actor(store: Store) -> None:
    store.commit(
        [
            reading(
                "a",
                statement("s1", "USA", to="RUS"),
                statement("s2", "RUS"),
                statement("s3", None),
                position("USA", "trade", toward="RUS"),
                position("RUS", "trade", shared_with=("CHN",)),
                published="2024-04-04",
            )
        ]
    )

    def said(**asked: Any) -> list[str]:
        return store.statements(Question(**asked)).column("id").to_pylist()

    assert said() == ["s1", "s2", "s3"]
    assert said(actors=("RUS",)) == ["s1", "s2"]
    assert said(actors=("USA", "RUS")) == ["s1"]
    assert said(acting=("RUS",)) == ["s2"]
    assert said(since="2024-05") == []
    assert store.positions(Question(actors=("CHN",))).column("actor").to_pylist() == ["RUS"]
    assert store.positions(Question(actors=("USA", "RUS"))).num_rows == 1
    assert store.positions(Question(issues=("trade",), upon=("RUS",))).num_rows == 1


def test_positions_say_who_reports_them_and_who_speaks(store: Store) -> None:
    speaker = Participant(
        actor="USA", sector="GOV", name="Ann Bell", role="minister", text="Bell", span=(0, 4), via="name"
    )
    said = msgspec.structs.replace(statement("s1", "USA"), speaker=speaker, speakers=(speaker,))
    store.commit(
        [
            reading(
                "a",
                said,
                position("USA", "trade", statement="s1"),
                position("RUS", "trade", statement="s1", reporter="USA"),
            )
        ]
    )
    rows = store.positions(Question()).to_pylist()

    assert [(row["actor"], row["reporter"], row["person"]) for row in rows] == [
        ("USA", None, "Ann Bell"),
        ("RUS", "USA", None),
    ]
    assert {str(row["published_end"]) for row in rows} == {"2024-03-05"}


def test_search_finds_sentences_and_their_records(store: Store) -> None:
    store.commit([READING, reading("b", statement("s1", "USA", words="They threatened to leave the talks"))])

    (hit,) = store.search("inspectors patrols")
    assert hit.article == "a1" and READING.article.text[hit.start : hit.end] == hit.words
    assert ("statement", "s1") in hit.records
    assert [h.article for h in store.search("threaten leaves")] == ["b"]  # endings do not matter
    assert [h.article for h in store.search('"leave the talks"')] == ["b"]
    assert store.search('"talks the leave"') == ()
    assert store.search("visited", Question(actors=("NRD", "VES"), since="2031-05")) != ()
    assert store.search("visited", Question(actors=("USA",))) == ()
    assert store.search("visited", Question(until="2030")) == ()


def test_search_follows_what_changes(store: Store) -> None:
    store.commit([reading("a", statement("s1", "USA", words="An old grievance"))])
    assert len(store.search("grievance")) == 1
    store.commit([reading("a", statement("s1", "USA", words="A new friendship"))])
    assert store.search("grievance") == ()
    store.compact()
    assert [hit.article for hit in store.search("friendship")] == ["a"]


@pytest.mark.parametrize("words", ["", "   ", '"open', "a AND", "field:x"])
def test_words_that_cannot_be_searched_for(store: Store, words: str) -> None:
    store.commit([READING])
    with pytest.raises(StoreRefused):
        store.search(words)


def test_sql_reads(store: Store) -> None:
    store.commit([READING])

    found = store.sql("WITH e AS (SELECT type, sources[1] AS who FROM events) SELECT * FROM e ORDER BY type")
    assert found.to_pylist() == [{"type": "AGREE", "who": "NRD"}, {"type": "CONSULT", "who": "NRD"}]
    assert store.sql("SELECT record::JSON ->> '$.coder.name' AS c FROM articles").to_pylist() == [{"c": "dragoman"}]
    assert store.sql("FROM positions JOIN articles USING (article) SELECT issue").num_rows == 2


@pytest.mark.parametrize(
    "query",
    [
        "",
        "nonsense",
        "SELECT nothing FROM events",
        "SELECT 1; SELECT 2",
        "DELETE FROM events",
        "INSERT INTO events SELECT * FROM events",
        "UPDATE events SET type = 'X'",
        "DROP VIEW events",
        "CREATE TABLE t AS SELECT 1",
        "ATTACH '{folder}/x.db'",
        "COPY events TO '{folder}/x.csv'",
        "COPY (SELECT 1) TO '{folder}/x.csv'",
        "EXPLAIN ANALYZE COPY (SELECT 1) TO '{folder}/x.csv'",
        "EXPORT DATABASE '{folder}/x'",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SET memory_limit = '9GB'",
        "SET enable_external_access = true",
        "PRAGMA database_list",
        "CALL pragma_version()",
        "SELECT * FROM read_text('/etc/hostname')",
        "SELECT * FROM read_csv('/etc/hostname')",
        "SELECT * FROM '/etc/hostname'",
        "SELECT * FROM glob('/*')",
        "SELECT * FROM query('DELETE FROM events')",
        "SELECT * FROM store",
        "BEGIN",
        "CHECKPOINT",
    ],
)
def test_sql_does_nothing_else(store: Store, query: str, tmp_path: Path) -> None:
    store.commit([READING])
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(StoreRefused) as refused:
        store.sql(query.replace("{folder}", str(tmp_path)))

    assert refused.value.name == "sql" and refused.value.hint
    assert sorted(tmp_path.rglob("*")) == before
    assert store.events(Question()).num_rows == 2


# acts and their reports


def linked(store: Store, *, by: str = "test", whole: bool = False, copies: dict[str, str] | None = None) -> ToLink:
    """Links as a test may: what has one pair, day and type is one act; the surest report stands for it."""
    job = store.to_link(by, whole=whole)
    acts: dict[Any, list[dict[str, Any]]] = {}
    for row in itertools.chain.from_iterable(store.reports(job)):
        acts.setdefault((*row["sources"], None, *row["targets"], row["reported"], row["type"]), []).append(row)

    def found() -> Iterator[Linked]:
        for rows in acts.values():
            ranked = sorted(rows, key=lambda row: -row["confidence"])
            for rank, row in enumerate(ranked if len(rows) > 1 else []):
                yield Linked(
                    article=row["article"],
                    event=row["id"],
                    day=row["day"],
                    happening=f"{rows[0]['article']}/{rows[0]['id']}",
                    rank=rank,
                    n_reports=len(rows),
                    n_outlets=len({row["site"] for row in rows}),
                )

    return store.keep_links(job, store.copies() if copies is None else copies, found())


def acts_told(store: Store, **asked: Any) -> dict[tuple[str, str], tuple[int, int, int]]:
    rows = store.tally(Question(**({"unit": "all"} | asked))).rows
    return {(row.source, row.target): (row.events, row.reports, row.outlets) for row in rows}


def three_outlets(store: Store) -> None:
    """One act told by three outlets, once in two events' words by the first; another told by one."""
    store.commit(
        [
            reading("a", event("USA", "RUS", confidence=0.5), site="one.example"),
            reading("b", event("USA", "RUS", confidence=0.9), event("USA", "CHN"), site="two.example"),
            reading("c", event("USA", "RUS", None, confidence=0.7), published="2024-03-05", site="three.example"),
        ]
    )


def test_until_they_are_linked_reports_count_each_for_itself(store: Store) -> None:
    three_outlets(store)
    found = store.tally(Question(unit="all"))

    assert found.unlinked == 4
    assert acts_told(store) == {("USA", "RUS"): (3, 3, 3), ("USA", "CHN"): (1, 1, 1)}
    assert store.to_link("test") == ToLink(
        commit=1, linked=None, whole=True, serial=0, reports=4, articles=3, by="test"
    )
    assert set(store.events(Question()).column("happening").to_pylist()) == {None}


def test_an_act_counts_once_and_every_report_stays(store: Store) -> None:
    three_outlets(store)
    after = linked(store)

    assert (after.linked, after.reports, after.whole) == (1, 0, False)
    assert acts_told(store) == {("USA", "RUS"): (1, 3, 3), ("USA", "CHN"): (1, 1, 1)}
    assert acts_told(store, count="report") == {("USA", "RUS"): (3, 3, 3), ("USA", "CHN"): (1, 1, 1)}
    assert acts_told(store, unit="day", since="2024-03-05", undated=True)["USA", "RUS"] == (1, 3, 3)
    assert store.tally(Question(unit="all")).unlinked == 0
    (one, other) = store.events(Question(actors=("USA",))).to_pylist()
    assert {(row["article"], row["happening"], row["n_reports"], row["n_outlets"]) for row in (one, other)} == {
        ("b", "a/e1", 3, 3),
        ("b", "b/e2", 1, 1),
    }
    assert store.events(Question(count="report")).num_rows == 4
    told = store.reports_of(["a/e1", "b/e2"])
    assert told.column("article").to_pylist() == ["b", "c", "a", "b"]
    assert store.info().derived["happenings"] == 1


def test_sites_choose_among_reports(store: Store) -> None:
    three_outlets(store)
    linked(store)

    assert acts_told(store, sites=("one.example",)) == {("USA", "RUS"): (1, 1, 1)}
    assert acts_told(store, sites=("one.example", "three.example")) == {("USA", "RUS"): (1, 2, 2)}
    assert acts_told(store, articles=("c",)) == {("USA", "RUS"): (1, 1, 1)}
    assert acts_told(store, confidence=0.6)["USA", "RUS"] == (1, 2, 2)
    (row,) = store.events(Question(sites=("one.example", "three.example"))).to_pylist()
    assert (row["article"], row["n_reports"]) == ("c", 2)
    by_site = store.tally(Question(unit="all", by=("site",), upon=("RUS",))).rows
    assert {(row.site, row.events) for row in by_site} == {(f"{k}.example", 1) for k in ("one", "two", "three")}


def test_an_act_is_as_the_report_tells_it_that_stands_for_it(store: Store) -> None:
    store.commit([reading("a", event("USA", "RUS", type="AID", quad=2, score=10.0, confidence=0.3))])
    store.commit([reading("b", event("USA", "RUS", "2024-04-01", confidence=0.8))])
    job = store.to_link("test")
    list(store.reports(job))
    more = {"happening": "a/e1", "n_reports": 2, "n_outlets": 1}
    rows = store.events(Question()).to_pylist()
    store.keep_links(
        job,
        {},
        [
            Linked(article=row["article"], event="e1", day=row["day"], rank=int(row["article"] == "a"), **more)
            for row in rows
        ],
    )

    assert acts_told(store, types=("AID",)) == {}
    assert acts_told(store, types=("CONSULT",)) == {("USA", "RUS"): (1, 2, 1)}
    assert acts_told(store, since="2024-03", until="2024-03") == {}
    assert acts_told(store, unit="day", by=("site",), until="2024-03-31") == {}
    assert acts_told(store, types=("AID",), count="report") == {("USA", "RUS"): (1, 1, 1)}


def test_new_reports_wait_and_are_linked_with_their_neighbours(store: Store) -> None:
    three_outlets(store)
    store.commit([reading("far", event("USA", "RUS", "2019-01-01")), reading("else", event("FRA", "DEU"))])
    linked(store)
    store.commit([reading("d", event("USA", "RUS"), site="four.example")])

    assert acts_told(store)["USA", "RUS"] == (3, 5, 5)
    assert store.tally(Question(unit="all")).unlinked == 1
    job = store.to_link("test")
    assert (job.reports, job.articles, job.whole) == (1, 1, False)
    handed = [row["article"] for row in itertools.chain.from_iterable(store.reports(job))]
    assert handed == ["a", "b", "c", "d"]
    linked(store)
    assert acts_told(store)["USA", "RUS"] == (2, 5, 5)
    assert store.tally(Question(unit="all")).unlinked == 0


def test_an_article_coded_anew_leaves_its_act(store: Store) -> None:
    three_outlets(store)
    linked(store)
    store.commit([reading("b", event("USA", "FRA"), text="told otherwise", site="two.example")])
    linked(store)

    assert acts_told(store) == {("USA", "RUS"): (1, 2, 2), ("USA", "FRA"): (1, 1, 1)}
    assert store.reports_of(["a/e1"]).column("article").to_pylist() == ["c", "a"]
    assert store.check().ok


def test_what_somebody_else_linked_meanwhile_stands(store: Store) -> None:
    three_outlets(store)
    linked(store)
    store.commit([reading("d", event("USA", "RUS"), site="four.example")])
    late = store.to_link("test")
    linked(store)
    store.keep_links(late, {}, [])

    assert acts_told(store)["USA", "RUS"] == (1, 4, 4)


def test_another_linker_looks_at_everything_anew(store: Store) -> None:
    three_outlets(store)
    linked(store)
    assert not store.to_link("test").whole
    assert store.to_link("another").whole and store.to_link("another").reports == 4
    assert store.to_link("test", whole=True).reports == 4
    linked(store, whole=True)
    assert acts_told(store)["USA", "RUS"] == (1, 3, 3)


def test_copies_are_articles_once(store: Store) -> None:
    three_outlets(store)
    store.commit([reading("late", published="2024-04-01", site="two.example")])
    linked(store, copies={"b": "a", "c": "a"})

    def asked(**question: Any) -> set[tuple[str, str, int]]:
        rows = store.volume(Question(**question)).to_pylist()
        return {(str(row["period"])[:7], row["site"].partition(".")[0], row["articles"]) for row in rows}

    assert store.copies() == {"b": "a", "c": "a"}
    assert asked() == {("2024-03", "one", 1), ("2024-04", "two", 1)}
    assert asked(count="report") == asked() | {("2024-03", "two", 1), ("2024-03", "three", 1)}
    assert asked(sites=("two.example", "three.example"), until="2024-03") == {("2024-03", "two", 1)}
    copy_of = {row["article"]: row["copy_of"] for row in store.events(Question(count="report")).to_pylist()}
    assert copy_of == {"a": None, "b": "a", "c": "a"}
    pages = [(article.id, new) for article, new in store.pages(store.to_link("test"), days=10)]
    assert pages == []
    store.commit([reading("d", published="2024-03-28")])
    pages = [(article.id, new) for article, new in store.pages(store.to_link("test"), days=10)]
    assert pages == [("d", True), ("late", False)]


def test_rows_of_other_origins_are_acts_already(store: Store) -> None:
    store.load([imported()], origin="gdelt", name="one")
    found = store.tally(Question(unit="all", origins=("gdelt",)))

    assert found.unlinked == 0 and len(found.rows) == 2
    assert store.to_link("test").reports == 0
    linked(store)
    assert set(store.events(Question(origins=("gdelt",))).column("happening").to_pylist()) == {"one/0", "one/1"}


def test_compacting_leaves_what_was_linked(store: Store) -> None:
    for k in range(4):
        store.commit([reading(f"a{k}", event("USA", "RUS"))])
    linked(store)
    store.compact()
    store.vacuum(keep_hours=0)

    assert acts_told(store) == {("USA", "RUS"): (1, 4, 1)}
    assert store.to_link("test").reports == 0


# rows of other origins


def imported(**more: Any) -> pa.Table:
    rows = {
        "type": ["AID", "ACCUSE"],
        "quad": [2, 3],
        "score": [10.0, -3.0],
        "sources": [["USA"], ["RUS"]],
        "targets": [["RUS"], ["USA"]],
    }
    return pa.table(rows | more)


def test_rows_of_another_origin_stand_beside_ours(store: Store) -> None:
    import datetime

    days = pa.array([datetime.date(2024, 1, 2), None])
    store.commit([reading("a", event("USA", "RUS"))])
    done = store.load([imported(day=days)], origin="gdelt", name="file one")

    assert done.rows == {"events": 2}
    assert pairs(store) == {("USA", "RUS"): 1}
    assert pairs(store, origins=("gdelt",)) == {("USA", "RUS"): 1, ("RUS", "USA"): 1}
    assert pairs(store, origins=("gdelt", "dragoman")) == {("USA", "RUS"): 2, ("RUS", "USA"): 1}
    assert counted(store, Question(origins=("gdelt",))) == {("USA", "RUS", "2024-01-01"): 1}
    assert store.info().origins == {"dragoman": 1, "gdelt": 2}
    assert store.check().ok


def test_a_load_is_kept_once(store: Store) -> None:
    first = store.load([imported(), imported()], origin="gdelt", name="one")
    again = store.load([imported()], origin="gdelt", name="one")
    assert (again.commit, again.unchanged) == (first.commit, 1)
    assert store.info().origins == {"gdelt": 4}

    store.load([imported()], origin="gdelt", name="one", replace=True)
    assert store.info().origins == {"gdelt": 2}
    store.commit([reading("a")])
    assert store.load([imported()], origin="gdelt", name="one").unchanged == 1


@pytest.mark.parametrize(
    "table",
    [
        pa.table({"type": ["AID"]}),
        imported(strange=["x", "y"]),
        imported(type=["AID", None]),
    ],
)
def test_rows_that_are_no_events_are_refused_whole(store: Store, table: pa.Table) -> None:
    with pytest.raises(StoreRefused):
        store.load([imported(), table], origin="gdelt", name="one")
    assert store.events(Question(origins=())).num_rows == 0
    assert store.load([imported()], origin="gdelt", name="one").rows == {"events": 2}


# verdicts, volume, keeping


def test_verdicts_are_kept(store: Store) -> None:
    given = [
        Correction(article="a1", kind="event", id="e1", verdict="right", by="M", at="2031-01-01T00:00:00Z"),
        Correction(article="a1", kind="event", id="e2", verdict="wrong", field="type", record='{"type": "AID"}'),
    ]
    assert store.correct(given).rows == {"corrections": 2}
    assert store.corrections()[1].at is None or store.corrections()[0].at
    kept = {correction.id: correction for correction in store.corrections()}
    assert kept["e1"] == given[0]
    assert kept["e2"].verdict == "wrong" and kept["e2"].at
    assert store.correct([]).rows == {}


def test_volume_counts_articles(store: Store) -> None:
    days = ["2024-01-01", "2024-01-31", "2024-02-01", None]
    store.commit([reading(f"a{k}", published=day, site="one.example") for k, day in enumerate(days)])
    store.commit([reading("b", published="2024-01-15", site="two.example")])

    def asked(**question: Any) -> set[tuple[Any, ...]]:
        return {(str(r["period"]), r["site"], r["articles"]) for r in store.volume(Question(**question)).to_pylist()}

    monthly = {("2024-01-01", "one.example", 2), ("2024-02-01", "one.example", 1), ("2024-01-01", "two.example", 1)}
    assert asked(since="2024") == monthly
    assert asked() == monthly | {("None", "one.example", 1)}
    assert asked(unit="day", since="2024-01-31", sites=("one.example",)) == {
        ("2024-01-31", "one.example", 1),
        ("2024-02-01", "one.example", 1),
    }


def test_compacting_and_cleaning_change_no_answer(store: Store) -> None:
    for k in range(6):
        store.commit([reading(f"b{k}", event("USA", "RUS", f"2024-0{1 + k % 2}-11")), READING])
    before = counted(store, Question()), store.events(Question()).to_pylist()
    store.compact()
    assert store.info().tables["articles"].files <= 2
    assert store.vacuum(keep_hours=0) > 0
    assert (counted(store, Question()), store.events(Question()).to_pylist()) == before
    assert store.reading("a1") is not None
    assert store.check().ok
    store.commit([reading("later")])
    assert store.info().tables["articles"].rows == 8


def test_what_is_derived_can_be_made_anew(store: Store) -> None:
    store.commit([READING])
    info = store.rebuild()

    assert set(info.derived) == {"pairs", "details", "volumes", "sentences", "happenings"}
    assert {at for name, at in info.derived.items() if name != "happenings"} == {info.commit}
    store.commit([reading("b", event("USA", "RUS"))])
    assert pairs(store, actors=("USA",)) == {("USA", "RUS"): 1}


def test_info_says_what_there_is(store: Store) -> None:
    store.commit([READING, reading("b", coder=Coder(name="dragoman", version="9", lexicon="z"))])
    info = store.info()

    assert info.commit == 1 and info.format == snapshot.FORMAT and info.at
    assert info.tables["events"].rows == 2 and info.bytes > 0
    assert info.coders == (("dragoman", "0.1.0", "0123456789ab", 1), ("dragoman", "9", "z", 1))
    assert str(info.first) == str(info.last) == "2031-05-13"
    assert info.writer is None


def test_check_names_what_points_nowhere(store: Store) -> None:
    bad = event("USA", "RUS", evidence=((0, 10_000),), statement="s9")
    store.commit([reading("a", bad)])
    check = store.check()

    assert not check.ok
    assert {(f.kind, f.where) for f in check.findings} == {
        ("span", "article a, event e1"),
        ("reference", "article a, event e1"),
    }


@pytest.mark.parametrize(
    ("asked", "name"),
    [
        ({"actors": ("usa",)}, "actors"),
        ({"acting": ("Russia",)}, "acting"),
        ({"upon": ("'; DROP",)}, "upon"),
        ({"since": "2024-13"}, "date"),
        ({"since": "yesterday"}, "date"),
        ({"until": "2023-02-29"}, "date"),
        ({"since": "2024", "until": "2023"}, "since"),
        ({"unit": "century"}, "unit"),
        ({"by": ("colour",)}, "by"),
        ({"status": ("maybe",)}, "status"),
        ({"quads": (5,)}, "quads"),
        ({"count": "article"}, "count"),
    ],
)
def test_a_question_that_cannot_be_asked(store: Store, asked: dict[str, Any], name: str) -> None:
    question = Question(**asked)
    for verb in (store.tally, store.events, store.statements, store.positions, store.articles, store.volume):
        with pytest.raises(StoreRefused) as refused:
            verb(question)
        assert refused.value.name == name


def test_quotation_marks_in_a_question_are_letters(store: Store) -> None:
    store.commit([reading("it's", event("USA", "RUS"), site="o'clock.example")])

    asked = {"sites": ("o'clock.example",), "types": ("CONSULT", "x' OR '1'='1"), "articles": ("it's",)}
    assert store.events(Question(**asked)).num_rows == 1
    assert pairs(store, **asked) == {("USA", "RUS"): 1}
    assert store.reading("it's") is not None
