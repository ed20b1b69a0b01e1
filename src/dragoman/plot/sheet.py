"""What a chart is drawn from: the rows of an answer, what is known about them, and how to call things."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from dragoman.plot.look import Look, cut

Row = Mapping[str, Any]
_LONG = 24  # letters of a name beyond which its initials are shown


class Told(Protocol):
    """An answer, as a chart needs it."""

    @property
    def kind(self) -> str: ...
    @property
    def rows(self) -> Sequence[Row]: ...
    @property
    def about(self) -> Mapping[str, Any]: ...


@dataclass(frozen=True)
class Sheet:
    """One answer about to be drawn. Rows have None where there is no value, never NaN."""

    kind: str
    rows: tuple[dict[str, Any], ...]
    about: Mapping[str, Any]
    actors: tuple[str, ...]
    left_out: Mapping[str, int]
    names: Mapping[str, str]
    width: int
    look: Look
    title: str | None
    order: str | None

    @classmethod
    def of(
        cls,
        answer: Told,
        *,
        names: Mapping[str, str],
        width: int,
        look: Look,
        title: str | None,
        order: str | None,
    ) -> Sheet:
        """The sheet of an answer; blocs that it tells of have their names from there."""
        about = answer.about or {}
        blocs: Mapping[str, str] = getattr(answer, "blocs", None) or {}
        return cls(
            kind=answer.kind,
            rows=tuple({name: _plain(value) for name, value in row.items()} for row in answer.rows),
            about=about,
            actors=tuple(getattr(answer, "actors", ()) or about.get("actors") or ()),
            left_out=getattr(answer, "left_out", None) or {},
            names={**blocs, **names},
            width=width,
            look=look,
            title=title,
            order=order,
        )

    def name(self, code: str | None) -> str:
        """What a code is called: its name, else its readable part (IGO:AFRICAN_UNION: African Union), else itself."""
        if code is None:
            return "somebody"
        if name := self.names.get(code):
            short = code.removeprefix("IGO:")
            return short if len(name) > _LONG and short != code and len(short) <= 6 else name  # NATO, OSCE
        if ":" not in code:
            return code.replace("-", " ")
        last = code.rpartition(":")[2].replace("_", " ")
        return last if len(last) <= 5 else last.title()

    def labels(self, codes: Iterable[str], width: float, size: float) -> dict[str, str]:
        """Names cut to this width, no two the same: code -> label."""
        found: dict[str, str] = {}
        for code in dict.fromkeys(codes):
            label = cut(self.name(code), width, size)
            if label in found.values():
                short = cut(code.rpartition(":")[2], width * 0.4, size)
                label = f"{cut(self.name(code), width * 0.55, size)} ({short})"
            number = 2
            while label in found.values():
                label = f"{label.partition(' #')[0]} #{number}"
                number += 1
            found[code] = label
        return found

    def notes(self) -> list[str]:
        """What an answer tells beside its rows: what was left out, and why something is missing."""
        told = [str(note).strip().rstrip(".") for note in self.about.get("notes") or ()]
        undated, coarse = self.left_out.get("undated", 0), self.left_out.get("coarse", 0)
        if undated:
            told.append(f"{counted(undated, 'event')} without a date left out")
        if coarse:
            told.append(f"{counted(coarse, 'event')} left out, dated less closely than the period")
        return [f"{note[:1].upper()}{note[1:]}." for note in told if note]

    def elsewhen(self, days: Sequence[dt.date], shown: tuple[dt.date, dt.date], one: str) -> str:
        """That some are not shown for lying far from all others; empty where all are."""
        apart = sorted(day for day in days if not shown[0] <= day <= shown[1])
        if not apart:
            return ""
        when = str(apart[0].year) if apart[0].year == apart[-1].year else f"{apart[0].year} to {apart[-1].year}"
        return f"{counted(len(apart), one)} far from all others ({when}) not shown."

    def span(self) -> str:
        """The period asked for, in words; empty where none was."""
        first, last = self.about.get("since"), self.about.get("until")
        if first and last:
            return f"{day_words(first)} to {day_words(last)}" if first != last else day_words(first)
        if first:
            return f"since {day_words(first)}"
        return f"until {day_words(last)}" if last else ""


def number(value: float | None, decimals: int = 1, *, sign: bool = False) -> str:
    """A number as people write it, with a real minus and thin commas; a dash for none."""
    if value is None:
        return "–"
    if round(abs(value), decimals) == 0:
        return f"{0:.{decimals}f}"
    return f"{value:{'+' if sign else ''},.{decimals}f}".replace("-", "−")


def counted(count: int, one: str, several: str | None = None) -> str:
    """1 article, 2 articles."""
    return f"{count:,} {one if count == 1 else several or one + 's'}"


def day_words(day: Any) -> str:
    """A day as people write it, given as a date or in ISO form."""
    if isinstance(day, str):
        try:
            day = dt.date.fromisoformat(day[:10])
        except ValueError:
            return str(day)
    if not isinstance(day, dt.date):
        return str(day)
    return f"{day.day} {day:%B} {day.year}"


def finite(values: Iterable[Any]) -> list[float]:
    """The numbers among these."""
    return [float(value) for value in values if value is not None]


def _plain(value: Any) -> Any:
    return None if isinstance(value, float) and not math.isfinite(value) else value
