"""Facts about the shop's receiving accounts, which belong to no request, and how they add up.

The tills of a shop tell them each other. Each function gives the same whatever order its facts come
in and however often, so all tills that have the same facts show the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from xumm_desk.core.message import Message
from xumm_desk.core.wire import json_fields
from xumm_desk.core.wire.json_fields import Json, JsonObject

from .evidence import LedgerTx, Payment

SUBJECT: Final = "receiving-accounts-of-the-shop-and-their-payments"
"""The identifier under which they are recorded. It is longer than that of a request may be."""

_REASON: Final = "why"

# The ledger's evidence outweighs a person's word: who assigns by hand may not have known yet of the
# request that a payment names.
_STRENGTH: Final = {"txid": 0, "invoice": 1, "tag": 2}
_WEAKEST: Final = 3

ClaimRank = tuple[int, str, str]
"""The smaller one wins: how it was found, when a person assigned it, the request's identifier."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A payment that belongs to no request for sure: the node's answer, and why."""

    raw: JsonObject
    tx: LedgerTx
    reason: str

    @classmethod
    def from_json(cls, value: Mapping[str, Json]) -> Listed | str:
        """Read the journal's form; a sentence if it names no transaction."""
        raw = {key: one for key, one in value.items() if key != _REASON}
        tx = LedgerTx.from_json(raw)
        if not tx.txid:
            return Message("a payment without a transaction id")
        return cls(raw, tx, json_fields.string_at(value, _REASON) or "")


@dataclass(frozen=True, slots=True)
class Dismissal:
    """A person dismissed a payment, or brought it back."""

    txid: str
    dismissed: bool

    @classmethod
    def from_json(cls, value: Mapping[str, Json]) -> Dismissal:
        """Read the journal's form; total."""
        txid = (json_fields.string_at(value, "hash") or "").upper()
        return cls(txid, json_fields.bool_at(value, "dismissed") is True)

    def to_json(self) -> JsonObject:
        """The journal's form."""
        return {"hash": self.txid, "dismissed": self.dismissed}


@dataclass(frozen=True, slots=True)
class LedgerSpan:
    """The history of `account` was read without a gap in the ledgers after `first` up to `last`;
    both are the same where nothing is known of what was read before."""

    account: str
    first: int
    last: int

    @classmethod
    def from_json(cls, value: Mapping[str, Json]) -> LedgerSpan | str:
        """Read the journal's form; a sentence if it is none."""
        account = json_fields.string_at(value, "account")
        first, last = json_fields.int_at(value, "first"), json_fields.int_at(value, "last")
        if not account or first is None or last is None or not 0 <= first <= last < 2**63:
            return Message("no range of ledgers")
        return cls(account, first, last)

    def to_json(self) -> JsonObject:
        """The journal's form."""
        return {"account": self.account, "first": self.first, "last": self.last}


@dataclass(frozen=True, slots=True)
class PaysAnother:
    """A payment that was given to this request was given to `identifier` too, in the way `claim`,
    and counts for whichever has the better claim."""

    txid: str
    identifier: str
    claim: tuple[int, str]

    @property
    def rank(self) -> ClaimRank:
        """What is compared."""
        return (*self.claim, self.identifier)

    @classmethod
    def from_json(cls, value: Mapping[str, Json]) -> PaysAnother:
        """Read the journal's form; total."""
        strength = json_fields.int_at(value, "strength")
        return cls(
            (json_fields.string_at(value, "txid") or "").upper(),
            json_fields.string_at(value, "identifier") or "",
            (
                _WEAKEST if strength is None else strength,
                json_fields.string_at(value, "assigned_at") or "",
            ),
        )

    def to_json(self) -> JsonObject:
        """The journal's form."""
        strength, assigned_at = self.claim
        return {
            "txid": self.txid,
            "identifier": self.identifier,
            "strength": strength,
            "assigned_at": assigned_at,
        }


def listed_json(raw: JsonObject, reason: str) -> JsonObject:
    """The journal's form of a payment that belongs to no request for sure."""
    return {**raw, _REASON: str(reason)}


def claim_of(payment: Payment) -> tuple[int, str]:
    """How good the claim of one report of a payment is."""
    return _STRENGTH.get(payment.matched_by, _WEAKEST), str(payment.assigned_at or "")


def winner(claims: Mapping[str, tuple[int, str]]) -> PaysAnother | None:
    """For which of the requests in `claims` a payment counts, as what the others are told of it but
    for its transaction; None where none claims it."""
    if not claims:
        return None
    name = min(claims, key=lambda one: (*claims[one], one))
    return PaysAnother("", name, claims[name])


def is_dismissed(said: Iterable[tuple[datetime, Dismissal]]) -> tuple[datetime, bool] | None:
    """What a person said last of a payment, and when; None where nobody said anything. Of two who
    spoke at the same moment, the one who dismissed it."""
    return max(((at, one.dismissed) for at, one in said), default=None)


def joined(spans: Iterable[LedgerSpan]) -> list[LedgerSpan]:
    """The same ranges of one account, in order, those that touch as one."""
    found: list[LedgerSpan] = []
    for span in sorted(spans, key=lambda one: (one.first, one.last)):
        if found and span.first <= found[-1].last:
            before = found[-1]
            found[-1] = LedgerSpan(before.account, before.first, max(before.last, span.last))
        else:
            found.append(span)
    return found


def read_up_to(spans: Iterable[LedgerSpan]) -> int | None:
    """From which ledger the reading of an account goes on: the end of its first range, since nobody
    has read what is behind it; None where it was never read."""
    whole = joined(spans)
    return whole[0].last if whole else None
