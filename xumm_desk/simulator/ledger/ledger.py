"""Submit transactions, close ledgers, notify listeners."""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import asdict
from typing import Any

from xumm_desk.simulator.runtime.clock import Alarm, Clock
from xumm_desk.simulator.runtime.document_store import DocumentStore
from xumm_desk.simulator.runtime.fault_switches import FaultSwitches
from xumm_desk.simulator.runtime.keys import Transaction, decode_blob, txid_of

from .records import (
    LedgerListeners,
    Override,
    PendingTx,
    Submission,
    ValidatedTx,
    affected_addresses,
)
from .state import Account, LedgerState, TokenIssuance, TrustLine, affected_nodes
from .transactors import Market, Outcome, apply, authorised, malformed

NETWORK_IDS = {"MAINNET": 0, "TESTNET": 1, "DEVNET": 2, "XAHAU": 21337, "XAHAUTESTNET": 21338}
RIPPLE_EPOCH = 946_684_800
FIRST_LEDGER = 1_000_000
BASE_FEE = 10
# Headers of older ledgers without transactions are forgotten: a shop that runs for a year would
# keep nine million of them.
KEPT_EMPTY_LEDGERS = 5000


class Ledger:
    """One network's ledger: accounts, history, the open ledger and the rhythm of closing."""

    def __init__(
        self,
        network: str,
        interval: float,
        clock: Clock,
        store: DocumentStore,
        switches: FaultSwitches,
    ) -> None:
        self.network = network
        self.network_id = NETWORK_IDS.get(network, 1)
        self.interval = interval
        self.state = LedgerState()
        self.market = Market()
        self.first = FIRST_LEDGER
        self.last = FIRST_LEDGER
        self.pending: dict[str, PendingTx] = {}
        self.entries: dict[str, ValidatedTx] = {}
        self.by_ledger: dict[int, list[str]] = {}
        self.by_account: dict[str, list[str]] = {}
        self.listeners = LedgerListeners()
        self._close_times: dict[int, int] = {}
        self._clock = clock
        self._store = store
        self._switches = switches
        self._alarm: Alarm | None = None
        self._waiting: dict[str, list[asyncio.Future[ValidatedTx]]] = {}

    # -- life ---------------------------------------------------------------

    def load(self) -> bool:
        """Load the ledger of the state file; False if there is none yet."""
        for address, document in self._store.all_of("account"):
            self.state.accounts[address] = Account.from_dict(document)
        if not self.state.accounts:
            return False
        for name, document in self._store.all_of("line"):
            self.state.lines[name] = TrustLine.from_dict(document)
        for line in self.state.lines.values():
            if line.of_token:  # an older state file holds no issuances
                self.state.issuances[line.currency] = TokenIssuance(line.currency)
        for name, document in self._store.all_of("issuance"):
            self.state.issuances[name] = TokenIssuance(**document)
        for index, document in self._store.all_of("ledger"):
            self._close_times[int(index)] = document["close_time"]
        self.last = max(self._close_times)
        for _, document in self._store.all_of("entry"):
            self._index(ValidatedTx(**document))
        for txid, document in self._store.all_of("pending"):
            fate = Override(**document.pop("override", None) or document.pop("fate", {}))
            self.pending[txid] = PendingTx(**document, override=fate)
        return True

    def begin(self) -> None:
        """Write the first ledger, with the accounts that were put into ``state``."""
        self._close_times[self.last] = self._ripple_now()
        with self._store.transaction():
            self._save_state()
            self._store.put("ledger", str(self.last), {"close_time": self._close_times[self.last]})

    def start(self) -> None:
        """Begin to close ledgers on the clock."""
        self._alarm = self._clock.call_later(self.interval, self._on_time)

    def stop(self) -> None:
        """Close no further ledger; whoever still waits for a transaction is cancelled."""
        if self._alarm is not None:
            self._alarm.cancel()
        for futures in self._waiting.values():
            for future in futures:
                future.cancel()

    # -- reading ------------------------------------------------------------

    def close_time(self, index: int) -> int:
        """Close time of a ledger in seconds of the ledger's epoch; KeyError before the first."""
        while index not in self._close_times and index > self.first:
            index -= 1
        return self._close_times[index]

    def age(self) -> int:
        """Seconds since the last ledger closed."""
        return self._ripple_now() - self._close_times[self.last]

    def ledger_hash(self, index: int) -> str:
        """64 upper hex digits, the same on every read."""
        name = f"ledger {self.network} {index}".encode()
        return hashlib.sha512(name).digest()[:32].hex().upper()

    def open_state(self) -> LedgerState:
        """The accounts as they will be when everything pending has been applied."""
        state = self.state.copy()
        for waiting in self.pending.values():
            if not waiting.override.never and waiting.override.after == 0:
                _apply_in_order(state, waiting.fields, self.market)
        return state

    async def validated(self, txid: str) -> ValidatedTx:
        """Wait until a ledger with that transaction is validated."""
        if txid in self.entries:
            return self.entries[txid]
        future: asyncio.Future[ValidatedTx] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(txid, []).append(future)
        return await future

    # -- submitting ---------------------------------------------------------

    def submit(self, blob: str, fate: Override | None = None) -> Submission:
        """Take a signed blob (hex) into the open ledger if the rules allow it."""
        blob = blob.upper()
        fields = decode_blob(blob) or {}
        txid = txid_of(blob) if fields else ""
        fate = fate or Override(never=self._switches.never_validates)
        code = self._judge(fields, txid)
        if code.startswith(("tes", "tec", "terPRE_SEQ")):
            self.pending[txid] = PendingTx(txid, blob, fields, fate)
            self._store.put("pending", txid, asdict(self.pending[txid]))
            code = fate.first or code
        submission = Submission(code, txid, fields, blob)
        if txid in self.pending:
            for listener in self.listeners.proposed:
                listener(submission)
        return submission

    def _judge(self, fields: Transaction, txid: str) -> str:
        if not fields.get("Account") or not fields.get("TransactionType"):
            return "invalid"
        bad = malformed(fields, self.network_id)
        if bad is not None:
            return bad
        state = self.open_state()
        account = state.accounts.get(fields["Account"])
        if account is None:
            return "terNO_ACCOUNT"
        allowed = authorised(state, fields)
        if allowed != "tesSUCCESS":
            return allowed
        if txid in self.pending or txid in self.entries:
            return "tefALREADY"
        if fields.get("LastLedgerSequence", self.last + 1) <= self.last:
            return "tefMAX_LEDGER"
        if int(fields["Fee"]) < BASE_FEE:
            return "telINSUF_FEE_P"
        if fields["Sequence"] < account.sequence:
            return "tefPAST_SEQ"
        if fields["Sequence"] > account.sequence:
            return "terPRE_SEQ"
        return apply(state, fields, self.market).code

    # -- closing ------------------------------------------------------------

    def _on_time(self) -> None:
        self._alarm = self._clock.call_later(self.interval, self._on_time)
        self.close_now()

    def close_now(self) -> int:
        """Close and validate one ledger; returns its index."""
        index = self.last + 1
        date = max(self._close_times[self.last], self._ripple_now())
        fresh: list[ValidatedTx] = []
        gone: list[str] = []
        progress = True
        while progress:
            progress = False
            for waiting in list(self.pending.values()):
                if waiting.txid in gone:
                    continue
                verdict = self._try_include(waiting, index, date, len(fresh))
                if isinstance(verdict, ValidatedTx):
                    fresh.append(verdict)
                if verdict is not None:
                    gone.append(waiting.txid)
                    progress = True
        for waiting in self.pending.values():
            waiting.override.after = max(0, waiting.override.after - 1)
        for txid in gone:
            del self.pending[txid]
        self.last = index
        self._close_times[index] = date
        self._save(index, date, fresh, gone)
        self._announce(index, fresh)
        return index

    def _try_include(
        self, waiting: PendingTx, index: int, date: int, place: int
    ) -> ValidatedTx | str | None:
        fields = waiting.fields
        if fields.get("LastLedgerSequence", index) < index:
            return "tefMAX_LEDGER"
        if waiting.override.never or waiting.override.after > 0:
            return None
        before = self.state.copy()
        outcome = _apply_in_order(self.state, fields, self.market, waiting.override.result)
        if outcome is None:
            return None
        if not outcome.included:
            self.state = before
            return outcome.code
        account = self.state.accounts[fields["Account"]]
        account.previous_txid, account.previous_ledger = waiting.txid, index
        meta: dict[str, Any] = {
            "AffectedNodes": affected_nodes(before, self.state, fields),
            "TransactionIndex": place,
            "TransactionResult": outcome.code,
        }
        if outcome.delivered is not None:
            meta["delivered_amount"] = outcome.delivered
            if outcome.delivered != fields.get("Amount"):
                meta["DeliveredAmount"] = outcome.delivered
        return ValidatedTx(waiting.txid, waiting.blob, fields, meta, index, date)

    def _save(self, index: int, date: int, fresh: list[ValidatedTx], gone: list[str]) -> None:
        with self._store.transaction():
            self._store.put("ledger", str(index), {"close_time": date})
            for entry in fresh:
                self._store.put("entry", entry.txid, asdict(entry))
            for txid in gone:
                self._store.drop("pending", txid)
            old = index - KEPT_EMPTY_LEDGERS
            if old > self.first and old not in self.by_ledger:
                self._close_times.pop(old, None)
                self._store.drop("ledger", str(old))
            if fresh:
                self._save_state()

    def _save_state(self) -> None:
        for account in self.state.accounts.values():
            self._store.put("account", account.address, account.as_dict())
        for line in self.state.lines.values():
            self._store.put("line", line.name, line.as_dict())
        for token in self.state.issuances.values():
            self._store.put("issuance", token.issuance_id, token.as_dict())

    def rewrite(self, state: LedgerState) -> None:
        """Put another state in place of the present one, without a transaction."""
        with self._store.transaction():
            for address in self.state.accounts.keys() - state.accounts.keys():
                self._store.drop("account", address)
            for name in self.state.lines.keys() - state.lines.keys():
                self._store.drop("line", name)
            for token in self.state.issuances.keys() - state.issuances.keys():
                self._store.drop("issuance", token)
            self.state = state
            self._save_state()

    def _announce(self, index: int, fresh: list[ValidatedTx]) -> None:
        for entry in fresh:
            self._index(entry)
        for tell_closed in self.listeners.closed:
            tell_closed(index, len(fresh))
        for entry in fresh:
            for listener in self.listeners.validated:
                listener(entry)
            for future in self._waiting.pop(entry.txid, []):
                if not future.done():
                    future.set_result(entry)

    def _index(self, entry: ValidatedTx) -> None:
        self.entries[entry.txid] = entry
        self.by_ledger.setdefault(entry.ledger_index, []).append(entry.txid)
        for address in affected_addresses(entry):
            self.by_account.setdefault(address, []).append(entry.txid)

    def _ripple_now(self) -> int:
        return int(self._clock.now()) - RIPPLE_EPOCH


def _apply_in_order(
    state: LedgerState, fields: Transaction, market: Market, forced: str | None = None
) -> Outcome | None:
    """Apply if it is the account's turn; None when an earlier sequence is still missing."""
    account = state.accounts.get(fields["Account"])
    if account is None:
        return Outcome("terNO_ACCOUNT")
    if fields["Sequence"] > account.sequence:
        return None
    if fields["Sequence"] < account.sequence:
        return Outcome("tefPAST_SEQ")
    if forced is not None:
        account.balance -= int(fields["Fee"])
        account.sequence += 1
        return Outcome(forced)
    return apply(state, fields, market)
