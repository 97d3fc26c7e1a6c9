"""One thing that was found about an account: what kind it is, how grave, and what it concerns."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final

from xumm_desk.core.money.amount import Amount


class Severity(Enum):
    """How grave a finding is; the gravest comes first."""

    BLOCKS = 0
    """Money cannot arrive, or would be locked: nothing may be charged."""
    ATTENTION = 1
    """Money may fail to arrive, or soon will."""
    UNKNOWN = 2
    """Nobody could say. That is not the same as fine."""
    FINE = 3
    """Nothing is wrong; worth knowing."""


class Kind(Enum):
    """What can be found."""

    NO_NODE = "no_node"
    NOT_ASKED = "not_asked"
    ASSET_UNKNOWN = "asset_unknown"
    NOT_ON_LEDGER = "not_on_ledger"
    NO_SIGNER = "no_signer"
    NEEDS_TAG = "needs_tag"
    DEPOSIT_AUTH = "deposit_auth"
    DISALLOWS_XRP = "disallows_xrp"
    NO_ISSUER = "no_issuer"
    GLOBAL_FREEZE = "global_freeze"
    NO_LINE = "no_line"
    LINES_REFUSED = "lines_refused"
    DEEP_FROZEN = "deep_frozen"
    FROZEN = "frozen"
    NOT_AUTHORIZED = "not_authorized"
    LIMIT_REACHED = "limit_reached"
    LIMIT_LOW = "limit_low"
    NO_RIPPLE_PEER = "no_ripple_peer"
    RIPPLES = "ripples"
    NO_ISSUANCE = "no_issuance"
    ISSUANCE_LOCKED = "issuance_locked"
    NOT_TRANSFERABLE = "not_transferable"
    WRONG_SCALE = "wrong_scale"
    NO_HOLDING = "no_holding"
    HOLDING_LOCKED = "holding_locked"
    CREDENTIALS = "credentials"
    ISSUANCE_AT_MAXIMUM = "issuance_at_maximum"
    SHARED_ADDRESS = "shared_address"
    REGULAR_KEY = "regular_key"
    MASTER_DISABLED = "master_disabled"
    SIGNER_LIST = "signer_list"
    LOW_RESERVE = "low_reserve"
    RECEIVABLE = "receivable"


SEVERITIES: Final[dict[Kind, Severity]] = {
    Kind.NO_NODE: Severity.UNKNOWN,
    Kind.NOT_ASKED: Severity.UNKNOWN,
    Kind.ASSET_UNKNOWN: Severity.UNKNOWN,
    Kind.DISALLOWS_XRP: Severity.ATTENTION,
    Kind.LIMIT_LOW: Severity.ATTENTION,
    Kind.NO_RIPPLE_PEER: Severity.ATTENTION,
    Kind.RIPPLES: Severity.ATTENTION,
    Kind.CREDENTIALS: Severity.ATTENTION,
    Kind.ISSUANCE_AT_MAXIMUM: Severity.FINE,
    Kind.SHARED_ADDRESS: Severity.FINE,
    Kind.REGULAR_KEY: Severity.FINE,
    Kind.MASTER_DISABLED: Severity.FINE,
    Kind.SIGNER_LIST: Severity.FINE,
    Kind.LOW_RESERVE: Severity.FINE,
    Kind.RECEIVABLE: Severity.FINE,
}
"""Every kind that is not listed blocks."""


@dataclass(frozen=True, slots=True)
class Finding:
    """`meaning` says what it means for the money, `action` what to do ("" for nothing); both are
    messages. `asset` is the key of the asset that it concerns, "" for all of them. `room` is how
    much more of it fits, None where there is no limit or nobody knows."""

    kind: Kind
    meaning: str
    action: str = ""
    asset: str = ""
    room: Amount | None = None

    @property
    def severity(self) -> Severity:
        """How grave it is."""
        return SEVERITIES.get(self.kind, Severity.BLOCKS)

    @property
    def blocks(self) -> bool:
        """Whether nothing may be charged."""
        return self.severity is Severity.BLOCKS
