"""Set what stands in accounts, trust lines and tokens, for tests and for practice.

Names are those of the node's answers. Nothing is signed, and no transaction stands in the ledger.
"""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from xrpl.core.addresscodec import is_valid_classic_address

from .ledger import Ledger
from .state import (
    LSF_DEFAULT_RIPPLE,
    LSF_DEPOSIT_AUTH,
    LSF_DISABLE_MASTER,
    LSF_DISALLOW_LINES,
    LSF_DISALLOW_XRP,
    LSF_GLOBAL_FREEZE,
    LSF_NO_FREEZE,
    LSF_REQUIRE_AUTH,
    LSF_REQUIRE_DEST_TAG,
    MPT_CAN_TRANSFER,
    MPT_LOCKED,
    MPT_REQUIRE_AUTH,
    TokenIssuance,
    TrustLine,
)

Changes = dict[str, Any]

ACCOUNT_FLAGS = {
    "defaultRipple": LSF_DEFAULT_RIPPLE,
    "depositAuth": LSF_DEPOSIT_AUTH,
    "disableMasterKey": LSF_DISABLE_MASTER,
    "disallowIncomingTrustline": LSF_DISALLOW_LINES,
    "disallowIncomingXRP": LSF_DISALLOW_XRP,
    "globalFreeze": LSF_GLOBAL_FREEZE,
    "noFreeze": LSF_NO_FREEZE,
    "requireAuthorization": LSF_REQUIRE_AUTH,
    "requireDestinationTag": LSF_REQUIRE_DEST_TAG,
}
"""Flags under their names in ``account_flags`` of ``account_info``."""

TOKEN_FLAGS = {
    "locked": MPT_LOCKED,
    "require_auth": MPT_REQUIRE_AUTH,
    "can_transfer": MPT_CAN_TRANSFER,
}
_LINE_SWITCHES = ("frozen", "deep_frozen", "authorized", "no_ripple", "no_ripple_peer")
_LINE_VALUES = ("balance", "limit")


def set_account(ledger: Ledger, address: str, changes: Changes) -> Changes:
    """Set flags by name, ``regular_key`` (or null), or ``"exists": false`` to take it away; returns
    its flags. LookupError for an unknown account, ValueError for an unknown name."""
    state = ledger.state.copy()
    account = state.accounts.get(address)
    if account is None:
        raise LookupError(f"account {address!r}")
    for name, value in changes.items():
        if name == "regular_key" and (value is None or is_valid_classic_address(str(value))):
            account.regular_key = value
        elif name in ACCOUNT_FLAGS and isinstance(value, bool):
            account.flags = _with(account.flags, ACCOUNT_FLAGS[name], value)
        elif name == "exists" and value is False:
            state.accounts.pop(address, None)
            state.lines = {k: x for k, x in state.lines.items() if x.holder != address}
        else:
            raise ValueError(f"an account has no {name!r} that is {value!r}")
    ledger.rewrite(state)
    return {name: bool(account.flags & bit) for name, bit in ACCOUNT_FLAGS.items()}


def set_line(ledger: Ledger, changes: Changes) -> Changes:
    """Set or open the line of ``holder`` to ``issuer`` in ``currency``: its switches, ``balance``
    and ``limit`` (texts), or ``"exists": false``; returns it. A token's id may be the currency."""
    state = ledger.state.copy()
    rest = dict(changes)
    holder, issuer, currency = (str(rest.pop(n, "")) for n in ("holder", "issuer", "currency"))
    if holder not in state.accounts or not is_valid_classic_address(issuer) or not currency:
        raise LookupError(f"line of {holder!r} to {issuer!r} in {currency!r}")
    line = state.line(holder, issuer, currency) or TrustLine(holder, issuer, currency)
    state.lines[line.name] = line
    for name, value in rest.items():
        if name in _LINE_SWITCHES and isinstance(value, bool):
            setattr(line, name, value)
        elif name in _LINE_VALUES and isinstance(value, str):
            setattr(line, name, _number(value))
        elif name == "exists" and value is False:
            state.lines.pop(line.name, None)
        else:
            raise ValueError(f"a line has no {name!r} that is {value!r}")
    ledger.rewrite(state)
    return line.as_dict()


def set_token(ledger: Ledger, issuance_id: str, changes: Changes) -> Changes:
    """Set a token's switches by name, its ``maximum`` and ``scale``, or ``"exists": false``.

    Returns it; LookupError for an unknown token, ValueError for an unknown name.
    """
    state = ledger.state.copy()
    token: TokenIssuance | None = state.issuances.get(issuance_id.upper())
    if token is None:
        raise LookupError(f"token {issuance_id!r}")
    for name, value in changes.items():
        if name in TOKEN_FLAGS and isinstance(value, bool):
            token.flags = _with(token.flags, TOKEN_FLAGS[name], value)
        elif name in ("maximum", "scale") and type(value) is int:
            setattr(token, name, value)
        elif name == "exists" and value is False:
            state.issuances.pop(token.issuance_id, None)
        else:
            raise ValueError(f"a token has no {name!r} that is {value!r}")
    ledger.rewrite(state)
    return token.as_dict()


def _with(flags: int, bit: int, on: bool) -> int:
    return flags | bit if on else flags & ~bit


def _number(text: str) -> Decimal:
    try:
        value = Decimal(text)
    except InvalidOperation:
        raise ValueError(f"{text!r} is no number") from None
    if not value.is_finite():
        raise ValueError(f"{text!r} is no number")
    return value
