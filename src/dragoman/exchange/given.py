"""What cells of imported rows mean: days, the row by the names of its columns, sites, and who stands on which side."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Iterable, Sequence
from urllib.parse import urlsplit

from dragoman.exchange.event_rows import Party
from dragoman.exchange.set_aside import Unfit

_DAY = re.compile(r"(\d{4})-?(\d{2})-?(\d{2})")
_AMERICAN = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")


def day(cell: str, what: str = "the date") -> dt.date:
    """The day of 20240301, 2024-03-01 (a time may follow) or 3/1/2024. Raises Unfit."""
    written = cell.strip()
    found = _DAY.match(written)
    parts = found.groups() if found and not written[found.end() :][:1].isdigit() else None
    if parts is None and (american := _AMERICAN.fullmatch(written)):
        parts = (american[3], american[1], american[2])
    if parts is None and found and len(written) == 14 and written.isdigit():
        parts = found.groups()
    try:
        if parts is None:
            raise ValueError("no date")
        return dt.date(*(int(part) for part in parts))
    except ValueError as fault:
        raise Unfit(f"{what} is {cell!r}", "a day, as 20240301 or 2024-03-01") from fault


def by_name(names: Sequence[str], cells: Sequence[str]) -> dict[str, str]:
    """Column -> cell. Raises Unfit where there are more or fewer cells than columns."""
    if len(names) != len(cells):
        raise Unfit(f"{len(cells)} columns", f"{len(names)} columns with a tab between each")
    return dict(zip(names, cells, strict=True))


def columns(cells: Iterable[str], needed: Collection[str], form: str) -> list[str]:
    """The names in a first line. Raises Unfit naming the columns that are not there."""
    names = [cell.strip().strip('"') for cell in cells]
    if missing := [name for name in needed if name not in names]:
        raise Unfit(f"no column {', '.join(missing)}", f"a first line with the columns of {form}")
    if doubled := {name for name in names if names.count(name) > 1}:
        raise Unfit(f"two columns are called {', '.join(sorted(doubled))}", "each column once")
    return names


def beside(row: dict[str, str], used: Collection[str]) -> dict[str, str]:
    """The filled cells that went into no field."""
    return {name: cell for name, cell in row.items() if cell and name not in used}


def site(url: str | None) -> str | None:
    """The host of an address, without www."""
    if not url:
        return None
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.") or None
    except ValueError:
        return None


def sides(
    source: Party | None, target: Party | None, *, swap: bool = False
) -> tuple[tuple[Party, ...], tuple[Party, ...]]:
    """Sources and targets of a row. Raises Unfit where there is nobody on either side."""
    if source is None and target is None:
        raise Unfit("no actor on either side", "an event has somebody who acts", "no_actor")
    one, other = (target, source) if swap and source and target else (source, target)
    return (one,) if one else (), (other,) if other else ()
