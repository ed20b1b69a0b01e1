"""XML to a tree, the careful way: no entity is resolved, no address is fetched, no document type is believed."""

from __future__ import annotations

import re
from typing import Any

from dragoman.errors import SourceError

_DOCTYPE = re.compile(r"<!DOCTYPE[^\[>]*(\[.*?\]\s*)?>", re.IGNORECASE | re.DOTALL)
_PROLOGUE = 100_000  # characters in which a document type may stand


def harmless(text: str) -> str:
    """The text of an XML document without its document type, in which entities would be declared."""
    head, rest = text[:_PROLOGUE], text[_PROLOGUE:]
    return _DOCTYPE.sub("", head, count=1) + rest


def parse(text: str, *, source: str) -> Any:
    """The root of the tree, what is broken mended as far as it goes. Raises SourceError ("unreadable")."""
    from lxml import etree  # type: ignore[import-untyped]

    text = re.sub(r"^\s*<\?xml[^>]*\?>", "", harmless(text))
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=True, remove_comments=True
    )
    try:
        root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except (etree.XMLSyntaxError, ValueError) as fault:
        root, cause = None, fault
    else:
        cause = None
    if root is None:
        raise SourceError(
            "it is no XML that can be read", source=source, outcome="unreadable", hint="fetch it anew"
        ) from cause
    return root
