"""The whole way of an update notice: a real server, a real file, settings that allow it or not."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from net.updates.statement_server import StatementServer, running
from release_statements import KEYS, NOW, signed

from xumm_desk.cli import parser
from xumm_desk.core.settings import Settings
from xumm_desk.core.updates.release_keys import RELEASES, UpdateSource
from xumm_desk.setup.composition import SystemClock
from xumm_desk.setup.config import Config, read_options
from xumm_desk.setup.update_notice import UpdateNotices
from xumm_desk.store.update_memory import UpdateMemory


class Noon(SystemClock):
    """It is always noon."""

    def now(self) -> datetime:
        return NOW


def configuration(folder: Path, *given: str) -> Config:
    options = parser.window_parser().parse_args(["--data-dir", str(folder), *given])
    return read_options(options, {"XUMM_APIKEY": "k" * 36, "XUMM_APISECRET": "s" * 36}).to_config()


def notices(
    folder: Path, source: UpdateSource, *given: str, wish: str = "on", own: str = "9.1.0"
) -> UpdateNotices:
    return UpdateNotices(
        lambda: configuration(folder, *given),
        lambda: replace(Settings(), version_notice=wish),
        source=source,
        own_version=own,
        clock=Noon(),
    )


def source_of(server: StatementServer) -> UpdateSource:
    return UpdateSource(server.address(), KEYS)


def test_what_the_server_states_is_told(tmp_path: Path) -> None:
    async def run() -> None:
        async with running() as server:
            server.give(signed(minimum_safe="9.1.5"))
            made, said = notices(tmp_path, source_of(server)), asyncio.Event()
            made.on_change(said.set)
            task = asyncio.create_task(made.run())
            made.changed()
            await said.wait()
            assert made.notice is not None
            assert made.notice.version == "9.2.0"
            assert made.notice.unsafe
            await made.hide()
            assert made.notice is not None
            task.cancel()
            await asyncio.wait({task})
            assert len(server.asked) == 1
        assert UpdateMemory(tmp_path).read().tried_at == NOW

    asyncio.run(run())


@pytest.mark.parametrize(
    ("given", "wish"),
    [((), ""), ((), "off"), ((), "forbidden"), ((), "nonsense"), (("--practice",), "on")],
)
def test_nothing_is_asked_where_it_is_not_wished(
    tmp_path: Path, given: tuple[str, ...], wish: str
) -> None:
    async def run() -> None:
        async with running() as server:
            server.give(signed())
            await notices(tmp_path, source_of(server), *given, wish=wish)._watch.look()
            assert server.asked == []

    asyncio.run(run())


def test_why_a_person_cannot_choose_is_said(tmp_path: Path) -> None:
    source = UpdateSource("https://releases.example/latest.json", KEYS)
    assert notices(tmp_path, source, wish="").unavailable() == ""
    assert notices(tmp_path, source, wish="off").unavailable() == ""
    assert "settings file" in notices(tmp_path, source, wish="forbidden").unavailable()
    assert "practice" in notices(tmp_path, source, "--practice").unavailable()
    assert "not available" in notices(tmp_path, UpdateSource("", ())).unavailable().lower()


def test_a_build_without_a_release_key_does_nothing_at_all(tmp_path: Path) -> None:
    if not RELEASES.keys:
        asyncio.run(notices(tmp_path, RELEASES).run())
    asyncio.run(notices(tmp_path, UpdateSource("", ())).run())
    assert list(tmp_path.iterdir()) == []
