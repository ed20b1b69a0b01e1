"""The command line: what a person types, turned into verbs of the desk, and what comes back, written down."""

from dragoman.cli.main import dragoman, main, run

__all__ = ["dragoman", "main", "run"]
