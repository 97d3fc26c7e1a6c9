"""The ledger's request methods and the shapes of their answers (API 1 and 2)."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime

from xumm_desk.simulator.runtime.market_prices import MarketPrices

from .account_requests import AccountRequests
from .answers import (
    Answer,
    LedgerError,
    Request,
    for_api_version,
    iso,
    result_number,
    result_sentence,
)
from .entry_requests import EntryRequests
from .ledger import BASE_FEE, Ledger
from .market_requests import MarketRequests
from .node_history import NodeHistory
from .records import Submission, ValidatedTx
from .state import RESERVE_BASE, RESERVE_EACH

ONE_VERSION = frozenset({21337, 21338})
"""Networks of xahaud, whose newest API version is 1."""


class LedgerRequests:
    """Answers one request at a time; ``answer`` raises LedgerError for refusals (P§9.4)."""

    def __init__(
        self, ledger: Ledger, history: NodeHistory, prices: MarketPrices | None = None
    ) -> None:
        self._ledger = ledger
        self._history = history
        self._accounts = AccountRequests(ledger, self._listed, self._index_of, history)
        market = MarketRequests(ledger, prices or MarketPrices())
        entries = EntryRequests(
            ledger,
            self._accounts.account_info,
            self._accounts.standing,
            tokens=ledger.network_id not in ONE_VERSION,
        )
        self._methods: dict[str, Callable[[Request, int], Answer]] = {
            "tx": self._tx,
            "submit": self._submit,
            "account_info": self._accounts.account_info,
            "account_lines": self._accounts.account_lines,
            "ledger_entry": entries.ledger_entry,
            "account_tx": self._accounts.account_tx,
            "get_aggregate_price": market.get_aggregate_price,
            "book_offers": market.book_offers,
            "amm_info": market.amm_info,
            "ledger": self._ledger_header,
            "ledger_closed": self._ledger_closed,
            "ledger_current": self._ledger_current,
            "server_info": self._server_info,
            "fee": self._fee,
            "ping": lambda _request, _version: {},
        }

    def answer(self, method: str, request: Request) -> Answer:
        """The ``result`` object of a request, without ``status``."""
        version = request.get("api_version", 1)
        self.check_version(version)
        handler = self._methods.get(method)
        if handler is None:
            raise LedgerError("unknownCmd", 32, "Unknown method.")
        return handler(request, version)

    def check_version(self, version: object) -> None:
        """Refuse an API version that the network's nodes do not know: xahaud knows the first."""
        newest = 1 if self._ledger.network_id in ONE_VERSION else 2
        if not isinstance(version, int) or not 1 <= version <= newest:
            raise LedgerError("invalid_API_version", 6, "API version unsupported.")

    def _tx(self, request: Request, version: int) -> Answer:
        txid = str(request.get("transaction", "")).upper()
        if "ctid" in request:
            txid = self._by_ctid(str(request["ctid"]))
        elif len(txid) != 64 or not set(txid) <= set("0123456789ABCDEF"):
            raise LedgerError("notImpl", 74, "Not implemented.")
        entry = self._ledger.entries.get(txid)
        held = range(self._history.first, self._history.last + 1)
        if entry is not None and entry.ledger_index in held:
            return self.entry_answer(entry, version)
        pending = self._ledger.pending.get(txid)
        if pending is not None and not pending.override.never:
            body = for_api_version(pending.fields, version)
            if version == 1:
                return body | {"hash": txid, "validated": False}
            return {"tx_json": body, "hash": txid, "validated": False}
        extra = {}
        if "min_ledger" in request and "max_ledger" in request:
            extra["searched_all"] = (
                self._history.first <= request["min_ledger"]
                and request["max_ledger"] <= self._history.last
            )
        raise LedgerError("txnNotFound", 29, "Transaction not found.", **extra)

    def _by_ctid(self, ctid: str) -> str:
        try:
            number = int(ctid, 16)
        except ValueError:
            raise LedgerError("invalidParams", 31, "Invalid CTID.") from None
        inside = self._ledger.by_ledger.get((number >> 32) & 0x0FFFFFFF, [])
        place = (number >> 16) & 0xFFFF
        return inside[place] if place < len(inside) else "0" * 64

    def entry_answer(self, entry: ValidatedTx, version: int) -> Answer:
        """A validated transaction as ``tx`` answers it."""
        ctid = self._ctid(entry)
        place = {"date": entry.date, "ledger_index": entry.ledger_index}
        body = for_api_version(entry.fields, version)
        common = {"meta": entry.meta, "hash": entry.txid, "validated": True, "ctid": ctid}
        if version == 1:
            return body | place | common | {"inLedger": entry.ledger_index}
        return common | {
            "tx_json": body | place | {"ctid": ctid},
            "ledger_index": entry.ledger_index,
            "ledger_hash": self._ledger.ledger_hash(entry.ledger_index),
            "close_time_iso": iso(entry.date),
        }

    def _ctid(self, entry: ValidatedTx) -> str:
        place = entry.meta["TransactionIndex"]
        return f"C{entry.ledger_index:07X}{place:04X}{self._ledger.network_id & 0xFFFF:04X}"

    def _submit(self, request: Request, version: int) -> Answer:
        blob = str(request.get("tx_blob", ""))
        if not blob:
            raise LedgerError("invalidParams", 31, "Missing field 'tx_blob'.")
        try:
            bytes.fromhex(blob)
        except ValueError:
            raise LedgerError("invalidParams", 31, "Invalid parameters.") from None
        sent = self._ledger.submit(blob)
        if sent.code == "invalid":
            raise LedgerError(
                "invalidTransaction",
                0,
                "Invalid transaction.",
                error_exception="fails local checks: Invalid signature.",
            )
        return self._submitted(sent, version)

    def _submitted(self, sent: Submission, version: int) -> Answer:
        account = self._ledger.open_state().accounts.get(sent.fields["Account"])
        following = account.sequence if account else 0
        kept = sent.txid in self._ledger.pending
        return {
            "accepted": kept,
            "account_sequence_available": following,
            "account_sequence_next": following,
            "applied": sent.code.startswith("tes"),
            "broadcast": kept,
            "engine_result": sent.code,
            "engine_result_code": result_number(sent.code),
            "engine_result_message": result_sentence(sent.code),
            "kept": kept,
            "open_ledger_cost": str(BASE_FEE),
            "queued": sent.code == "terQUEUED",
            "tx_blob": sent.blob,
            "tx_json": for_api_version(sent.fields, version) | {"hash": sent.txid},
            "validated_ledger_index": self._ledger.last,
        }

    def _listed(self, entry: ValidatedTx, version: int) -> Answer:
        body = for_api_version(entry.fields, version)
        place = {"date": entry.date, "ledger_index": entry.ledger_index}
        if version == 1:
            inside = body | place | {"hash": entry.txid, "inLedger": entry.ledger_index}
            return {"meta": entry.meta, "tx": inside, "validated": True}
        return {
            "close_time_iso": iso(entry.date),
            "hash": entry.txid,
            "ledger_hash": self._ledger.ledger_hash(entry.ledger_index),
            "ledger_index": entry.ledger_index,
            "meta": entry.meta,
            "tx_json": body | place | {"ctid": self._ctid(entry)},
            "validated": True,
        }

    def _ledger_header(self, request: Request, version: int) -> Answer:
        index = self._index_of(request)
        if index == self._ledger.last + 1:
            return {
                "ledger": {"closed": False, "ledger_index": index, "parent_hash": self._hash(-1)},
                "ledger_current_index": index,
                "validated": False,
            }
        time_ = self._ledger.close_time(index)
        inside = self._ledger.by_ledger.get(index, [])
        header: Answer = {
            "account_hash": self._ledger.ledger_hash(-index),
            "close_flags": 0,
            "close_time": time_,
            "close_time_human": iso(time_),
            "close_time_iso": iso(time_),
            "close_time_resolution": 10,
            "closed": True,
            "ledger_hash": self._ledger.ledger_hash(index),
            "ledger_index": index if version > 1 else str(index),
            "parent_hash": self._ledger.ledger_hash(index - 1),
            "total_coins": "100000000000000000",
        }
        if request.get("transactions"):
            entries = [self._ledger.entries[t] for t in inside]
            expand = request.get("expand")
            header["transactions"] = [
                self._listed(e, version) if expand else e.txid for e in entries
            ]
        return {
            "ledger": header,
            "ledger_hash": header["ledger_hash"],
            "ledger_index": index,
            "validated": True,
        }

    def _hash(self, offset: int) -> str:
        return self._ledger.ledger_hash(self._ledger.last + 1 + offset)

    def _index_of(self, request: Request) -> int:
        if request.get("ledger_hash"):
            wanted = request["ledger_hash"]
            for index in range(self._history.last, self._history.first - 1, -1):
                if self._ledger.ledger_hash(index) == wanted:
                    return index
            raise LedgerError("lgrNotFound", 21, "ledgerNotFound")
        name = request.get("ledger_index", "current")
        if name in ("validated", "closed"):
            return self._history.last
        if name in ("current", None):
            return self._ledger.last + 1
        if not str(name).isdigit():
            raise LedgerError("invalidParams", 31, "Invalid field 'ledger_index'.")
        index = int(name)
        if not self._history.first <= index <= self._ledger.last + 1:
            raise LedgerError("lgrNotFound", 21, "ledgerNotFound")
        return index

    def _ledger_closed(self, request: Request, version: int) -> Answer:
        del request, version
        return {"ledger_hash": self._hash(-1), "ledger_index": self._ledger.last}

    def _ledger_current(self, request: Request, version: int) -> Answer:
        del request, version
        return {"ledger_current_index": self._ledger.last + 1}

    def _server_info(self, request: Request, version: int) -> Answer:
        del request, version
        last = self._history.last
        return {
            "info": {
                "build_version": "2.6.0",
                "complete_ledgers": f"{self._history.first}-{last}",
                "hostid": "PRACTICE",
                "io_latency_ms": 1,
                "load_factor": 1,
                "network_id": self._ledger.network_id,
                "peers": 21,
                "server_state": "full",
                "time": datetime.now(UTC).strftime("%Y-%b-%d %H:%M:%S.%f UTC"),
                "uptime": int(time.monotonic()),
                "validated_ledger": {
                    "age": max(0, self._ledger.age()),
                    "base_fee_xrp": BASE_FEE / 1_000_000,
                    "hash": self._ledger.ledger_hash(last),
                    "reserve_base_xrp": RESERVE_BASE // 1_000_000,
                    "reserve_inc_xrp": RESERVE_EACH / 1_000_000,
                    "seq": last,
                },
                "validation_quorum": 28,
            }
        }

    def _fee(self, request: Request, version: int) -> Answer:
        del request, version
        fee = str(BASE_FEE)
        return {
            "current_ledger_size": str(len(self._ledger.pending)),
            "current_queue_size": "0",
            "drops": {
                "base_fee": fee,
                "median_fee": "5000",
                "minimum_fee": fee,
                "open_ledger_fee": fee,
            },
            "expected_ledger_size": "24",
            "ledger_current_index": self._ledger.last + 1,
            "levels": {
                "median_level": "128000",
                "minimum_level": "256",
                "open_ledger_level": "256",
                "reference_level": "256",
            },
            "max_queue_size": "480",
        }
