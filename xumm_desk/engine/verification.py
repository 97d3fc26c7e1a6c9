"""Has signed requests verified: the blob here, the transaction on the ledger, one claim a txid.

Knows what follows from an answer; must not know what the findings make of the row.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from xumm_desk.core.facts import Fact, Kind, Witness, fact
from xumm_desk.core.lifecycle import Request
from xumm_desk.core.signed import foreign_keys

from .book import Book
from .ports import Clock, Codec
from .tasks import TaskOwner
from .witness import LedgerWitness


class Verification:
    """Starts each check that is due once, and tells what it found."""

    def __init__(
        self,
        *,
        book: Book,
        codec: Codec,
        witness: LedgerWitness | None,
        clock: Clock,
        tasks: TaskOwner,
        tell: Callable[[str, Fact], None],
    ) -> None:
        self._book = book
        self._codec = codec
        self._witness = witness
        self._clock = clock
        self._tasks = tasks
        self._tell = tell
        self._reading: set[str] = set()

    def pursue(self, request: Request) -> None:
        """Start whatever check of `request` can be made now and was not."""
        answer = request.platform
        if answer is not None and answer.signed and answer.hex and request.blob is None:
            self._read_blob(request.identifier, answer.hex)
        for txid in (request.txid, *(p.tx.txid for p in request.payments)):
            if txid is not None:
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
        ):
            self._witness.prove(request)

    def _read_blob(self, identifier: str, blob: str) -> None:
        if identifier in self._reading:
            return
        self._reading.add(identifier)

        async def work() -> None:
            try:
                finding = await asyncio.to_thread(self._codec.read_blob, blob)
            finally:
                self._reading.discard(identifier)
            value = finding.to_json()
            self._tell(identifier, fact(self._clock.now(), Witness.DESK, Kind.BLOB, value))

        self._tasks.start(work(), f"blob {identifier}")

    def _claim(self, identifier: str, txid: str) -> None:
        other = self._book.claim(txid, identifier)
        if other is None:
            return
        for one, rival in ((identifier, other), (other, identifier)):
            shared = fact(self._clock.now(), Witness.DESK, Kind.SHARED_TXID, {"identifier": rival})
            if rival not in self._book[one].request.shared_with:
                self._tell(one, shared)
