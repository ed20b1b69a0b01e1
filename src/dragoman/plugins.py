"""A name becomes the thing it names, by the entry points of the installed packages.

A package offers a part with three lines in its pyproject.toml:

    [project.entry-points."dragoman.parsers"]
    mine = "my_package.my_module:MyParser"

and `parser = "mine"` in dragoman.toml uses it.
"""

from __future__ import annotations

from typing import Any

from dragoman.errors import DragomanError, SettingsError

GROUPS = ("parsers", "readers", "runners")


def find(group: str, name: str) -> Any:
    """The thing of this name. An unknown name is a SettingsError that lists the known ones."""
    from importlib.metadata import entry_points

    offered = entry_points(group=f"dragoman.{group}")
    chosen = next((entry for entry in offered if entry.name == name), None)
    if chosen is None:
        known = ", ".join(sorted(offered.names)) or "none; is dragoman installed?"
        raise SettingsError(f"there is no {group[:-1]} {name!r}", name=group[:-1], hint=f"known: {known}")
    try:
        return chosen.load()
    except Exception as cause:  # whatever a stranger's module does at import
        raise DragomanError(
            f"the {group[:-1]} {name!r} ({chosen.value}) cannot be loaded: {type(cause).__name__}: {cause}",
            hint="reinstall the package that offers it",
        ) from cause


def known(group: str) -> list[str]:
    """The names on offer in a group."""
    from importlib.metadata import entry_points

    return sorted(entry_points(group=f"dragoman.{group}").names)
