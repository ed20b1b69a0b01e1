"""What a page says where something cannot be had: status, title, what happened, what to do."""

from __future__ import annotations

from starlette.exceptions import HTTPException

from dragoman.errors import DragomanError, MissingExtra, SettingsError, SourceError, StoreError
from dragoman.web.live import Busy
from dragoman.web.site import Site

OURS = (
    "The page could not be made. The app goes on; the window it runs in tells what happened, "
    "which is what a report of it should hold."
)
_STATUS = {
    400: ("That cannot be asked", "The address or the form holds something that cannot be."),
    403: ("That may not be done", "The form did not come from a page that is open here, or more is needed to do this."),
    404: ("There is no such page", "The address leads nowhere; it may have been cut short."),
    405: ("That is not done so", "This address takes no such request."),
    406: ("That form is not to be had", "Ask for JSON, CSV, Parquet or a stream of Arrow."),
}


def told(fault: DragomanError, site: Site) -> tuple[int, str, str, str]:
    """Status, title, what happened and what would help."""
    from dragoman.store import base

    hint = fault.hint or ""
    if isinstance(fault, base.StoreMissing):
        return (
            503,
            "There is no store yet",
            f"Nothing stands at {site.store}.",
            f"Fill one with dragoman ingest PAGES --store {site.store}, then load this page again; or start the app "
            "with --store and the place of one.",
        )
    if isinstance(fault, base.StoreHeld):
        return 503, "The store is being written", fault.message, hint or "Wait until that is done, then send it again."
    if isinstance(fault, base.StoreDamaged):
        return 503, "The store cannot be read", fault.message, hint
    if isinstance(fault, base.StoreFormat):
        return 503, "The store is of another version", fault.message, hint
    if isinstance(fault, base.StoreUnwritable):
        return 503, "The store cannot be written", fault.message, hint
    if isinstance(fault, base.StoreRefused | SettingsError):
        return 400, "That cannot be asked", _sentence(fault.message), _sentence(hint)
    if isinstance(fault, StoreError):
        return 503, "The store does not answer", fault.message, hint or "Load the page again in a moment."
    if isinstance(fault, Busy):
        return 503, "Just now there is no room", _sentence(fault.message), _sentence(hint)
    if isinstance(fault, SourceError):
        return 422, "That page cannot be coded", _sentence(fault.message), _sentence(hint)
    if isinstance(fault, MissingExtra):
        return 501, "A package is missing", _sentence(fault.message), hint
    return 500, "That did not work", _sentence(fault.message), hint


def of_fault(fault: BaseException, site: Site) -> tuple[int, str, str, str]:
    """The same for whatever went wrong."""
    if isinstance(fault, DragomanError):
        return told(fault, site)
    if isinstance(fault, HTTPException):
        return fault.status_code, *of_status(fault.status_code, fault.detail), ""
    return 500, "Something went wrong in Dragoman itself", OURS, ""


def of_status(status: int, detail: object) -> tuple[str, str]:
    """Title and what happened, for an answer that has a number alone."""
    title, usual = _STATUS.get(status, ("That did not work", ""))
    plain = str(detail or "")
    # the framework's own words for a number say nothing more than the number
    known = len(plain) > 25 and plain[:1].isupper()
    return title, plain if known else usual


def _sentence(told: str) -> str:
    return told[:1].upper() + told[1:] if told else ""
