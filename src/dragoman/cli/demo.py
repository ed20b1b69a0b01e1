"""demo: a corpus to start with, put into a store and shown as a matrix."""

from __future__ import annotations

from importlib.resources import as_file, files

import click

from dragoman.cli import ask, codes, ingest

STORE = "dragoman-demo.store"
_PLACE = "data/demo/reports.jsonl"
_ACTORS = ("USA", "RUS", "CHN", "UKR", "IRN", "TUR", "PRK", "KOR")


@click.command()
@click.option("--store", metavar="PATH", default=STORE, help=f"Where to put it (./{STORE}).")
@click.option("-q", "--quiet", is_flag=True, help="Only put it into the store.")
@click.pass_context
def demo(ctx: click.Context, /, store: str, quiet: bool) -> int:
    """Load 300 short reports, and show who did what to whom.

    They tell of 140 real acts between states and international bodies, 2014 to 2026, in our own words: several made-up
    outlets on one act, near copies among them, and a few reports of nothing. The acts with their dates and where each
    can be checked stand in acts.csv beside the reports.
    """
    with as_file(files("dragoman").joinpath(_PLACE)) as reports:
        code = ctx.invoke(ingest.ingest, sources=(str(reports),), store=store, gate=False, quiet=quiet)
    if quiet or code not in (codes.ALL_READ, None):
        return int(code or 0)
    click.echo()
    ctx.invoke(ask.matrix, actors=_ACTORS, store=store, form="table")
    click.echo("\nWhat to try next:")
    for line in (
        f"dragoman dyad USA IRN --by year --store {store}",
        f"dragoman happenings RUS UKR --store {store}",
        f'dragoman search "prisoners" --store {store}',
        f"dragoman agree USA RUS --store {store}",
        f"dragoman audit --sample 20 --store {store}",
        f"dragoman serve --store {store}",
    ):
        click.echo(f"  {line}")
    return codes.ALL_READ
