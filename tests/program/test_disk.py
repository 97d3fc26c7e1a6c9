"""Errors of the journal's file, in the whole program: a banner, and nothing overwritten."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from ordinary_user import ordinary_user

from xumm_desk.core.status import Status
from xumm_desk.engine.runtime.registry import SocketState
from xumm_desk.simulator import Simulator
from xumm_desk.store.journal_check import verify_chain

from .conftest import Run, opened, platform


@contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """A file system of one megabyte, where this user may make one."""
    place = folder / "small"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "none", str(place)]
    if not sys.platform.startswith("linux") or os.geteuid() != 0:
        pytest.skip("only an administrator can make a small disk")
    if subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        pytest.skip("no small disk can be made here")
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)


def fill(weight: Path) -> None:
    """Take all the room that is left."""
    with weight.open("wb", buffering=0) as out:
        for size in (4096, 512):
            try:
                while out.write(b"x" * size):
                    continue
            except OSError:
                continue


def test_a_full_disk_stops_new_sales_until_there_is_room(run: Run, tmp_path: Path) -> None:
    async def day() -> None:
        with small_disk(tmp_path) as disk:
            async with platform() as sim, opened(sim, disk / "shop") as shop:
                await shop.ready()
                shop.charge("1.5")
                await shop.until(lambda: len(shop.rows()) == 1, "the first sale")
                await shop.ready()
                await shop.until(
                    lambda: shop.rows()[0].socket_state is SocketState.LIVE, "its socket"
                )
                weight = disk / "weight"
                fill(weight)
                # A late fact of the first sale may close the form before the button is pressed.
                if shop.board.form.button.isEnabled():
                    shop.charge("2.5")
                    await shop.until(lambda: "disk is full" in _refusal(shop), "no sale number")
                assert shop.errors() == 0
                assert len(shop.rows()) == 1
                # A request with a name of its own needs no number: its intent is not written.
                shop.board.form.field("identifier").set_text("order-7")
                sent = shop.board.form.button.isEnabled()
                shop.charge("2.5")
                await shop.until(lambda: "disk is full" in shop.bar("journal"), "the bar")
                assert "nothing new can be created" in shop.bar("journal")
                if sent:
                    await shop.until(lambda: "disk is full" in _refusal(shop), "its sentence")
                assert not shop.board.form.button.isEnabled()
                assert shop.errors() == 0
                assert len(sim.platform.payloads) == 1
                weight.unlink()
                await shop.until(lambda: not shop.bar("journal"), "an end of the bar")
                await shop.ready()
                await shop.until(lambda: len(shop.rows()) == 1 + sent, "the second row")
                failed = [r for r in shop.rows() if r.request.create_failure is not None]
                assert [r.verdict.status for r in failed] == [Status.FAILED] * sent
                assert all("Nothing was sent." in str(r.request.create_failure) for r in failed)
                shop.board.form.field("identifier").set_text("")
                shop.board.form.button.click()
                await shop.until(lambda: len(sim.platform.payloads) == 2, "the sale after all")
                await shop.ready()
            assert verify_chain(disk / "shop" / "journal.sqlite3").whole

    run(day)


def _refusal(shop: object) -> str:
    return str(shop.board.form.problems().get("", ""))  # type: ignore[attr-defined]


async def _one_sale(sim: Simulator, folder: Path) -> bytes:
    """A journal with one sale in it; its bytes."""
    async with opened(sim, folder) as shop:
        await shop.ready()
        shop.charge("1.5")
        await shop.until(lambda: len(shop.rows()) == 1, "the sale")
        await shop.ready()
    return (folder / "journal.sqlite3").read_bytes()


def test_a_damaged_journal_is_said_and_kept_and_looked_at_again(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "journal.sqlite3"

    async def day() -> None:
        async with platform() as sim:
            whole = await _one_sale(sim, tmp_path)
            damaged = whole[:4096] + b"\xee" * 8192 + whole[12288:]
            file.write_bytes(damaged)
            await look(sim, whole, damaged)

    async def look(sim: Simulator, whole: bytes, damaged: bytes) -> None:
        async with opened(sim, tmp_path) as shop:
            await shop.until(lambda: "is damaged" in shop.bar("start"), "the bar")
            assert "may still be paid" in shop.bar("start")
            assert shop.window._desk_view is None
            assert file.read_bytes() == damaged
            file.write_bytes(whole)
            bar = shop.window.banners.banner("start")
            assert bar is not None
            assert bar.button.text() == "Salvage…"
            shop.window.retry_requested.emit()
            await shop.ready()
            assert shop.bar("start") == ""
            await shop.until(lambda: len(shop.rows()) == 1, "the sale")

    run(day)


def test_a_journal_that_may_only_be_read(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "shop"

    async def day() -> None:
        async with platform() as sim:
            whole = await _one_sale(sim, folder)
            file = folder / "journal.sqlite3"
            with ordinary_user(file, folder):
                await look(sim, file, whole)

    async def look(sim: Simulator, file: Path, whole: bytes) -> None:
        async with opened(sim, folder) as shop:
            await shop.until(lambda: "is read-only" in shop.bar("start"), "the bar")
            assert file.read_bytes() == whole  # noqa: ASYNC240 - a small file

    run(day)


def test_a_journal_in_use_does_not_stop_the_window(run: Run, tmp_path: Path) -> None:
    async def day() -> None:
        async with platform() as sim:
            await _one_sale(sim, tmp_path)
            file = tmp_path / "journal.sqlite3"
            with closing(sqlite3.connect(file, isolation_level=None)) as other:
                other.execute("PRAGMA locking_mode = EXCLUSIVE")
                other.execute("BEGIN EXCLUSIVE")
                other.execute("UPDATE requests SET status = status")
                await look(sim, other)

    async def look(sim: Simulator, other: sqlite3.Connection) -> None:
        async with opened(sim, tmp_path) as shop:
            beats = 0

            def said() -> bool:
                nonlocal beats
                beats += 1
                return "in use by another program" in shop.bar("start")

            await shop.until(said, "the bar")
            assert beats > 20, "the window stood still while the file was waited for"
            other.execute("ROLLBACK")
            other.close()
            shop.window.retry_requested.emit()
            await shop.ready()
            await shop.until(lambda: len(shop.rows()) == 1, "the sale")

    run(day)
