"""The same store on object storage: a real S3 protocol, spoken by a server of its own process."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from dragoman import cli
from dragoman.errors import StoreError
from dragoman.store import delta
from dragoman.store.base import Correction, Question, StoreMissing

sys.path.insert(0, str(Path(__file__).parent / "contracts"))

from store_readings import event, reading, statement

BUCKET = "dragoman-tests"


@pytest.fixture(scope="module")
def bucket() -> Iterator[str]:
    """An address in a bucket of a server that lives as long as the tests. In a process of its own: the library that
    asks it holds the interpreter while it waits."""
    import boto3

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    given = {
        "AWS_ACCESS_KEY_ID": "none",
        "AWS_SECRET_ACCESS_KEY": "none",
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
        "AWS_ALLOW_HTTP": "true",
    }
    before = {name: os.environ.get(name) for name in given}
    os.environ.update(given)
    try:
        for _ in range(200):
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                time.sleep(0.1)
        boto3.client("s3").create_bucket(Bucket=BUCKET)
        yield f"s3://{BUCKET}"
    finally:
        server.kill()
        server.wait()
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def test_what_is_kept_is_there_when_opened_again(bucket: str) -> None:
    address = f"{bucket}/kept.store"
    first = reading("a1", event("USA", "RUS", "2024-03-05", score=4.0), statement("s1", "USA", to="RUS"))
    with delta.create_store(address) as store:
        assert store.commit([first]).added == 1
        assert store.commit([first]).unchanged == 1
        store.commit([reading("a2", event("RUS", "USA", "2024-04-05", score=-9.0, quad=4, type="ASSAULT"))])
        store.correct([Correction(article="a1", kind="event", id="e1", verdict="right", by="ann")])
    with delta.open_store(address) as store:
        assert store.reading("a1") == first
        rows = store.tally(Question(unit="month")).rows
        assert [(row.source, row.target, row.events, row.score) for row in rows] == [
            ("USA", "RUS", 1, 4.0),
            ("RUS", "USA", 1, -9.0),
        ]
        assert [one.by for one in store.corrections()] == ["ann"]
        assert store.sql("SELECT count(*) AS n FROM statements").to_pylist() == [{"n": 1}]
        assert store.check().ok
        store.compact()
        assert len(store.tally(Question(unit="all")).rows) == 2


def test_a_corrected_article_replaces_its_own_records(bucket: str) -> None:
    with delta.create_store(f"{bucket}/corrected.store") as store:
        store.commit(
            [reading("a1", event("USA", "RUS", "2024-03-05")), reading("a2", event("FRA", "RUS", "2024-03-05"))]
        )
        done = store.commit(
            [reading("a1", event("USA", "CHN", "2024-03-05"), text="Other words stand here now, and more.")]
        )
        assert done.replaced == 1
        assert {row.target for row in store.tally(Question(unit="all")).rows} == {"CHN", "RUS"}
        assert len(store.tally(Question(unit="all", actors=("USA",))).rows) == 1


def test_two_writers_never_lose_what_one_was_told_is_kept(bucket: str) -> None:
    address = f"{bucket}/two.store"
    delta.create_store(address).close()
    acknowledged = 0
    with delta.open_store(address) as one, delta.open_store(address) as other:
        for n in range(4):
            for store in (one, other):
                try:
                    acknowledged += store.commit([reading(f"{id(store)}-{n}", event("USA", "RUS", "2024-03-05"))]).added
                except StoreError:
                    continue
    with delta.open_store(address) as store:
        assert acknowledged >= 4
        assert store.info().tables["articles"].rows == acknowledged
        assert store.check().ok


def test_from_the_command_line(bucket: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.txt").write_text("Peru and Chile\n\nPeru expelled two Chilean diplomats on Monday.\n")
    address = f"{bucket}/told.store"
    assert cli.run(["ingest", str(tmp_path / "a.txt"), "--published", "2019-05-14", "--store", address, "--quiet"]) == 0
    capsys.readouterr()
    assert cli.run(["events", "PER", "--store", address, "--format", "csv"]) == 0
    assert "expelled two Chilean diplomats" in capsys.readouterr().out
    assert cli.run(["store", "check", "--store", address]) == 0


def test_no_store_there(bucket: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(StoreMissing):
        delta.open_store(f"{bucket}/nothing.store")
    assert cli.run(["matrix", "--store", f"{bucket}/nothing.store"]) == 2
    assert "nothing.store" in capsys.readouterr().err
