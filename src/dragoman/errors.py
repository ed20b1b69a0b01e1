"""The errors Dragoman raises.

    DragomanError
    |-- SourceError      a page, file or address could not be read (also a ValueError)
    |-- LexiconError     faults in the tables, each with file, line, what was found, what would do (also a ValueError)
    |-- StoreError       the store is missing, of another version, or held by another writer
    |-- SettingsError    a setting is unknown or has an impossible value (also a ValueError)
    `-- MissingExtra     an optional package is not installed (also an ImportError)

Data stands on the exception, not only in its message; what caused it is kept (`raise ... from`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


class DragomanError(Exception):
    """Anything Dragoman raises on purpose. `hint` says what would help."""

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} ({self.hint})" if self.hint else self.message


class SourceError(DragomanError, ValueError):
    """A source could not become an article; `outcome` is the name the record carries."""

    def __init__(self, message: str, *, source: str, outcome: str, hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.source = source
        self.outcome = outcome

    def __reduce__(self) -> tuple[object, ...]:
        return _source_error, (self.message, self.source, self.outcome, self.hint)


def _source_error(message: str, source: str, outcome: str, hint: str | None) -> SourceError:
    # exceptions with keyword-only arguments do not unpickle by themselves, and these cross process borders
    return SourceError(message, source=source, outcome=outcome, hint=hint)


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault in one table: where it stands, what was found, what would do."""

    file: str
    line: int
    found: str
    wanted: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.found}; {self.wanted}"


class LexiconError(DragomanError, ValueError):
    """The tables have faults; all of them are in `faults`, none is held back."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        shown = "\n".join(f"  {fault}" for fault in self.faults[:20])
        more = f"\n  and {len(self.faults) - 20} more" if len(self.faults) > 20 else ""
        super().__init__(f"{len(self.faults)} fault(s) in the tables:\n{shown}{more}")


class StoreError(DragomanError):
    """The store cannot be used as asked."""


class SettingsError(DragomanError, ValueError):
    """A setting is unknown or impossible; `name` says which."""

    def __init__(self, message: str, *, name: str, hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.name = name


class MissingExtra(DragomanError, ImportError):
    """A feature needs a package that is not installed; the message names the command that installs it."""

    def __init__(self, package: str, extra: str) -> None:
        super().__init__(f"this needs the package {package}", hint=f"pip install 'dragoman[{extra}]'")
        self.package = package
        self.extra = extra
