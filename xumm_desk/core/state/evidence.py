"""What the signed blob and the ledger said, as values (P§9.2, §9.4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from xumm_desk.core.message import Formatted, Message
from xumm_desk.core.money import amount, networks
from xumm_desk.core.wire import json_fields
from xumm_desk.core.wire.json_fields import Json, JsonObject


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature of a blob: the account it stands for, the address of its key, whether it is
    valid."""

    account: str | None
    signed_by: str | None
    valid: bool


@dataclass(frozen=True, slots=True)
class BlobCheck:
    """The result of checking `response.hex` on this computer; no node was asked.

    `hash` is the txid computed from the blob. `error` says why it could not be read, None if it
    could.
    """

    hash: str
    canonical: bool
    signatures: tuple[Signature, ...]
    tx: JsonObject
    error: str | None = None

    @property
    def valid(self) -> bool:
        """Whether every signature is right; none at all is not."""
        return bool(self.signatures) and all(s.valid for s in self.signatures)

    @property
    def account(self) -> str | None:
        """The paying account. Old SignIn blobs lack it; the address of the signing key is used
        instead."""
        named = json_fields.string_at(self.tx, "Account")
        return named or next((s.signed_by for s in self.signatures), None)

    @property
    def last_ledger(self) -> int | None:
        """`LastLedgerSequence`: past it the transaction can never be included."""
        return json_fields.int_at(self.tx, "LastLedgerSequence")

    def to_json(self) -> JsonObject:
        """The journal's form."""
        return {
            "hash": self.hash,
            "canonical": self.canonical,
            "signatures": [
                {"account": s.account, "signed_by": s.signed_by, "valid": s.valid}
                for s in self.signatures
            ],
            "tx": self.tx,
            "fault": self.error,
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Json]) -> BlobCheck:
        """Read the journal's form; total."""
        listed = value.get("signatures")
        return cls(
            hash=json_fields.string_at(value, "hash") or "",
            canonical=json_fields.bool_at(value, "canonical") or False,
            signatures=tuple(
                Signature(
                    json_fields.string_at(s, "account"),
                    json_fields.string_at(s, "signed_by"),
                    json_fields.bool_at(s, "valid") is True,
                )
                for s in (listed if isinstance(listed, list) else [])
                if isinstance(s, dict)
            ),
            tx=json_fields.object_at(value, "tx"),
            error=json_fields.string_at(value, "fault"),
        )


@dataclass(frozen=True, slots=True)
class LedgerTx:
    """A transaction as a node reported it. Only `validated` makes `result` and `delivered`
    final."""

    txid: str
    validated: bool
    result: str | None
    delivered: amount.Amount | None
    tx: JsonObject
    ledger_index: int | None
    closed_at: str | None = None
    index_in_ledger: int = 0

    @classmethod
    def from_json(cls, value: Mapping[str, Json]) -> LedgerTx:
        """Parse a `tx` answer of API v2, or of v1 which keeps the fields at top level (P§9.4)."""
        meta = json_fields.object_at(value, "meta")
        tx = json_fields.object_at(value, "tx_json") or {
            k: v for k, v in value.items() if k not in ("meta", "validated", "warnings")
        }
        return cls(
            txid=(
                json_fields.string_at(value, "hash") or json_fields.string_at(tx, "hash") or ""
            ).upper(),
            validated=json_fields.bool_at(value, "validated") is True,
            result=json_fields.string_at(meta, "TransactionResult"),
            delivered=amount.parse_amount(
                meta.get("delivered_amount"),
                networks.asset_of_id(json_fields.int_at(tx, "NetworkID")),
            ),
            tx=tx,
            ledger_index=json_fields.int_at(value, "ledger_index")
            or json_fields.int_at(tx, "ledger_index"),
            closed_at=json_fields.string_at(value, "close_time_iso"),
            index_in_ledger=json_fields.int_at(meta, "TransactionIndex") or 0,
        )


MATCHED_BY_HAND: Final = "hand"
"""How a payment was paired that a person gave to a request."""


@dataclass(frozen=True, slots=True)
class Payment:
    """A validated payment to one of our accounts, as the ledger reports it. `matched_by` is "txid",
    "invoice", "tag" or "hand"."""

    tx: LedgerTx
    matched_by: str
    assigned_at: str | None = None
    """When a person assigned it to this request, for display (UTC)."""
    claim: tuple[int, str] | None = None
    """The best claim to it of several reports, where that is another one's (`account_facts`)."""

    @property
    def ledger_position(self) -> tuple[int, int, str]:
        """Sort key: ledger index, then the position in that ledger."""
        return self.tx.ledger_index or 0, self.tx.index_in_ledger, self.tx.txid

    @classmethod
    def from_json(cls, value: Mapping[str, Json]) -> Payment:
        """Read the journal's form: the reduced transaction, and how it was paired; total."""
        at = json_fields.time_at(value, "assigned_at")
        return cls(
            LedgerTx.from_json(value),
            json_fields.string_at(value, "paired") or "",
            Message("{at} UTC", at=Formatted(f"{at:%Y-%m-%d %H:%M:%S}", at))
            if at is not None
            else None,
        )


@dataclass(frozen=True, slots=True)
class UnmatchedPayment:
    """A payment that belongs to no request for sure: the node's answer, the reason, and when it was
    found (UTC)."""

    raw: JsonObject
    tx: LedgerTx
    reason: str
    at: datetime

    @property
    def txid(self) -> str:
        """Its name on the ledger."""
        return self.tx.txid

    @property
    def amount(self) -> str:
        """What arrived, as a person reads it."""
        return amount.format_amount(self.tx.delivered)


@dataclass(frozen=True, slots=True)
class RegularKey:
    """The regular key of an account in a validated ledger: its address, None if the account has
    none or does not exist."""

    account: str
    key: str | None


@dataclass(frozen=True, slots=True)
class TransactionNotFound:
    """A node does not have the transaction. `validated_index` is its newest validated ledger;
    `final` is true once the transaction's last ledger has passed within the node's history."""

    validated_index: int | None
    final: bool = False


@dataclass(frozen=True, slots=True)
class NoNodeAnswer:
    """No node answered; this is "not verified yet", never a failure."""

    reason: str


@dataclass(frozen=True, slots=True)
class AccountHistory:
    """Validated transactions of one account, oldest first, trimmed to the fields that are kept.
    Complete up to and including ledger `complete_to`, but for `missing_ledgers` (first and last)
    that no node had.

    If everything since a time was asked for and no node reaches back that far, `first_ledger` is
    the first ledger that was read and when it closed (UTC).
    """

    transactions: tuple[JsonObject, ...]
    complete_to: int
    missing_ledgers: tuple[int, int] | None = None
    first_ledger: tuple[int, datetime] | None = None
