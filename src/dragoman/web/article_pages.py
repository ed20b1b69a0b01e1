"""One article with its marks, and verdicts on what was found in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from dragoman.errors import SettingsError
from dragoman.records import Reading
from dragoman.web import corrected, forms, marked, view

if TYPE_CHECKING:
    from dragoman.web.answers import Answers
    from dragoman.web.shown import Shower

router = APIRouter(include_in_schema=False)


@router.get("/article")
def article(request: Request) -> Response:
    """The text with everything that was found in it."""
    answers, shower = _parts(request)
    identity = view.one(request.query_params, "id")
    reading = _reading(answers, identity)
    return shower.page(
        request, "article.html", reading=reading, sheet=marked.marked(reading, answers.names),
        verdicts=answers.verdicts(identity), stored=True, live_key="", seconds=None,
    )  # fmt: skip


@router.post("/article/verdict")
async def verdict(request: Request) -> Response:
    """A verdict on one record, kept with who gave it and when."""
    form = await forms.read(request, role="edit")
    answers, shower = _parts(request)
    identity, kind, record = form.word("article"), form.word("kind"), form.word("record")
    people, person = request.app.state.people, request.state.person
    said = form.word("by", 100)
    if said and person.by == "everybody":
        people.call(person.session, said)
    by = person.name if person.by in ("token", "cookie", "proxy") and person.name else said or person.name or None

    def keep() -> Reading:
        reading = _reading(answers, identity)
        one = corrected.correction(
            reading, kind, record, form.word("verdict"), field=form.word("field"), should=form.word("should"),
            note=form.text("note", 2000).strip(), by=by, settings=request.app.state.site.settings,
        )  # fmt: skip
        answers.judge(reading, kind, record, one)
        return reading

    reading = await run_in_threadpool(keep)
    key = next((c.key for c in _cards(answers, reading) if (c.kind, c.id) == (kind, record)), "")
    if request.headers.get("hx-request") != "true":
        return RedirectResponse(view.link("/article", id=identity) + f"#{key}", 303)

    def again() -> Response:
        sheet = marked.marked(reading, answers.names)
        return shower.page(
            request, "card_only.html", card=sheet.card(key), reading=reading, verdicts=answers.verdicts(identity),
            stored=True,
        )  # fmt: skip

    return await run_in_threadpool(again)


def _cards(answers: Answers, reading: Reading) -> tuple[marked.Card, ...]:
    sheet = marked.marked(reading, answers.names)
    return (*sheet.events, *sheet.statements, *sheet.positions)


def _reading(answers: Answers, identity: str) -> Reading:
    if not identity:
        raise SettingsError("no article was named", name="id", hint="open one from a list of sentences")
    reading = answers.reading(identity)
    if reading is None:
        raise HTTPException(404, "The store holds no article of that name; it may have been replaced or removed.")
    return reading


def _parts(request: Request) -> tuple[Answers, Shower]:
    return request.app.state.answers, request.app.state.shower
