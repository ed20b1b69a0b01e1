"""`dragoman`: the group of all commands, and the exit code of whatever happens in one."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

import click

from dragoman.cli import (
    ask,
    audit,
    codes,
    demo,
    evaluate,
    exchange,
    happenings,
    ingest,
    lexicon,
    read,
    relate,
    serve,
    store,
    train,
    watch,
)
from dragoman.cli.output import tell
from dragoman.version import VERSION

COMPLETION_VARIABLE = "_DRAGOMAN_COMPLETE"


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Runs the command line and leaves with its exit code."""
    # tables and models are made of millions of things that stay: looking through them again and again costs a tenth
    gc.set_threshold(100_000, 50, 100)
    sys.exit(run(arguments))


def run(arguments: Sequence[str] | None = None) -> int:
    """The exit code of these arguments; whatever goes wrong is told in a line on standard error."""
    from dragoman.errors import DragomanError, LexiconError

    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        if instruction := os.environ.get(COMPLETION_VARIABLE):
            from click.shell_completion import shell_complete

            return shell_complete(dragoman, {}, "dragoman", COMPLETION_VARIABLE, instruction)
        with dragoman.make_context("dragoman", given) as ctx:
            code = dragoman.invoke(ctx)
        sys.stdout.flush()
        return int(code or 0)
    except click.exceptions.Exit as leave:
        return leave.exit_code
    except click.UsageError as fault:
        where = fault.ctx.command_path if fault.ctx else "dragoman"
        tell(f"{fault.format_message()} `{where} --help` tells more.")
        return codes.WRONG_USAGE
    except click.ClickException as fault:
        tell(fault.format_message())
        return codes.WRONG_USAGE
    except (KeyboardInterrupt, click.Abort):
        tell("interrupted")
        return codes.INTERRUPTED
    except BrokenPipeError:
        # the interpreter flushes standard output once more on its way out
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return codes.NOBODY_LISTENS
    except LexiconError as fault:
        for one in fault.faults:
            tell(str(one))
        return codes.WRONG_USAGE
    except DragomanError as fault:
        tell(f"{fault.message}; {fault.hint}" if fault.hint else fault.message)
        return codes.WRONG_USAGE
    except Exception as fault:
        if os.environ.get("DRAGOMAN_TRACEBACK"):
            raise
        tell(
            f"a fault in Dragoman itself: {type(fault).__name__}: {fault}; "
            "with DRAGOMAN_TRACEBACK=1 it shows where, which is what a report of it should hold"
        )
        return codes.OUR_FAULT


@click.group(
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option("--settings", "file", metavar="FILE", help="The settings file, instead of ./dragoman.toml.")
@click.version_option(VERSION, "-V", "--version", message="%(prog)s %(version)s")
@click.pass_context
def dragoman(ctx: click.Context, file: str | None) -> None:
    """Reads news about international relations into records that point at their words."""
    ctx.obj = file
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())


for _command in (
    *(read.read, read.explain, read.schema, relate.positions, relate.agree, relate.signals, relate.network),
    *(ingest.ingest, ingest.recode, ask.matrix, ask.dyad, ask.events, ask.statements, ask.search, ask.sql, store.store),
    *(happenings.happenings, exchange.import_events, exchange.export, exchange.compare),
    *(watch.watch, serve.serve, serve.mcp, demo.demo, audit.audit, lexicon.lexicon, evaluate.evaluate, train.train),
):
    dragoman.add_command(_command)
