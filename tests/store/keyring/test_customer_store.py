"""The engine's view of the keyring: sentences in the place of errors, and no wait without end."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import keyring
import pytest
from memory_keyring import MemoryKeyring, memory_keyring

from xumm_desk.core.customers.customer import Customer
from xumm_desk.store.keyring.customer_store import KeyringCustomerStore, MemoryCustomerStore

pytestmark = pytest.mark.anyio

NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)
ANNA = Customer("Anna", "6dd90000-aaaa-4bbb-8ccc-0123456789ab", NOW + timedelta(days=30), NOW)


class SilentKeyring(MemoryKeyring):
    """A keyring that answers only when a test lets it."""

    def __init__(self) -> None:
        super().__init__()
        self.let = threading.Event()

    def get_password(self, service: str, username: str) -> str | None:
        self.let.wait()
        return super().get_password(service, username)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def ring() -> Iterator[MemoryKeyring]:
    """A keyring that works."""
    with memory_keyring() as memory:
        yield memory


async def test_customers_are_kept_in_the_keyring(ring: MemoryKeyring) -> None:
    store = KeyringCustomerStore("xumm.app", "key", lambda: NOW)
    assert await store.load() == []
    assert await store.save([ANNA]) == ""
    assert await store.load() == [ANNA]
    assert await store.remove(["Anna"]) == ""
    assert ring.kept == {}


async def test_a_silent_keyring_is_said_and_not_waited_for(ring: MemoryKeyring) -> None:
    silent = SilentKeyring()
    keyring.set_keyring(silent)
    store = KeyringCustomerStore("xumm.app", "key", lambda: NOW, limit=0.01)
    try:
        for answer in (await store.load(), await store.save([ANNA]), await store.remove(["Anna"])):
            assert isinstance(answer, str)
            assert "does not answer" in answer
    finally:
        silent.let.set()


async def test_practice_never_touches_the_keyring(ring: MemoryKeyring) -> None:
    store = MemoryCustomerStore()
    assert await store.save([ANNA]) == ""
    assert await store.load() == (ANNA,)
    assert await store.remove(["ANNA"]) == ""
    assert await store.load() == ()
    assert ring.kept == {}
