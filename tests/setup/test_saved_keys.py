"""The keys of one host: stored, loaded and removed; a keyring that is silent holds up nobody."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator

import pytest
from memory_keyring import MemoryKeyring, memory_keyring

from xumm_desk.core.settings import Credentials
from xumm_desk.setup.saved_keys import SavedKeys, are_same_keys

KEYS = Credentials("8f2c1d8e-6a70-4f6e-9d0f-3a1b2c3d4e5f", "0d9e8c7b-6a5f-4e3d-8c2b-1a0f9e8d7c6b")


@pytest.fixture
def keyring() -> Iterator[MemoryKeyring]:
    with memory_keyring() as memory:
        yield memory


def test_what_is_stored_is_loaded_again_until_it_is_removed(keyring: MemoryKeyring) -> None:
    async def day() -> None:
        saved = SavedKeys("xumm.app", limit=20.0)
        assert await saved.load() is None
        assert await saved.store(KEYS) == ""
        assert await SavedKeys("xumm.app", limit=20.0).load() == KEYS
        assert await SavedKeys("another.host", limit=20.0).load() is None
        assert await saved.delete()
        assert await saved.load() is None

    asyncio.run(day())


def test_where_keys_are_kept_names_the_keyring_once_it_was_asked(keyring: MemoryKeyring) -> None:
    async def day() -> None:
        saved = SavedKeys("xumm.app", limit=20.0)
        before = saved.kept_where
        await saved.find_place()
        assert before != saved.kept_where
        assert saved.kept_where.startswith("They are kept in: ")

    asyncio.run(day())


def test_a_silent_keyring_is_said_and_takes_no_longer_than_its_limit(
    keyring: MemoryKeyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = threading.Event()

    def wait(*_asked: str) -> None:
        answers.wait(60)

    monkeypatch.setattr(keyring, "set_password", wait)

    async def day() -> None:
        saved = SavedKeys("xumm.app", limit=0.01)
        assert "does not answer" in await saved.store(KEYS)

    try:
        asyncio.run(day())
    finally:
        answers.set()


@pytest.mark.parametrize(
    ("known", "key", "secret", "same"),
    [
        (KEYS, KEYS.key, KEYS.secret, True),
        (KEYS, KEYS.key, KEYS.secret[:-1], False),
        (KEYS, KEYS.secret, KEYS.key, False),
        (KEYS, "é", "", False),
        (None, "", "", False),
    ],
)
def test_only_both_keys_prove_an_owner(
    known: Credentials | None, key: str, secret: str, same: bool
) -> None:
    assert are_same_keys(known, key, secret) is same
