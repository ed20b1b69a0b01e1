"""What a site's robots.txt lets us read (RFC 9309)."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rule:
    """One Allow or Disallow line."""

    allow: bool
    path: str
    pattern: re.Pattern[str]


def allowed(text: str, path: str, agent: str) -> bool:
    """Whether the agent may read the path: the longest rule decides, and Allow wins where two are as long."""
    best: Rule | None = None
    for rule in _rules(text, agent):
        longer = best is None or (len(rule.path), rule.allow) > (len(best.path), best.allow)
        if longer and rule.pattern.match(path):
            best = rule
    return best is None or best.allow


def _rules(text: str, agent: str) -> list[Rule]:
    """The rules of the groups that name the agent, or of those for everybody."""
    token = re.split(r"[/\s(]", agent, maxsplit=1)[0].lower()
    groups: dict[str, list[Rule]] = {}
    names: list[str] = []
    heading = False
    for line in text.splitlines()[:20000]:
        key, colon, value = line.split("#", 1)[0].partition(":")
        key, value = key.strip().lower(), value.strip()
        if not colon:
            continue
        if key == "user-agent":
            if not heading:
                names = []
            names.append(re.split(r"[/\s]", value, maxsplit=1)[0].lower() if value else "")
            heading = True
            continue
        heading = False
        if key in ("allow", "disallow") and value:
            rule = Rule(key == "allow", value, _pattern(value))
            for name in names:
                groups.setdefault(name, []).append(rule)
        else:
            for name in names:
                groups.setdefault(name, [])
    return groups[token] if token in groups else groups.get("*", [])


def _pattern(path: str) -> re.Pattern[str]:
    end = path.endswith("$")
    # many stars in a row, or very many, would make matching slow and say nothing more
    parts = [re.escape(part) for part in re.sub(r"\*+", "*", path.removesuffix("$")[:500]).split("*")[:12]]
    return re.compile(".*?".join(parts) + ("$" if end else ""))
