"""Answers to `ledger_entry`: accounts, multi-purpose tokens, and the ledger's fees and reserves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from xrpl.core.addresscodec import is_valid_classic_address

from .answers import Answer, LedgerError, Request
from .ledger import BASE_FEE, Ledger
from .state import (
    MPT_HOLDER_AUTHORIZED,
    MPT_LOCKED,
    RESERVE_BASE,
    RESERVE_EACH,
    TOKEN_ID,
    TrustLine,
    entry_index,
    plain,
)

FEE_SETTINGS = "4BC50C9B0D8515D3EAAE1E74B29A95804346C491EE1A95BF25E4AAB854A6A651"
_MALFORMED = ("malformedRequest", 0, "Malformed request.")


class EntryRequests:
    """``ledger_entry``; ``root`` gives an account's entry, ``standing`` names the ledger.

    ``tokens`` is False on a network that knows no multi-purpose tokens.
    """

    def __init__(
        self,
        ledger: Ledger,
        root: Callable[[Request, int], Answer],
        standing: Callable[[Request], Answer],
        *,
        tokens: bool,
    ) -> None:
        self._ledger = ledger
        self._root = root
        self._standing = standing
        self._tokens = tokens

    def ledger_entry(self, request: Request, version: int) -> Answer:
        """One entry of the ledger, named in one of the ways that are known here."""
        if "index" in request:
            name, node = self._by_index(str(request["index"]).upper())
        elif "account_root" in request:
            asked = {**request, "account": request["account_root"]}
            try:
                node = self._root(asked, version)["account_data"]
            except LedgerError as error:
                raise _not_found() from error
            name = entry_index(node["Account"])
        elif "mpt_issuance" in request and self._tokens:
            name, node = self._issuance(request["mpt_issuance"])
        elif "mptoken" in request and self._tokens:
            name, node = self._holding(request["mptoken"])
        else:
            raise LedgerError("unknownOption", 0, "Unknown option.")
        return {"index": name, "node": {**node, "index": name}, **self._standing(request)}

    def _by_index(self, index: str) -> tuple[str, Answer]:
        if index != FEE_SETTINGS:
            raise _not_found()
        return index, {
            "LedgerEntryType": "FeeSettings",
            "Flags": 0,
            "BaseFeeDrops": str(BASE_FEE),
            "ReserveBaseDrops": str(RESERVE_BASE),
            "ReserveIncrementDrops": str(RESERVE_EACH),
        }

    def _issuance(self, asked: Any) -> tuple[str, Answer]:
        token = _token(asked)
        issuance = self._ledger.state.issuances.get(token)
        if issuance is None:
            raise _not_found()
        return entry_index(f"issuance {token}"), {
            "LedgerEntryType": "MPTokenIssuance",
            "Flags": issuance.flags,
            "Issuer": issuance.issuer,
            "Sequence": int(token[:8], 16),
            "AssetScale": issuance.scale,
            "MaximumAmount": str(issuance.maximum),
            "OutstandingAmount": str(self._ledger.state.outstanding(token)),
            "mpt_issuance_id": token,
        }

    def _holding(self, asked: Any) -> tuple[str, Answer]:
        if not isinstance(asked, dict) or not is_valid_classic_address(
            str(asked.get("account", ""))
        ):
            raise LedgerError(*_MALFORMED)
        token = _token(asked.get("mpt_issuance_id"))
        for line in self._ledger.state.lines.values():
            if line.currency == token and line.holder == asked["account"]:
                return entry_index(line.name), _held(line)
        raise _not_found()


def _held(line: TrustLine) -> Answer:
    flags = MPT_LOCKED * line.frozen | MPT_HOLDER_AUTHORIZED * line.authorized
    return {
        "LedgerEntryType": "MPToken",
        "Flags": flags,
        "Account": line.holder,
        "MPTokenIssuanceID": line.currency,
        "MPTAmount": plain(line.balance),
    }


def _token(asked: Any) -> str:
    token = str(asked).upper()
    if len(token) != TOKEN_ID or not set(token) <= set("0123456789ABCDEF"):
        raise LedgerError(*_MALFORMED)
    return token


def _not_found() -> LedgerError:
    return LedgerError("entryNotFound", 0, "Requested ledger entry not found.")
