"""Reads what the platform's REST answers say about one request (P§2.3, §3, §4).

Tolerant and total: a hostile or half-cut answer becomes a sentence, never an exception. Must not
know what the answer means for the row.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from . import wire
from .wire import Json, JsonObject

_UUID: Final = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_TXID: Final = re.compile(r"[0-9A-Fa-f]{64}")
REDACTED: Final = "(redacted)"


@dataclass(frozen=True, slots=True)
class Created:
    """The answer to a POST (P§2.3): the only source of the addresses that we open or show."""

    uuid: str
    link: str
    socket: str | None
    pushed: bool


@dataclass(frozen=True, slots=True)
class CancelAnswer:
    """`result` of a DELETE, the only part of that answer to be believed (P§4)."""

    cancelled: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One GET answer (P§3.1). Times are UTC; `""` and null are both None."""

    uuid: str | None
    identifier: str | None
    resolved: bool
    signed: bool
    cancelled: bool
    expired: bool
    app_opened: bool
    pushed: bool
    expires_at: datetime | None
    expires_in: int | None = field(compare=False)
    created_at: datetime | None
    resolved_at: datetime | None
    hex: str | None
    txid: str | None
    account: str | None
    signer: str | None
    multisign_account: str | None
    dispatched_to: str | None
    dispatched_nodetype: str | None
    dispatched_result: str | None
    environment_nodetype: str | None
    environment_networkid: int | None
    conflict: str | None = None

    @property
    def rank(self) -> tuple[bool, bool, bool, bool, bool, bool, int, str]:
        """How much this answer knows. The platform's flags only ever rise, so of two answers the
        higher one is the later one, in whatever order they arrive; the last part breaks ties so
        that joining never depends on the order."""
        return (
            self.resolved,
            self.signed,
            self.dispatched_result is not None,
            self.cancelled,
            self.expired,
            self.app_opened,
            -(self.expires_in if self.expires_in is not None else 1 << 40),
            repr((self.hex, self.txid, self.dispatched_result, self.expires_at)),
        )

    def join(self, other: Snapshot | None) -> Snapshot:
        """Both answers' knowledge. Flags rise; other fields come from the higher rank; two
        different transactions for one request are a conflict for a person."""
        if other is None or other == self:
            return self
        high, low = (self, other) if self.rank >= other.rank else (other, self)
        conflict = high.conflict or low.conflict
        if high.txid and low.txid and high.txid != low.txid:
            conflict = " and ".join(sorted((high.txid, low.txid)))
        return replace(
            high,
            resolved=high.resolved or low.resolved,
            signed=high.signed or low.signed,
            cancelled=high.cancelled or low.cancelled,
            expired=high.expired or low.expired,
            app_opened=high.app_opened or low.app_opened,
            pushed=high.pushed or low.pushed,
            hex=high.hex or low.hex,
            txid=high.txid or low.txid,
            resolved_at=high.resolved_at or low.resolved_at,
            conflict=conflict,
        )


def is_uuid(text: str) -> bool:
    """Whether `text` is written like a UUID."""
    return bool(_UUID.fullmatch(text))


def read_created(value: Mapping[str, Json]) -> Created | str:
    """Read the answer to a POST; a string says what is wrong with it."""
    uuid = wire.text(value, "uuid")
    link = wire.text(wire.child(value, "next"), "always")
    if uuid is None or not is_uuid(uuid):
        return "the answer to the create call names no request"
    if link is None or not link.startswith(("https://", "http://")):
        return "the answer to the create call holds no link for the QR code"
    socket = wire.text(wire.child(value, "refs"), "websocket_status")
    return Created(uuid.lower(), link, socket, wire.flag(value, "pushed") or False)


def read(value: Mapping[str, Json], uuid: str | None = None) -> Snapshot | str:
    """Read a GET answer; a string says why it cannot be believed.

    `uuid` is the request asked for: an answer about another one must not move this row.
    """
    if not isinstance(value.get("meta"), dict):
        return "the answer has no meta part"
    meta = wire.child(value, "meta")
    named = wire.text(meta, "uuid")
    if uuid is not None and named is not None and named.lower() != uuid.lower():
        return "the answer is about another request"
    if wire.flag(meta, "resolved") is None and wire.flag(meta, "expired") is None:
        return "the answer does not say how the request stands"
    payload, response = wire.child(value, "payload"), wire.child(value, "response")
    resolved = wire.flag(meta, "resolved") or False
    signed = resolved and (wire.flag(meta, "signed") or False)
    blob, txid = wire.text(response, "hex"), wire.text(response, "txid")
    return Snapshot(
        uuid=named.lower() if named else None,
        identifier=wire.text(wire.child(value, "custom_meta"), "identifier"),
        resolved=resolved,
        signed=signed,
        cancelled=wire.flag(meta, "cancelled") or False,
        expired=wire.flag(meta, "expired") or False,
        app_opened=wire.flag(meta, "app_opened") or False,
        pushed=wire.flag(meta, "pushed") or False,
        expires_at=wire.moment(payload, "expires_at"),
        expires_in=wire.whole(payload, "expires_in_seconds"),
        created_at=wire.moment(payload, "created_at"),
        resolved_at=wire.moment(response, "resolved_at") if resolved else None,
        # Pre-filled before anybody signed (P§3.1): never read them from an unsigned answer.
        hex=blob.upper() if signed and blob else None,
        txid=txid.upper() if signed and txid and _TXID.fullmatch(txid) else None,
        account=wire.text(response, "account") if signed else None,
        signer=wire.text(response, "signer") if signed else None,
        multisign_account=wire.text(response, "multisign_account") if signed else None,
        dispatched_to=wire.text(response, "dispatched_to"),
        dispatched_nodetype=wire.text(response, "dispatched_nodetype") if signed else None,
        dispatched_result=wire.text(response, "dispatched_result") if signed else None,
        environment_nodetype=wire.text(response, "environment_nodetype") if signed else None,
        environment_networkid=wire.whole(response, "environment_networkid") if signed else None,
    )


def read_cancel(value: Mapping[str, Json]) -> CancelAnswer | str:
    """Read the answer to a DELETE; its `meta` is forced and therefore ignored (P§4)."""
    result = wire.child(value, "result")
    cancelled = wire.flag(result, "cancelled")
    if cancelled is None:
        return "the answer does not say whether the request was cancelled"
    return CancelAnswer(cancelled, wire.text(result, "reason") or "UNKNOWN")


def redacted(value: JsonObject) -> JsonObject:
    """The answer without what identifies a customer: push tokens and the user's id (P§7).

    Everything that is stored or shown goes through here first.
    """
    clean = dict(value)
    for part, keys in (("application", ("issued_user_token",)), ("response", ("user",))):
        inner = clean.get(part)
        if isinstance(inner, dict):
            clean[part] = {k: REDACTED if k in keys and v else v for k, v in inner.items()}
    return clean
