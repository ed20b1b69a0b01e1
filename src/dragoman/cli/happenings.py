"""happenings: the acts behind the reports, each once."""

from __future__ import annotations

from typing import Any

import click

from dragoman.cli import asking
from dragoman.cli import output as out


@asking.command(
    asking.actors,
    *asking.period,
    *asking.kinds,
    click.option("--reports", is_flag=True, help="Every report of each act, the one that stands for it first."),
    asking.limit("At most so many acts; 0 for all. Without it a table has 20."),
    asking.newest,
    pictures=True,
)
def happenings(ctx: click.Context, /, actors: tuple[str, ...], reports: bool, **given: Any) -> int:
    """List acts, each once, with how many reports and outlets tell it and how these differ.

    ACTORs are as for `dragoman matrix`. An act has the type, the status and the words of the report that stands for it:
    coded as most reports code it, and of those the surest.

    \b
    dragoman happenings USA RUS --since 2019-05 --type SANCTION
    dragoman happenings FRA --reports --format json
    """
    from dragoman import desk
    from dragoman.exchange import happening_text

    form = asking.form_of(given)
    asked = asking.wanted(ctx, given, "since", "until", "types", "issues", "undated")
    found = desk.happenings(*actors, **asked, status=asking.status(given), reports=reports, **asking.page(given, form))
    told = happening_text.reports if reports else happening_text.happenings
    code = asking.write(found, form, given, lambda found: told(found.rows), nothing="no act")
    waiting = found.about["waiting"]
    if waiting and not given["quiet"]:
        out.tell(
            f"{waiting} report{'' if waiting == 1 else 's'} not linked yet, each stands for itself;"
            f" dragoman store link --store {given['store']} links them"
        )
    return code
