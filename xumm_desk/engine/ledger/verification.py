"""Verify signed requests: check the blob, look up the transaction, find others with the same txid.

Each finding is recorded as a fact, and `Desk.record` calls `advance` again until nothing is left.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Final

from xumm_desk.core.state.facts import FactKind, Source, make_fact
from xumm_desk.core.state.lifecycle import Request
from xumm_desk.core.verdict.signature_checks import regular_keys_to_verify
from xumm_desk.engine.runtime.context import Engine

from .transaction_lookup import TransactionLookup

log = logging.getLogger(__name__)

_AT_ONCE: Final = 400
_CLAIMS: Final = "claims"
_RETRY: Final = 1.0


class Verification:
    """Starts each check once it is due, and records what it found."""

    def __init__(
        self,
        engine: Engine,
        lookup: TransactionLookup | None,
        load: Callable[[str], Awaitable[bool]],
    ) -> None:
        """`load` brings an older request into memory; whether it is there."""
        self._engine = engine
        self._lookup = lookup
        self._load = load
        # Requests whose blob is being checked.
        self._blobs_in_check: set[str] = set()
        # Its work holds the interpreter: several at once only slow each other and the window down.
        self._one_blob = asyncio.Lock()
        # Requests about whose transaction the journal is still to be asked.
        self._claims_to_check: list[str] = []
        # Whether the task that asks is running.
        self._checking_claims = False

    def follows(self, identifier: str) -> bool:
        """Whether a check of the request is on its way."""
        return (
            identifier in self._blobs_in_check
            or identifier in self._claims_to_check
            or (self._lookup is not None and self._lookup.follows(identifier))
        )

    def advance(self, request: Request) -> None:
        """Start every check of `request` that can be made now and was not."""
        if not (request.signed or request.txid or request.blob or request.payments):
            return  # not reported as signed
        answer = request.platform
        entry = self._engine.registry[request.identifier]
        if request.txid is not None and entry.claimed_txids is None:
            entry.claimed_txids = False
            self._claims_to_check.append(request.identifier)
            if not self._checking_claims:
                self._checking_claims = True
                self._engine.tasks.keep_running(self._check_txid_claims, _CLAIMS)
        if answer is not None and answer.signed and answer.hex and request.blob is None:
            self._read_blob(request.identifier, answer.hex, request.spec.network)
        for txid in request.txids:
            self._claim_txid(request.identifier, txid)
        if self._lookup is not None:
            known = {one.account for one in request.regular_keys}
            for key in regular_keys_to_verify(request):
                if key.account not in known:
                    self._lookup.fetch_regular_key(request.identifier, key.account)
        decided = request.ledger_never or (request.ledger is not None and request.ledger.validated)
        if (
            self._lookup is not None
            and request.spec.is_submitted
            and request.blob is not None
            and request.txid is not None
            and not decided
            and entry.claimed_txids
        ):
            self._lookup.follow_transaction(request)

    def _read_blob(self, identifier: str, blob: str, network: str) -> None:
        if identifier in self._blobs_in_check:
            return
        self._blobs_in_check.add(identifier)

        async def work() -> None:
            # A bug says nothing about the blob, so it is no finding: the blob is checked again.
            async with self._one_blob:
                finding = await asyncio.to_thread(self._engine.codec.read_blob, blob, network)
            value = finding.to_json()
            self._engine.record(
                identifier,
                make_fact(self._engine.clock.now(), Source.DESK, FactKind.BLOB_CHECK, value),
            )
            self._blobs_in_check.discard(identifier)

        self._engine.tasks.keep_running(work, f"blob {identifier}")

    async def _check_txid_claims(self) -> None:
        """Ask the journal which other requests were reported with these transactions: old ones, and
        those of another process. Our own answers are journaled first, so of two processes that ask
        at the same time at least one finds the other. The ledger is asked only afterwards, because
        its answer makes a row Paid."""
        while self._claims_to_check:
            asked = self._claims_to_check[:_AT_ONCE]
            if await self._check_claims_of(asked):
                del self._claims_to_check[: len(asked)]  # others may have joined behind them
            else:
                await asyncio.sleep(_RETRY)
        self._checking_claims = False

    async def _check_claims_of(self, asked: list[str]) -> bool:
        ours: dict[str, list[str]] = {}
        for identifier in asked:
            txid = self._engine.registry[identifier].request.txid
            if txid is not None:
                ours.setdefault(txid.upper(), []).append(identifier)
        try:
            await self._engine.journal.durable()
        except Exception as error:  # noqa: BLE001 - a disk that refuses has a bar of its own
            log.info("the disk does not take what was said about a transaction: %s", error)
            return False
        try:
            named = await self._engine.journal.requests_for_txids(tuple(ours))
        except Exception as error:  # noqa: BLE001 - told, and asked again
            self._engine.tasks.on_persistent_failure(_CLAIMS, error)
            return False
        self._engine.tasks.on_recovered(_CLAIMS)
        # If one of these raises, the whole step is repeated.
        for txid, other in named:
            for identifier in ours.get(txid, ()):
                if other == identifier:
                    continue
                self._note_same_txid(identifier, other)
                # The older one was Paid with it until now.
                if await self._load(other):
                    self._note_same_txid(other, identifier)
        for identifier in asked:
            entry = self._engine.registry[identifier]
            entry.claimed_txids = True
            try:
                self.advance(entry.request)
            except Exception as error:  # noqa: BLE001 - one row must not hold up the others
                self._engine.tasks.failed(f"verify {identifier}", error)
        return True

    def _note_same_txid(self, identifier: str, other: str) -> None:
        if other not in self._engine.request(identifier).same_txid_as:
            self._record_same_txid(identifier, other)

    def _record_same_txid(self, identifier: str, other: str) -> None:
        shared = make_fact(
            self._engine.clock.now(), Source.DESK, FactKind.SHARED_TXID, {"identifier": other}
        )
        self._engine.record(identifier, shared)

    def _claim_txid(self, identifier: str, txid: str) -> None:
        other = self._engine.registry.claim_txid(txid, identifier)
        if other is None:
            return
        for one, same in ((identifier, other), (other, identifier)):
            self._note_same_txid(one, same)
