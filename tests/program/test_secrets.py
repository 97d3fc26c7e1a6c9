"""No key, secret or customer's token in anything that the program leaves behind or shows to others:
settings, journal and its companions, logs, tracebacks, exports, diagnostics, arguments."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from xumm_desk.core.settings import Credentials
from xumm_desk.core.status import Status
from xumm_desk.setup import logging_setup

from .conftest import PATIENCE, Run, opened, platform

TOKEN = "12345678-1234-4234-8234-123456789012"


def everything_in(folder: Path) -> bytes:
    """Names and bytes of all files there."""
    return b"".join(
        str(file).encode() + file.read_bytes() for file in folder.rglob("*") if file.is_file()
    )


def test_nothing_that_is_left_behind_holds_a_secret(
    run: Run, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "shop"
    found: list[bytes] = []
    secrets: list[str] = [TOKEN]

    async def day() -> None:
        async with platform() as sim, opened(sim, folder) as shop:
            secrets.extend((sim.key, sim.secret))
            await shop.ready()
            shop.charge("1.5")
            await shop.until(lambda: len(sim.platform.payloads) == 1, "the sale")
            await shop.ready()
            [uuid] = sim.platform.payloads
            await sim.phone.sign(uuid)
            await shop.until(
                lambda: [r.verdict.status for r in shop.rows()] == [Status.PAID], "the payment"
            )
            issued = sim.platform.payloads[uuid].issued_token
            assert issued is not None
            secrets.append(issued)

            async def stumble(credentials: Credentials) -> None:
                await asyncio.sleep(0)
                pair = (credentials.key, credentials.secret, TOKEN)
                raise RuntimeError(f"provoked with {pair} and {credentials}")

            shop.program._start(stumble(Credentials(sim.key, sim.secret)), "provoked")
            reports = shop.program._system.reports
            await shop.until(reports.reports, "the report of an error of ours")
            assert "RuntimeError: provoked with" in reports.text()
            found.append(reports.text().encode())
            target = tmp_path / "diagnostics.txt"
            shop.window.diagnostics_asked.emit(str(target))
            await shop.until(target.exists, "the file")
            await shop.until(target.read_text, "its text")
            found.append(everything_in(folder))  # with the journal's companion still there
            text = target.read_text()
            for part in ("Health", "facts by kind: ", "all is whole", "PySide6"):
                assert part in text
            assert "RuntimeError: provoked with" in text
            shop.window.diagnostics_asked.emit(str(tmp_path / "no" / "such" / "folder"))
            await shop.until(lambda: "cannot be written" in shop.bar("alarm"), "the refusal")

    log_file = folder / "logs"
    before = list(logging.getLogger().handlers)
    logging_setup.configure_logging(log_file)
    try:
        run(day)
    finally:
        for handler in logging.getLogger().handlers[:]:
            if handler not in before:
                logging.getLogger().removeHandler(handler)
                handler.close()
    found += [everything_in(tmp_path), *(part.encode() for part in capfd.readouterr())]
    base = [sys.executable, "-m", "xumm_desk"]
    for arguments in (
        ["export", "--data-dir", str(folder)],
        ["export", "--format", "jsonl", "--data-dir", str(folder)],
        ["diagnostics", "-", "--data-dir", str(folder)],
        ["verify-journal", "--data-dir", str(folder)],
    ):
        environment = {
            **os.environ,
            "XUMM_APIKEY": secrets[1],
            "XUMM_APISECRET": secrets[2],
            "XUMM_DESK_API": "http://127.0.0.1:9/api",
        }
        ended = subprocess.run(
            [*base, *arguments], env=environment, capture_output=True, timeout=PATIENCE, check=True
        )
        found += [ended.stdout, ended.stderr]
    text = b"\n".join(found)
    assert b"provoked" in text
    for secret in secrets:
        assert secret.encode() not in text


@pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="needs /proc")
def test_no_secret_among_the_arguments_of_the_program_and_its_children(tmp_path: Path) -> None:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("XUMM_")}
    environment["QT_QPA_PLATFORM"] = "offscreen"
    child = subprocess.Popen(
        [sys.executable, "-m", "xumm_desk", "--practice", "--data-dir", str(tmp_path)],
        env=environment,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        state = tmp_path / "practice" / "platform.sqlite3"
        journal = tmp_path / "practice" / "journal.sqlite3"
        end = time.monotonic() + PATIENCE
        secrets: set[str] = set()
        while time.monotonic() < end and not (secrets and journal.exists()):
            time.sleep(0.1)
            secrets = _uuids(b"".join(p.read_bytes() for p in tmp_path.rglob(f"{state.name}*")))
        assert secrets
        seen = _arguments(child.pid)
        assert len(seen) == 2, "the program and its practice platform"
        for line in seen:
            assert not secrets & _uuids(line)
        assert not _uuids(json.dumps([a.decode() for a in seen]).encode())
    finally:
        child.terminate()
        child.communicate(timeout=PATIENCE)


def _arguments(pid: int) -> list[bytes]:
    """The arguments of a process and of all below it."""
    found = [Path(f"/proc/{pid}/cmdline").read_bytes()]
    for task in Path(f"/proc/{pid}/task").iterdir():
        for below in (task / "children").read_text().split():
            found += _arguments(int(below))
    return found


def _uuids(raw: bytes) -> set[str]:
    return {m[0] for m in logging_setup._UUID.finditer(raw.decode("latin-1"))}
