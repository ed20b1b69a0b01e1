"""serve: the local web app; mcp: the same store for programs that speak the Model Context Protocol."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dragoman.cli import codes, options
from dragoman.cli import output as out

if TYPE_CHECKING:
    from dragoman.web.site import Key

_LEAST = 16  # letters of a token


@click.command()
@options.store
@click.option("--host", metavar="ADDRESS", default="127.0.0.1", help="Listen there (127.0.0.1: this machine alone).")
@click.option(
    "--port", type=click.IntRange(0, 65535), metavar="N", help="Listen on this port (8765, or the next free)."
)
@click.option("--no-browser", is_flag=True, help="Open no browser.")
@click.option(
    "--token", "tokens", multiple=True, metavar="[ROLE:]TOKEN",
    help="Who shows this token may read, edit or admin (the role before it; admin).",
)  # fmt: skip
@click.option("--tokens", "file", metavar="FILE", help="Tokens, a line each: role, token, name.")
@click.option("--proxy-header", metavar="NAME", help="The header in which a proxy says who asks, as X-Forwarded-User.")
@click.option(
    "--proxy-from", multiple=True, metavar="ADDRESS", help="The proxy's address; it is believed from nowhere else."
)
@click.option(
    "--proxy-role", type=click.Choice(["read", "edit", "admin"]), default="read",
    help="What they may do whom the proxy names (read).",
)  # fmt: skip
@click.option("--name", "names", multiple=True, metavar="HOST", help="A host name by which the app may be asked for.")
@click.pass_context
def serve(
    ctx: click.Context, /, store: str, host: str, port: int | None, no_browser: bool, tokens: tuple[str, ...],
    file: str | None, proxy_header: str | None, proxy_from: tuple[str, ...], proxy_role: str, names: tuple[str, ...],
) -> int:  # fmt: skip
    """Show a store in a browser: matrix, pairs, articles with their marks, search.

    The app listens on this machine alone. Another address needs a token, or a proxy that says who asks.

    \b
    dragoman serve --store dragoman.store
    dragoman serve --host 0.0.0.0 --tokens people.txt --name news.example.org
    """
    from dragoman.web import run
    from dragoman.web.site import LOOPBACK, Proxy, Site, role

    keys = [*(_key(one) for one in tokens), *(_keys_of(file) if file else ())]
    proxy = None
    if proxy_header:
        proxy = Proxy(proxy_header, proxy_from or ("127.0.0.1", "::1"), role(proxy_role))
    site = Site(
        store=os.fspath(store), settings=options.settings_of(ctx, {}), keys=tuple(keys), proxy=proxy,
        hosts=tuple(dict.fromkeys((*LOOPBACK, *(name.lower() for name in names)))),
    )  # fmt: skip
    run.serve(site, host=host, port=port, browser=not no_browser, told=out.tell)
    return codes.ALL_READ


@click.command()
@options.store
@click.pass_context
def mcp(ctx: click.Context, /, store: str) -> int:
    """Answer a program that speaks the Model Context Protocol, over standard input and output.

    It may find actors, follow a pair over time, search sentences and ask why a cell says what it says. Nothing is
    written. Needs the package mcp: pip install 'dragoman[mcp]'.

    \b
    dragoman mcp --store dragoman.store
    """
    from dragoman.web import run
    from dragoman.web.site import Site

    run.answer_mcp(Site(store=os.fspath(store), settings=options.settings_of(ctx, {})))
    return codes.ALL_READ


def _key(written: str, name: str = "", given: str = "") -> Key:
    from dragoman.web.site import ROLES, Key, role

    first, colon, rest = written.partition(":")
    chosen, token = (first, rest) if colon and first in ROLES else (given or "admin", written)
    if len(token) < _LEAST:
        raise click.BadParameter(f"a token has {_LEAST} letters or more.", param_hint="--token")
    return Key(token, role(chosen), name)


def _keys_of(file: str) -> list[Key]:
    from dragoman.web.site import Key, role

    try:
        lines = Path(file).read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as fault:
        raise click.ClickException(f"{file}: cannot be read: {fault}") from fault
    found = []
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        words = line.split(None, 2)
        if len(words) < 2 or len(words[1]) < _LEAST:
            raise click.ClickException(f"{file}:{number}: a line has a role, a token of {_LEAST} letters, and a name")
        found.append(Key(words[1], role(words[0]), words[2].strip() if len(words) == 3 else ""))
    return found
