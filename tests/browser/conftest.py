"""A real Chromium, and the app served as people serve it; left out, with a word, where there is no Chromium."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
HERE = Path(__file__).parent


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in Path(item.fspath).parents:
            item.add_marker(pytest.mark.browser)
            if CHROMIUM is None:
                item.add_marker(pytest.mark.skip(reason="no Chromium here: apt-get install chromium brings one"))


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield found
        found.close()


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the app is served from a store of a few pages of invented acts."""
    from dragoman import desk

    place = str(tmp_path_factory.mktemp("browser") / "store")
    desk.ingest([HERE / "reports.jsonl"], store=place)
    command = [sys.executable, "-m", "dragoman", "serve", "--store", place, "--no-browser", "--port", "0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as served:
        assert served.stderr is not None
        line = served.stderr.readline()
        found = re.search(r"http://\S+", line)
        assert found, line
        yield found[0].rstrip("/")
        served.terminate()
        served.communicate(timeout=20)


@pytest.fixture
def page(chromium: Any, address: str) -> Iterator[Any]:
    """A page in a browser of its own, which must end without a complaint and without having asked anybody else."""
    with_page: Callable[..., Any] = chromium.new_context
    context = with_page(base_url=address, viewport={"width": 1280, "height": 900}, accept_downloads=True)
    shown = context.new_page()
    complaints: list[str] = []
    expected: list[str] = []
    shown.expected = expected
    shown.on("console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None)
    shown.on("pageerror", lambda fault: complaints.append(str(fault)))
    shown.on(
        "request", lambda asked: None if asked.url.startswith((address, "data:")) else complaints.append(asked.url)
    )
    yield shown
    context.close()
    assert [one for one in complaints if not any(part in one for part in expected)] == []
