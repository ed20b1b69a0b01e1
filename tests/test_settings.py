"""Settings: file, environment and defaults; an unknown or impossible one is named, with what would do."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from dragoman import plugins, settings
from dragoman.errors import DragomanError, SettingsError


def write(folder: Path, text: str) -> Path:
    path = folder / "dragoman.toml"
    path.write_text(text, "utf-8")
    return path


def test_defaults_without_file_or_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    assert settings.load(environment={}) == settings.defaults()


def test_the_environment_stands_above_the_file(tmp_path: Path) -> None:
    path = write(tmp_path, 'lexicon = ["builtin", "mine"]\n[read]\nmax_bytes = 5\ntimeout_seconds = 7\n')

    found = settings.load(path, {"DRAGOMAN_READ_MAX_BYTES": "6", "DRAGOMAN_READ_OBEY_ROBOTS": "false", "OTHER": "x"})

    assert found.lexicon == ("builtin", str(tmp_path / "mine"))
    assert (found.read.max_bytes, found.read.timeout_seconds, found.read.obey_robots) == (6, 7.0, False)
    assert hash(found) == hash(settings.load(path, {"DRAGOMAN_READ_MAX_BYTES": "6", "DRAGOMAN_READ_OBEY_ROBOTS": "0"}))


def test_the_environment_can_name_the_file(tmp_path: Path) -> None:
    path = write(tmp_path, 'parser = "mine"')

    assert settings.load(environment={"DRAGOMAN_SETTINGS": str(path)}).parser == "mine"


def test_folders_of_tables_in_the_environment() -> None:
    import os

    found = settings.load(environment={"DRAGOMAN_LEXICON": os.pathsep.join(["builtin", "/mine"])})

    assert found.lexicon == ("builtin", "/mine")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[read]\nmax_byte = 5", "did you mean read.max_bytes"),
        ("colour = 1", "the settings are lexicon, parser"),
        ('[read]\nmax_bytes = "5"', "read.max_bytes: expected int, got str"),
        ("[read]\nmax_bytes = true", "read.max_bytes"),
        ("[read]\nmax_bytes = 0", "it must be 1 or more"),
        ("[read]\ntimeout_seconds = inf", "more than 0 seconds"),
        ("[read]\ntimeout_seconds = nan", "more than 0 seconds"),
        ('[read]\nuser_agent = "a\\nb"', "one line of text"),
        ("lexicon = []", "at least one folder"),
        ("read = 5", "there is no setting read"),
        ("parser = ", "dragoman.toml"),
    ],
)
def test_what_cannot_be_is_named(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(SettingsError) as caught:
        settings.load(write(tmp_path, text), {})

    assert told in str(caught.value)
    assert "dragoman.toml" in str(caught.value)


@pytest.mark.parametrize("variable", ["DRAGOMAN_READ_MAX_BYTE", "DRAGOMAN_NONSENSE"])
def test_an_unknown_variable_is_named(variable: str) -> None:
    with pytest.raises(SettingsError, match=variable):
        settings.load(environment={variable: "5"})


def test_a_wrong_value_in_the_environment_is_named_by_its_variable() -> None:
    with pytest.raises(SettingsError, match="DRAGOMAN_READ_MAX_BYTES"):
        settings.load(environment={"DRAGOMAN_READ_MAX_BYTES": "many"})


def test_the_reading_room_has_the_same_defaults() -> None:
    from dragoman.read.limits import Limits

    assert Limits(**msgspec.structs.asdict(settings.ReadSettings())) == Limits()


def test_a_plugin_by_name() -> None:
    assert "spacy" in plugins.known("parsers")
    assert plugins.find("parsers", "spacy").__name__ == "SpacyParser"


def test_an_unknown_plugin_lists_the_known_ones() -> None:
    with pytest.raises(SettingsError, match="known: spacy"):
        plugins.find("parsers", "parsley")


def test_a_plugin_that_does_not_load_keeps_its_cause(monkeypatch: pytest.MonkeyPatch) -> None:
    from importlib import metadata

    entries = metadata.EntryPoints([metadata.EntryPoint("bad", "dragoman.no_such_room:Thing", "dragoman.parsers")])
    monkeypatch.setattr(metadata, "entry_points", entries.select)

    with pytest.raises(DragomanError, match="'bad'") as caught:
        plugins.find("parsers", "bad")
    assert isinstance(caught.value.__cause__, ModuleNotFoundError)
