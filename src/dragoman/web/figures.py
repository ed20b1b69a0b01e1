"""Pictures of answers, as the plot room draws them."""

from __future__ import annotations

import io
from functools import cache
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from dragoman.errors import MissingExtra

if TYPE_CHECKING:
    from dragoman.exchange.words import Names
    from dragoman.store.arrow import Answer

FORMS = {"svg": "image/svg+xml", "png": "image/png", "json": "application/json"}


@cache
def script() -> tuple[bytes, str]:
    """Vega in one script, and what tells its version. Raises MissingExtra."""
    try:
        from dragoman.plot import out

        made = out.bundle().encode()
    except ImportError as cause:
        raise MissingExtra(getattr(cause, "name", None) or "vl-convert-python", "plot") from cause
    return made, f'"{sha256(made).hexdigest()[:20]}"'


def drawn(answer: Answer, form: str, names: Names, **look: Any) -> bytes:
    """The chart of this answer as svg, png or json (Vega-Lite). Raises SettingsError where there is none for it."""
    try:
        from dragoman import plot

        called = {**names.actors, **names.issues}
        made = plot.chart(answer, names=called, **look)
        stream = io.BytesIO()
        plot.save(made, form, stream)
    except ImportError as cause:
        raise MissingExtra(getattr(cause, "name", None) or "altair", "plot") from cause
    return stream.getvalue()
