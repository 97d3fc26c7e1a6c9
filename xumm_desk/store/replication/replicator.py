"""The thread that passes this till's facts to the shop's database, and takes in the others'.

Nothing that the till does waits for it. While the database is away, it tries again and again.
"""

from __future__ import annotations

import concurrent.futures
import contextlib
import logging
import queue
import random
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from xumm_desk.core.journal_error import JournalError
from xumm_desk.core.message import error_text
from xumm_desk.core.replication.shop_error import ShopDatabaseError, Unreachable
from xumm_desk.core.replication.shop_view import ShopView

from . import local_facts
from .identity import RunOnWriter
from .pulling import FactsListener, PullWaits
from .reading_leases import WantedAccounts
from .session import Session

if TYPE_CHECKING:
    from .shop_database import ShopDatabase

log = logging.getLogger(__name__)

_FIRST_PAUSE: Final = 0.5
_LONGEST_PAUSE: Final = 2.0
"""Seconds. After an outage all facts are to be seen within ten, and a standby that was promoted is
to be found within fifteen."""
_GATHER: Final = 0.004
"""Seconds in which facts that come together are gathered into one batch."""


class Replicator:
    """Runs from `start` to `stop`. Its listeners are called on its own thread."""

    def __init__(
        self,
        open_shop: Callable[[], ShopDatabase],
        run: RunOnWriter,
        *,
        ledger: bool,
        version: str,
        on_facts: FactsListener,
        on_view: Callable[[ShopView], None],
        monotonic: Callable[[], float] = time.monotonic,
        accounts: WantedAccounts = frozenset,
    ) -> None:
        """`open_shop` connects or raises `ShopDatabaseError`; `accounts` are those that this till
        would read for all."""
        self._open_shop, self._run_on_writer = open_shop, run
        self._ledger, self._version = ledger, version
        self._on_facts, self._on_view = on_facts, on_view
        self._monotonic, self._accounts = monotonic, accounts
        self._waits = PullWaits()
        self._view = ShopView()
        self._pause = _FIRST_PAUSE
        self._asked: queue.SimpleQueue[tuple[str, concurrent.futures.Future[bool]]] = (
            queue.SimpleQueue()
        )
        self._closing = threading.Event()
        self._woken, self._wake = socket.socketpair()
        for end in (self._woken, self._wake):
            end.setblocking(False)
        self._thread = threading.Thread(target=self._run, name="replicator", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def wake(self) -> None:
        """There are new facts; may be called from any thread, as often as one likes."""
        with contextlib.suppress(OSError):  # full: it is awake; closed: it has ended
            self._wake.send(b"x")

    def hold(self, name: str) -> concurrent.futures.Future[bool]:
        """Ask for a lease of the shop, as `Session.hold` does; the answer is an error where the
        database cannot be asked."""
        answer: concurrent.futures.Future[bool] = concurrent.futures.Future()
        self._asked.put((name, answer))
        self.wake()
        return answer

    def stop(self, patience: float = 5.0) -> None:
        """End, and give the leases back; waits `patience` seconds at most."""
        self._closing.set()
        self.wake()
        if self._thread.is_alive():
            self._thread.join(patience)
        self._wake.close()
        if not self._thread.is_alive():
            self._woken.close()

    # On its own thread.

    def _run(self) -> None:
        while not self._closing.is_set():
            try:
                self._serve()
            except (ShopDatabaseError, JournalError) as error:
                log.info("replication: %s", error)
                self._tell_lost(error_text(error))
            except Exception:  # the thread must outlive any of them
                log.exception("replication")
                self._tell_lost("")
            self._answer(None)
            # All tills of a shop lose the database at one moment.
            self._closing.wait(self._pause * random.uniform(0.5, 1.0))  # noqa: S311 - no secret
            self._pause = min(2 * self._pause, _LONGEST_PAUSE)

    def _serve(self) -> None:
        """Replicate until the connection is lost."""
        shop = self._open_shop()
        try:
            session = Session(
                shop,
                self._run_on_writer,
                ledger=self._ledger,
                version=self._version,
                on_facts=self._on_facts,
                on_view=self._tell,
                monotonic=self._monotonic,
                waits=self._waits,
                accounts=self._accounts,
            )
            session.begin()
            self._pause = _FIRST_PAUSE
            while not self._closing.is_set():
                self._answer(session)
                if not session.turn():
                    session.wait(self._woken.fileno())
                if self._take_wakes():
                    session.wake()
            session.end()
        finally:
            shop.close()

    def _answer(self, session: Session | None) -> None:
        """Answer what was asked for; without a session nothing is to be had."""
        while not self._asked.empty():
            name, answer = self._asked.get()
            try:
                if session is None:
                    raise Unreachable(self._view.problem)
                answer.set_result(session.hold(name))
            except BaseException as error:
                answer.set_exception(error)
                if session is not None:
                    raise

    def _take_wakes(self) -> bool:
        try:
            self._woken.recv(4096)
        except BlockingIOError:
            return False
        # What belongs together comes within a moment.
        self._closing.wait(_GATHER)
        with contextlib.suppress(BlockingIOError):
            self._woken.recv(4096)
        return True

    def _tell_lost(self, problem: str) -> None:
        """The database is away: what is sold meanwhile waits here."""
        unsent = self._view.unsent
        with contextlib.suppress(JournalError):
            unsent = self._run_on_writer(local_facts.unsent)
        self._tell(replace(self._view, connected=False, problem=problem, unsent=unsent))

    def _tell(self, view: ShopView) -> None:
        self._view = view
        self._on_view(view)
