"""The store for programs, where things go wrong: stores that go and come, far too much, programs that go away."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import alone
from dragoman import desk, settings
from dragoman.desk import happened
from dragoman.web import mcp
from dragoman.web.site import Site
from test_web import reading

NORWAY = ("find_actor", {"name": "Norway"})


def filled(place: Path) -> Path:
    with desk.open_store(str(place), make=True) as kept:
        kept.commit([reading()])
    return place


def server(place: Path) -> Any:
    return mcp.made(Site(store=str(place), settings=settings.defaults()))


def test_a_store_that_goes_and_comes_back_while_the_server_runs(tmp_path: Path) -> None:
    from mcp import Client

    place = filled(tmp_path / "store")

    async def ask() -> None:
        async with Client(server(place)) as programme:
            assert not (await programme.call_tool(*NORWAY)).is_error
            shutil.move(place, tmp_path / "away")
            gone = await programme.call_tool(*NORWAY)
            assert gone.is_error and "no store" in gone.content[0].text
            shutil.move(tmp_path / "away", place)
            assert not (await programme.call_tool(*NORWAY)).is_error
            shutil.rmtree(place)
            with desk.open_store(str(place), make=True):
                empty = await programme.call_tool(*NORWAY)
                assert not empty.is_error and empty.structured_content["events"] == []

    alone.run(ask())


def test_derived_files_made_anew_meanwhile_change_no_answer(tmp_path: Path) -> None:
    from mcp import Client

    place = filled(tmp_path / "store")

    async def ask() -> None:
        async with Client(server(place)) as programme:
            before = await programme.call_tool(*NORWAY)
            shutil.rmtree(place / "derived", ignore_errors=True)
            happened.rebuild(store=str(place))
            after = await programme.call_tool(*NORWAY)
            assert after.structured_content["events"] == before.structured_content["events"]

    alone.run(ask())


def test_far_too_much_is_refused_and_the_next_is_answered(tmp_path: Path) -> None:
    from mcp import Client

    place = filled(tmp_path / "store")

    async def ask() -> None:
        async with Client(server(place)) as programme:
            for asked in (
                ("search_evidence", {"words": "x" * 100_000_000}),
                ("search_evidence", {"words": "peace", "actors": ["NOR"] * 10_000}),
                ("find_actor", {"name": "n" * 10_000}),
            ):
                refused = await programme.call_tool(*asked)
                assert refused.is_error and "too many" in refused.content[0].text
            assert not (await programme.call_tool(*NORWAY)).is_error

    alone.run(ask())


def test_a_program_that_goes_away_in_the_middle_ends_the_server(tmp_path: Path) -> None:
    place = filled(tmp_path / "store")
    begin = {
        "jsonrpc": "2.0", "id": 1, "method": "initialize",
        "params": {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}},
    }  # fmt: skip
    ask = {"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": {"name": NORWAY[0], "arguments": NORWAY[1]}}
    ready = {"jsonrpc": "2.0", "method": "notifications/initialized"}
    command = [sys.executable, "-m", "dragoman", "mcp", "--store", str(place)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as started:
        assert started.stdin and started.stdout and started.stderr
        started.stdin.write(json.dumps(begin).encode() + b"\n")
        started.stdin.flush()
        assert b'"serverInfo"' in started.stdout.readline()
        started.stdin.write(json.dumps(ready).encode() + b"\n" + json.dumps(ask).encode() + b"\n")
        started.stdin.flush()
        started.stdout.close()  # before the answer came
        started.stdin.close()
        started.wait(timeout=60)
        started.stderr.close()
