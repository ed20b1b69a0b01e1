"""When to ask a feed again: less often where little is new, much less where it fails, and never before it allows."""

from __future__ import annotations

import random
from email.utils import parsedate_to_datetime

import msgspec

from dragoman.watch.plan import DAY, Feed

_FASTER, _SLOWER = 0.5, 1.25
_JITTER = 0.1  # of the time between two requests: feeds that began together must not stay together
_LONGEST = DAY  # that a feed which fails is left alone
_LONGEST_ASKED = 7 * DAY  # that a server may ask for


class Pace(msgspec.Struct, frozen=True):
    """Seconds until the next request, the usual time between two, and how often in a row it failed."""

    wait: float
    interval: float
    faults: int


def next_pace(
    feed: Feed,
    before: Pace,
    *,
    failed: bool,
    fresh: bool,
    left: bool = False,
    asked: float | None = None,
    lasts: float | None = None,
    rng: random.Random,
) -> Pace:
    """The pace after an answer. `fresh`: there was something new; `left`: there is more of it than was read.

    `asked` is what Retry-After says, `lasts` for how long the answer holds, both in seconds. After a fault the time
    doubles, up to a day, and half of it is left to chance.
    """
    if failed:
        faults = before.faults + 1
        wait = min(feed.every * 2.0 ** min(faults - 1, 20), max(_LONGEST, feed.every))
        wait *= rng.uniform(0.75, 1.25)
        return Pace(max(wait, min(asked or 0.0, _LONGEST_ASKED)), before.interval, faults)
    old = min(max(before.interval, feed.every), feed.at_most)
    interval = max(feed.every, old * _FASTER) if fresh else min(feed.at_most, old * _SLOWER)
    wait = feed.every if left else max(interval, min(lasts or 0.0, feed.at_most))
    return Pace(wait * rng.uniform(1.0, 1.0 + _JITTER), interval, 0)


def retry_after(value: str | None, now: float) -> float | None:
    """Seconds that a Retry-After header asks for (a number or a date, RFC 9110, 10.2.3); None where it asks nothing."""
    if not value:
        return None
    if value.strip().isdigit():
        return float(min(int(value.strip()[:12]), int(_LONGEST_ASKED)))
    try:
        when = parsedate_to_datetime(value).timestamp()
    except (ValueError, TypeError, OverflowError, OSError):
        return None
    return max(0.0, when - now)


def lasting(cache_control: str | None) -> float | None:
    """Seconds for which an answer holds by its Cache-Control header; None where it does not say."""
    for part in (cache_control or "").lower().split(","):
        name, _, value = part.strip().partition("=")
        if name == "max-age" and value.strip('" ').isdigit():
            return float(int(value.strip('" ')[:12]))
    return None
