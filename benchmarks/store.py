"""How fast a full store answers, how large it is, and how it takes commits beside a reader; in one run.

    python benchmarks/store.py --events 500000 [--json] [--folder FOLDER]

The events are synthetic and skewed as news is: a few actors and a few months have most of them (both by Zipf's law),
sentences are drawn from a vocabulary of 20,000 made-up words of which a few are frequent, five events share an article.
Events of one pair, day and type are kept as reports of one act, as `dragoman store link` would keep them, so that the
questions are asked of a store with acts; how fast acts are found by their words is measured on articles of their own.
Quoted are medians, wall clock and (`_cpu`) processor time of all threads, which other work on the machine does not
stretch; memory is the largest that a process ever held.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

ACTORS, MONTHS, WORDS, REASONS = 200, 120, 20_000, 400
AT_ONCE = 250_000
TYPES = [
    ("CONSULT", 1, 2.5),
    ("AGREE", 1, 2.5),
    ("SUPPORT", 1, 5.0),
    ("ACCUSE", 3, -3.0),
    ("REQUEST", 3, 0.0),
    ("COOPERATE", 2, 9.5),
    ("AID", 2, 10.0),
    ("THREATEN", 3, -5.0),
    ("SANCTION", 4, -6.0),
    ("ASSAULT", 4, -9.5),
]
ISSUES = ["trade", "sanctions", "armed-conflict", "dialogue", "energy", "terrorism", "alliances", "migration"]
# what is to be reached with 5 million events; seconds, bytes, megabytes
GOALS = {
    "load_seconds": 60.0,
    "bytes_per_event": 120.0,
    "matrix_seconds": 0.15,
    "dyad_seconds": 0.3,
    "pair_month_seconds": 0.1,
    "search_seconds": 0.02,
    "commit_seconds": 0.1,
    "memory_megabytes": 1500.0,
    "loading_megabytes": 1500.0,
    "linking_megabytes": 1500.0,
}


def main() -> None:
    """Makes a store, measures, prints."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--events", type=int, default=500_000)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--folder", type=Path, help="where the store is made, and kept; else a temporary folder")
    parser.add_argument("--no-search", action="store_true", help="leave the sentence index out")
    parser.add_argument("--reports", type=int, default=20_000, help="how many reports are linked by their words")
    parser.add_argument("--answer", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--fill", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--link", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--make", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.answer:
        print(json.dumps(answers(given.folder / "store", search=not given.no_search)))
        return
    if given.make:
        made(given.folder, given.events)
        return
    if given.fill:
        print(json.dumps(filled(given.folder, given.events, search=not given.no_search)))
        return
    if given.link:
        print(json.dumps(linking(given.folder / "linked", given.reports)))
        return
    folder = given.folder or Path(tempfile.mkdtemp(prefix="dragoman-bench-"))
    try:
        results: dict[str, float] = {"events": given.events}
        for step in ("--fill", "--answer", "--link"):
            command = [sys.executable, __file__, step, "--folder", str(folder), "--events", str(given.events)]
            command += ["--reports", str(given.reports), *["--no-search"] * given.no_search]
            asked = subprocess.run(command, capture_output=True, text=True, check=False)
            if asked.returncode:
                sys.exit(asked.stderr)
            results |= json.loads(asked.stdout)
        results |= commits(folder / "store")
    finally:
        if not given.folder:
            shutil.rmtree(folder, ignore_errors=True)
    if given.json:
        print(json.dumps(results, indent=2))
        return
    for name, value in results.items():
        goal = f"   to reach: {GOALS[name]:g}" if name in GOALS else ""
        print(f"{name:32} {value:12.4g}{goal}")


def filled(folder: Path, events: int, *, search: bool) -> dict[str, float]:
    """Loads the events, compacts, cleans, makes what is derived."""
    import pyarrow.parquet as pq

    from dragoman.store import rollups
    from dragoman.store import search as sentences
    from dragoman.store.delta import create_store

    shutil.rmtree(folder / "store", ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    source = folder / "events.parquet"
    # in a process of its own, so that what it holds is not counted
    subprocess.run([sys.executable, __file__, "--make", "--events", str(events), "--folder", str(folder)], check=True)
    with create_store(folder / "store") as store:
        # unless told not to, the reader keeps all it ever read, which is not the store's
        rows = pq.ParquetFile(source, pre_buffer=False).iter_batches(AT_ONCE)
        with clock() as load:
            store.load(rows, origin="synthetic", name="benchmark")
        with clock() as compact:
            store.compact()
            store.vacuum(keep_hours=0)
        source.unlink()
        derived = folder / "store" / "derived"
        with clock() as kept:
            store.keep_links(store.to_link("numbers", whole=True), {}, told_again(store))
        with clock() as rolled:
            rollups.fresh(derived, store._view(), store._cursor, "events", store._links(store._view()))
        with clock() as indexed:
            if search:
                sentences.follow(derived, store._view(), store._cursor)
        size = sum(file.stat().st_size for file in (folder / "store" / "events").rglob("*.parquet"))
        more = sum(file.stat().st_size for file in derived.rglob("*") if file.is_file())
        return {
            "load_seconds": load[0],
            "compact_seconds": compact[0],
            "keep_links_seconds": kept[0],
            "rollups_seconds": rolled[0],
            "index_seconds": indexed[0],
            "bytes_per_event": size / events,
            "derived_bytes_per_event": more / events,
            "loading_megabytes": held(),
        }


def made(folder: Path, events: int) -> None:
    """Writes the synthetic events into one file."""
    import pyarrow.parquet as pq

    writer = None
    for table in synthetic(events):
        writer = writer or pq.ParquetWriter(folder / "events.parquet", table.schema)
        writer.write_table(table)
    if writer:
        writer.close()


def answers(address: Path, *, search: bool) -> dict[str, float]:
    """Seconds of each question, the first asking (files cold in this process) and the median of the next."""
    from dragoman.store.base import Question
    from dragoman.store.delta import open_store

    ours: dict[str, Any] = {"origins": ("synthetic",)}
    twenty = tuple(actor(k) for k in range(20))
    pair = twenty[:2]
    rare = (actor(90), actor(140))
    with open_store(address) as store:

        def dyad(two: tuple[str, str]) -> Callable[[], object]:
            def ask() -> object:
                return (
                    store.tally(Question(actors=two, **ours)).rows,
                    store.tally(Question(actors=two, unit="year", by=("type",), **ours)).rows,
                    store.tally(Question(actors=two, unit="all", by=("issue",), issues=tuple(ISSUES), **ours)).rows,
                    store.positions(Question(actors=two, **ours), limit=50, newest=True),
                    store.events(Question(actors=two, **ours), limit=50, newest=True),
                )

            return ask

        questions: dict[str, Callable[[], object]] = {
            "matrix": lambda: store.tally(Question(actors=twenty, **ours)),
            "matrix_by_report": lambda: store.tally(Question(actors=twenty, count="report", **ours)),
            "matrix_as_values": lambda: store.tally(Question(actors=twenty, **ours)).rows,
            "dyad": dyad(pair),
            "rare_dyad": dyad(rare),
            "pair_month": lambda: store.events(Question(actors=pair, since="2021-03", until="2021-03", **ours)),
            "events_by_day": lambda: store.tally(Question(actors=pair, unit="day", since="2021", until="2021", **ours)),
            "sql_count": lambda: store.sql("SELECT type, count(*) FROM events GROUP BY type"),
        }
        if search:
            questions["search"] = lambda: store.search(f"{word(40)} {word(300)}", limit=20)
            questions["search_pair"] = lambda: store.search(word(40), Question(actors=pair), limit=20)
        results = {}
        for name, ask in questions.items():
            with clock() as first:
                ask()
            again, worked = [], []
            for _ in range(7):
                before = time.process_time()
                with clock() as took:
                    ask()
                again.append(took[0])
                worked.append(time.process_time() - before)
            results[f"{name}_seconds"] = statistics.median(again)
            results[f"{name}_cpu_seconds"] = statistics.median(worked)
            results[f"{name}_first_seconds"] = first[0]
        results["matrix_rows"] = len(store.tally(Question(actors=twenty, **ours)))
        results["pair_month_rows"] = store.events(
            Question(actors=pair, since="2021-03", until="2021-03", **ours)
        ).num_rows
    results["memory_megabytes"] = held()
    return results


def told_again(store: Any) -> Iterator[Any]:
    """Links for the synthetic events: those of one pair, day and type are of one act, four of an act at most."""
    from dragoman.store.base import Linked

    view = store._view()
    for month in view.months("events"):
        if month == "undated":
            continue
        cursor = store._cursor()
        rows = cursor.execute(
            f"SELECT article, id, day, sources[1], targets[1], type FROM {view.relation(cursor, 'events', [month])}"
            " WHERE day IS NOT NULL ORDER BY day, sources[1], targets[1], type, article, id"
        )
        group: list[tuple[Any, ...]] = []
        while batch := rows.fetchmany(10_000):
            for row in batch:
                if group and (row[2:] != group[0][2:] or len(group) == 4):
                    yield from _several(group, Linked)
                    group = []
                group.append(row)
        yield from _several(group, Linked)


def _several(group: list[tuple[Any, ...]], made: Any) -> Iterator[Any]:
    if len(group) > 1:
        act = "/".join(group[0][:2])
        for rank, (article, event, day, *_) in enumerate(group):
            yield made(article, event, day, act, rank, len(group), len(group))


def linking(address: Path, number: int) -> dict[str, float]:
    """Seconds to link reports in whole articles by their words: all at once, and the hundred newest after that."""
    from dragoman.desk import happened
    from dragoman.store.base import Question
    from dragoman.store.delta import create_store

    shutil.rmtree(address, ignore_errors=True)
    given = sorted(articles(number + 100), key=lambda one: one.article.published.start)
    with create_store(address) as store:
        for start in range(0, number, 1000):
            store.commit(given[start : start + 1000])
        worked = [time.process_time()]
        with clock() as whole:
            done = happened.link(store)
        worked.append(time.process_time())
        store.commit(given[number:])
        worked.append(time.process_time())
        with clock() as more:
            happened.link(store)
        worked.append(time.process_time())
        acts = sum(row.events for row in store.tally(Question(unit="all")).rows)
    return {
        "link_seconds": whole[0],
        "link_reports_a_second": done.reports / whole[0],
        "link_cpu_seconds": worked[1] - worked[0],
        "link_100_more_seconds": more[0],
        "link_100_more_cpu_seconds": worked[3] - worked[2],
        "linked_reports": done.reports,
        "linked_acts": acts,
        "linking_megabytes": held(),
    }


def articles(number: int, seed: int = 11) -> Iterator[Any]:
    """Readings of one event each: acts of 40 actors over a year, told by one to four outlets in much the same words."""
    import numpy as np

    chance = np.random.default_rng(seed)
    rank = 1 / np.arange(1, 41)
    frequency = 1 / np.arange(1, WORDS + 1) ** 1.05
    made = 0
    while made < number:
        one, other = chance.choice(40, 2, replace=False, p=rank / rank.sum())
        words = [word(int(k)) for k in chance.choice(WORDS, 24, p=frequency / frequency.sum())]
        more = [word(int(k)) for k in chance.choice(WORDS, 240, p=frequency / frequency.sum())]
        day = date(2024, 1, 1).toordinal() + int(chance.integers(0, 365))
        kind = int(chance.integers(0, len(TYPES)))
        for outlet in range(int(chance.choice(4, p=[0.6, 0.2, 0.1, 0.1])) + 1):
            mine = [w if chance.random() < 0.8 else word(int(chance.integers(0, WORDS))) for w in words]
            if chance.random() < 0.7:  # of its own making, and no copy
                more = [word(int(k)) for k in chance.choice(WORDS, 240, p=frequency / frequency.sum())]
            body = ". ".join([" ".join(mine), *(" ".join(more[k : k + 20]) for k in range(0, 240, 20))])
            yield article_of(made, body, len(" ".join(mine)), actor(int(one)), actor(int(other)), day, kind, outlet)
            made += 1


def article_of(k: int, body: str, told: int, one: str, other: str, day: int, kind: int, outlet: int) -> Any:
    """A Reading of one event that the first `told` letters tell."""
    from dragoman.records import Article, Event, EventDate, Participant, Published, Reading

    appeared = date.fromordinal(day + k % 2).isoformat()
    happened = date.fromordinal(day).isoformat()
    sides = [
        Participant(actor=code, sector="GOV", name=None, role=None, text="state", span=(0, 4), via="name")
        for code in (one, other)
    ]
    name, quad, score = TYPES[kind]
    event = Event(
        id="e1",
        type=name,
        mode=None,
        contexts=(),
        quad=quad,
        score=score,
        source=(sides[0],),
        target=(sides[1],),
        status="actual",
        date=EventDate(start=happened, end=happened, granularity="day", text="then") if k % 3 else None,
        place=None,
        statement=None,
        trigger=(0, 4),
        evidence=((0, told),),
        confidence=0.5 + (k % 50) / 100,
        reason="made for a benchmark",
    )
    published = Published(start=appeared, end=appeared, granularity="day", source="given", confidence=1.0)
    page = Article(id=f"link-{k}", text=body, published=published, site=f"outlet{outlet}-{k % 20}.example")
    return Reading(article=page, events=(event,))


def commits(address: Path, number: int = 50) -> dict[str, float]:
    """Seconds of a commit of ten readings, while another store in this process reads without pause."""
    from dragoman.store.base import Question
    from dragoman.store.delta import open_store

    done = threading.Event()
    errors: list[str] = []
    reads = [0]

    def read() -> None:
        with open_store(address) as reader:
            while not done.is_set():
                try:
                    reader.events(Question(actors=("AAA", "AAB"), since="2026-01", until="2026-02"))
                    reads[0] += 1
                except Exception as error:
                    errors.append(str(error))

    thread = threading.Thread(target=read)
    thread.start()
    times = []
    started = time.time_ns() // 1000 % 10**12  # articles the store does not have, however often this runs
    with open_store(address) as store:
        for k in range(number):
            batch = [reading(started + 10 * k + i) for i in range(10)]
            with clock() as took:
                store.commit(batch)
            times.append(took[0])
    done.set()
    thread.join()
    return {
        "commit_seconds": statistics.median(times),
        "commit_slowest_seconds": max(times),
        "reads_meanwhile": reads[0],
        "read_errors": len(errors),
    }


def synthetic(events: int, seed: int = 7) -> Iterator[Any]:
    """Arrow tables of event rows."""
    import numpy as np
    import pyarrow as pa

    chance = np.random.default_rng(seed)
    actors = pa.array([actor(k) for k in range(ACTORS)])
    vocabulary = [word(k) for k in range(WORDS)]
    rank = 1 / np.arange(1, ACTORS + 1)
    months = chance.permutation(1 / np.arange(1, MONTHS + 1) ** 0.4)
    frequency = 1 / np.arange(1, WORDS + 1) ** 1.05
    kinds = np.array([0.25, 0.1, 0.1, 0.18, 0.12, 0.06, 0.05, 0.06, 0.04, 0.04])
    first = date(2016, 1, 1).toordinal() - date(1970, 1, 1).toordinal()
    for start in range(0, events, AT_ONCE):
        n = min(AT_ONCE, events - start)
        one = chance.choice(ACTORS, n, p=rank / rank.sum())
        other = (one + 1 + chance.choice(ACTORS - 1, n, p=rank[1:] / rank[1:].sum())) % ACTORS
        month = chance.choice(MONTHS, n, p=months / months.sum())
        day = (first + month * 30.44 + chance.integers(0, 28, n)).astype("int32")
        kind = chance.choice(len(TYPES), n, p=kinds)
        lengths = chance.integers(12, 30, n)
        drawn = iter(chance.choice(WORDS, int(lengths.sum()), p=frequency / frequency.sum()).tolist())
        sentences = [" ".join(vocabulary[next(drawn)] for _ in range(length)) for length in lengths.tolist()]
        article = (np.arange(start, start + n) // 5).astype("uint64") * np.uint64(0x9E3779B97F4A7C15)
        begins = chance.integers(0, 4000, n)
        dated = chance.random(n) > 0.05
        issue = chance.integers(0, len(ISSUES) * 2, n)
        ends = np.arange(n + 1, dtype="int32")
        spans = pa.StructArray.from_arrays(
            [pa.array(begins, pa.int32()), pa.array(begins + 6 * lengths, pa.int32())], names=["start", "end"]
        )
        yield pa.table(
            {
                "article": [f"{k:016x}" for k in article.tolist()],
                "id": [f"e{k % 5 + 1}" for k in range(start, start + n)],
                "day": pa.array(day, mask=~dated).cast(pa.date32()),
                "published": pa.array(day + 1).cast(pa.date32()),
                "site": [f"outlet{k}.example" for k in (one * 7 + kind) % 90],
                "type": [TYPES[k][0] for k in kind],
                "quad": pa.array([TYPES[k][1] for k in kind], pa.int8()),
                "score": [TYPES[k][2] for k in kind],
                "sources": pa.ListArray.from_arrays(ends, actors.take(pa.array(one))),
                "targets": pa.ListArray.from_arrays(ends, actors.take(pa.array(other))),
                "issues": [[ISSUES[k]] if k < len(ISSUES) else [] for k in issue.tolist()],
                "status": chance.choice(["actual", "planned", "negated", "hypothetical"], n, p=[0.8, 0.1, 0.04, 0.06]),
                "country": actors.take(pa.array(other)),
                "trigger": [sentence.split(" ", 5)[4] for sentence in sentences],
                "trigger_start": pa.array(begins + 20, pa.int32()),
                "trigger_end": pa.array(begins + 27, pa.int32()),
                "evidence": pa.ListArray.from_arrays(ends, spans),
                "words": sentences,
                "confidence": np.round(chance.random(n), 2),
                "reason": [f"verb pattern {k} with both sides named" for k in chance.integers(0, REASONS, n).tolist()],
            }
        )


def reading(k: int) -> Any:
    """A small Reading with two events."""
    from dragoman.records import Article, Coder, Event, EventDate, Participant, Published, Reading

    text = f"Report {k}\n\nThe minister of one state visited the capital of another and promised help in matter {k}."
    day = f"2026-{1 + k % 2:02d}-{1 + k % 28:02d}"
    who = [
        Participant(actor=code, sector="GOV", name=None, role=None, text="state", span=(12, 24), via="name")
        for code in ("AAA", "AAB")
    ]
    events = [
        Event(
            id=f"e{n}",
            type="CONSULT",
            mode="visit",
            contexts=("diplomatic",),
            quad=1,
            score=4.0,
            source=(who[0],),
            target=(who[1],),
            status="actual",
            date=EventDate(start=day, end=day, granularity="day", text=day),
            place=None,
            statement=None,
            trigger=(40, 47),
            evidence=((12, len(text)),),
            confidence=0.9,
            reason="made for a benchmark",
        )
        for n in (1, 2)
    ]
    published = Published(start=day, end=day, granularity="day", source="given", confidence=1.0)
    return Reading(
        article=Article(id=f"commit-{k}", text=text, body_start=10, published=published, site="outlet.example"),
        events=tuple(events),
        coder=Coder(name="dragoman", version="0", lexicon="0"),
    )


def held() -> float:
    """The most megabytes this process ever held (what getrusage says is inherited from the parent)."""
    status = Path("/proc/self/status").read_text("ascii")
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def actor(k: int) -> str:
    """A code of three letters that is nobody's."""
    return f"{chr(65 + k // 676)}{chr(65 + k // 26 % 26)}{chr(65 + k % 26)}"


def word(k: int) -> str:
    """A made-up word; no two numbers give the same."""
    syllables = ["ba", "de", "fi", "go", "lu", "ma", "ne", "pi", "ro", "su", "ta", "ve", "zi", "ko", "hu", "ra"]
    letters = []
    number = k + 16
    while number:
        letters.append(syllables[number % 16])
        number //= 16
    return "".join(letters)


class clock:  # noqa: N801 - reads as a word where it is used
    """Seconds of a block, in the list it gives."""

    def __enter__(self) -> list[float]:
        self.result: list[float] = [0.0]
        self.start = time.perf_counter()
        return self.result

    def __exit__(self, *_: object) -> None:
        self.result[0] = time.perf_counter() - self.start


if __name__ == "__main__":
    main()
