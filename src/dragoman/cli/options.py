"""Options that several commands share, and the settings they make."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from dragoman.settings import Settings


def _options(*options: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def decorate(command: Any) -> Any:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


def _is_date(ctx: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    from dragoman import desk

    if value is not None and not desk.understands_date(value):
        raise click.BadParameter(f"{value!r} is not a date such as 2019-05-14.")
    return value


about_the_page = _options(
    click.option("--url", metavar="URL", help="The page's address, where the source does not tell it."),
    click.option("--published", metavar="DATE", callback=_is_date, help="When it appeared (ISO 8601: 2019-05-14)."),
    click.option("--title", metavar="TEXT", help="Its title."),
    click.option("--language", metavar="CODE", help="Its language (en), instead of finding it out."),
    click.option("--as-is", is_flag=True, help="Keep a text to the letter; nothing is taken for page furniture."),
)
limits = _options(
    click.option("--max-bytes", type=int, metavar="N", help="Refuse sources larger than this (read.max_bytes)."),
    click.option("--timeout", type=float, metavar="SECONDS", help="Give up on a page after so long."),
    click.option("--allow-private", is_flag=True, help="Fetch from private and loopback addresses as well."),
)

model = click.option(
    "--model", metavar="MODEL", help="The model of events: builtin, none, or the folder of one (model)."
)

store = click.option(
    "--store", metavar="PATH", default="dragoman.store", help="The store: a folder, or s3://, gs://, abfss://."
)


def settings_of(ctx: click.Context, given: dict[str, Any]) -> Settings:
    from dragoman import settings

    wanted = {
        "model": given.get("model"),
        "read.max_bytes": given.get("max_bytes"),
        "read.timeout_seconds": given.get("timeout"),
        "read.allow_private_addresses": given.get("allow_private") or None,
    }
    return settings.change(settings.load(ctx.obj), {n: v for n, v in wanted.items() if v is not None})


def about_of(given: dict[str, Any], *, several: bool) -> dict[str, Any]:
    if several:
        for option in ("url", "title"):
            if given[option]:
                raise click.UsageError(f"--{option} speaks of one page, and several sources were named.")
    return {name: given[name] for name in ("url", "published", "title", "language", "as_is")}
