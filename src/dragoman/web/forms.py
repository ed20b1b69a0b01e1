"""Forms that were sent: taken only from our own pages, by those who may, field by field with a length."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import Request
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.responses import Response

from dragoman.errors import SettingsError
from dragoman.web.guard import cookie
from dragoman.web.people import People, Person
from dragoman.web.site import Role

STALE = "The page was open for too long, or came from elsewhere. Load it again and send the form once more."


class Form:
    """The fields of a form."""

    def __init__(self, fields: Mapping[str, str], files: Mapping[str, tuple[str, bytes]]) -> None:
        self._fields, self._files = fields, files

    def word(self, name: str, most: int = 200) -> str:
        """A field in one line. Raises SettingsError where it is too long."""
        return " ".join(self.text(name, most).split())

    def text(self, name: str, most: int) -> str:
        """A field as it was written. Raises SettingsError where it is too long."""
        value = self._fields.get(name, "")
        if len(value) > most:
            raise SettingsError(f"what stands under {name} is too long", name=name, hint=f"up to {most:,} letters")
        return value.replace("\0", "")

    def file(self, name: str) -> tuple[str, bytes]:
        """The name and the bytes of a file; both empty where none was sent."""
        return self._files.get(name, ("", b""))


async def read(request: Request, *, role: Role | None = None) -> Form:
    """The form of this request. Raises HTTPException where it is not ours, or where its sender may not."""
    person: Person = request.state.person
    people: People = request.app.state.people
    if role is not None and not person.may(role):
        raise HTTPException(403, f"The role {role} is needed for this; yours is {person.role or 'none'}.")
    limit = request.app.state.site.limits.page_bytes
    fields: dict[str, str] = {}
    files: dict[str, tuple[str, bytes]] = {}
    async with request.form(max_files=1, max_fields=40, max_part_size=limit) as found:
        for name, value in found.items():
            if isinstance(value, UploadFile):
                files[name] = (value.filename or "", await value.read())
            else:
                fields[name] = value
    if person.by != "token" and not people.is_ours(person.session, fields.get("mark", "")):
        raise HTTPException(403, STALE)
    return Form(fields, files)


def set_session(request: Request, answer: Response, session: str) -> None:
    """The answer carries this session's cookie."""
    secure = request.headers.get("x-forwarded-proto") == "https"
    answer.headers.append("set-cookie", cookie(request.app.state.people.cookie, session, secure=secure))
