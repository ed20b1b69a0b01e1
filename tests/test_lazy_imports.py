"""What costs time or memory is loaded only by whoever needs it; rooms are entered by their own doors."""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import dragoman

HEAVY = {
    "spacy",
    "thinc",
    "numpy",
    "trafilatura",
    "lxml",
    "rich",
    "httpx",
    "py3langid",
    "charset_normalizer",
    "requests",
}
HEAVY |= {"ahocorasick_rs", "pydantic", "asyncio"}
HEAVY |= {"deltalake", "duckdb", "pyarrow", "tantivy", "altair", "vl_convert", "scipy", "fastapi", "distributed"}
ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "src" / "dragoman"


def loaded_by(statement: str) -> set[str]:
    code = f"{statement}\nimport sys; print(*sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    return {name.partition(".")[0] for name in done.stdout.splitlines()[-1].split()}


@pytest.mark.parametrize(
    "statement",
    [
        "import dragoman",
        "import dragoman; dragoman.Reading, dragoman.SourceError, dragoman.Settings, dragoman.read_many",
        "import dragoman.desk",
        "import dragoman.records, dragoman.exchange.html, dragoman.exchange.jsonl, dragoman.exchange.terminal",
        "import dragoman.coder, dragoman.parse.spacy",
        "import dragoman; dragoman.ingest, dragoman.matrix, dragoman.sql, dragoman.open_store",
        "import dragoman.ingest, dragoman.relate.sums, dragoman.exchange.answers, dragoman.exchange.answer_text",
        "import dragoman.store.base, dragoman.store.delta, dragoman.store.arrow",
        "from dragoman import cli; cli.run(['--version'])",
        "from dragoman import cli; cli.run(['read', '--help'])",
        "from dragoman import cli; cli.run(['schema'])",
        "from dragoman import cli; cli.run(['matrix', '--help']); cli.run(['ingest', '--help'])",
    ],
)
def test_no_heavy_library_before_it_is_needed(statement: str) -> None:
    assert not loaded_by(statement) & HEAVY


def test_the_face_says_what_it_has() -> None:
    assert set(dragoman.__all__) <= set(dir(dragoman))
    for name in dragoman.__all__:
        assert getattr(dragoman, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'reed'"):
        dragoman.reed  # noqa: B018


def test_read_is_a_verb_and_a_room() -> None:
    code = (
        "import dragoman.read.scrape as room, dragoman, inspect\n"
        "from dragoman import read\n"
        "assert callable(dragoman.read) and callable(read) and dragoman.read.scrape is room\n"
        "assert list(inspect.signature(dragoman.read).parameters)[0] == 'source'\n"
        "import dragoman.desk\n"
        "assert callable(dragoman.read)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_ingest_is_a_verb_and_a_room() -> None:
    code = (
        "import dragoman.ingest as room, dragoman, inspect\n"
        "assert callable(dragoman.ingest) and dragoman.ingest is room and callable(room.expanded)\n"
        "assert list(inspect.signature(dragoman.ingest).parameters)[0] == 'sources'\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_the_version_is_told_once_and_once_for_the_installer() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]

    assert project["version"] == dragoman.__version__


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_rooms_do_not_import_the_face(path: Path) -> None:
    rooms = {p.stem for p in PACKAGE.iterdir() if p.suffix == ".py" or p.is_dir()}
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            assert all(alias.name != "dragoman" for alias in node.names), f"line {node.lineno}"
        elif isinstance(node, ast.ImportFrom) and node.module == "dragoman":
            assert {alias.name for alias in node.names} <= rooms, f"line {node.lineno}"
