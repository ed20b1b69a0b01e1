"""A Reading for people at a terminal: colours where there are any, plain lines in a pipe, 80 columns are enough.

show(reading, names, console)                        # title, who met whom, events, statements, positions, notes
explain(reading, sentences, names, console)          # sentence by sentence: what was found, by which rule, or why not
text(reading, names, width=80)                       # what `show` prints, as a string without colours
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

from dragoman.exchange import words
from dragoman.exchange.words import Names
from dragoman.records import Event, Position, Reading, Span, Statement

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.text import Text

HEAD, SOFT, ACTOR, EVENT, SAID = "bold", "dim", "cyan", "bold red", "yellow"
_AGREEMENT = {"shared": "green", "opposed": "red", "apart": "yellow", "one side": "dim"}
_WIDEST = 110  # longer lines tire the eye


def show(reading: Reading, names: Names | None, console: Console) -> None:
    """Print the record to this console."""
    names = words.names_for(reading, names)
    wide = console.width >= 100
    parts = (
        _title(reading),
        _short(reading, names),
        _events(reading, names, wide=wide) if console.width >= 60 else _events_as_lines(reading, names),
        _statements(reading, names),
        _positions(reading, names),
        _left_out(reading),
    )
    _print((block for part in parts for block in part), console)


def text(reading: Reading, names: Names | None = None, *, width: int = 80) -> str:
    """What `show` prints, without colours."""
    out = io.StringIO()
    show(reading, names, console(out, width=width))
    return out.getvalue()


def console(stream: Any, *, width: int | None = None) -> Console:
    """A console on this stream: colours only where it is a terminal and NO_COLOR is not set."""
    from rich.console import Console

    return Console(file=stream, width=width, highlight=False, emoji=False, markup=False, soft_wrap=False)


@contextmanager
def progress(stream: Any) -> Iterator[Callable[[int], None]]:
    """A function that shows how many articles are done, and takes no line when all are."""
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.completed} read"), TimeElapsedColumn())
    bar = Progress(*columns, console=console(stream), transient=True)
    task = bar.add_task("reading", total=None)

    def step(done: int) -> None:
        bar.start()
        bar.update(task, completed=done)

    try:
        yield step
    finally:
        bar.stop()


def explain(reading: Reading, sentences: Sequence[Span], names: Names | None, console: Console) -> None:
    """Print every sentence with what was found in it and by which rule, or why nothing was."""
    names = words.names_for(reading, names)
    owned: dict[int, list[Finding]] = {}
    for finding in _findings(reading, names):
        number = _holder(finding.at, sentences)
        if (
            finding.kind == "not coded"
            and sentences
            and finding.length * 2 > sentences[number][1] - sentences[number][0]
        ):
            owned.setdefault(number, []).append(finding._replace(why=""))  # the words stand right above
        else:
            owned.setdefault(number, []).append(finding)
    _print(_explanation(reading, sentences, owned), console)


class Finding(NamedTuple):
    """A line about one sentence: where it is told of, its kind, what was found and why."""

    at: int
    kind: str
    head: str
    why: str
    length: int = 0


def _print(blocks: Iterable[RenderableType], console: Console) -> None:
    with console.capture() as caught:
        for block in blocks:
            console.print(block, width=min(console.width, _WIDEST), overflow="fold")
    printed = caught.get()
    if not console.is_terminal:  # what goes into a file or a pipe has no blanks at the ends of its lines
        printed = "\n".join(line.rstrip() for line in printed.split("\n"))
    console.file.write(printed)
    console.file.flush()


def _explanation(
    reading: Reading, sentences: Sequence[Span], owned: dict[int, list[Finding]]
) -> Iterable[RenderableType]:
    from rich.text import Text

    yield from _title(reading)
    marks = _all_marks(reading)
    for number, sentence in enumerate(sentences):
        yield _marked(reading, sentence, marks, lead=f"{number + 1:>3}  ")
        for finding in owned.get(number, ()):
            line = Text(_clean(finding.head))
            if finding.why:
                line.append(_clean(f"  [{finding.why}]"), style=SOFT)
            yield _labelled(finding.kind, line)
        if number not in owned:
            yield _labelled("", Text("nothing found here", style=SOFT))
        yield ""
    yield from _left_out(reading, full=True)


def _findings(reading: Reading, names: Names) -> Iterable[Finding]:
    """Everything found, with the place where it is told of and the reasons given for it."""
    for one in sorted(reading.actors, key=lambda p: p.span):
        yield Finding(one.span[0], "actor", f"“{one.text}”: {words.introduced(one, names)}", words.via(one))
    for statement in reading.statements:
        why = [words.told(statement)]
        if statement.cue:
            why.append(f"told by “{reading.words(statement.cue)}”")
        if statement.reason:
            why.append(statement.reason)
        head = f"{words.speaker(statement, names)}: “{_said(reading, statement)}”"
        yield Finding(_start(statement), "statement", head, "; ".join(why))
    for event in reading.events:
        why = [f"{words.sure(event.confidence)} sure", event.reason, f"on “{reading.words(event.trigger)}”"]
        if event.date and event.date.text:
            why.append(f"date from “{event.date.text}”")
        code = words.kind(event) + (f", {words.status(event)}" if words.status(event) else "")
        yield Finding(event.trigger[0], "event", f"{code}: {words.sentence(event, names)}", "; ".join(why))
    for position in reading.positions:
        at = min((s[0] for s in position.evidence), default=0)
        about = f" regarding {names.actor(position.regarding)}" if position.regarding else ""
        why = [f"{words.sure(position.confidence)} sure"] + ([position.reason] if position.reason else [])
        head = f"{names.issue(position.issue)}{about}: {words.position_line(position, names)}"
        yield Finding(at, "position", head, "; ".join(why))
    for note in words.notes(reading):
        quoted = f"“{_cut(reading.words(note.span), 60)}”"
        yield Finding(note.span[0], "not coded", note.reason, quoted, note.span[1] - note.span[0])


def _holder(at: int, sentences: Sequence[Span]) -> int:
    from bisect import bisect_right

    return max(bisect_right([s[0] for s in sentences], at) - 1, 0)


def _title(reading: Reading) -> Iterable[RenderableType]:
    from rich.text import Text

    article = reading.article
    yield Text(_clean(words.headline(article)), style=HEAD)
    parts = [article.site, article.author, words.published(article), article.language]
    yield Text(_clean(" · ".join(p for p in parts if p)), style=SOFT)
    if article.outcome != "read":
        yield Text(_clean(article.detail or article.outcome.replace("_", " ")), style=EVENT)
    yield ""


def _short(reading: Reading, names: Names) -> Iterable[RenderableType]:
    from rich.padding import Padding
    from rich.text import Text

    told = list(dict.fromkeys(words.sentence(e, names) for e in reading.events if e.status in ("actual", "planned")))
    if not told:
        return
    yield Text("Who met whom" if any(e.type == "CONSULT" for e in reading.events) else "Who did what", style=HEAD)
    for line in told[:3]:
        yield Padding(Text(_clean(line)), (0, 0, 0, 2))
    if len(told) > 3:
        yield Padding(Text(f"and {len(told) - 3} more, below", style=SOFT), (0, 0, 0, 2))
    yield ""


def _events(reading: Reading, names: Names, *, wide: bool) -> Iterable[RenderableType]:
    from rich.table import Table
    from rich.text import Text

    if not reading.events:
        return
    yield Text("Events", style=HEAD)
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style=SOFT, collapse_padding=True)
    statuses = any(words.status(e) for e in reading.events)
    places = any(e.place for e in reading.events)
    table.add_column("")
    table.add_column("Date", max_width=16 if wide else 12)
    table.add_column("What", min_width=9, max_width=14)
    table.add_column("Who to whom", ratio=1, min_width=14)
    if statuses:
        table.add_column("Status", min_width=8, max_width=14 if wide else 8)
    if places:
        table.add_column("Place", max_width=20 if wide else 12)
    table.add_column("Sure", justify="right", no_wrap=True)
    for number, event in enumerate(reading.events, 1):
        sides = _sides(event, names, people=wide)
        cells = [Text(f"{number}", style=SOFT), Text(_clean(words.when(event.date))), _kind(event), sides]
        if statuses:
            cells.append(Text(words.status(event)))
        if places:
            cells.append(Text(_clean(event.place.name if event.place else "")))
        table.add_row(*cells, Text("".join(words.sure(event.confidence).split())))
    yield _inset(table)
    yield ""


def _events_as_lines(reading: Reading, names: Names) -> Iterable[RenderableType]:
    """The same where a table would not fit."""
    from rich.text import Text

    if not reading.events:
        return
    yield Text("Events", style=HEAD)
    for event in reading.events:
        place = event.place.name if event.place else ""
        facts = [words.kind(event), words.status(event), words.when(event.date), place, words.sure(event.confidence)]
        yield _inset(_sides(event, names, people=False))
        yield _indented(", ".join(f for f in facts if f), 4, SOFT)
    yield ""


def _kind(event: Event) -> Text:
    from rich.text import Text

    return Text.assemble((event.type, EVENT), f"\n{event.mode}" if event.mode else "")


def _sides(event: Event, names: Names, *, people: bool) -> Text:
    from rich.text import Text

    told = words.party if people else words.actors_of
    out = Text.assemble((_clean(told(event.source, names) or "somebody"), ACTOR))
    if event.target:
        out.append(" → ", style=SOFT)
        out.append(_clean(told(event.target, names)), style=ACTOR)
    return out


def _statements(reading: Reading, names: Names) -> Iterable[RenderableType]:
    from rich.text import Text

    if not reading.statements:
        return
    yield Text("Statements", style=HEAD)
    for who, said in words.by_speaker(reading, names):
        yield _indented(who, 2, ACTOR)
        for statement in said:
            marks = [(span, SAID) for span in statement.content]
            yield _marked(reading, _context(statement, reading), marks, lead="    ")
            yield _indented(words.told(statement), 6, SOFT)
    yield ""


def _positions(reading: Reading, names: Names) -> Iterable[RenderableType]:
    from rich.table import Table
    from rich.text import Text

    found = words.issues(reading)
    if not found:
        return
    yield Text("Positions by issue", style=HEAD)
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, show_header=False)
    table.add_column("Issue", max_width=24)
    table.add_column("Agreement", no_wrap=True)
    table.add_column("Positions", ratio=1)
    for issue in found:
        name = names.issue(issue.issue) + (f" ({names.actor(issue.regarding)})" if issue.regarding else "")
        lines = [words.position_line(position, names) for position in _distinct(issue.positions)]
        style = _AGREEMENT[issue.agreement]
        table.add_row(Text(_clean(name)), Text(issue.agreement, style=style), Text(_clean("\n".join(lines))))
    yield _inset(table)
    yield ""


def _distinct(positions: Sequence[Position]) -> list[Position]:
    kept: dict[object, Position] = {}
    for position in positions:
        kept.setdefault((position.actor, position.stance, position.toward, position.shared_with), position)
    return list(kept.values())


def _left_out(reading: Reading, *, full: bool = False) -> Iterable[RenderableType]:
    from rich.text import Text

    notes, dropped = words.notes(reading), reading.article.dropped
    if notes and not full:
        reasons = "; ".join(f"{count} × {reason}" for reason, count in words.folded(notes))
        yield Text.assemble(("Not coded  ", HEAD), _clean(reasons))
    if dropped:
        reasons = "; ".join(sorted({d.reason for d in dropped}))
        counted = words.counted(len(dropped), "piece")
        yield Text.assemble(("Removed    ", HEAD), _clean(f"{counted} of page furniture ({reasons})"))
        for piece in dropped if full else ():
            yield _indented(f"{piece.reason}: “{_cut(piece.text, 120)}”", 4, SOFT)
    if notes and not full:
        yield Text("dragoman explain shows every sentence with its reasons", style=SOFT)


def _context(statement: Statement, reading: Reading) -> Span:
    """The sentence or sentences in which the statement is made, as far as its evidence reaches."""
    spans = [*statement.evidence, *statement.content] or [(0, 0)]
    if statement.cue:
        spans.append(statement.cue)
    return max(min(s[0] for s in spans), 0), min(max(s[1] for s in spans), len(reading.article.text))


def _start(statement: Statement) -> int:
    return min((s[0] for s in (*statement.content, *statement.evidence)), default=0)


def _said(reading: Reading, statement: Statement) -> str:
    return _cut(" … ".join(reading.words(span) for span in statement.content or statement.evidence), 300)


def _all_marks(reading: Reading) -> list[tuple[Span, str]]:
    marks = [(span, SAID) for statement in reading.statements for span in statement.content]
    marks += [(one.span, ACTOR) for one in reading.actors]
    return marks + [(event.trigger, EVENT) for event in reading.events]


def _marked(reading: Reading, span: Span, marks: Sequence[tuple[Span, str]], *, lead: str) -> RenderableType:
    """These words of the article with the marks on them, behind a lead of spaces or a number."""
    from rich.padding import Padding
    from rich.text import Text

    start, end = span
    found = reading.article.text[start:end]
    start, end = start + len(found) - len(found.lstrip()), start + len(found.rstrip())
    out = Text(_clean(reading.article.text[start:end]).replace("\n", " "))
    for (first, last), style in marks:
        if first < end and last > start:
            out.stylize(style, max(first, start) - start, min(last, end) - start)
    return _beside(lead, out) if lead.strip() else Padding(out, (0, 0, 0, len(lead)))


def _labelled(label: str, line: Text) -> RenderableType:
    return _beside(f"     {label:<11}", line)


def _beside(lead: str, line: Text) -> RenderableType:
    from rich.table import Table
    from rich.text import Text

    grid = Table.grid()
    grid.add_column(width=len(lead), no_wrap=True)
    grid.add_column(ratio=1, overflow="fold")
    grid.add_row(Text(lead, style=SOFT), line)
    return grid


def _indented(line: str, by: int, style: str) -> RenderableType:
    from rich.padding import Padding
    from rich.text import Text

    return Padding(Text(_clean(line), style=style), (0, 0, 0, by))


def _inset(block: RenderableType) -> RenderableType:
    from rich.padding import Padding

    return Padding(block, (0, 0, 0, 2))


def _clean(line: str) -> str:
    return words.plain(line)


def _cut(line: str, most: int) -> str:
    joined = " ".join(line.split())
    return joined if len(joined) <= most else joined[: most - 1].rstrip() + "…"
