"""What a single line is by its shape: byline, credit, dateline, sign-off, letterhead number, quoted post."""

from __future__ import annotations

import re

from dragoman.read.furniture import Table
from dragoman.read.lines import ends_sentence

_NAME = r"[A-ZÀ-ÞŁŚŠŞŽČĆĐĞİ][\w.’'-]*"
_SMALL = r"(?:de|da|do|dos|del|della|der|van|von|den|ten|bin|bint|ibn|al|el|la|le|di|du|e|y|of)"
_PERSON = rf"{_NAME}(?:\s(?:{_SMALL}\s){{0,2}}{_NAME}){{1,3}}"
_PEOPLE = rf"{_PERSON}(?:(?:,\s|\sand\s|\s&\s){_PERSON}){{0,3}}"
_PLACE = rf"{_NAME}(?:\s(?:{_SMALL}\s)?{_NAME}){{0,2}}"

_BYLINE = re.compile(r"by\s*:?\s+(?=[A-ZÀ-Þ@])", re.IGNORECASE)
_SIGNED_BY = re.compile(rf"(?P<name>{_PEOPLE})(?:\sin\s|,\sin\s|,\s|\s[-–—|/]\s){_PLACE}(?:,\s{_PLACE})?$")
_FROM = re.compile(rf"(?:[Ff]rom|[Oo]f|[Tt]ext|[Rr]eport|[Ww]ords)\s*:?\s(?P<name>{_PEOPLE})(?:,\s{_PLACE})?$")
_FIRST = re.compile(_PERSON)
_WHO = re.compile(rf"{_PEOPLE}$")
_BULLET = re.compile(r"(?:[•‣▪●○◦*·–—-]|\(?\d{1,2}[.)]|\(?[a-z]\))\s+\S")
_CUT = re.compile(r"(?:\.\.\.|…|\[(?:\.\.\.|…)\])\s*(?:»|>|→)?$")
_GALLERY = re.compile(r"\d{1,3} (?:of|/) \d{1,3}(?: [A-Z“\"(]|$)")
_POSTED = re.compile(r"[—–-]{1,2} ?[^()]{2,60} \(@\w+\)")
_CREDITED = re.compile(r"\S [|/] ?(?:[A-Z][\w ]+)$")
# a sentence, and after it the desk and the name of whoever took the picture: "... at dawn. HARBOUR / L. Hartwig"
_CREDIT_AFTER = re.compile(rf"[\w)][.!?”\"]\s+(?:{_NAME}\s){{0,2}}{_NAME}\s?[/|]\s?{_NAME}(?:\s{_NAME}){{0,3}}$")
_AFTER_STOP = re.compile(r"[.!?][\"”’)]*\s+(\S[^.!?]{0,40})$")
_PICTURES = re.compile(
    r"\b(?:left|right|centre|center|pictured|is seen|are seen|poses?|looks? (?:on|at)|speaks|walks?|arrives?|attends?|"
    r"gestures?|holds?|shakes?|waves?|stands?|sits?|carry|carries|photo|photograph|image|file)\b",
    re.IGNORECASE,
)
_SHOWN = re.compile(
    r"\b(?:is|are) (?:seen|displayed|pictured|shown|photographed)\b|\bin this (?:\w+ )?(?:photo|picture)\b"
)
_BARS = re.compile(r"\s[|»›>•·]\s|\s/\s.*\s/\s")
_TRAIL = re.compile(r"[»›>→]?\s*\w[^»›>→.!?]{0,40}(?:\s*[»›>→]\s*[^»›>→]{1,90}){1,6}[»›>→]?$")
_DATELINE_OPENS = re.compile(
    r"(?:[A-Z][\w.’' -]{1,40}(?:,\s*[\w.’' -]{2,30}){0,3}\s*)?\([A-Z][^()]{1,40}\)\s*(?:[-–—:]|--)?\s*\S|"
    r"[A-Z][A-Z.’' -]{2,40}(?:,\s*[\w.’' -]{2,30}){0,3}\s*(?:[-–—]|--)\s*\S|"
    r"[A-Z][\w.’'-]{2,20}(?:\s[A-Z][\w.’'-]{2,20})?(?:,\s*[\w.’' ]{2,25}){0,2}\s*(?:[–—]|--)\s*[A-Z“\"]"
)
_DATELINE_ALONE = re.compile(
    r"[A-Z][\w.’' -]{2,30}(?:,\s*[A-Z][\w.’' -]{2,25})?(?:,\s*|\s*\()"
    r"(?:\d{1,2}\s+[A-Z][a-z]{2,8}\.?|[A-Z][a-z]{2,8}\.?\s+\d{1,2})"
    r"(?:,?\s*\d{4})?\)?[\s.:–—-]*(?:\([A-Z][^()]{1,30}\))?[\s.:–—-]*$"
)
_WRITES = re.compile(r"\b(?:is|was|as) (?:an?|the|our)\b|\b(?:writes|covers|covering|reports|reporting|blogs)\b")
# what desks and agencies put under a report: initials, an address, a mark that it is over
_SIGN_OFFS = (
    re.compile(r"[(\[]{0,2}\s*[\w.+-]+@[\w-]+(?:\.[\w-]+)+\s*[)\]]{0,2}$"),
    re.compile(r"[(\[]?[A-Za-z][\w.]{0,15}(?:\s\w{1,12})?(?:/[A-Za-z]{1,5}){1,3}(?:/\d{1,8})?[)\]]?$"),
    re.compile(r"[(\[]?[a-z]{2,4}(?:/[a-z]{2,4}){0,3}\s\([A-Z][\w ,/-]*\)[)\]]?$"),
    re.compile(r"[(\[]?\(?(?:END|End|ENDS|Ends)\)?[)\]]?(?:\s[\w/.: -]{1,24})?$"),
    re.compile(r"[\W_]*(?:END|End|ENDS|Ends|30|XXX|xxx|000|0000|NNNN)[\W_]*$"),
    re.compile(r"#(?:\s?#){1,5}$"),
    re.compile(r"[A-Z]{2,5}[/-][A-Z]{2,5}(?:\s\d{3,4}\s?(?:GMT|UTC|[A-Z]{2,3}T)?)?$"),
    re.compile(r"\(?\d{4}\s?(?:GMT|UTC|hrs)\)?$"),
    re.compile(r"\(?(?:Enditem|Item|ENDITEM)\)?$"),
)


def is_byline(text: str, n: int) -> bool:
    """Whether the line says who wrote it: "By" and a name."""
    if n > 16 or (ends_sentence(text) and n > 6):
        return False
    if _BYLINE.match(text):
        names = [word for word in text.split()[1:] if word[0].isalpha()]
        return bool(names) and sum(1 for word in names if word[0].isupper()) >= 0.6 * len(names)
    return False


def signatory(text: str) -> str | None:
    """The name in a line that is a person and a place ("Lena Hartwig in Oslo", "From Lena Hartwig, Oslo")."""
    found = _SIGNED_BY.match(text) or _FROM.match(text)
    return found["name"] if found else None


def is_name(text: str) -> bool:
    """Whether the line could be one or several names of people and nothing else."""
    return bool(_WHO.match(text)) and not text.isupper()


def first_person(text: str) -> str | None:
    """The name with which the words begin."""
    found = _FIRST.match(text)
    return found[0] if found else None


def is_credit(text: str, n: int, table: Table) -> bool:
    """Whether the line is a name and an agency, as under pictures and over reports."""
    if not 3 <= n <= 8 or ends_sentence(text) or text.isupper() or not text[0].isupper():
        return False
    if not text.endswith(table.agencies):
        return False
    for agency in table.agencies:
        if text.endswith(agency) and len(text) > len(agency) + 4:
            head = text[: -len(agency)].rstrip(" ,/|-–—").split()
            return 2 <= len(head) <= 5 and all(word[0].isupper() for word in head)
    return False


def ends_in_credit(text: str, table: Table) -> bool:
    """Whether the line ends in the names of those who made the picture that it describes."""
    if text.rstrip(")").endswith(table.agencies) and (_CREDITED.search(text) or _SHOWN.search(text)):
        return True
    return bool(_CREDIT_AFTER.search(text))


def is_sign_off(text: str) -> bool:
    """Whether the line is what a desk puts under a report: "(Agency/xy)", "- END -", "###"."""
    return len(text) <= 50 and any(shape.match(text) for shape in _SIGN_OFFS)


def sign_off_after(text: str) -> str | None:
    """What a desk put behind the last sentence of a paragraph, on the same line; None where nothing stands there."""
    found = _AFTER_STOP.search(text)
    return found[1] if found and is_sign_off(found[1]) else None


def signed(text: str, table: Table) -> bool:
    """Whether an agency's name stands after the last full stop, as where a report ends."""
    if not text.endswith(table.agencies):
        return False
    return any(
        text.endswith(agency) and ends_sentence(text[: -len(agency)].rstrip(" -–—(")) for agency in table.agencies
    )


def opens_with_dateline(text: str) -> bool:
    """Whether a report begins here with its place, date or agency."""
    return bool(_DATELINE_OPENS.match(text))


def is_dateline(text: str, table: Table) -> bool:
    """Whether the line is a place and a date, or a place and an agency, and nothing else."""
    if len(text) > 70 or not text[0].isupper() or not _DATELINE_ALONE.match(text):
        return False
    rest = [word.strip(".,()").lower() for word in text.split()]
    return bool(table.months.intersection(rest)) and rest[0] not in table.months


def names_outlet(text: str, table: Table) -> bool:
    """Whether the words name a paper, a station, an agency, an office, and not a place or a person."""
    known = table.outlets | table.offices
    return any(word.strip(".,()").lower() in known for word in text.split())


def is_about_author(text: str, table: Table) -> bool:
    """Whether the words say who it is that writes for the paper."""
    return bool(_WRITES.search(text)) and any(word.strip(".,()").lower() in table.trades for word in text.split()[:16])


def asks_to_follow(words: tuple[str, ...], table: Table) -> bool:
    """Whether the line asks its readers to follow somebody on a platform."""
    return (
        len(words) <= 40
        and words[:1] in (("follow",), ("join",), ("find",))
        and any(word in table.platforms for word in words)
    )


def is_post(text: str) -> bool:
    """Whether the line is what stands under a quoted post: a name and an account."""
    return bool(_POSTED.match(text))


def is_of_gallery(text: str) -> bool:
    """Whether the line counts pictures: "2 of 5 ..."."""
    return bool(_GALLERY.match(text))


def has_bullet(text: str) -> bool:
    """Whether the line opens as an item of a list."""
    return bool(_BULLET.match(text))


def has_bars(text: str) -> bool:
    """Whether bars, arrows or slashes part the words, as in menus."""
    return bool(_BARS.search(text))


def is_trail(text: str) -> bool:
    """Whether the line is the way to the page through the site: "Home > World > Americas"."""
    return bool(_TRAIL.match(text))


def is_cut(text: str) -> bool:
    """Whether the line breaks off with dots, as a teaser does."""
    return bool(_CUT.search(text))


def describes_picture(text: str) -> bool:
    """Whether the words say what is to be seen, and where in the picture."""
    return bool(_PICTURES.search(text))
