"""How fast the web app answers over a full store, how large its pages are, and how it stands many readers; in one run.

    python benchmarks/web.py --events 200000 [--json] [--folder FOLDER] [--seconds 10]

The events are those of benchmarks/store.py, told of states of the tables so that the app knows their names. The app
runs in a process of its own, as `dragoman serve` starts it. `_new` are pages that nobody asked for before (other
actors, measures and periods, the files warm); `_again` are the same pages once more, which the app remembers until
the next commit. Eight clients then ask for both sorts for some seconds, first alone, then while a writer commits ten
articles each second, so that nothing is remembered for long. Times are wall clock and contain the client; sizes are
bytes on the wire.
"""

from __future__ import annotations

import argparse
import gzip
import http.client
import itertools
import json
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import store as full  # benchmarks/store.py

CLIENTS = 8
PAGES = 40
HEADERS = {"accept": "text/html", "accept-encoding": "gzip"}
# what is to be reached with 5 million events
GOALS = {
    "matrix_new_p95_seconds": 0.3,
    "pair_new_p95_seconds": 0.3,
    "matrix_new_first_byte_p95_seconds": 0.1,
    "pair_new_first_byte_p95_seconds": 0.1,
    "writing_requests_a_second": 50.0,
    "memory_megabytes": 1000.0,
    "first_page_bytes": 400_000.0,
    "largest_later_page_bytes": 100_000.0,
}


def main() -> None:
    """Makes a store, starts the app, measures, prints."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--events", type=int, default=500_000)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--folder", type=Path, help="where the store is, or is made and kept; else a temporary folder")
    parser.add_argument("--seconds", type=float, default=10.0, help="how long many clients ask")
    parser.add_argument("--fill", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--write", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.fill:
        fill(given.folder / "store", given.events)
        return
    if given.write:
        write(given.folder / "store")
        return
    folder = given.folder or Path(tempfile.mkdtemp(prefix="dragoman-bench-"))
    try:
        if not (folder / "store").exists():
            command = [sys.executable, __file__, "--fill", "--events", str(given.events), "--folder", str(folder)]
            subprocess.run(command, check=True)
        results = {"events": float(given.events), **measured(folder, given.seconds)}
    finally:
        if not given.folder:
            shutil.rmtree(folder, ignore_errors=True)
    if given.json:
        print(json.dumps(results, indent=2))
        return
    for name, value in results.items():
        goal = f"   to reach: {GOALS[name]:g}" if name in GOALS else ""
        print(f"{name:36} {value:12.4g}{goal}")


def fill(address: Path, events: int) -> None:
    """Makes the store: synthetic events of real codes, with their acts, counts and sentences derived."""
    from dragoman.store import rollups, search
    from dragoman.store.delta import create_store

    known = codes()
    full.actor = known.__getitem__
    address.parent.mkdir(parents=True, exist_ok=True)
    with create_store(address) as kept:
        batches = itertools.chain.from_iterable(table.to_batches() for table in full.synthetic(events))
        kept.load(batches, origin="synthetic", name="benchmark")
        kept.compact()
        kept.vacuum(keep_hours=0)
        kept.keep_links(kept.to_link("numbers", whole=True), {}, full.told_again(kept))
        view, derived = kept._view(), address / "derived"
        rollups.fresh(derived, view, kept._cursor, "events", kept._links(view))
        search.follow(derived, view, kept._cursor)


def codes() -> list[str]:
    """Codes of states, as many as the synthetic events have actors; those that news tells most of stand first."""
    from dragoman import desk
    from dragoman.settings import defaults

    first = ["USA", "RUS", "CHN", "GBR", "FRA", "DEU", "ISR", "IRN", "UKR", "TUR", "IND", "PAK", "JPN", "KOR", "PRK"]
    states = [code for code in desk.names(defaults()).actors if len(code) == 3 and code not in first]
    return [*first, *states][: full.ACTORS]


def write(address: Path) -> None:
    """Commits ten articles each second until it is ended."""
    import msgspec

    from dragoman.records import Reading
    from dragoman.store.delta import open_store

    number = time.time_ns() // 1000 % 10**12
    with open_store(address) as kept:
        while True:
            started = time.monotonic()
            made = []
            for number in range(number, number + 10):  # noqa: B020
                raw = full.reading(number).to_json().replace('"AAA"', '"USA"').replace('"AAB"', '"RUS"')
                made.append(msgspec.json.decode(raw, type=Reading))
            number += 1
            kept.commit(made)
            print("committed", flush=True)
            time.sleep(max(0.0, started + 1.0 - time.monotonic()))


def measured(folder: Path, seconds: float) -> dict[str, float]:
    """All figures of an app over this store."""
    place = folder / "store"
    command = [sys.executable, "-m", "dragoman", "serve", "--store", str(place), "--no-browser", "--port", "0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as app:
        try:
            assert app.stderr is not None
            found = re.search(r"http://([^/]+)/", app.stderr.readline())
            if found is None:
                sys.exit("the app did not start")
            address = found[1]
            results = sizes(address)
            results |= pages(address)
            results["memory_one_client_megabytes"] = held(app.pid)
            alone = crowd(address, seconds, start=1000)
            writer = [sys.executable, __file__, "--write", "--folder", str(folder)]
            with subprocess.Popen(writer, stdout=subprocess.PIPE, text=True) as writing:
                try:
                    assert writing.stdout is not None
                    writing.stdout.readline()  # the first commit loads what writing needs
                    meanwhile = crowd(address, seconds, start=2000)
                finally:
                    writing.terminate()
            results |= {f"alone_{name}": value for name, value in alone.items()}
            results |= {f"writing_{name}": value for name, value in meanwhile.items()}
            results["memory_megabytes"] = held(app.pid)
            return results
        finally:
            app.terminate()


def sizes(address: str) -> dict[str, float]:
    """Bytes of the first page with all it loads, and of later ones, which have styles and scripts already."""
    line = http.client.HTTPConnection(address, timeout=120)
    usual = {"origin": "synthetic"}
    first, text = _sent(line, "/matrix?" + urlencode(usual))
    loaded = set(re.findall(r'(?:src|href)="(/static/[^"]+)"', text))
    later = {
        "pair": "/pair?" + urlencode({"a": "USA", "b": "RUS", **usual}),
        "actor": "/actor?" + urlencode({"actor": "USA", **usual}),
        "wide_matrix": "/matrix?" + urlencode({"most": 60, **usual}),
        "search": "/search?" + urlencode({"q": full.word(40)}),
        "data": "/data",
        "method": "/method",
    }
    found = {name: float(_sent(line, path)[0]) for name, path in later.items()}
    return {
        "first_page_bytes": float(first + sum(_sent(line, path)[0] for path in loaded)),
        "matrix_bytes": float(first),
        **{f"{name}_bytes": size for name, size in found.items()},
        "largest_later_page_bytes": max(found.values()),
    }


def _sent(line: http.client.HTTPConnection, path: str) -> tuple[int, str]:
    line.request("GET", path, headers=HEADERS)
    answer = line.getresponse()
    body = answer.read()
    if answer.status != 200:
        sys.exit(f"{path}: {answer.status}")
    text = gzip.decompress(body) if answer.headers.get("content-encoding") == "gzip" else body
    return len(body), text.decode("utf-8", "replace")


def pages(address: str) -> dict[str, float]:
    """Times of one reader's pages: asked for anew, and again."""
    line = http.client.HTTPConnection(address, timeout=120)
    results = {}
    for what in ("matrix", "pair"):
        asked = list(itertools.islice(paths(what), PAGES + 3))
        for path in asked[-3:]:
            ask(line, path)
        for name in ("new", "again"):
            told = [ask(line, path) for path in asked[:PAGES]]
            results |= {
                f"{what}_{name}_median_seconds": statistics.median(whole for _, whole, _ in told),
                f"{what}_{name}_p95_seconds": _p95([whole for _, whole, _ in told]),
                f"{what}_{name}_first_byte_p95_seconds": _p95([first for first, _, _ in told]),
            }
    return results


def crowd(address: str, seconds: float, start: int) -> dict[str, float]:
    """Requests a second of eight clients, each with a list of its own of pages, half of which come twice."""
    until = time.monotonic() + seconds
    took: list[float] = []
    statuses: Counter[int] = Counter()

    def client(number: int) -> None:
        line = http.client.HTTPConnection(address, timeout=120)
        ways = [paths("matrix", start + 97 * number), paths("pair", start + 97 * number)]
        for way in itertools.cycle(ways):
            path = next(way)
            for _ in range(2):
                if time.monotonic() > until:
                    return
                try:
                    _, whole, status = ask(line, path)
                except (OSError, http.client.HTTPException):
                    statuses[0] += 1
                    line.close()
                    continue
                took.append(whole)
                statuses[status] += 1

    started = time.monotonic()
    clients = [threading.Thread(target=client, args=(number,)) for number in range(CLIENTS)]
    for one in clients:
        one.start()
    for one in clients:
        one.join()
    return {
        "requests_a_second": len(took) / (time.monotonic() - started),
        "p95_seconds": _p95(took),
        "errors": float(sum(n for status, n in statuses.items() if status != 200)),
        "held_back": float(statuses[429]),
    }


def paths(what: str, start: int = 0) -> Iterator[str]:
    """Addresses of pages, no two alike, such as people ask for: some periods, measures and actors."""
    known = codes_once()
    measures = ("score_mean", "events", "conflict", "net")
    for n in itertools.count(start):
        year = 2016 + n % 9
        given: list[tuple[str, str]] = [("origin", "synthetic"), ("measure", measures[n % len(measures)])]
        if n % 3:
            given += [("since", f"{year}-{n % 12 + 1:02d}"), ("until", str(year + n // 40 % 2 + 1))]
        if what == "matrix":
            given += [("most", str(10 + n // 7 % 20))]
            given += [("actor", known[(n // 2 + 3 * k) % 60]) for k in range(12 if n % 2 else 0)]
        else:
            given += [("a", known[n % 8]), ("b", known[8 + n // 8 % 30])]
            given += [("by", ("month", "quarter", "year")[n % 3])]
        yield f"/{what}?{urlencode(given)}"


_known: list[str] = []


def codes_once() -> list[str]:
    """The codes, read from the tables once."""
    if not _known:
        _known.extend(codes())
    return _known


def ask(line: http.client.HTTPConnection, path: str) -> tuple[float, float, int]:
    """Seconds to the first byte of the page and to its last, and the status."""
    started = time.perf_counter()
    line.request("GET", path, headers=HEADERS)
    answer = line.getresponse()
    answer.read(1)
    first = time.perf_counter() - started
    answer.read()
    return first, time.perf_counter() - started, answer.status


def held(process: int) -> float:
    """The most megabytes that a process ever held."""
    status = Path(f"/proc/{process}/status").read_text("ascii")
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def _p95(times: list[float]) -> float:
    return sorted(times)[max(0, round(len(times) * 0.95) - 1)] if times else 0.0


if __name__ == "__main__":
    main()
