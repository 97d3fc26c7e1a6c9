"""Accounts, trust lines and tokens, and how money moves between them."""

from __future__ import annotations

import copy
import hashlib
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from typing import Any

from xrpl.core.addresscodec import encode_classic_address

from xumm_desk.simulator.runtime.keys import Transaction

RESERVE_BASE = 1_000_000
TOKEN_ID = 48
"""Hex digits of a multi-purpose token's id: 8 of its number, 40 of its issuer's account."""
RESERVE_EACH = 200_000
LSF_REQUIRE_DEST_TAG = 0x00020000
LSF_REQUIRE_AUTH = 0x00040000
LSF_DISALLOW_XRP = 0x00080000
LSF_DISABLE_MASTER = 0x00100000
LSF_NO_FREEZE = 0x00200000
LSF_GLOBAL_FREEZE = 0x00400000
LSF_DEFAULT_RIPPLE = 0x00800000
LSF_DEPOSIT_AUTH = 0x01000000
LSF_DISALLOW_LINES = 0x20000000
MPT_LOCKED = 0x01
MPT_HOLDER_AUTHORIZED = 0x02
MPT_REQUIRE_AUTH = 0x04
MPT_CAN_TRANSFER = 0x20


@dataclass(slots=True)
class Account:
    """One account root; ``balance`` in drops."""

    address: str
    balance: int
    sequence: int
    flags: int = 0
    regular_key: str | None = None
    signer_quorum: int = 0
    signers: list[tuple[str, int]] = field(default_factory=list)
    previous_txid: str = "0" * 64
    previous_ledger: int = 0

    def as_dict(self) -> dict[str, Any]:
        """For the state file."""
        return asdict(self)

    @classmethod
    def from_dict(cls, document: dict[str, Any]) -> Account:
        """From the state file."""
        signers = [(str(a), int(w)) for a, w in document.pop("signers")]
        return cls(**document, signers=signers)


@dataclass(slots=True)
class TrustLine:
    """What ``holder`` holds of one issuer's money, and how much of it it is willing to hold.

    A multi-purpose token is held in the same way, with its id in place of the currency.
    ``frozen`` (of a token: locked), ``deep_frozen`` and ``authorized`` are the issuer's settings,
    ``no_ripple`` the holder's and ``no_ripple_peer`` the issuer's.
    """

    holder: str
    issuer: str
    currency: str
    balance: Decimal = Decimal(0)
    limit: Decimal = Decimal(0)
    frozen: bool = False
    deep_frozen: bool = False
    authorized: bool = False
    no_ripple: bool = False
    no_ripple_peer: bool = False

    @property
    def name(self) -> str:
        """The key of the line."""
        return f"{self.holder}/{self.issuer}/{self.currency}"

    @property
    def of_token(self) -> bool:
        """Whether it holds a multi-purpose token rather than an issued currency."""
        return len(self.currency) == TOKEN_ID

    def as_dict(self) -> dict[str, Any]:
        """For the state file."""
        return asdict(self) | {"balance": str(self.balance), "limit": str(self.limit)}

    @classmethod
    def from_dict(cls, document: dict[str, Any]) -> TrustLine:
        """From the state file."""
        balance, limit = Decimal(document.pop("balance")), Decimal(document.pop("limit"))
        return cls(**document, balance=balance, limit=limit)


@dataclass(slots=True)
class TokenIssuance:
    """A multi-purpose token as its issuer made it."""

    issuance_id: str
    flags: int = MPT_CAN_TRANSFER
    maximum: int = 2**63 - 1
    scale: int = 0

    @property
    def issuer(self) -> str:
        """The issuer's address, which is part of the id."""
        return encode_classic_address(bytes.fromhex(self.issuance_id[8:]))

    def as_dict(self) -> dict[str, Any]:
        """For the state file."""
        return asdict(self)


class LedgerState:
    """All accounts and lines at one moment; cheap to copy because a practice world is small."""

    def __init__(self) -> None:
        self.accounts: dict[str, Account] = {}
        self.lines: dict[str, TrustLine] = {}
        self.issuances: dict[str, TokenIssuance] = {}

    def copy(self) -> LedgerState:
        """An independent copy to try transactions on."""
        other = LedgerState()
        other.accounts = {k: copy.copy(v) for k, v in self.accounts.items()}
        other.lines = {k: copy.copy(v) for k, v in self.lines.items()}
        other.issuances = {k: copy.copy(v) for k, v in self.issuances.items()}
        return other

    def outstanding(self, issuance_id: str) -> int:
        """How much of a token its holders have."""
        return int(sum(x.balance for x in self.lines.values() if x.currency == issuance_id))

    def line(self, holder: str, issuer: str, currency: str) -> TrustLine | None:
        """The trust line, or None."""
        return self.lines.get(f"{holder}/{issuer}/{currency}")

    def reserve(self, address: str) -> int:
        """Drops the account must keep."""
        owned = sum(1 for line in self.lines.values() if line.holder == address)
        owned += bool(self.accounts[address].signers)
        return RESERVE_BASE + owned * RESERVE_EACH

    def spendable(self, address: str) -> int:
        """Drops the account may send, never negative."""
        return max(0, self.accounts[address].balance - self.reserve(address))

    def set_trust_line(self, holder: str, issuer: str, currency: str, limit: Decimal) -> TrustLine:
        """Open or change a trust line."""
        line = self.line(holder, issuer, currency) or TrustLine(holder, issuer, currency)
        line.limit = limit
        self.lines[line.name] = line
        return line


def asset_of(amount: dict[str, Any]) -> tuple[str, str]:
    """Issuer and currency of an amount that is not XRP; a token's id stands for its currency."""
    token = amount.get("mpt_issuance_id")
    if token is None:
        return amount["issuer"], amount["currency"]
    return encode_classic_address(bytes.fromhex(token[8:])), token.upper()


def affected_nodes(before: LedgerState, after: LedgerState, tx: Transaction) -> list[Any]:
    """The ``AffectedNodes`` of the step from one state to the other."""
    nodes: list[Any] = []
    for address, new in after.accounts.items():
        old = before.accounts.get(address)
        if old == new:
            continue
        fields = {"Account": address, "Balance": str(new.balance), "Sequence": new.sequence}
        fields["Flags"] = new.flags
        node = {"LedgerEntryType": "AccountRoot", "LedgerIndex": entry_index(address)}
        if old is None:
            nodes.append({"CreatedNode": node | {"NewFields": fields}})
            continue
        previous: dict[str, Any] = {}
        if old.balance != new.balance:
            previous["Balance"] = str(old.balance)
        if old.sequence != new.sequence:
            previous["Sequence"] = old.sequence
        nodes.append({"ModifiedNode": node | {"FinalFields": fields, "PreviousFields": previous}})
    for name, line in after.lines.items():
        was = before.lines.get(name)
        if was == line:
            continue
        nodes.append(_token_node(was, line) if line.of_token else _line_node(was, line))
    nodes.sort(key=lambda n: str(next(iter(n.values()))["LedgerIndex"]))
    if not nodes:
        raise ValueError(f"nothing changed by {tx.get('TransactionType')}")
    return nodes


def _line_node(old: TrustLine | None, new: TrustLine) -> dict[str, Any]:
    # A RippleState counts from the lower account's side; which side is lower only matters
    # for being the same on every read.
    low, high = sorted((new.holder, new.issuer))
    sign = 1 if low == new.holder else -1

    def money(value: Decimal, issuer: str) -> dict[str, str]:
        return {"currency": new.currency, "issuer": issuer, "value": plain(value)}

    def sides(line: TrustLine) -> dict[str, Any]:
        mine, theirs = money(line.limit, new.holder), money(Decimal(0), new.issuer)
        return {
            "Balance": money(line.balance * sign, "rrrrrrrrrrrrrrrrrrrrBZbvji"),
            "LowLimit": mine if low == new.holder else theirs,
            "HighLimit": theirs if high == new.issuer else mine,
        }

    node = {"LedgerEntryType": "RippleState", "LedgerIndex": entry_index(new.name)}
    if old is None:
        return {"CreatedNode": node | {"NewFields": sides(new)}}
    past, present = sides(old), sides(new)
    previous = {k: v for k, v in past.items() if v != present[k]}
    return {"ModifiedNode": node | {"FinalFields": present, "PreviousFields": previous}}


def _token_node(old: TrustLine | None, new: TrustLine) -> dict[str, Any]:
    def held(line: TrustLine) -> dict[str, Any]:
        amount = {"MPTAmount": plain(line.balance)} if line.balance else {}
        return {"Account": line.holder, "MPTokenIssuanceID": line.currency, **amount}

    node = {"LedgerEntryType": "MPToken", "LedgerIndex": entry_index(new.name)}
    if old is None:
        return {"CreatedNode": node | {"NewFields": held(new)}}
    previous = {"MPTAmount": plain(old.balance)}
    return {"ModifiedNode": node | {"FinalFields": held(new), "PreviousFields": previous}}


def entry_index(name: str) -> str:
    """The id of an entry: 64 upper hex digits, the same on every read."""
    return hashlib.sha512(f"entry {name}".encode()).digest()[:32].hex().upper()


def plain(value: Decimal) -> str:
    """An issued value as the ledger writes it: no exponent, no trailing noughts."""
    text = format(value.normalize(), "f")
    return "0" if text in ("-0", "") else text
