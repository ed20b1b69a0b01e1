"""Coroutines run in a thread of their own: a browser that another test holds open keeps a loop running in this one."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from concurrent.futures import ThreadPoolExecutor
from typing import Any


def run(made: Awaitable[Any]) -> Any:
    """What the coroutine gives."""

    async def wait() -> Any:
        return await made

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, wait()).result()
