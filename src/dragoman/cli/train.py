"""train: a model of one's own labels."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from dragoman.cli import codes, options
from dragoman.cli import output as out
from dragoman.cli.evaluate import Measuring

if TYPE_CHECKING:
    from dragoman.desk import Trained


def _definitions(
    ctx: click.Context, parameter: click.Parameter, values: tuple[str, ...]
) -> dict[str, tuple[int, float]]:
    """Quad class and score by type, of values such as EVACUATE=2,3.5."""
    out = {}
    for value in values:
        name, _, rest = value.partition("=")
        quad, _, score = rest.partition(",")
        try:
            kind, made = name.strip().upper(), (int(quad), float(score or 0))
        except ValueError:
            kind, made = "", (0, 0.0)
        if not kind or made[0] not in (1, 2, 3, 4) or not -10 <= made[1] <= 10:
            form = "EVACUATE=2,3.5 (quad class 1 to 4, score -10 to 10)"
            raise click.BadParameter(f"{value!r} is not of the form {form}.", ctx, parameter)
        out[kind] = made
    return out


@click.command(cls=Measuring)
@click.argument("examples", metavar="EXAMPLES")
@click.option("-o", "--out", "folder", required=True, metavar="MODEL", help="The folder of the model, made if need be.")
@click.option(
    "--define",
    callback=_definitions,
    multiple=True,
    metavar="NAME=QUAD,SCORE",
    help="The quad class (1-4) and score of a type that the ontology does not have. May stand several times.",
)
@click.option(
    "--alone/--beside", "whole", default=None,
    help="The model answers for all types, or only for its new ones beside the model that ships. "
    "Without either: alone where most of its examples are of the ontology's types.",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="The result as one JSON object.")
@click.pass_context
def train(
    ctx: click.Context, /, examples: str, folder: str, define: dict[str, tuple[int, float]],
    whole: bool | None, as_json: bool,
) -> int:  # fmt: skip
    """Train a model of events on your own labels, in minutes and on any machine.

    EXAMPLES is a JSONL file, or - for standard input: {"id", "sentence", "source", "target", "type"}, the sides as
    words of the sentence, the type one of PLOVER's, one of your own, or NONE where nothing is told between the sides.
    What the model is worth is measured by cross-validation: no sentence is judged by a model that has seen it.

    Then use it: dragoman read --model MODEL PAGE, dragoman evaluate events GOLD --model MODEL.
    """
    from dragoman import desk

    made = desk.train(examples, folder, define=define, whole=whole, settings=options.settings_of(ctx, {}))
    if as_json:
        import msgspec

        click.echo(msgspec.json.format(msgspec.json.encode(made), indent=1).decode())
    else:
        _tell(made, {*define, *made.undefined})
    return codes.ALL_READ


def _tell(made: Trained, new: set[str]) -> None:
    from dragoman.exchange.tables import columns, percent

    out.reconfigure(sys.stdout, encoding=None)
    score = made.score
    click.echo(
        f"{score.number} examples of {len(made.counts)} types; five-fold cross-validation, sentences kept together"
    )
    click.echo(f"right {100 * score.accuracy:.1f} % ({_between(score.accuracy_interval)}), ", nl=False)
    click.echo(f"macro-F1 {100 * score.macro_f1:.1f} ({_between(score.macro_f1_interval)})")
    click.echo()
    rows = [
        [name, str(one.gold), str(one.found), *map(percent, (one.rates.precision, one.rates.recall, one.rates.f1))]
        for name, one in score.classes.items()
    ]
    click.echo(columns(["type", "examples", "found", "P", "R", "F1"], rows))
    if not made.whole and not set(made.counts) - new - {"NONE"}:
        out.tell("the examples hold no events of other types, which may therefore be taken for the new ones; add some")
    if made.left_out:
        out.tell(f"{made.left_out} lines left out: they have no type, or their sides do not stand in the sentence")
    if made.few:
        out.tell(f"few examples of {', '.join(made.few)}: their figures may move much")
    if made.undefined:
        out.tell(
            f"no table knows {', '.join(made.undefined)}: read and evaluate will take the model when it was trained "
            f"with --define {made.undefined[0]}=QUAD,SCORE"
        )
    beside = "answers alone" if made.whole else "adds its new types to the model that ships"
    click.echo(f"\n{made.name} in {made.folder} {beside}.")
    click.echo(f"  dragoman read --model {made.folder} PAGE")


def _between(interval: tuple[float, float]) -> str:
    return f"95 %: {100 * interval[0]:.1f}–{100 * interval[1]:.1f}"
