"""The window with keyrings that block, raise, are locked or slow; and what follows from keys."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import keyring
import keyring.errors
import pytest
from memory_keyring import MemoryKeyring, memory_keyring

from xumm_desk.app import Program
from xumm_desk.net.platform import url_policy
from xumm_desk.qt.gc_policy import GarbageCollectorPolicy
from xumm_desk.setup.config import GivenOptions
from xumm_desk.simulator import Simulator

from .conftest import ProgramUnderTest, Run, ending, platform


class Slow(MemoryKeyring):
    """A keyring that answers when it is told to."""

    def __init__(self) -> None:
        super().__init__()
        self.answers = threading.Event()

    def get_password(self, service: str, username: str) -> str | None:
        self.answers.wait()
        return super().get_password(service, username)

    def set_password(self, service: str, username: str, password: str) -> None:
        self.answers.wait()
        super().set_password(service, username, password)


class Locked(MemoryKeyring):
    """A keyring whose owner refuses."""

    def get_password(self, service: str, username: str) -> str | None:
        raise keyring.errors.KeyringLocked(f"{service} of {username}")


@pytest.fixture
def ring() -> Iterator[MemoryKeyring]:
    with memory_keyring() as memory:
        yield memory


@pytest.fixture
def slow(ring: MemoryKeyring) -> Iterator[Slow]:
    made = Slow()
    keyring.set_keyring(made)
    yield made
    made.answers.set()


@asynccontextmanager
async def started(
    sim: Simulator, folder: Path, *, api: bool = True
) -> AsyncIterator[ProgramUnderTest]:
    """The program without keys in its environment."""
    given = GivenOptions(
        api=sim.api,
        chose_api=api,
        ledger=sim.ledger,
        network=None,
        folder=folder,
        practice=False,
        credentials=None,
    )
    shop = ProgramUnderTest(
        sim,
        folder,
        Program(given, GarbageCollectorPolicy(), keyring_notice=0.0, keyring_limit=0.05),
    )
    async with ending(shop):
        yield shop


def test_one_that_never_answers_does_not_keep_the_window_away(
    run: Run, slow: Slow, tmp_path: Path
) -> None:
    async def day() -> None:
        async with platform() as sim, started(sim, tmp_path) as shop:
            await shop.until(lambda: shop.bar("start"), "the bar")
            assert shop.window.isVisible()
            assert "keyring" in shop.bar("start")
            assert "does not answer" in shop.bar("start")
            assert "enter the keys, or choose practice" in shop.bar("start")
            # Keys that are typed are in use at once, though the keyring does not take them.
            shop.window.keys_saved.emit(sim.key, sim.secret, None)
            await shop.ready()
            assert not shop.bar("start")
            assert not slow.answers.is_set()

    run(day)


def test_one_that_is_slow_is_received_when_it_answers(run: Run, slow: Slow, tmp_path: Path) -> None:
    async def day() -> None:
        async with platform() as sim, started(sim, tmp_path) as shop:
            slow.kept["xumm-desk", shop.program._start_options.host] = json.dumps(
                {"key": sim.key, "secret": sim.secret}
            )
            await shop.until(lambda: shop.bar("start"), "the bar")
            slow.answers.set()
            await shop.ready()
            assert not shop.bar("start")

    run(day)


def test_one_that_answers_after_practice_was_chosen_overrules_nothing(
    run: Run, slow: Slow, tmp_path: Path
) -> None:
    async def day() -> None:
        async with platform() as sim, started(sim, tmp_path) as shop:
            await shop.until(lambda: shop.bar("start"), "the bar")
            shop.window.practice_chosen.emit()
            slow.kept["xumm-desk", shop.program._start_options.host] = json.dumps(
                {"key": sim.key, "secret": sim.secret}
            )
            slow.answers.set()
            await shop.ready()
            await asyncio.sleep(0)
            assert shop.program._configuration.practice
            assert sim.calls.count("GET", "ping") == 0

    run(day)


def test_one_that_is_locked_is_said_and_is_no_practice(
    run: Run, ring: MemoryKeyring, tmp_path: Path
) -> None:
    keyring.set_keyring(Locked())

    async def day() -> None:
        async with platform() as sim, started(sim, tmp_path, api=False) as shop:
            await shop.until(lambda: shop.bar("start"), "the bar")
            assert "did not give the keys (KeyringLocked)" in shop.bar("start")
            assert not shop.program._configuration.practice
            keyring.set_keyring(ring)
            ring.kept["xumm-desk", shop.program._start_options.host] = json.dumps(
                {"key": sim.key, "secret": sim.secret}
            )
            shop.window.retry_requested.emit()
            await shop.ready()

    run(day)


def test_keys_entered_at_practice_run_as_after_a_fresh_start(
    run: Run, ring: MemoryKeyring, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def day() -> None:
        async with platform() as sim:
            monkeypatch.setattr(url_policy, "DEFAULT_API", sim.api)
            async with started(sim, tmp_path, api=False) as shop:
                await shop.ready()
                assert shop.program._configuration.practice
                assert shop.program._configuration.network.key == "TESTNET"
                shop.window.keys_saved.emit(sim.key, sim.secret, None)
                await shop.until(lambda: shop.program._configuration.credentials, "the keys")
                await shop.ready()
                entered = shop.program._configuration
                assert entered.network.key == "MAINNET"
                assert entered.data_dir == tmp_path
                shop.charge("1.5")
                await shop.until(lambda: len(sim.platform.payloads) == 1, "the sale")
                [payload] = sim.platform.payloads.values()
                assert payload.options["force_network"] == "MAINNET"
                assert (tmp_path / "journal.sqlite3").exists()
                shop.window.practice_chosen.emit()
                await shop.until(lambda: shop.program._configuration.practice, "practice")
                await shop.ready()
                assert not (tmp_path / "practice" / "practice").exists()
                shop.window.keys_removed.emit()
                await shop.until(lambda: not ring.kept, "an empty keyring")
            ring.kept["xumm-desk", shop.program._start_options.host] = json.dumps(
                {"key": sim.key, "secret": sim.secret}
            )
            async with started(sim, tmp_path, api=False) as fresh:
                await fresh.ready()
                assert fresh.program._configuration == entered

    run(day)


def test_a_folder_that_cannot_be_written_is_said_at_practice_too(
    run: Run, ring: MemoryKeyring, tmp_path: Path
) -> None:
    place = tmp_path / "file"
    place.write_text("")

    async def day() -> None:
        async with platform() as sim, started(sim, place / "shop", api=False) as shop:
            await shop.until(lambda: shop.bar("start"), "the bar")
            assert "cannot be used" in shop.bar("start")
            assert "nothing can be created" in shop.bar("start")
            assert "go on being followed" not in shop.bar("start")
            place.unlink()
            shop.window.retry_requested.emit()
            await shop.ready()
        assert ring.kept == {}

    run(day)
