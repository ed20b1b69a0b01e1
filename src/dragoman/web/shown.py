"""Pages from templates: names for codes, days and numbers as people write them, and what every page carries."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from hashlib import sha256
from importlib.resources import files
from pathlib import PurePath
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from fastapi import Request
from starlette.responses import HTMLResponse, Response

from dragoman.errors import DragomanError
from dragoman.exchange import words
from dragoman.version import VERSION
from dragoman.web import lines, marked, written
from dragoman.web import view as views
from dragoman.web.site import Role

if TYPE_CHECKING:
    from dragoman.web.answers import Answers
    from dragoman.web.marked import Card


class Shower:
    """Makes pages of one app."""

    def __init__(self, answers: Answers) -> None:
        import jinja2

        self.answers = answers
        self.environment = jinja2.Environment(
            loader=jinja2.PackageLoader("dragoman.web"), autoescape=True, undefined=jinja2.StrictUndefined,
            trim_blocks=True, lstrip_blocks=True,
        )  # fmt: skip
        self.environment.filters |= {
            "actor": self.actor,
            "issue": self.issue,
            "written": self.written,
            "day": written.day,
            "number": written.number,
            "value": written.value,
            "plain": words.plain,
            "size": written.size,
            "sure": words.sure,
            "web_address": written.web_address,
            "zip_labels": lambda names, scales: list(zip(names, (one.label for one in scales), strict=True)),
            "signed": lambda told: told.replace("-", "\N{MINUS SIGN}") if told.startswith("-") else told,
            "query": lambda pairs: f"?{urlencode(pairs)}" if pairs else "",
            "lines": lines.lines,
            "anchor": anchor,
            "act_line": self.act_line,
            "published": lambda _, article: words.published(article),
            "grouped": grouped,
            "total": lambda counts: sum(counts.values()),
            "file_name": lambda source: source if "://" in source else PurePath(source).name or source,
        }
        self.environment.globals |= {
            "link": views.link,
            "asked": views.asked,
            "period": written.period,
            "shade": written.shade,
            "version": VERSION,
            "static": self.static,
            "units": views.UNITS,
            "orders": views.ORDERS,
            "counts": views.COUNTS,
            "quads": marked.QUADS,
        }
        self._stamps: dict[str, str] = {}

    def page(
        self, request: Request, template: str, *, status: int = 200, headers: Mapping[str, str] | None = None,
        **context: Any,
    ) -> Response:  # fmt: skip
        """The page of this template; `context` is what it shows."""
        body = self.text(request, template, mark=request.state.mark, **context)
        return HTMLResponse(body, status, dict(headers or {}) | {"vary": "Cookie"})

    def text(self, request: Request, template: str, *, mark: Callable[[], str], **context: Any) -> str:
        """The page as text; `mark` gives what its forms carry."""
        person = request.state.person

        def may(role: Role) -> bool:
            return bool(person.may(role))

        shared = {
            "request": request, "here": request.url.path, "person": person, "may": may, "mark": mark,
            "store": self.answers.site.store, "site": self.answers.site,
        }  # fmt: skip
        return self.environment.get_template(template).render(shared | context)

    def actor(self, code: str | None) -> str:
        """The readable name of an actor."""
        return words.plain(self.answers.names.actor(code))

    def issue(self, key: str | None) -> str:
        """The readable name of an issue."""
        return words.plain(self.answers.names.issue(key or ""))

    def known_actors(self) -> list[tuple[str, str]]:
        """All actors of the tables, name and code, by name."""
        try:
            names = self.answers.names
        except DragomanError:
            return []
        return sorted((names.actor(code), code) for code in names.actors)

    def act_line(self, row: Mapping[str, Any]) -> str:
        """An act as one sentence."""
        from dragoman.web.answers import event_of_act

        return words.plain(words.sentence(event_of_act(row), self.answers.names))

    def written(self, code: str) -> str:
        """A state by its name where it was asked for by its code, anything else as it was written."""
        return self.answers.names.actors.get(code.upper(), code) if len(code) == 3 else code

    def known_issues(self) -> list[tuple[str, str]]:
        """All issues of the tables, key and name."""
        return sorted(self.answers.names.issues.items(), key=lambda one: one[1])

    def static(self, name: str) -> str:
        """The address of a file of ours, with what tells its version."""
        if name not in self._stamps:
            raw = (files("dragoman.web") / "static" / name).read_bytes()
            self._stamps[name] = sha256(raw).hexdigest()[:10]
        return f"/static/{name}?v={self._stamps[name]}"


def anchor(records: Iterable[Mapping[str, str]]) -> str:
    """Where on the article's page the first of these records stands."""
    letters = {"event": "E", "statement": "S", "position": "P"}
    for one in records:
        digits = re.sub(r"\D", "", one["id"])
        if one["kind"] in letters and digits:
            return f"#{letters[one['kind']]}{int(digits) + (one['kind'] == 'position')}"
    return ""


def grouped(cards: Iterable[Card]) -> list[tuple[str, list[Card]]]:
    """Cards under what they stand under, in the order in which they come."""
    found: dict[str, list[Card]] = {}
    for card in cards:
        found.setdefault(card.under, []).append(card)
    return list(found.items())
