"""Golden Readings of the pages, in a form a person can read line by line.

    python tests/golden.py            show what changed
    python tests/golden.py --write    rewrite tests/pages/*/golden.txt for review
    python tests/golden.py 05 --write only the pages whose name begins so

Words stand where the record has offsets. A line that a reader found wrong ends in `  # wrong: why`; the mark stays
as long as the line does, is not compared, and goes when the line changes: no golden file passes a fault off as right.
A line `# missing: what` at the end tells of something the page says and the Reading lacks; it is not compared.
"""

from __future__ import annotations

import argparse
import difflib
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

from dragoman.coder import Coder
from dragoman.read import sources
from dragoman.records import Event, Participant, Position, Reading, Statement

PAGES = Path(__file__).parent / "pages"
MARK = "  # wrong: "
MISSING = "# missing: "


def folders(*only: str) -> list[Path]:
    """The folders of the pages, those whose name begins so if any are named."""
    return sorted(f for f in PAGES.iterdir() if f.is_dir() and (not only or f.name.startswith(only)))


def reading_of(folder: Path, coder: Coder) -> Reading:
    """The Reading of a page, handed what its meta.toml gives."""
    given = tomllib.loads((folder / "meta.toml").read_text("utf-8")).get("given", {})
    page = next(folder.glob("page.*"))
    known = sources.Given(**{k: str(v) for k, v in given.items()})
    (article,) = sources.articles(page, given=known)
    return next(iter(coder.code([article])))


def view(reading: Reading) -> str:
    """A Reading as lines."""
    article = reading.article
    published = article.published
    lines = [
        f"outcome: {article.outcome}",
        f"title: {article.title}",
        f"published: {f'{published.start[:10]} ({published.source})' if published else None}",
        f"author: {article.author}",
        f"site: {article.site}",
        *(f"dropped: {' / '.join(d.text.split(chr(10)))} ({d.reason})" for d in article.dropped),
        "",
        "actors",
        *(f"  {_actor(p)}" for p in reading.actors),
        "",
        "statements",
        *(line for s in reading.statements for line in _statement(reading, s)),
        "",
        "events",
        *(line for e in reading.events for line in _event(reading, e)),
        "",
        "positions",
        *(f"  {_position(reading, p)}" for p in reading.positions),
        "",
        "notes",
        *(f"  {reading.words(n.span)[:60]} | {n.reason}" for n in reading.notes),
    ]
    return "\n".join(lines).rstrip() + "\n"


def _actor(who: Participant) -> str:
    parts = [who.actor or "?", who.sector or "-", who.name or "-", who.role or "-"]
    return f"{' | '.join(parts)} | {who.text!r} via {who.via}"


def _short(who: Participant) -> str:
    return f"{who.actor or '?'} {who.name or who.role or ''} {who.text!r} via {who.via}".replace("  ", " ")


def _statement(reading: Reading, s: Statement) -> Iterator[str]:
    who = " + ".join(_short(p) for p in (s.speakers or ((s.speaker,) if s.speaker else ()))) or "nobody"
    cue = f"cue {reading.words(s.cue)!r}" if s.cue else "no cue"
    extra = [f"to {_short(s.addressee)}" if s.addressee else "", f"channel {s.channel}" if s.channel else ""]
    extra.append(f"within {s.within}" if s.within else "")
    yield f"  {s.id} {s.kind} {s.act} | {who} | {cue}" + "".join(f" | {x}" for x in extra if x)
    yield f"     {' … '.join(reading.words(c) for c in s.content)}"


def _event(reading: Reading, e: Event) -> Iterator[str]:
    mode = f"-{e.mode}" if e.mode else ""
    when = f"{e.date.start}..{e.date.end} {e.date.text!r}" if e.date else "no date"
    where = f"{e.place.name} {e.place.country}" if e.place else "no place"
    told = f"told in {e.statement}" if e.statement else "asserted"
    yield f"  {e.id} {e.type}{mode} {e.status} | {when} | {where} | {told}"
    yield f"     source {' + '.join(_short(p) for p in e.source)}"
    yield f"     target {' + '.join(_short(p) for p in e.target) or '-'}"
    yield f"     on {reading.words(e.trigger)!r}, {len(e.evidence)} sentence(s), {e.reason}"


def _position(reading: Reading, p: Position) -> str:
    more = [
        f"toward {p.toward}" if p.toward else "",
        f"regarding {p.regarding}" if p.regarding else "",
        f"shared with {', '.join(p.shared_with)}" if p.shared_with else "",
        f"if {reading.words(p.condition)!r}" if p.condition else "",
        f"from {p.statement}" if p.statement else "",
    ]
    return f"{p.actor} {p.issue} {p.stance}" + "".join(f" | {m}" for m in more if m) + f" | {p.reason}"


def unmarked(text: str) -> str:
    """Golden text without the marks of its readers."""
    return "\n".join(line.split(MARK)[0] for line in text.split("\n") if not line.startswith(MISSING))


def with_marks(new: str, old: str) -> str:
    """New golden text with the old marks on lines that stayed the same."""
    marks = {line.split(MARK)[0]: line for line in old.split("\n") if MARK in line}
    missing = [line for line in old.split("\n") if line.startswith(MISSING)]
    return "\n".join(marks.get(line, line) for line in new.split("\n")) + "".join(f"{line}\n" for line in missing)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pages", nargs="*")
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args()
    from dragoman.lexicon.load import load
    from dragoman.parse.spacy import SpacyParser

    coder = Coder(load(), SpacyParser())
    changed = 0
    for folder in folders(*asked.pages):
        file = folder / "golden.txt"
        old = file.read_text("utf-8") if file.exists() else ""
        new = view(reading_of(folder, coder))
        if unmarked(old) == new:
            continue
        changed += 1
        sys.stdout.writelines(
            line + "\n"
            for line in difflib.unified_diff(
                unmarked(old).split("\n"), new.split("\n"), folder.name, "now", lineterm="", n=0
            )
        )
        if asked.write:
            file.write_text(with_marks(new, old), "utf-8")
    print(f"{changed} page(s) {'rewritten' if asked.write else 'differ'}")


if __name__ == "__main__":
    main()
