"""The corpus to start with, from the command to the matrix."""

from __future__ import annotations

from pathlib import Path

import pytest

from dragoman import cli
from dragoman.store import delta


def test_demo_fills_a_store_once_and_shows_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place = str(tmp_path / "d.store")
    assert cli.run(["demo", "--store", place]) == 0
    shown = capsys.readouterr().out
    assert "USA" in shown and "RUS" in shown and f"--store {place}" in shown
    with delta.open_store(place) as store:
        info = store.info()
        assert info.tables["articles"].rows == 300
        assert info.tables["events"].rows > 300
    assert cli.run(["demo", "--store", place, "--quiet"]) == 0
    with delta.open_store(place) as store:
        assert store.info().tables["articles"].rows == 300
