"""A chart as a picture, a page, or the JSON it is made of. Nothing is fetched, and no page fetches anything."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import tempfile
from functools import cache
from html import escape
from importlib.metadata import distribution
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from altair.typing import ChartType

_NUMBERED = re.compile(r"\b(gradient_|clip)\d+\b")
_SCALE = 2  # pixels of a png to one of the chart, for screens and print


def write(chart: ChartType, form: str, stream: IO[Any]) -> None:
    """Writes the chart to a stream of bytes or of text (which png cannot be)."""
    if form == "png":
        stream.write(png(chart))
        return
    text = {"svg": svg, "html": html, "json": to_json}[form](chart)
    try:
        stream.write(text.encode("utf-8"))
    except TypeError:  # a stream of text
        stream.write(text)


def png(chart: ChartType) -> bytes:
    """The chart as a picture of points, two to a pixel each way."""
    import vl_convert

    made: bytes = vl_convert.vegalite_to_png(
        chart.to_dict(), vl_version=_version(), scale=_SCALE, ppi=72, allowed_base_urls=[]
    )
    return made


def svg(chart: ChartType) -> str:
    """The chart as a drawing."""
    import vl_convert

    made: str = vl_convert.vegalite_to_svg(chart.to_dict(), vl_version=_version(), allowed_base_urls=[])
    # gradients and clips are numbered through the process: the same chart must be the same file, and two charts on one
    # page must not take each other's
    numbers: dict[str, int] = {}
    made = _NUMBERED.sub(lambda m: f"{m[1]}{numbers.setdefault(m[0], len(numbers))}", made)
    mark = hashlib.sha256(made.encode("utf-8")).hexdigest()[:8]
    return re.sub(r"\b(gradient_|clip)(?=\d+\b)", rf"\g<1>{mark}_", made)


def to_json(chart: ChartType) -> str:
    """The chart as Vega-Lite."""
    return json.dumps(chart.to_dict(), ensure_ascii=False, indent=1) + "\n"


def html(chart: ChartType) -> str:
    """The chart as one page that needs nothing else: its scripts stand in it, and its policy forbids all others."""
    spec = chart.to_dict()
    # nothing in a name may end the script it stands in
    told = json.dumps(spec, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    inlined = bundle().replace("</script", "<\\/script").replace("<!--", "<\\!--")
    start = _data("page.js")
    title = spec.get("title") or {}
    heading = title.get("text", "") if isinstance(title, dict) else title
    return Template(_data("page.html")).substitute(
        title=escape(" ".join(heading) if isinstance(heading, list) else str(heading)),
        about=escape(str(spec.get("description", ""))),
        paper=spec.get("config", {}).get("background", "#ffffff"),
        # styles are set by the scripts as they draw, and cannot be named beforehand
        policy="default-src 'none'; style-src 'unsafe-inline'; img-src data: blob:; base-uri 'none'; "
        f"form-action 'none'; script-src {_digest(inlined)} {_digest(start)}",
        bundle=inlined,
        start=start,
        spec=told,
    )


@cache
def bundle() -> str:
    """Vega, Vega-Lite and Vega-Embed in one script; made once on a machine, which takes seconds, and kept."""
    import vl_convert

    version = _version()
    kept = _cache() / f"vega-{distribution('vl-convert-python').version}-{version}.js"
    try:
        return kept.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        pass
    made: str = vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;", version)
    try:
        kept.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=kept.parent, delete=False) as part:
            part.write(made)
        Path(part.name).replace(kept)  # whoever reads it meanwhile has all of it or none
    except OSError:
        pass  # where nothing can be kept it is made anew
    return made


def _cache() -> Path:
    import platformdirs

    return Path(platformdirs.user_cache_dir("dragoman", appauthor=False))


def _version() -> str:
    """Vega-Lite as Altair speaks it: v6.4.1 -> 6.4."""
    import altair as alt

    return ".".join(alt.SCHEMA_VERSION.lstrip("v").split(".")[:2])


def _digest(script: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(script.encode('utf-8')).digest()).decode('ascii')}'"


@cache
def _data(name: str) -> str:
    return (files("dragoman.plot") / name).read_text("utf-8")
