"""Returning customers for the engine: in the system's keyring, or for this run only in practice.

A keyring may ask the person for a password or never answer, so nothing here waits for it longer
than a limit.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Final, TypeVar

from xumm_desk.core.customers.customer import Customer, nickname_key
from xumm_desk.core.message import Message, error_text

from . import keyring_calls
from .customer_pages import CustomerPages
from .secrets import KeyringError

T = TypeVar("T")

KEYRING_LIMIT: Final = 20.0
"""Seconds that a person is let wait for the keyring, which may ask for a password meanwhile."""

_SILENT: Final = Message(
    "The system's keyring does not answer. Answer its question if one is open, then open the list"
    " of customers again: it shows what is kept."
)


class KeyringCustomerStore:
    """See `CustomerStore` in `engine/runtime/ports.py`."""

    def __init__(
        self, host: str, key: str, now: Callable[[], datetime], limit: float = KEYRING_LIMIT
    ) -> None:
        """The customers of the application with this `key` on the platform at `host`. `limit` in
        seconds."""
        self._pages, self._now, self._limit = CustomerPages(host, key), now, limit

    async def load(self) -> Sequence[Customer] | str:
        """See `CustomerStore`."""
        return await self._ask(partial(self._pages.load, self._now()))

    async def save(self, customers: Sequence[Customer]) -> str:
        """See `CustomerStore`."""
        return await self._ask(partial(self._pages.save, customers)) or ""

    async def remove(self, nicknames: Sequence[str]) -> str:
        """See `CustomerStore`."""
        return await self._ask(partial(self._pages.remove, nicknames)) or ""

    async def _ask(self, call: Callable[[], T]) -> T | str:
        try:
            return await keyring_calls.ask(call, self._limit)
        except keyring_calls.KeyringSilentError:
            return _SILENT
        except KeyringError as error:
            return error_text(error)


class MemoryCustomerStore:
    """Customers for this run only: practice has customers of its own, and must not touch the
    keyring. See `CustomerStore`."""

    def __init__(self) -> None:
        self._kept: dict[str, Customer] = {}

    async def load(self) -> Sequence[Customer] | str:
        """See `CustomerStore`."""
        return tuple(self._kept.values())

    async def save(self, customers: Sequence[Customer]) -> str:
        """See `CustomerStore`."""
        self._kept |= {one.key: one for one in customers}
        return ""

    async def remove(self, nicknames: Sequence[str]) -> str:
        """See `CustomerStore`."""
        for nickname in nicknames:
            self._kept.pop(nickname_key(nickname), None)
        return ""
