"""The pages that show a store: matrix, pair, search, data, and how the figures are made."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import msgspec
from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from dragoman.errors import SettingsError
from dragoman.version import VERSION
from dragoman.web import corrected, forms, view, written
from dragoman.web.people import Person

if TYPE_CHECKING:
    from dragoman.web.answers import Answers, Cell
    from dragoman.web.remembered import Remembered
    from dragoman.web.saved import Views
    from dragoman.web.shown import Shower

router = APIRouter(include_in_schema=False)
_OPTIONS = '{% for value, told in options %}<option value="{{ value }}">{{ told }}</option>\n{% endfor %}'


@router.get("/")
def home(request: Request) -> Response:
    """The matrix of all there is."""
    return RedirectResponse("/matrix", 303)


@router.get("/matrix")
def matrix(request: Request) -> Response:
    """Who did what to whom."""
    asked = view.read(request.query_params)
    answers, _ = _parts(request)
    _understood(answers, asked)

    def ask() -> dict[str, Any]:
        grid = answers.grid(asked)
        return {
            "asked_for": asked, "grid": grid, "largest": _largest(grid.cells.values()),
            "views": request.app.state.views.all(), **_choices(request), **_source(request),
        }  # fmt: skip

    return _page(request, "matrix.html", "Matrix", ask)


@router.get("/pair")
def pair(request: Request) -> Response:
    """Two actors over time, with the sentences behind it."""
    asked = view.read(request.query_params)
    answers, shower = _parts(request)
    one, other = _two(request)
    if not (one and other):
        return shower.page(request, "pair_choice.html", asked_for=asked, a=one, b=other, **_choices(request))
    way = view.one(request.query_params, "way")
    if way not in ("", "there", "back"):
        raise SettingsError(f"way cannot be {way!r}", name="way", hint="there, back")
    _understood(answers, asked)

    def ask() -> dict[str, Any]:
        over = answers.over_time(asked, one, other)
        a, b = over.actors
        if way:
            acting, upon = (one, other) if way == "there" else (other, one)
            events = answers.events(asked, acting=acting, upon=upon)
        else:
            events = answers.events(asked, actors=(one, other))
        statements = answers.statements(asked, actors=(one, other), limit=6) if asked.page == 1 else None
        return {
            "asked_for": asked, "over": over, "a": a, "b": b, "one": one, "other": other, "way": way, "events": events,
            "statements": statements, "largest": _largest((*over.there.values(), *over.back.values())),
            "unit": asked.by or "month", "last_day": written.last_day, **_choices(request), **_source(request),
        }  # fmt: skip

    title = " and ".join(shower.actor(answers.code(name)) for name in (one, other))
    return _page(request, "pair.html", title, ask)


@router.get("/pair/wants")
def wants(request: Request) -> Response:
    """What two sides want, issue by issue."""
    asked = view.read(request.query_params)
    answers, shower = _parts(request)
    one, other = _two(request)
    if not (one and other):
        raise SettingsError("two actors are needed", name="a", hint="name them under a and b")

    def ask() -> dict[str, Any]:
        agreement = answers.wants(asked, one, other)
        a, b = agreement.actors[:2]
        return {
            "asked_for": asked, "one": one, "other": other, "a": a, "b": b, "agreement": agreement, **_source(request),
        }  # fmt: skip

    names = [shower.actor(answers.code(name)) for name in (one, other)]
    return _page(request, "wants.html", f"What {names[0]} and {names[1]} want", ask)


@router.get("/pair/signals")
def signals(request: Request) -> Response:
    """Cooperation and pressure of one with the other on the same days."""
    asked = view.read(request.query_params)
    answers, shower = _parts(request)
    one, other = _two(request)
    if not (one and other):
        raise SettingsError("two actors are needed", name="a", hint="name them under a and b")
    a, b = answers.code(one), answers.code(other)
    if a == b:
        raise SettingsError(f"{one} and {other} are one actor", name="b", hint="name two")

    def ask() -> dict[str, Any]:
        found, why = answers.signals(asked, one, other)
        return {"asked_for": asked, "one": one, "other": other, "a": a, "b": b, "found": found, "why": why}

    return _page(request, "signals.html", f"Mixed signals of {shower.actor(a)} and {shower.actor(b)}", ask)


@router.get("/actor")
def actor(request: Request) -> Response:
    """One actor: with whom it deals most, what it wants, what it did of late."""
    asked = view.read(request.query_params)
    answers, shower = _parts(request)
    if not asked.actors:
        return shower.page(request, "actor_choice.html", asked_for=asked)
    asked = msgspec.structs.replace(asked, actors=asked.actors[-1:])
    code = answers.code(asked.actors[0])
    _understood(answers, asked)

    def ask() -> dict[str, Any]:
        grid = answers.grid(asked)
        return {
            "asked_for": asked, "code": code, "grid": grid, "others": [one for one in grid.rows if one != code],
            "largest": _largest(grid.cells.values()), "stances": answers.stances(asked, actor=code)[:20],
            "events": answers.events(asked),
            "statements": answers.statements(asked, limit=5).rows if asked.page == 1 else (),
            **_choices(request), **_source(request),
        }  # fmt: skip

    return _page(request, "actor.html", shower.actor(code), ask)


@router.get("/issue")
def issue(request: Request) -> Response:
    """One issue: who wants what, and who did what to whom about it."""
    asked = view.read(request.query_params)
    answers, shower = _parts(request)
    if not asked.issues:
        return shower.page(request, "issues.html", asked_for=asked, issues=shower.known_issues())
    (key,) = answers.question(msgspec.structs.replace(asked, issues=asked.issues[-1:])).issues
    asked = msgspec.structs.replace(asked, issues=(key,))
    _understood(answers, asked)

    def ask() -> dict[str, Any]:
        grid = answers.grid(asked)
        busiest = sorted(grid.cells.values(), key=lambda c: (-c.events, c.source, c.target))[:15]
        return {
            "asked_for": asked, "key": key, "grid": grid, "busiest": busiest,
            "largest": _largest(grid.cells.values()), "stances": answers.stances(asked, issue=key)[:30],
            "positions": answers.positions(asked), **_choices(request), **_source(request),
        }  # fmt: skip

    return _page(request, "issue.html", shower.issue(key), ask)


@router.get("/happenings")
def happenings(request: Request) -> Response:
    """Acts, each with how many tell of it; with `id` all reports of one, side by side."""
    asked = view.read(request.query_params)
    answers, shower = _parts(request)
    identity = view.one(request.query_params, "id")
    if not identity:
        _understood(answers, asked)

        def ask() -> dict[str, Any]:
            return {"asked_for": asked, "acts": answers.acts(asked), **_choices(request)}

        return _page(request, "happenings.html", "Happenings", ask)
    reports = answers.reports(identity)
    if not reports:
        raise HTTPException(404, "The store knows no such act any more; its reports may have been linked anew.")
    return shower.page(request, "happening.html", reports=reports, first=reports[0])


@router.get("/search")
def search(request: Request) -> Response:
    """Sentences that hold some words."""
    asked = view.read(request.query_params)
    answers, shower = _parts(request)
    words = view.one(request.query_params, "q")
    found = answers.search(words, asked) if words else None
    return shower.page(
        request, "search.html", asked_for=asked, words=words, found=found.rows if found is not None else None,
        **_choices(request),
    )  # fmt: skip


@router.get("/data")
def data(request: Request) -> Response:
    """What is in the store."""
    answers, shower = _parts(request)
    info = answers.info()
    sites, months = answers.coverage()
    years: dict[int, list[int]] = {}
    for month, count in months:
        years.setdefault(month.year, [0] * 12)[month.month - 1] = count
    return shower.page(
        request, "data.html", info=info, sites=sites[:200], more_sites=max(0, len(sites) - 200),
        years=sorted(years.items(), reverse=True), most=max((n for _, n in months), default=1),
    )  # fmt: skip


@router.get("/watch")
def watch(request: Request) -> Response:
    """What came into the store and how: runs of ingest, feeds, alerts."""
    answers, shower = _parts(request)
    return shower.page(request, "watch.html", watched=answers.watched())


@router.get("/views")
def views(request: Request) -> Response:
    """The views that somebody gave a name."""
    return _parts(request)[1].page(request, "views.html", views=request.app.state.views.all())


@router.post("/views")
async def keep_view(request: Request) -> Response:
    """A view gets a name, or is forgotten."""
    form = await forms.read(request, role="edit")
    kept: Views = request.app.state.views
    name, person = form.word("name"), request.state.person
    if form.word("forget"):
        await run_in_threadpool(kept.forget, form.word("forget"))
        return RedirectResponse("/views", 303)
    address = form.word("address", 4000)
    await run_in_threadpool(kept.keep, name, address, person.name or None)
    return RedirectResponse("/views", 303)


@router.get("/method")
def method(request: Request) -> Response:
    """How every figure is made."""
    answers, shower = _parts(request)
    return shower.page(request, "method.html", scales=answers.scales())


@router.get("/names/{what}")
def names(request: Request, what: str) -> Response:
    """What may stand in a field, as options for its list: asked for by a script when somebody begins to write."""
    _, shower = _parts(request)
    actors = [(name, code) for name, code in shower.known_actors()]
    event = [(one, "") for one in corrected.types(request.app.state.site.settings)]
    lists = {
        "actors": actors,
        "event": [*event, *((one, "") for one in corrected.STATUSES), *actors],
        "position": [*((one, "") for one in corrected.STANCES), *((name, "") for _, name in shower.known_issues())],
    }
    if what not in lists:
        raise HTTPException(404)
    body = shower.environment.from_string(_OPTIONS).render(options=lists[what])
    return Response(body, media_type="text/html", headers={"cache-control": "private, max-age=3600"})


@router.get("/health")
def health(request: Request) -> Response:
    """Whether the app lives."""
    return Response("ok\n", media_type="text/plain")


@router.get("/enter")
def enter(request: Request) -> Response:
    """Where a stranger shows a token."""
    return _parts(request)[1].page(request, "enter.html", wrong=False, to=_inside(request.query_params.get("to")))


@router.post("/enter")
async def entered(request: Request) -> Response:
    """A token becomes a session."""
    form = await forms.read(request)
    people = request.app.state.people
    key = people.key(form.word("token", 500))
    to = _inside(form.word("to", 2000))
    if key is None:
        return _parts(request)[1].page(request, "enter.html", status=401, wrong=True, to=to)
    answer = RedirectResponse(to, 303)
    forms.set_session(request, answer, people.begin(key))
    return answer


@router.post("/leave")
async def leave(request: Request) -> Response:
    """The session ends."""
    await forms.read(request)
    person: Person = request.state.person
    request.app.state.people.end(person.session)
    return RedirectResponse("/enter" if not request.app.state.site.open else "/", 303)


def _page(request: Request, template: str, title: str, ask: Callable[[], dict[str, Any]]) -> Response:
    remembered: Remembered = request.app.state.remembered
    return remembered.page(request, template, title, ask)


def _understood(answers: Answers, asked: view.View) -> None:
    """Raises SettingsError for what cannot be asked, before anything of the page is sent."""
    answers.question(asked)
    answers.scale(asked.measure)
    answers.check_origin(asked)


def _largest(cells: Iterable[Cell]) -> float:
    return max((abs(cell.value) for cell in cells if cell.value is not None), default=0.0)


def _parts(request: Request) -> tuple[Answers, Shower]:
    return request.app.state.answers, request.app.state.shower


def _two(request: Request) -> tuple[str, str]:
    one, other = view.one(request.query_params, "a"), view.one(request.query_params, "b")
    if any(name.lower().endswith((".csv", ".txt")) for name in (one, other)):
        raise SettingsError("no actor is called so", name="a", hint="a code or name: USA, Russia, EU")
    return one, other


def _choices(request: Request) -> dict[str, Any]:
    answers, shower = _parts(request)
    origins = [*answers.info().origins]
    return {"issues": shower.known_issues(), "scales": answers.scales(), "origins": origins}


def _source(request: Request) -> dict[str, Any]:
    """What a figure is cited by."""
    answers, _ = _parts(request)
    info = answers.info()
    coders = [f"{name} {version}, tables {tables}" for name, version, tables, _ in info.coders if name]
    told = f"Dragoman {VERSION}; {'; '.join(coders[:3])}; commit {info.commit} of {written.day(info.at)}."
    return {"citation": told, "info": info}


def _inside(to: str | None) -> str:
    """A place of this app to go to, and nowhere else."""
    inside = bool(to) and str(to).startswith("/") and not str(to).startswith(("//", "/\\"))
    return str(to) if inside and "\n" not in str(to) and "\r" not in str(to) else "/"
