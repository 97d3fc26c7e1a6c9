"""Knows the ledger's request methods and answer shapes (API 1 and 2); not HTTP or sockets."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from xrpl.core.addresscodec import is_valid_classic_address
from xrpl.core.binarycodec.definitions import definitions

from .ledger import BASE_FEE, RIPPLE_EPOCH, Entry, Ledger, Submission
from .ledger_state import RESERVE_BASE, RESERVE_EACH, plain
from .wallets import Transaction

Request = dict[str, Any]
Answer = dict[str, Any]
_PAGE = 200
_BAD_ADDRESS = ("actMalformed", 35, "Account malformed.")


class LedgerError(Exception):
    """A request the node answers with an error: token, number and sentence."""

    def __init__(self, token: str, number: int, sentence: str, **extra: Any) -> None:
        super().__init__(sentence)
        self.body: Answer = {"error": token, "error_code": number, "error_message": sentence}
        self.body.update(extra)


class LedgerRequests:
    """Answers one request at a time; ``answer`` raises LedgerError for refusals (P§9.4)."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._methods: dict[str, Callable[[Request, int], Answer]] = {
            "tx": self._tx,
            "submit": self._submit,
            "account_info": self._account_info,
            "account_lines": self._account_lines,
            "account_tx": self._account_tx,
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
        if version not in (1, 2):
            raise LedgerError("invalid_API_version", 6, "API version unsupported.")
        handler = self._methods.get(method)
        if handler is None:
            raise LedgerError("unknownCmd", 32, "Unknown method.")
        return handler(request, version)

    def _tx(self, request: Request, version: int) -> Answer:
        txid = str(request.get("transaction", "")).upper()
        if "ctid" in request:
            txid = self._by_ctid(str(request["ctid"]))
        elif len(txid) != 64 or not set(txid) <= set("0123456789ABCDEF"):
            raise LedgerError("notImpl", 74, "Not implemented.")
        entry = self._ledger.entries.get(txid)
        if entry is not None:
            return self.entry_answer(entry, version)
        pending = self._ledger.pending.get(txid)
        if pending is not None and not pending.fate.never:
            body = shown(pending.fields, version)
            if version == 1:
                return body | {"hash": txid, "validated": False}
            return {"tx_json": body, "hash": txid, "validated": False}
        extra = {}
        if "min_ledger" in request and "max_ledger" in request:
            held = (
                self._ledger.first <= request["min_ledger"]
                and request["max_ledger"] <= self._ledger.last
            )
            extra["searched_all"] = held
        raise LedgerError("txnNotFound", 29, "Transaction not found.", **extra)

    def _by_ctid(self, ctid: str) -> str:
        try:
            number = int(ctid, 16)
        except ValueError:
            raise LedgerError("invalidParams", 31, "Invalid CTID.") from None
        inside = self._ledger.by_ledger.get((number >> 32) & 0x0FFFFFFF, [])
        place = (number >> 16) & 0xFFFF
        return inside[place] if place < len(inside) else "0" * 64

    def entry_answer(self, entry: Entry, version: int) -> Answer:
        """A validated transaction as ``tx`` answers it."""
        ctid = self._ctid(entry)
        place = {"date": entry.date, "ledger_index": entry.ledger_index}
        body = shown(entry.fields, version)
        common = {"meta": entry.meta, "hash": entry.txid, "validated": True, "ctid": ctid}
        if version == 1:
            return body | place | common | {"inLedger": entry.ledger_index}
        return common | {
            "tx_json": body | place | {"ctid": ctid},
            "ledger_index": entry.ledger_index,
            "ledger_hash": self._ledger.ledger_hash(entry.ledger_index),
            "close_time_iso": iso(entry.date),
        }

    def _ctid(self, entry: Entry) -> str:
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
            "tx_json": shown(sent.fields, version) | {"hash": sent.txid},
            "validated_ledger_index": self._ledger.last,
        }

    def _account_info(self, request: Request, version: int) -> Answer:
        address = _address(request)
        state = self._ledger.state
        current = request.get("ledger_index") in ("current", None)
        if current:
            state = self._ledger.open_state()
        account = state.accounts.get(address)
        if account is None:
            raise LedgerError("actNotFound", 19, "Account not found.", account=address)
        data: Answer = {
            "Account": address,
            "Balance": str(account.balance),
            "Flags": account.flags,
            "LedgerEntryType": "AccountRoot",
            "OwnerCount": (state.reserve(address) - RESERVE_BASE) // RESERVE_EACH,
            "PreviousTxnID": account.previous_txid,
            "PreviousTxnLgrSeq": account.previous_ledger,
            "Sequence": account.sequence,
        }
        if account.regular_key:
            data["RegularKey"] = account.regular_key
        answer: Answer = {"account_data": data, **self._standing(request)}
        answer["account_flags"] = {
            "requireDestinationTag": bool(account.flags & 0x00020000),
            "disableMasterKey": bool(account.flags & 0x00100000),
        }
        if request.get("signer_lists"):
            (answer if version > 1 else data)["signer_lists"] = _signer_lists(
                account.signer_quorum, account.signers
            )
        return answer

    def _account_lines(self, request: Request, version: int) -> Answer:
        del version
        address = _address(request)
        if address not in self._ledger.state.accounts:
            raise LedgerError("actNotFound", 19, "Account not found.")
        lines = []
        for line in self._ledger.state.lines.values():
            if address not in (line.holder, line.issuer):
                continue
            mine = line.holder == address
            lines.append(
                {
                    "account": line.issuer if mine else line.holder,
                    "balance": plain(line.balance if mine else -line.balance),
                    "currency": line.currency,
                    "limit": plain(line.limit) if mine else "0",
                    "limit_peer": "0" if mine else plain(line.limit),
                    "quality_in": 0,
                    "quality_out": 0,
                }
            )
        return {"account": address, "lines": lines, **self._standing(request)}

    def _account_tx(self, request: Request, version: int) -> Answer:
        address = _address(request)
        lowest, highest = self._range(request)
        txids = self._ledger.by_account.get(address, [])
        entries = [self._ledger.entries[t] for t in txids]
        chosen = [e for e in entries if lowest <= e.ledger_index <= highest]
        if not request.get("forward"):
            chosen.reverse()
        marker = request.get("marker")
        if marker is not None:
            places = [(e.ledger_index, e.meta["TransactionIndex"]) for e in chosen]
            try:
                start = places.index((marker["ledger"], marker["seq"]))
            except (ValueError, TypeError, KeyError):
                raise LedgerError("invalidParams", 31, "Invalid field 'marker'.") from None
            chosen = chosen[start:]
        limit = max(1, min(int(request.get("limit") or _PAGE), _PAGE * 2))
        page, rest = chosen[:limit], chosen[limit:]
        answer: Answer = {
            "account": address,
            "ledger_index_min": lowest,
            "ledger_index_max": highest,
            "limit": limit,
            "transactions": [self._listed(e, version) for e in page],
            "validated": True,
        }
        if rest:
            place = rest[0].meta["TransactionIndex"]
            answer["marker"] = {"ledger": rest[0].ledger_index, "seq": place}
        return answer

    def _range(self, request: Request) -> tuple[int, int]:
        first, last = self._ledger.first, self._ledger.last
        if request.get("ledger_index") is not None:
            index = self._index_of(request)
            return index, index
        low = request.get("ledger_index_min", -1)
        high = request.get("ledger_index_max", -1)
        lowest = first if low in (-1, None) else int(low)
        highest = last if high in (-1, None) else int(high)
        if request.get("api_version", 1) > 1 and (lowest > last or highest < first):
            raise LedgerError("lgrIdxMalformed", 58, "Ledger index malformed.")
        if lowest > highest:
            raise LedgerError("lgrIdxsInvalid", 57, "Ledger indexes invalid.")
        return max(lowest, first), min(highest, last)

    def _listed(self, entry: Entry, version: int) -> Answer:
        body = shown(entry.fields, version)
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
            for index in range(self._ledger.last, self._ledger.first - 1, -1):
                if self._ledger.ledger_hash(index) == wanted:
                    return index
            raise LedgerError("lgrNotFound", 21, "ledgerNotFound")
        name = request.get("ledger_index", "current")
        if name in ("validated", "closed"):
            return self._ledger.last
        if name in ("current", None):
            return self._ledger.last + 1
        if not str(name).isdigit():
            raise LedgerError("invalidParams", 31, "Invalid field 'ledger_index'.")
        index = int(name)
        if not self._ledger.first <= index <= self._ledger.last + 1:
            raise LedgerError("lgrNotFound", 21, "ledgerNotFound")
        return index

    def _standing(self, request: Request) -> Answer:
        if request.get("ledger_index") in ("current", None):
            return {"ledger_current_index": self._ledger.last + 1, "validated": False}
        last = self._ledger.last
        return {
            "ledger_hash": self._ledger.ledger_hash(last),
            "ledger_index": last,
            "validated": True,
        }

    def _ledger_closed(self, request: Request, version: int) -> Answer:
        del request, version
        return {"ledger_hash": self._hash(-1), "ledger_index": self._ledger.last}

    def _ledger_current(self, request: Request, version: int) -> Answer:
        del request, version
        return {"ledger_current_index": self._ledger.last + 1}

    def _server_info(self, request: Request, version: int) -> Answer:
        del request, version
        last = self._ledger.last
        return {
            "info": {
                "build_version": "2.6.0",
                "complete_ledgers": f"{self._ledger.first}-{last}",
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


def shown(fields: Transaction, version: int) -> Transaction:
    """Transaction fields as an answer shows them: API 2 renames a Payment's ``Amount``."""
    body = dict(fields)
    if body.get("TransactionType") == "Payment" and "Amount" in body:
        body["DeliverMax"] = body["Amount"]
        if version > 1:
            del body["Amount"]
    return body


def iso(ripple_seconds: int) -> str:
    """A ledger time as ISO text in UTC."""
    moment = datetime.fromtimestamp(ripple_seconds + RIPPLE_EPOCH, UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def result_number(code: str) -> int:
    """The number of a result code, -1 for one this codec does not list."""
    try:
        return int(definitions.get_transaction_result_code(code))
    except KeyError:
        return -1


def result_sentence(code: str) -> str:
    """What a node says beside the code."""
    if code == "tesSUCCESS":
        return "The transaction was applied. Only final in a validated ledger."
    return f"The transaction got {code}."


def _address(request: Request) -> str:
    address = request.get("account")
    if not isinstance(address, str) or not is_valid_classic_address(address):
        raise LedgerError(*_BAD_ADDRESS)
    return address


def _signer_lists(quorum: int, signers: list[tuple[str, int]]) -> list[Answer]:
    if not signers:
        return []
    entries = [{"SignerEntry": {"Account": a, "SignerWeight": w}} for a, w in signers]
    return [
        {
            "LedgerEntryType": "SignerList",
            "SignerEntries": entries,
            "SignerListID": 0,
            "SignerQuorum": quorum,
        }
    ]
