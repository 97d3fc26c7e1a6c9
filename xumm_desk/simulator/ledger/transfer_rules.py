"""Which transfers between two accounts a ledger refuses, by the settings of issuer and holders.

xrpl.org, "Freezes", "Deep Freeze", "Authorized Trust Lines", "Rippling", "Multi-Purpose Tokens".
"""

from __future__ import annotations

from typing import Any

from .state import (
    LSF_GLOBAL_FREEZE,
    LSF_REQUIRE_AUTH,
    MPT_CAN_TRANSFER,
    MPT_LOCKED,
    MPT_REQUIRE_AUTH,
    LedgerState,
    TrustLine,
    asset_of,
)

DRY = "tecPATH_DRY"


def transfer_refusal(
    state: LedgerState, source: str, target: str, money: str | dict[str, Any]
) -> str:
    """The code with which a transfer is refused whatever its amount; "" if it is not."""
    if isinstance(money, str):
        return ""
    issuer, asset = asset_of(money)
    lines = [state.line(who, issuer, asset) for who in (source, target) if who != issuer]
    if "mpt_issuance_id" in money:
        return _token_refusal(state, asset, lines, issuer_involved=issuer in (source, target))
    return _issued_refusal(state, issuer, source, target, asset)


def _token_refusal(
    state: LedgerState, token: str, lines: list[TrustLine | None], *, issuer_involved: bool
) -> str:
    issuance = state.issuances.get(token)
    if issuance is None:
        return "tecOBJECT_NOT_FOUND"
    for line in lines:
        if line is None or (issuance.flags & MPT_REQUIRE_AUTH and not line.authorized):
            return "tecNO_AUTH"
    if issuer_involved:
        return ""
    if not issuance.flags & MPT_CAN_TRANSFER:
        return "tecNO_AUTH"
    locked = issuance.flags & MPT_LOCKED or any(line and line.frozen for line in lines)
    return "tecLOCKED" if locked else ""


def _issued_refusal(
    state: LedgerState, issuer: str, source: str, target: str, currency: str
) -> str:
    account = state.accounts.get(issuer)
    if account is None:
        return DRY
    gives = state.line(source, issuer, currency)
    takes = state.line(target, issuer, currency)
    empty = takes is not None and not (takes.authorized or takes.balance)
    if empty and account.flags & LSF_REQUIRE_AUTH:
        return DRY
    if issuer in (source, target):
        return ""
    if account.flags & LSF_GLOBAL_FREEZE or gives is None or takes is None:
        return DRY
    if gives.frozen or gives.deep_frozen or takes.deep_frozen:
        return DRY
    return DRY if gives.no_ripple_peer and takes.no_ripple_peer else ""
