"""Tables: all that ship are sound, and every fault is named by file and line."""

from __future__ import annotations

from pathlib import Path

import pytest

from dragoman.errors import LexiconError
from dragoman.lexicon.load import load
from dragoman.lexicon.patterns import compile_pattern, patterns
from dragoman.lexicon.rows import VerbPattern

STATES = "code,name,official,aliases,adjectives,nationals,capital,from,to,source\n"


def overlay(tmp_path: Path, files: dict[str, str | bytes]) -> list[str]:
    for name, content in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return ["builtin", str(tmp_path)]


def faults(tmp_path: Path, files: dict[str, str | bytes]) -> list[str]:
    with pytest.raises(LexiconError) as caught:
        load(overlay(tmp_path, files))
    return [str(fault) for fault in caught.value.faults]


def test_what_ships_is_sound() -> None:
    lexicon = load()
    assert len(lexicon.states) > 195 and len(lexicon.people) > 1500 and len(lexicon.issues) == 35
    assert set(lexicon.ontology) == set(
        "AGREE CONSULT SUPPORT CONCEDE COOPERATE AID RETREAT REQUEST ACCUSE REJECT THREATEN PROTEST SANCTION MOBILIZE"
        " COERCE ASSAULT".split()
    )


def test_a_row_laid_over_replaces_ours_and_a_new_one_adds(tmp_path: Path) -> None:
    row = "XKX,Freedonia,,,Freedonian,Freedonians,Marxville,,,invented for a test\n"
    changed = "FRA,Gaul,,,Gaulish,Gauls,Lutetia,,,invented for a test\n"
    lexicon = load(overlay(tmp_path, {"actors/states.csv": STATES + row + changed}))
    names = {s.code: s.name for s in lexicon.states}
    assert names["XKX"] == "Freedonia" and names["FRA"] == "Gaul" and names["DEU"] == "Germany"
    assert lexicon.version != load().version


def test_faults_are_all_named_with_their_lines(tmp_path: Path) -> None:
    found = faults(
        tmp_path,
        {
            "actors/states.csv": STATES
            + "XAA,One\nXBB,,,,,,,,,x\n"
            + "XCC,Three,,,,,,2014-13,,x\nXDD,Four,,,,,,2015,2014,x\n",
            "lang/en/verbs.csv": "pattern,event,mode,example\n"
            + "SOURCE wave at TARGET,WAVE,,x\nSOURCE jail TARGET,COERCE,wave,x\n",
        },
    )
    assert any(f.startswith("actors/states.csv:2: 2 cells") for f in found)
    assert any(f.startswith("actors/states.csv:3: name is empty") for f in found)
    assert any(f.startswith("actors/states.csv:4: from '2014-13'") for f in found)
    assert any(f.startswith("actors/states.csv:5: from 2015 is after to 2014") for f in found)
    assert any("lang/en/verbs.csv:2: event 'WAVE'" in f for f in found)
    assert any("lang/en/verbs.csv:3: mode 'wave'" in f for f in found)


def test_a_key_that_stands_twice_is_named_with_both_lines(tmp_path: Path) -> None:
    row = "XAA,One,,,,,,,,x\n"
    (found,) = faults(tmp_path, {"actors/states.csv": STATES + row + row})
    assert found.startswith("actors/states.csv:3: the key 'XAA' again") and "states.csv:2" in found


def test_bytes_that_are_not_utf8(tmp_path: Path) -> None:
    (found,) = faults(tmp_path, {"actors/states.csv": STATES.encode() + b"XAA,C\xf4te,,,,,,,,x\n"})
    assert found.startswith("actors/states.csv:2: byte 0xf4 is not UTF-8")


def test_a_broken_toml_is_named_with_its_line(tmp_path: Path) -> None:
    (found,) = faults(tmp_path, {"actors/offices.toml": '[president]\nwords = ["president"\n\n[next'})
    assert found.startswith("actors/offices.toml:")


def test_unknown_columns_and_unknown_tables(tmp_path: Path) -> None:
    found = faults(tmp_path, {"actors/states.csv": "code,name,colour\nXAA,One,red\n", "actors/planets.csv": "a\n"})
    assert any("states.csv:1: unknown columns ['colour']" in f for f in found)
    assert any("actors/planets.csv:1: an unknown table" in f for f in found)


def test_an_empty_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(LexiconError, match="no tables in this folder"):
        load(["builtin", str(tmp_path)])


@pytest.mark.parametrize(
    ("pattern", "says"),
    [
        ("expel TARGET", "SOURCE or TARGET before the verb"),
        ("SOURCE Expel TARGET", "small letters"),
        ("SOURCE", "a head word"),
        ("SOURCE meet with", "a word or a slot after 'with'"),
        ("SOURCE expel diplomat TARGET", "a preposition between"),
        ("SOURCE cancel meeting [with TARGET", "closing bracket"),
    ],
)
def test_a_pattern_that_cannot_be_read_says_what_would_do(pattern: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        compile_pattern(VerbPattern(pattern=pattern, event="CONSULT"))


def test_all_patterns_that_ship_can_be_read() -> None:
    known = patterns(load())
    assert len(known.verbs) > 100 and len(known.nouns) > 10
