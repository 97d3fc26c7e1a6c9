"""Answers about accounts: `account_info`, `account_lines`, `account_tx`."""

from __future__ import annotations

from collections.abc import Callable

from xrpl.core.addresscodec import is_valid_classic_address

from .account_settings import ACCOUNT_FLAGS
from .answers import Answer, LedgerError, Request
from .ledger import Ledger
from .node_history import NodeHistory
from .records import ValidatedTx
from .state import RESERVE_BASE, RESERVE_EACH, TrustLine, entry_index, plain

_PAGE = 200
_BAD_ADDRESS = ("actMalformed", 35, "Account malformed.")


class AccountRequests:
    """``account_info``, ``account_lines`` and ``account_tx``.

    ``listed`` shows one entry in a list, ``index_of`` resolves a request's ledger.
    """

    def __init__(
        self,
        ledger: Ledger,
        listed: Callable[[ValidatedTx, int], Answer],
        index_of: Callable[[Request], int],
        history: NodeHistory,
    ) -> None:
        self._ledger = ledger
        self._history = history
        self._listed = listed
        self._index_of = index_of

    def account_info(self, request: Request, version: int) -> Answer:
        """Balance, sequence, regular key, signer lists on request."""
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
        answer: Answer = {"account_data": data, **self.standing(request)}
        answer["account_flags"] = {
            name: bool(account.flags & bit) for name, bit in ACCOUNT_FLAGS.items()
        }
        if request.get("signer_lists"):
            (answer if version > 1 else data)["signer_lists"] = _signer_lists(
                account.signer_quorum, account.signers
            )
        return answer

    def account_lines(self, request: Request, version: int) -> Answer:
        """Trust lines from the account's side."""
        del version
        address = _address(request)
        if address not in self._ledger.state.accounts:
            raise LedgerError("actNotFound", 19, "Account not found.")
        peer = request.get("peer")
        found = [
            line
            for line in self._ledger.state.lines.values()
            if not line.of_token
            and address in (line.holder, line.issuer)
            and peer in (None, line.holder, line.issuer)
        ]
        found.sort(key=lambda line: line.name)
        # As a node: from 10 to 400 lines, and a marker that names the last one.
        limit = max(10, min(int(request.get("limit") or _PAGE), _PAGE * 2))
        marker = request.get("marker")
        if marker is not None:
            if marker not in (entry_index(line.name) for line in found):
                raise LedgerError("invalidParams", 31, "Invalid field 'marker'.")
            while found and entry_index(found.pop(0).name) != marker:
                continue
        answer: Answer = {
            "account": address,
            "lines": [_listed_line(line, address) for line in found[:limit]],
            **self.standing(request),
        }
        if found[limit:]:
            answer["marker"] = entry_index(found[limit - 1].name)
            answer["limit"] = limit
        return answer

    def account_tx(self, request: Request, version: int) -> Answer:
        """History in pages, newest first unless ``forward``."""
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
        if request.get("ledger_index") is not None:
            index = self._index_of(request)
            return index, index
        low = request.get("ledger_index_min")
        high = request.get("ledger_index_max")
        return self._history.span(
            None if low is None else int(low),
            None if high is None else int(high),
            request.get("api_version", 1),
        )

    def standing(self, request: Request) -> Answer:
        """Which ledger an answer is about."""
        if request.get("ledger_index") in ("current", None):
            return {"ledger_current_index": self._ledger.last + 1, "validated": False}
        last = self._ledger.last
        return {
            "ledger_hash": self._ledger.ledger_hash(last),
            "ledger_index": last,
            "validated": True,
        }


def _address(request: Request) -> str:
    address = request.get("account")
    if not isinstance(address, str) or not is_valid_classic_address(address):
        raise LedgerError(*_BAD_ADDRESS)
    return address


def _listed_line(line: TrustLine, address: str) -> Answer:
    mine = line.holder == address
    listed: Answer = {
        "account": line.issuer if mine else line.holder,
        "balance": plain(line.balance if mine else -line.balance),
        "currency": line.currency,
        "limit": plain(line.limit) if mine else "0",
        "limit_peer": "0" if mine else plain(line.limit),
        "quality_in": 0,
        "quality_out": 0,
        "no_ripple": line.no_ripple if mine else line.no_ripple_peer,
        "no_ripple_peer": line.no_ripple_peer if mine else line.no_ripple,
    }
    # A node names these only where they are set.
    by_peer = {
        "peer_authorized" if mine else "authorized": line.authorized,
        "freeze_peer" if mine else "freeze": line.frozen,
        "deep_freeze_peer" if mine else "deep_freeze": line.deep_frozen,
    }
    return listed | {name: True for name, on in by_peer.items() if on}


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
