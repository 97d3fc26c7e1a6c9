"""An exception of every kind out of every port: it is told, nothing is left waiting, and the sale
ends as it would have."""

from __future__ import annotations

import asyncio
import inspect
import logging
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import httpx
import pytest

from engine.engine_fixture import EngineUnderTest, running_engine
from xumm_desk.core.status import Status
from xumm_desk.engine.desk import Desk
from xumm_desk.net.ledger.account_history import AccountReader
from xumm_desk.net.ledger.ledger_nodes import LedgerNodes
from xumm_desk.net.ledger.xrpl_codec import XrplCodec
from xumm_desk.net.platform.status_socket_loader import LazyStatusSockets
from xumm_desk.net.platform.xumm_api import XummApi
from xumm_desk.store.journal import SqliteJournal

pytestmark = pytest.mark.anyio

ERRORS: Final[tuple[Callable[[], BaseException], ...]] = (
    lambda: ValueError("Unknown scheme for proxy URL"),
    lambda: OSError(9, "Bad file descriptor"),
    lambda: sqlite3.OperationalError("disk I/O error"),
    MemoryError,
    lambda: httpx.InvalidURL("Invalid port"),
    TimeoutError,
    StopAsyncIteration,
    lambda: asyncio.CancelledError("cancelled by a library"),
)
ON_THE_WAY: Final[tuple[tuple[type, str], ...]] = (
    (XummApi, "create"),
    (XummApi, "get_payload"),
    (XummApi, "status_url"),
    (LazyStatusSockets, "connect"),
    (LedgerNodes, "transaction"),
    (LedgerNodes, "regular_key"),
    (AccountReader, "history"),
    (AccountReader, "subscribe"),
    (XrplCodec, "read_blob"),
    (SqliteJournal, "append"),
    (SqliteJournal, "requests_for_txids"),
    (SqliteJournal, "requests_naming"),
    (SqliteJournal, "known_unmatched"),
    (SqliteJournal, "set_status"),
    (SqliteJournal, "set_ledger_read"),
    (SqliteJournal, "written_elsewhere"),
)
"""What is called while a sale is made, followed and proven."""

CASES: Final = [
    pytest.param(owner, name, make, id=f"{owner.__name__}.{name}-{type(make()).__name__}")
    for owner, name in ON_THE_WAY
    for make in ERRORS
    # Only what is awaited can be cancelled.
    if inspect.iscoroutinefunction(getattr(owner, name))
    or not isinstance(make(), asyncio.CancelledError)
]


class Raising:
    """Lets every second call of one method raise, the first one too, as long as it is `on`."""

    def __init__(
        self,
        patch: pytest.MonkeyPatch,
        owner: type,
        name: str,
        make: Callable[[], BaseException],
        most: int,
    ) -> None:
        self.raised = 0
        self._calls, self._make, self._most = 0, make, most
        right = getattr(owner, name)
        if inspect.iscoroutinefunction(right):

            async def called(*args: Any, **more: Any) -> Any:
                self._may_raise()
                return await right(*args, **more)

            patch.setattr(owner, name, called)
        else:

            def plain(*args: Any, **more: Any) -> Any:
                self._may_raise()
                return right(*args, **more)

            patch.setattr(owner, name, plain)

    def _may_raise(self) -> None:
        self._calls += 1
        if self.raised < self._most and self._calls % 2:
            self.raised += 1
            raise self._make()


@pytest.fixture
def _told(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """The errors are announced: the log may hold them."""
    with caplog.at_level(logging.CRITICAL):
        yield


def told(desk: Desk) -> list[str]:
    """What the window would say in its bar."""
    names: list[str] = []
    desk.tasks.on_error(lambda name, _error: names.append(name))
    return names


@pytest.mark.usefixtures("_told")
@pytest.mark.parametrize(("owner", "name", "make"), CASES)
async def test_a_sale_ends_as_it_would_have(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    owner: type,
    name: str,
    make: Callable[[], BaseException],
) -> None:
    async with running_engine(tmp_path) as engine:
        engine.desk.tasks._pauses = 0.02, 0.1
        names = told(engine.desk)
        fault = Raising(monkeypatch, owner, name, make, 3)
        spec = engine.spec()
        try:
            await engine.desk.create(spec)
        except Exception:  # noqa: BLE001 - before the intent was written: the form shows it
            assert spec.identifier not in engine.desk.engine.registry
            assert fault.raised == 1
            await engine.desk.create(spec)
        await engine.until(spec.identifier, lambda row: row.request.uuid is not None)
        await engine.sim.phone.sign(engine.uuid(spec.identifier))
        row = await engine.status(spec.identifier, Status.PAID)
        assert row.verdict.final
        # An expected trouble of a network (`OSError` of a socket) is a lost connection, not an
        # error of ours; everything else is told.
        quiet = name in ("connect", "status_url") and isinstance(make(), OSError)
        assert names or not fault.raised or quiet
        monkeypatch.undo()
        await still_sells(engine)


async def still_sells(engine: EngineUnderTest) -> None:
    """Whatever happened, the next sale is an ordinary one."""
    identifier = await engine.create()
    await engine.sim.phone.sign(engine.uuid(identifier))
    await engine.status(identifier, Status.PAID)
