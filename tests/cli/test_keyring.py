"""Commands with keyrings that block, raise, are locked or slow."""

from __future__ import annotations

import argparse
import threading
from collections.abc import Iterator
from pathlib import Path

import keyring
import keyring.errors
import pytest
from memory_keyring import MemoryKeyring, memory_keyring

from xumm_desk.cli import commands
from xumm_desk.core.settings import Credentials
from xumm_desk.setup.config import GivenOptions, read_options
from xumm_desk.store.keyring.secrets import KeyringError, KeyringStore

from .conftest import Shell

pytestmark = pytest.mark.anyio

BACKEND = """
import threading
from keyring.backend import KeyringBackend

class Blocking(KeyringBackend):
    priority = 1

    def get_password(self, service, username):
        threading.Event().wait()

    def set_password(self, service, username, password):
        threading.Event().wait()
"""


class Slow(MemoryKeyring):
    """A keyring that answers when it is told to."""

    def __init__(self) -> None:
        super().__init__()
        self.answers = threading.Event()

    def get_password(self, service: str, username: str) -> str | None:
        self.answers.wait()
        return super().get_password(service, username)


class Refusing(MemoryKeyring):
    """A keyring whose owner refuses."""

    def get_password(self, service: str, username: str) -> str | None:
        raise keyring.errors.KeyringLocked(f"{service} of {username}")


@pytest.fixture
def ring() -> Iterator[MemoryKeyring]:
    with memory_keyring() as memory:
        yield memory


@pytest.fixture
def given(tmp_path: Path) -> GivenOptions:
    return read_options(argparse.Namespace(data_dir=str(tmp_path)), {})


def test_one_that_never_answers_ends_the_command_with_a_sentence(
    ring: MemoryKeyring, given: GivenOptions, capsys: pytest.CaptureFixture[str]
) -> None:
    slow = Slow()
    keyring.set_keyring(slow)
    with pytest.raises(KeyringError, match=r"has not answered for 0 seconds\. Nothing was sent"):
        commands._with_keys(given, notice_after=0.0, limit=0.05)
    assert "waiting for the system's keyring" in capsys.readouterr().err
    slow.answers.set()
    assert ring.kept == {}


def test_one_that_is_slow_is_waited_for(
    ring: MemoryKeyring, given: GivenOptions, capsys: pytest.CaptureFixture[str]
) -> None:
    slow = Slow()
    keyring.set_keyring(slow)
    threading.Timer(0.05, slow.answers.set).start()
    KeyringStore(given.host).save(Credentials("a", "b"))
    found = commands._with_keys(given, notice_after=0.0, limit=30.0)
    assert found.credentials == Credentials("a", "b")
    assert not found.practice
    assert "waiting" in capsys.readouterr().err
    assert ring.kept == {}


def test_one_that_is_locked_is_said(ring: MemoryKeyring, given: GivenOptions) -> None:
    keyring.set_keyring(Refusing())
    with pytest.raises(KeyringError, match=r"did not give the keys \(KeyringLocked\)"):
        commands._with_keys(given)
    assert ring.kept == {}


async def test_reading_commands_do_not_ask_it_and_need_no_keys(
    shell: Shell, tmp_path: Path
) -> None:
    """A bookkeeper with a copy of the journal, on a computer with a keyring that blocks."""
    node = ("--ledger", shell.sim.ledger)
    assert (await shell.run("request", shell.file(shell.body()), *node)).code == 0
    (tmp_path / "blocking_ring.py").write_text(BACKEND)
    for name in ("XUMM_APIKEY", "XUMM_APISECRET", "XUMM_DESK_API"):
        del shell.environment[name]
    path = [str(tmp_path), shell.environment.get("PYTHONPATH", "")]
    shell.environment["PYTHONPATH"] = ":".join(part for part in path if part)
    shell.environment["PYTHON_KEYRING_BACKEND"] = "blocking_ring.Blocking"
    out = await shell.run("export")
    assert (out.code, len(out.out.splitlines())) == (0, 2)
    assert (await shell.run("verify-journal")).code == 0
    told = await shell.run("diagnostics", "-")
    assert told.code == 0
    assert "all is whole" in told.out
    practice = await shell.run("export", "--practice")
    assert practice.code == 2
    assert "There is no journal at" in practice.err


async def test_a_folder_that_cannot_be_written_is_said_in_the_same_words(
    shell: Shell, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    folder = ("--data-dir", str(tmp_path / "file" / "shop"))
    real = await shell.run("request", shell.file(shell.body()), *folder)
    practice = await shell.run("request", "--practice", shell.file(shell.body()), *folder)
    for ended in (real, practice):
        assert ended.code == 2
        assert "Traceback" not in ended.err
        assert "cannot be used" in ended.err
        assert "Nothing" in ended.err or "shop" in ended.err
