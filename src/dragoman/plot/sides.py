"""Where two stand on each issue: what each said for and against, back to back, and the verdict in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dragoman.plot import marks
from dragoman.plot.look import SMALL, TEXT, Look, cut, dressed, room, text_width
from dragoman.plot.sheet import Row, Sheet, counted, number

if TYPE_CHECKING:
    from altair.typing import ChartType

_STANCES = ("for", "conditional", "against")
_CALLED = {"for": "for", "conditional": "on a condition", "against": "against"}
_MOST_ISSUES, _MOST_PAIRS = 30, 3
_ROW = 24
# how sure a verdict stands: the first are what a reader looks for
_STRONG = ("coincide", "differ", "mixed")


def draw(sheet: Sheet) -> ChartType:
    """A row for each issue, most spoken-of first; a chart for each pair where there are several."""
    import altair as alt

    pairs = list(dict.fromkeys(_pair(sheet, row) for row in sheet.rows))
    notes = []
    if len(pairs) > _MOST_PAIRS:
        notes.append(f"Of {len(pairs)} pairs the first {_MOST_PAIRS} are shown.")
    width = room(sheet.width)
    charts = []
    for pair in pairs[:_MOST_PAIRS]:
        theirs = [row for row in sheet.rows if _pair(sheet, row) == pair]
        theirs.sort(key=lambda row: -(row.get("n") or 0))
        if len(theirs) > _MOST_ISSUES:
            notes.append(f"Of {len(theirs)} issues the {_MOST_ISSUES} most spoken of are shown.")
        charts.append(_back_to_back(sheet, theirs[:_MOST_ISSUES], pair, width))
    made: ChartType = charts[0] if len(charts) == 1 else alt.vconcat(*charts, spacing=28)
    minimum = sheet.about.get("minimum")
    if minimum:
        least = counted(minimum, "statement")
        notes.append(f"Where a side made fewer than {least} with a stance, no verdict is given.")
    span = sheet.span()
    heads = [f"Own statements by issue{f', {span}' if span else ''}."]
    one, other = pairs[0]
    title = sheet.title or (
        f"{one} and {other}, issue by issue" if len(pairs) == 1 else "Where they stand, issue by issue"
    )
    return dressed(made, sheet.look, title=title, notes=[*heads, " ".join(notes), *sheet.notes()], width=width)


def _back_to_back(sheet: Sheet, rows: list[dict[str, Any]], pair: tuple[str, str], width: float) -> Any:
    import altair as alt

    look = sheet.look
    issues = _issues(sheet, rows)
    verdicts = [_verdict(row, pair) for row in rows]
    left = max(text_width(issue, TEXT) for issue in issues) + 12
    right = max(text_width(verdict, TEXT) for verdict in verdicts) + 14
    across = max(160.0, width - left - right)
    bars, most = _bars(rows, issues, pair, look)
    domain = [-most * 1.04, most * 1.04]
    y = alt.Y(
        "issue:N",
        scale=alt.Scale(domain=issues, paddingInner=0.28, paddingOuter=0.2),
        title=None,
        axis=alt.Axis(labelLimit=0, labelColor=look.ink, labelFontSize=TEXT, ticks=False, domain=False, labelPadding=8),
    )
    stances = [_CALLED[stance] for stance in _STANCES]
    hues = alt.Scale(domain=stances, range=list(look.stances))
    axis = alt.Axis(
        title=None, labelExpr="format(abs(datum.value), ',d')", tickMinStep=1, tickCount=7, domain=False, ticks=False,
        orient="bottom",
    )  # fmt: skip
    base = marks.of(bars).encode(y=y)
    x = alt.X("begin:Q", scale=alt.Scale(domain=domain, nice=False), axis=axis)
    tips = marks.tips(who="Who", issue="Issue", stance="Stance", count="Statements", words="Latest")
    legend = alt.Legend(title=None, orient="bottom", direction="horizontal", symbolType="square", offset=10)
    filled = base.mark_bar(stroke=look.paper, strokeWidth=1).encode(
        x=x, x2="end:Q", color=alt.Color("stance:N", scale=hues, legend=legend), tooltip=tips
    )
    # a count stands in its bar where there is room for it
    inside = base.transform_filter(f"abs(datum.end - datum.begin) * {across / (2.08 * most):.5g} >= 15")
    figures = inside.mark_text(fontSize=SMALL, baseline="middle").encode(
        x=alt.X("middle:Q", scale=alt.Scale(domain=domain, nice=False)),
        text="count:N",
        color=alt.Color("letters:N", scale=None),
    )  # fmt: skip
    axle = marks.of([{"nought": 0}]).mark_rule(color=look.soft).encode(x="nought:Q")
    told = [
        {"issue": issue, "verdict": verdict, "share": _share(row), "strong": row.get("verdict") in _STRONG}
        for issue, verdict, row in zip(issues, verdicts, rows, strict=True)
    ]
    words = marks.of(told).mark_text(align="left", baseline="middle", fontSize=TEXT, dx=12)
    spoken = words.encode(
        y=y,
        x=alt.value(across),
        text="verdict:N",
        color=alt.condition("datum.strong", alt.value(look.ink), alt.value(look.soft)),
        tooltip=marks.tips(issue="Issue", verdict="Verdict", share="Same stance"),
    )
    height = _ROW * len(rows) + 8
    heads = [_head(name, side, across, sheet) for side, name in enumerate(pair)]
    return alt.layer(filled, figures, axle, spoken, *heads).properties(width=across, height=height)


def _head(name: str, side: int, across: float, sheet: Sheet) -> Any:
    """The name of a side above its half."""
    import altair as alt

    text = marks.of([{"name": f"← {name}" if side == 0 else f"{name} →"}])
    mark = text.mark_text(
        align="right" if side == 0 else "left", dx=-10 if side == 0 else 10, dy=-10, fontSize=TEXT, fontWeight=600,
        color=sheet.look.ink, baseline="bottom",
    )  # fmt: skip
    return mark.encode(text="name:N", x=alt.value(across / 2), y=alt.value(0))


def _bars(
    rows: list[dict[str, Any]], issues: list[str], pair: tuple[str, str], look: Look
) -> tuple[list[dict[str, Any]], float]:
    """Pieces of bars from the middle outwards, and how long the longest bar is."""
    bars, most = [], 1.0
    for row, issue in zip(rows, issues, strict=True):
        for side, who in zip("ab", pair, strict=True):
            at = 0
            for stance in _STANCES:
                count = int(row.get(f"{side}_{stance}") or 0)
                if not count:
                    continue
                sign = -1 if side == "a" else 1
                bars.append(
                    {
                        "issue": issue,
                        "who": who,
                        "stance": _CALLED[stance],
                        "count": count,
                        "begin": sign * at,
                        "end": sign * (at + count),
                        "middle": sign * (at + count / 2),
                        "letters": look.on_stances[_STANCES.index(stance)],
                        "words": marks.brief(row.get(f"{side}_words")),
                    }
                )
                at += count
            most = max(most, at)
    return bars, most


def _issues(sheet: Sheet, rows: list[dict[str, Any]]) -> list[str]:
    """What each row is about, no two the same."""
    found: list[str] = []
    for row in rows:
        third = [code for code in str(row.get("regarding") or "").split("+") if code]
        own = {row.get("a"), row.get("b")}
        regarding = "between them" if len(third) > 1 and set(third) <= own else ", ".join(map(sheet.name, third))
        named = str(row["issue"]) if row.get("issue") else str(row.get("label"))
        label = cut(", ".join(filter(None, (sheet.name(named), regarding))), 190, TEXT)
        again = sum(other.partition(" (")[0] == label for other in found)
        found.append(f"{label} ({again + 1})" if label in found else label)
    return found


def _verdict(row: Row, pair: tuple[str, str]) -> str:
    told = str(row.get("verdict") or "")
    if told == "one silent":
        said = [sum(row.get(f"{side}_{stance}") or 0 for stance in (*_STANCES, "neutral")) for side in "ab"]
        silent = [who for who, count in zip(pair, said, strict=True) if not count]
        return f"{silent[0]} is silent" if len(silent) == 1 else told
    return {"conditional": "on conditions", "both silent": "both are silent"}.get(told, told)


def _share(row: Row) -> str:
    share, low, high = row.get("share"), row.get("low"), row.get("high")
    if share is None:
        return "not reckoned"
    around = f" ({number(low * 100, 0)} to {number(high * 100, 0)})" if low is not None and high is not None else ""
    return f"{number(share * 100, 0)} %{around}"


def _pair(sheet: Sheet, row: Row) -> tuple[str, str]:
    a, b = row.get("a"), row.get("b")
    codes = (a, b) if a and b else (*sheet.actors[:2], "one", "the other")[:2]
    labels = sheet.labels([str(code) for code in codes], 150, TEXT)
    return labels[str(codes[0])], labels[str(codes[1])]
