"""Ask ledger nodes for the settings of an account, and for what concerns some assets there.

All is read from the validated ledger. Whatever goes wrong is `Unknown`; nothing raises.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final, TypeVar

from xumm_desk.core.account import account_state
from xumm_desk.core.account.account_state import (
    Absent,
    AccountRoot,
    AccountState,
    Reserve,
    TokenHolding,
    TokenIssuance,
    TrustLine,
    Unknown,
)
from xumm_desk.core.message import Message
from xumm_desk.core.money import mpt
from xumm_desk.core.money.networks import Network
from xumm_desk.core.pricing.accepted_asset import AcceptedAsset
from xumm_desk.core.wire import json_fields
from xumm_desk.core.wire.json_fields import JsonObject

from .ledger_errors import Meaning, meaning
from .ledger_nodes import LedgerNodes

_PAGE: Final = 400
_MAX_PAGES: Final = 50
_NOT_VALIDATED: Final = Message("the node's answer is not validated")

T = TypeVar("T")


class AccountStateReader:
    """Reads `AccountState` from ledger nodes."""

    def __init__(self, nodes: LedgerNodes, network: Network) -> None:
        self._nodes = nodes
        self._asset = network.asset

    async def account_state(self, account: str, assets: Sequence[AcceptedAsset]) -> AccountState:
        """What the validated ledger says of `account`, its reserve, and of its trust lines and
        tokens as far as `assets` need them."""
        root = await self._account(account)
        if isinstance(root, Unknown):
            # The other questions would wait for the same silence.
            return AccountState(account, root)
        reserve = await self._reserve()
        if isinstance(root, Absent):
            return AccountState(account, root, reserve=reserve)
        issuers = {a.issuer for a in assets if not (a.is_native or a.is_token)}
        tokens = {a.currency.upper() for a in assets if a.is_token}
        tokens = {one for one in tokens if mpt.issuer_of(one) != account}
        issuers.discard(account)
        return AccountState(
            account,
            root,
            lines=await self._lines(account) if issuers else (),
            issuers={one: await self._account(one) for one in sorted(issuers)},
            holdings={one: await self._holding(account, one) for one in sorted(tokens)},
            issuances={one: await self._issuance(one) for one in sorted(tokens)},
            reserve=reserve,
        )

    async def _account(self, account: str) -> AccountRoot | Absent | Unknown:
        request: JsonObject = {"method": "account_info", "account": account, "signer_lists": True}
        return await self._read(
            request, lambda result: account_state.parse_account(result, account, self._asset)
        )

    async def _holding(self, account: str, issuance_id: str) -> TokenHolding | Absent | Unknown:
        request: JsonObject = {
            "method": "ledger_entry",
            "mptoken": {"mpt_issuance_id": issuance_id, "account": account},
        }
        return await self._read(
            request, lambda result: account_state.parse_holding(result, account, issuance_id)
        )

    async def _issuance(self, issuance_id: str) -> TokenIssuance | Absent | Unknown:
        request: JsonObject = {"method": "ledger_entry", "mpt_issuance": issuance_id}
        return await self._read(
            request, lambda result: account_state.parse_issuance(result, issuance_id)
        )

    async def _reserve(self) -> Reserve | None:
        request: JsonObject = {"method": "ledger_entry", "index": account_state.FEE_SETTINGS}
        read = await self._read(
            request, lambda result: account_state.parse_reserve(result, self._asset) or Unknown()
        )
        return read if isinstance(read, Reserve) else None

    async def _read(
        self, request: JsonObject, parse: Callable[[JsonObject], T | Unknown]
    ) -> T | Absent | Unknown:
        answer = await self._nodes.ask({**request, "ledger_index": "validated"})
        if isinstance(answer, str):
            return Unknown(answer)
        refused = _refusal(str(request["method"]), answer)
        return parse(answer) if refused is None else refused

    async def _lines(self, account: str) -> tuple[TrustLine, ...] | Unknown:
        """All trust lines of `account`, in pages of one node."""
        pages: list[JsonObject] = []
        node, marker = "", None
        while len(pages) < _MAX_PAGES:
            request: dict[str, Any] = {
                "method": "account_lines",
                "account": account,
                # A marker belongs to one ledger.
                "ledger_index": pages[0]["ledger_index"] if pages else "validated",
                "limit": _PAGE,
            }
            if marker is not None:
                request["marker"] = marker
            answer = await self._nodes.request_from(request, only=node)
            if isinstance(answer, str):
                return Unknown(answer)
            node, page = answer
            refused = _refusal("account_lines", page)
            if refused is not None:
                return refused if isinstance(refused, Unknown) else Unknown()
            pages.append(page)
            marker = page.get("marker")
            if marker is None:
                return account_state.parse_lines(pages)
            if json_fields.int_at(page, "ledger_index") is None:
                return Unknown()
        return Unknown(Message("the account has too many trust lines"))


def _refusal(method: str, answer: JsonObject) -> Absent | Unknown | None:
    """What an answer with an error, or one that is not validated, comes to; None for a good one."""
    error = json_fields.string_at(answer, "error")
    if error is None:
        validated = json_fields.bool_at(answer, "validated") is True
        return None if validated else Unknown(_NOT_VALIDATED)
    if meaning(method, error) is Meaning.NOT_FOUND:
        return Absent()
    return Unknown(Message("the node answered {error}", error=error[:60]))
