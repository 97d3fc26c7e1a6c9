"""Where keys are kept: a keyring that works, none, and one that refuses."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator

import keyring
import keyring.backend
import keyring.backends.fail
import keyring.backends.null
import keyring.errors
import pytest
from memory_keyring import MemoryKeyring, memory_keyring

from xumm_desk.core.settings import Credentials
from xumm_desk.core.wire.api_answers import SettingError
from xumm_desk.setup.config import ConfigError, read_options
from xumm_desk.store.keyring import secrets
from xumm_desk.store.keyring.secrets import KeyringError, KeyringStore

KEY = "11111111-1111-4111-8111-111111111111"
SECRET = "22222222-2222-4222-8222-222222222222"
PAIR = Credentials(KEY, SECRET)


class Locked(MemoryKeyring):
    """A keyring whose owner refuses, and whose errors repeat what they were given."""

    def get_password(self, service: str, username: str) -> str | None:
        raise keyring.errors.KeyringLocked(f"{service} of {username} is locked")

    def set_password(self, service: str, username: str, password: str) -> None:
        del service, username
        raise keyring.errors.PasswordSetError(password)


@pytest.fixture
def use() -> Iterator[Callable[[keyring.backend.KeyringBackend], None]]:
    """Take another keyring for the time of a test."""
    with memory_keyring():
        yield keyring.set_keyring


Use = Callable[[keyring.backend.KeyringBackend], None]


def test_a_pair_is_there_at_the_next_start(use: Use) -> None:
    memory = MemoryKeyring()
    use(memory)
    assert KeyringStore("till").load() is None
    assert KeyringStore("till").save(PAIR) == ""
    assert KeyringStore("till").load() == PAIR
    assert KeyringStore("other till").load() is None
    assert KeyringStore("till").backend_name() == memory.name
    assert list(memory.kept) == [("xumm-desk", "till")]


def test_forgetting_removes_it_and_may_be_repeated(use: Use) -> None:
    memory = MemoryKeyring()
    use(memory)
    keeper = KeyringStore("till")
    keeper.save(PAIR)
    keeper.delete()
    assert keeper.load() is None
    assert memory.kept == {}
    keeper.delete()


@pytest.mark.parametrize(
    "backend", [keyring.backends.fail.Keyring, keyring.backends.null.Keyring], ids=["fail", "null"]
)
def test_without_a_keyring_it_is_held_for_this_run_only(
    use: Use, backend: Callable[[], keyring.backend.KeyringBackend]
) -> None:
    use(backend())
    keeper = KeyringStore("till")
    assert keeper.backend_name() == ""
    assert "held for this run only" in keeper.save(PAIR)
    assert keeper.load() is None
    assert keeper.delete()


def test_a_keyring_that_refuses_is_said_without_the_secret(use: Use) -> None:
    use(Locked())
    keeper = KeyringStore("till")
    with pytest.raises(KeyringError, match=r"did not give the keys \(KeyringLocked\)"):
        keeper.load()
    assert not keeper.delete()
    sentence = keeper.save(PAIR)
    assert "refused to keep the keys" in sentence
    assert "this run only" in sentence
    assert SECRET not in sentence


@pytest.mark.parametrize(
    "text",
    [
        "text",
        "[]",
        "null",
        '{"key": "a"}',
        '{"key": 1, "secret": 2}',
        '{"key": "", "secret": ""}',
        '{"key": "a\\u200b", "secret": "b"}',
        "[" * 99_999,
    ],
    ids=["text", "list", "null", "half", "numbers", "empty pair", "invisible", "deep"],
)
def test_a_damaged_entry_is_not_taken_for_none(use: Use, text: str) -> None:
    memory = MemoryKeyring()
    memory.kept["xumm-desk", "till"] = text
    use(memory)
    with pytest.raises(KeyringError, match="is damaged"):
        KeyringStore("till").load()


def test_an_empty_entry_is_none(use: Use) -> None:
    memory = MemoryKeyring()
    memory.kept["xumm-desk", "till"] = ""
    use(memory)
    assert KeyringStore("till").load() is None


def test_neither_key_nor_secret_is_ever_shown(use: Use) -> None:
    use(MemoryKeyring())
    keeper = KeyringStore("till")
    keeper.save(PAIR)
    for shown in (repr(PAIR), str(PAIR), f"{PAIR}", repr([PAIR]), repr(keeper), str(keeper)):
        assert KEY not in shown
        assert SECRET not in shown


@pytest.mark.parametrize(
    ("key", "secret", "found"),
    [
        (KEY, SECRET, PAIR),
        (f" {KEY} ", f"{SECRET}\n", PAIR),
        (f"\ufeff{KEY}\u200b", f"\u202a{SECRET}\u202c", PAIR),
        (KEY, None, None),
        (None, SECRET, None),
        (KEY, "  ", None),
    ],
)
def test_the_environment_s_pair(
    monkeypatch: pytest.MonkeyPatch,
    key: str | None,
    secret: str | None,
    found: Credentials | None,
) -> None:
    for name, value in ((secrets.ENV_KEY, key), (secrets.ENV_SECRET, secret)):
        if value is None:
            monkeypatch.delenv(name, raising=False)
        else:
            monkeypatch.setenv(name, value)
    assert secrets.from_environment() == found


def test_keys_of_the_environment_are_read_without_what_nobody_sees(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(secrets.ENV_KEY, f"\ufeff{KEY}\u200b ")
    monkeypatch.setenv(secrets.ENV_SECRET, f"{SECRET}\r\n")
    assert secrets.from_environment() == PAIR
    monkeypatch.setenv(secrets.ENV_SECRET, "\u200b")
    assert secrets.from_environment() is None


@pytest.mark.parametrize("name", [secrets.ENV_KEY, secrets.ENV_SECRET])
def test_a_key_of_the_environment_that_cannot_be_sent_is_named(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(secrets.ENV_KEY, KEY)
    monkeypatch.setenv(secrets.ENV_SECRET, SECRET)
    monkeypatch.setenv(name, "über")
    with pytest.raises(SettingError, match=rf"^{name}: character 1 \(U\+00FC\) cannot be sent"):
        secrets.from_environment()
    with pytest.raises(ConfigError, match=f"^{name}: "):
        read_options(argparse.Namespace())
