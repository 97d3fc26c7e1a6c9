"""A till's login to its shop: the address in a private file, the password in the keyring only."""

from __future__ import annotations

import stat
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import keyring.backends.null
import keyring.errors
import pytest
from hypothesis import given
from hypothesis import strategies as st
from memory_keyring import MemoryKeyring, memory_keyring

from xumm_desk.core.replication.shop_address import ShopAddress
from xumm_desk.setup import shop_login
from xumm_desk.setup.shop_login import ShopLogin, ShopLoginError

ADDRESS = ShopAddress(
    ("db1.example", "db2.example"),
    (5432, 5433),
    "shop",
    "shop_till_0123",
    "8f2c1d8e-6a70-4f6e-9d0f-3a1b2c3d4e5f",
    "Corner shop",
    "-----BEGIN CERTIFICATE-----\n",
)
LOGIN = ShopLogin(ADDRESS, "a password of its own")


@pytest.fixture
def ring() -> Iterator[MemoryKeyring]:
    with memory_keyring() as memory:
        yield memory


def refuse(*_asked: str) -> None:
    """What a keyring does whose owner refuses; its words hold the password."""
    raise keyring.errors.KeyringLocked(LOGIN.password)


def test_what_is_saved_is_loaded_again_until_it_is_forgotten(
    ring: MemoryKeyring, tmp_path: Path
) -> None:
    assert shop_login.load(tmp_path) is None
    shop_login.save(tmp_path, LOGIN)
    assert shop_login.load(tmp_path) == LOGIN
    assert shop_login.load_address(tmp_path) == ADDRESS
    assert shop_login.forget(tmp_path)
    assert shop_login.load(tmp_path) is None
    assert ring.kept == {}
    assert list(tmp_path.iterdir()) == []
    assert shop_login.forget(tmp_path)


def test_the_password_is_in_no_file_and_in_no_text_of_the_login(
    ring: MemoryKeyring, tmp_path: Path
) -> None:
    shop_login.save(tmp_path, LOGIN)
    [file] = tmp_path.iterdir()
    assert LOGIN.password not in file.read_text()
    assert LOGIN.password not in repr(LOGIN)
    assert LOGIN.password in ring.kept.values()
    if sys.platform != "win32":
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_two_folders_of_one_account_have_logins_of_their_own(
    ring: MemoryKeyring, tmp_path: Path
) -> None:
    other = ShopLogin(ShopAddress(("db",), (1,), "shop", "login", "other till", "x"), "other")
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    shop_login.save(tmp_path / "a", LOGIN)
    shop_login.save(tmp_path / "b", other)
    shop_login.forget(tmp_path / "b")
    assert shop_login.load(tmp_path / "a") == LOGIN


def test_a_keyring_that_never_answers_is_said(
    ring: MemoryKeyring, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop_login.save(tmp_path, LOGIN)
    answers = threading.Event()

    def wait(*_asked: str) -> None:
        answers.wait(60)

    monkeypatch.setattr(ring, "get_password", wait)
    noticed: list[bool] = []
    try:
        with pytest.raises(ShopLoginError, match=r"does not answer\. Every sale is kept"):
            shop_login.load(tmp_path, limit=0.01, on_notice=lambda: noticed.append(True))
        assert not shop_login.forget(tmp_path, limit=0.01)
    finally:
        answers.set()
    assert noticed == [True]


def test_a_locked_keyring_is_said_without_its_words(
    ring: MemoryKeyring, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop_login.save(tmp_path, LOGIN)
    monkeypatch.setattr(ring, "get_password", refuse)
    monkeypatch.setattr(ring, "set_password", refuse)
    with pytest.raises(ShopLoginError, match="KeyringLocked") as read:
        shop_login.load(tmp_path)
    with pytest.raises(ShopLoginError, match="refused to keep the password") as written:
        shop_login.save(tmp_path, LOGIN)
    assert LOGIN.password not in str(read.value) + str(written.value)


def test_a_password_that_is_gone_is_said(ring: MemoryKeyring, tmp_path: Path) -> None:
    shop_login.save(tmp_path, LOGIN)
    ring.kept.clear()
    with pytest.raises(ShopLoginError, match="not in this computer's keyring"):
        shop_login.load(tmp_path)


def test_without_a_keyring_the_environment_holds_the_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = keyring.get_keyring()
    keyring.set_keyring(keyring.backends.null.Keyring())  # type: ignore[no-untyped-call]
    try:
        with pytest.raises(ShopLoginError, match="the code is still unused"):
            shop_login.require_place()
        with pytest.raises(ShopLoginError, match="No keyring works"):
            shop_login.save(tmp_path, LOGIN)
        assert shop_login.load(tmp_path) is None
        monkeypatch.setenv(shop_login.ENV_PASSWORD, LOGIN.password)
        shop_login.require_place()
        shop_login.save(tmp_path, LOGIN)
        assert shop_login.load(tmp_path) == LOGIN
    finally:
        keyring.set_keyring(before)


def test_a_damaged_file_is_said_and_can_be_forgotten(ring: MemoryKeyring, tmp_path: Path) -> None:
    for damaged in (b"", b"{", b"[]", b"\xff\xfe", b'{"hosts":[],"ports":[]}'):
        (tmp_path / "shop.json").write_bytes(damaged)
        with pytest.raises(ShopLoginError, match="is damaged"):
            shop_login.load(tmp_path)
        assert shop_login.forget(tmp_path)
        assert shop_login.load(tmp_path) is None


@given(content=st.binary(max_size=200))
def test_no_content_of_the_file_raises_anything_else(
    content: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("any")
    (folder / "shop.json").write_bytes(content)
    with pytest.raises(ShopLoginError):
        shop_login.load_address(folder)


def test_a_folder_that_cannot_be_written_keeps_no_login(
    ring: MemoryKeyring, tmp_path: Path
) -> None:
    with pytest.raises(ShopLoginError, match="cannot be written"):
        shop_login.save(tmp_path / "nowhere", LOGIN)
