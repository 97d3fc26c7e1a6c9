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

    NO_NODE = "no node"
    NOT_ASKED = "not asked"
    ASSET_UNKNOWN = "asset unknown"
    NOT_ON_LEDGER = "not on ledger"
    NO_SIGNER = "no signer"
    NEEDS_TAG = "needs tag"
    DEPOSIT_AUTH = "deposit auth"
    DISALLOWS_XRP = "disallows xrp"
    NO_ISSUER = "no issuer"
    GLOBAL_FREEZE = "global freeze"
    NO_LINE = "no line"
    LINES_REFUSED = "lines refused"
    DEEP_FROZEN = "deep frozen"
    FROZEN = "frozen"
    NOT_AUTHORIZED = "not authorized"
    LIMIT_REACHED = "limit reached"
    LIMIT_LOW = "limit low"
    NO_RIPPLE_PEER = "no ripple peer"
    RIPPLES = "ripples"
    NO_ISSUANCE = "no issuance"
    ISSUANCE_LOCKED = "issuance locked"
    NOT_TRANSFERABLE = "not transferable"
    NO_HOLDING = "no holding"
    HOLDING_LOCKED = "holding locked"
    CREDENTIALS = "credentials"
    ISSUANCE_AT_MAXIMUM = "issuance at maximum"
    SHARED_ADDRESS = "shared address"
    REGULAR_KEY = "regular key"
    MASTER_DISABLED = "master disabled"
    SIGNER_LIST = "signer list"
    LOW_RESERVE = "low reserve"
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
