"""Divides long work on the loop, so that sockets and windows get their turn in between. Must not
know the work."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from typing import Final, TypeVar

T = TypeVar("T")

_AT_A_TIME: Final = 8
"""Items between two turns: at some 100 µs each well within one slice of the loop."""


async def yielding(items: Iterable[T], at_a_time: int = _AT_A_TIME) -> AsyncIterator[T]:
    """The same items, with a turn for everybody else after every `at_a_time` of them."""
    for count, item in enumerate(items, 1):
        yield item
        if count % at_a_time == 0:
            await asyncio.sleep(0)
