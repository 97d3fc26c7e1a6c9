"""Has signed requests verified: the blob here, the transaction on the ledger, one claim a txid.

Knows what follows from an answer; must not know what the findings make of the row.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Final

from xumm_desk.core.facts import Fact, Kind, Witness, fact
from xumm_desk.core.lifecycle import Request
from xumm_desk.core.signed import foreign_keys

from .book import Book
from .ports import Clock, Codec, Journal
from .tasks import TaskOwner
from .witness import LedgerWitness

log = logging.getLogger(__name__)

_AT_ONCE: Final = 400
_CLAIMS: Final = "claims"
_RETRY: Final = 1.0


class Verification:
    """Starts each check that is due once, and tells what it found."""

    def __init__(
        self,
        *,
        book: Book,
        codec: Codec,
        journal: Journal,
        witness: LedgerWitness | None,
        clock: Clock,
        tasks: TaskOwner,
        tell: Callable[[str, Fact], None],
    ) -> None:
        self._book = book
        self._codec = codec
        self._journal = journal
        self._witness = witness
        self._clock = clock
        self._tasks = tasks
        self._tell = tell
        self._reading: set[str] = set()
        self._to_ask: list[str] = []
        self._asking = False

    def pursue(self, request: Request) -> None:
        """Start whatever check of `request` can be made now and was not."""
        if not (request.signed or request.txid or request.blob or request.payments):
            return  # nobody has said that anything was signed
        answer = request.platform
        entry = self._book[request.identifier]
        if request.txid is not None and entry.claimed is None:
            entry.claimed = False
            self._to_ask.append(request.identifier)
            if not self._asking:
                self._asking = True
                self._tasks.keep(self._ask_claims, _CLAIMS)
        if answer is not None and answer.signed and answer.hex and request.blob is None:
            self._read_blob(request.identifier, answer.hex, request.order.network)
        for txid in request.txids:
            self._claim(request.identifier, txid)
        if self._witness is not None:
            told = {one.account for one in request.keys}
            for key in foreign_keys(request):
                if key.account not in told:
                    self._witness.prove_key(request.identifier, key.account)
        decided = request.ledger_never or (request.ledger is not None and request.ledger.validated)
        if (
            self._witness is not None
            and request.order.reaches_ledger
            and request.blob is not None
            and request.txid is not None
            and not decided
            and entry.claimed
        ):
            self._witness.prove(request)

    def _read_blob(self, identifier: str, blob: str, network: str) -> None:
        if identifier in self._reading:
            return
        self._reading.add(identifier)

        async def work() -> None:
            # An error says nothing about the blob, so it is no finding: it is read again.
            finding = await asyncio.to_thread(self._codec.read_blob, blob, network)
            value = finding.to_json()
            self._tell(identifier, fact(self._clock.now(), Witness.DESK, Kind.BLOB, value))
            self._reading.discard(identifier)

        self._tasks.keep(work, f"blob {identifier}")

    async def _ask_claims(self) -> None:
        """Ask the journal who else was reported with these transactions: requests of long ago, and
        those of another process. Our own answers are there first, so of two that ask at the same
        time one at least hears of the other. The ledger is asked only after that: once it has
        spoken, a row says Paid."""
        while self._to_ask:
            asked = self._to_ask[:_AT_ONCE]
            if await self._ask_about(asked):
                del self._to_ask[: len(asked)]  # others may have joined behind them
            else:
                await asyncio.sleep(_RETRY)
        self._asking = False

    async def _ask_about(self, asked: list[str]) -> bool:
        ours: dict[str, list[str]] = {}
        for identifier in asked:
            txid = self._book[identifier].request.txid
            if txid is not None:
                ours.setdefault(txid.upper(), []).append(identifier)
        try:
            await self._journal.durable()
        except Exception as error:  # noqa: BLE001 - a disk that refuses has a bar of its own
            log.info("the disk does not take what was said about a transaction: %s", error)
            return False
        try:
            named = await self._journal.claims(tuple(ours))
        except Exception as error:  # noqa: BLE001 - told, and asked again
            self._tasks.keeps_failing(_CLAIMS, error)
            return False
        self._tasks.works_again(_CLAIMS)
        for txid, rival in named:
            for identifier in ours.get(txid, ()):
                known = self._book[identifier].request.shared_with
                if rival != identifier and rival not in known:
                    self._share(identifier, rival)  # should this fail, all of it is done again
        for identifier in asked:
            entry = self._book[identifier]
            entry.claimed = True
            try:
                self.pursue(entry.request)
            except Exception as error:  # noqa: BLE001 - one row must not hold up the others
                self._tasks.failed(f"verify {identifier}", error)
        return True

    def _share(self, identifier: str, rival: str) -> None:
        shared = fact(self._clock.now(), Witness.DESK, Kind.SHARED_TXID, {"identifier": rival})
        self._tell(identifier, shared)

    def _claim(self, identifier: str, txid: str) -> None:
        other = self._book.claim(txid, identifier)
        if other is None:
            return
        for one, rival in ((identifier, other), (other, identifier)):
            if rival not in self._book[one].request.shared_with:
                self._share(one, rival)
