"""lexicon: the tables, checked and added to."""

from __future__ import annotations

import click

from dragoman.cli import options


@click.group()
def lexicon() -> None:
    """The tables of actors, words, places and issues."""


@lexicon.command()
@click.argument("folder", required=False)
@click.pass_context
def check(ctx: click.Context, folder: str | None) -> None:
    """Check the tables in use, or the built-in ones with FOLDER laid over them.

    Every fault is named by file and line.
    """
    from dragoman import desk
    from dragoman.settings import change

    chosen = options.settings_of(ctx, {})
    if folder is not None:
        chosen = change(chosen, {"lexicon": ("builtin", folder)})
    tables = desk.lexicon(chosen)
    for name in tables.__struct_fields__:
        rows = getattr(tables, name)
        if isinstance(rows, tuple | dict) and rows:
            click.echo(f"{len(rows):>7}  {name.replace('_', ' ')}")
    click.echo(f"no fault found; tables {tables.version} ({', '.join(chosen.lexicon)})")
