"""Charts of answers, the same for notebook, file and web.

made = chart(answer, names={"USA": "United States"})     # an Altair chart; notebooks show it
save(made, "svg", stream)                                # png, svg, html or json; an answer will do as well

Which chart an answer gets is told by its `kind`. Altair is imported when the first chart is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import IO, TYPE_CHECKING, Any, cast

from dragoman.errors import SettingsError
from dragoman.plot.look import DARK, LIGHT
from dragoman.plot.order import ORDERS
from dragoman.plot.sheet import Sheet, Told

if TYPE_CHECKING:
    from altair.typing import ChartType

__all__ = ["FORMS", "KINDS", "chart", "save"]

FORMS = ("png", "svg", "html", "json")
# kind of answer -> module with the one function that draws it
_DRAWN_BY = {
    "matrix": "heat",
    "dyad": "lines",
    "agreement": "sides",
    "signals": "tracks",
    "events": "counts",
    "positions": "stances",
    "happenings": "acts",
}
KINDS = tuple(_DRAWN_BY)
_WIDTH = 800
_NARROWEST, _WIDEST = 240, 10_000


def chart(
    answer: Told,
    *,
    title: str | None = None,
    width: int | None = None,
    dark: bool = False,
    names: Mapping[str, str] | None = None,
    order: str | None = None,
) -> ChartType:
    """An Altair chart of the answer, about `width` pixels wide (800); an answer without rows gets one that says so.

    `names` are what actors and issues are called, by code. `order` is how the actors of a matrix stand: given, volume,
    name or cluster. Raises SettingsError for a kind of answer that has no chart, or what cannot be taken.
    """
    kind = answer.kind
    if kind not in _DRAWN_BY:
        raise SettingsError(
            f"there is no chart of {kind or 'this answer'}", name="plot", hint=f"there is one of {', '.join(KINDS)}"
        )
    if width is not None and not _NARROWEST <= width <= _WIDEST:
        raise SettingsError(f"width cannot be {width!r}", name="width", hint=f"{_NARROWEST} to {_WIDEST} pixels")
    if order is not None and order not in ORDERS:
        raise SettingsError(f"order cannot be {order!r}", name="order", hint=", ".join(ORDERS))
    sheet = Sheet.of(
        answer, names=names or {}, width=width or _WIDTH, look=DARK if dark else LIGHT, title=title, order=order
    )
    module = _DRAWN_BY[kind] if sheet.rows else "nothing"
    draw: Callable[[Sheet], ChartType] = import_module(f"dragoman.plot.{module}").draw
    return draw(sheet)


def save(made: Told | ChartType, form: str, stream: IO[Any], **given: Any) -> None:
    """Writes a chart, or the chart of an answer, as png, svg, html or json to a stream of bytes or of text.

    `given` is what `chart` takes, for an answer. Nothing is fetched: html brings all it needs. Raises SettingsError.
    """
    from dragoman.plot import out

    if form not in FORMS:
        raise SettingsError(f"a chart cannot be saved as {form!r}", name="form", hint=", ".join(FORMS))
    drawn: Any = made if hasattr(made, "to_dict") else chart(cast("Told", made), **given)
    out.write(drawn, form, stream)
