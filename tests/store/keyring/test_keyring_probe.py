"""The probe of the keyring leaves nothing behind."""

from __future__ import annotations

import keyring
import pytest
from memory_keyring import MemoryKeyring, memory_keyring

from xumm_desk.store.keyring import keyring_probe
from xumm_desk.store.keyring.secrets import KeyringError


def test_an_entry_is_kept_given_back_and_deleted() -> None:
    with memory_keyring() as memory:
        assert "MemoryKeyring" in keyring_probe.try_keyring()
        assert memory.kept == {}


def test_a_keyring_that_deletes_nothing_is_told() -> None:
    class Keeping(MemoryKeyring):
        def delete_password(self, *_: str) -> None:
            pass

    with memory_keyring():
        keyring.set_keyring(Keeping())
        with pytest.raises(KeyringError, match="does not give back"):
            keyring_probe.try_keyring()
