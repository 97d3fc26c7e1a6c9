"""Parse the platform's answers to create, get and cancel (P§2.3, §3, §4), and name its failures.

A hostile or incomplete answer becomes a sentence, never an exception.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Final

from xumm_desk.core.message import Message

from . import json_fields
from .json_fields import Json, JsonObject

_UUID: Final = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_TXID: Final = re.compile(r"[0-9A-Fa-f]{64}")
REDACTED: Final = "(redacted)"

ALREADY_OPENED: Final = "ALREADY_OPENED"
ALREADY_RESOLVED: Final = "ALREADY_RESOLVED"
ALREADY_EXPIRED: Final = "ALREADY_EXPIRED"
ALREADY_CANCELLED: Final = "ALREADY_CANCELLED"
"""Why a DELETE did nothing (P§4): each gives the state of the request."""


@dataclass(frozen=True, slots=True)
class CreateAnswer:
    """The answer to a POST (P§2.3): the only source of the addresses that we open or show."""

    uuid: str
    qr_link: str
    socket_url: str | None
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

    def merge(self, other: Snapshot | None) -> Snapshot:
        """What both answers say, field by field, independent of their order.

        Flags only rise, and the earliest time is kept. Of two different texts the greater one is
        kept, which prefers `tesSUCCESS` to any preliminary result. Two different transactions for
        one request are a conflict that a person has to look at.
        """
        if other is None:
            return self
        named = self._txids | other._txids
        return Snapshot(
            uuid=_max_text(self.uuid, other.uuid),
            identifier=_max_text(self.identifier, other.identifier),
            resolved=self.resolved or other.resolved,
            signed=self.signed or other.signed,
            cancelled=self.cancelled or other.cancelled,
            expired=self.expired or other.expired,
            app_opened=self.app_opened or other.app_opened,
            pushed=self.pushed or other.pushed,
            expires_at=_earlier(self.expires_at, other.expires_at),
            expires_in=_min_int(self.expires_in, other.expires_in),
            created_at=_earlier(self.created_at, other.created_at),
            resolved_at=_earlier(self.resolved_at, other.resolved_at),
            hex=_max_text(self.hex, other.hex),
            txid=_max_text(self.txid, other.txid),
            account=_max_text(self.account, other.account),
            signer=_max_text(self.signer, other.signer),
            multisign_account=_max_text(self.multisign_account, other.multisign_account),
            dispatched_to=_max_text(self.dispatched_to, other.dispatched_to),
            dispatched_nodetype=_max_text(self.dispatched_nodetype, other.dispatched_nodetype),
            dispatched_result=_max_text(self.dispatched_result, other.dispatched_result),
            environment_nodetype=_max_text(self.environment_nodetype, other.environment_nodetype),
            environment_networkid=_max_int(self.environment_networkid, other.environment_networkid),
            conflict=" and ".join(sorted(named)) if len(named) > 1 else None,
        )

    @property
    def _txids(self) -> frozenset[str]:
        return frozenset((self.conflict or self.txid or "").split(" and ")) - {""}


def _max_text(one: str | None, other: str | None) -> str | None:
    return max((text for text in (one, other) if text is not None), default=None)


def _min_int(one: int | None, other: int | None) -> int | None:
    return min((number for number in (one, other) if number is not None), default=None)


def _max_int(one: int | None, other: int | None) -> int | None:
    return max((number for number in (one, other) if number is not None), default=None)


def _earlier(one: datetime | None, other: datetime | None) -> datetime | None:
    return min((moment for moment in (one, other) if moment is not None), default=None)


def is_uuid(text: str) -> bool:
    """Whether `text` is written like a UUID."""
    return bool(_UUID.fullmatch(text))


def parse_create_answer(value: Mapping[str, Json]) -> CreateAnswer | str:
    """Parse the answer to a POST; a string says what is wrong with it."""
    uuid = json_fields.string_at(value, "uuid")
    link = json_fields.string_at(json_fields.object_at(value, "next"), "always")
    if uuid is None or not is_uuid(uuid):
        return Message("the answer to the create call names no request")
    if link is None or not link.startswith(("https://", "http://")):
        return Message("the answer to the create call holds no link for the QR code")
    socket = json_fields.string_at(json_fields.object_at(value, "refs"), "websocket_status")
    return CreateAnswer(uuid.lower(), link, socket, json_fields.bool_at(value, "pushed") or False)


def parse_snapshot(value: Mapping[str, Json], uuid: str | None = None) -> Snapshot | str:
    """Parse a GET answer; a string says why it cannot be believed. `uuid` is the request asked for:
    an answer about another one must not change this row."""
    if not isinstance(value.get("meta"), dict):
        return Message("the answer has no meta part")
    meta = json_fields.object_at(value, "meta")
    named = json_fields.string_at(meta, "uuid")
    if uuid is not None and named is not None and named.lower() != uuid.lower():
        return Message("the answer is about another request")
    if (
        json_fields.bool_at(meta, "resolved") is None
        and json_fields.bool_at(meta, "expired") is None
    ):
        return Message("the answer does not say how the request stands")
    payload, response = (
        json_fields.object_at(value, "payload"),
        json_fields.object_at(value, "response"),
    )
    resolved = json_fields.bool_at(meta, "resolved") or False
    signed = resolved and (json_fields.bool_at(meta, "signed") or False)
    blob, txid = json_fields.string_at(response, "hex"), json_fields.string_at(response, "txid")
    return Snapshot(
        uuid=named.lower() if named else None,
        identifier=json_fields.string_at(json_fields.object_at(value, "custom_meta"), "identifier"),
        resolved=resolved,
        signed=signed,
        cancelled=json_fields.bool_at(meta, "cancelled") or False,
        expired=json_fields.bool_at(meta, "expired") or False,
        app_opened=json_fields.bool_at(meta, "app_opened") or False,
        pushed=json_fields.bool_at(meta, "pushed") or False,
        expires_at=json_fields.time_at(payload, "expires_at"),
        expires_in=json_fields.int_at(payload, "expires_in_seconds"),
        created_at=json_fields.time_at(payload, "created_at"),
        resolved_at=json_fields.time_at(response, "resolved_at") if resolved else None,
        # Pre-filled before anybody signed (P§3.1): never read them from an unsigned answer.
        hex=blob.upper() if signed and blob else None,
        txid=txid.upper() if signed and txid and _TXID.fullmatch(txid) else None,
        account=json_fields.string_at(response, "account") if signed else None,
        signer=json_fields.string_at(response, "signer") if signed else None,
        multisign_account=json_fields.string_at(response, "multisign_account") if signed else None,
        dispatched_to=json_fields.string_at(response, "dispatched_to"),
        dispatched_nodetype=json_fields.string_at(response, "dispatched_nodetype")
        if signed
        else None,
        dispatched_result=json_fields.string_at(response, "dispatched_result") if signed else None,
        environment_nodetype=json_fields.string_at(response, "environment_nodetype")
        if signed
        else None,
        environment_networkid=json_fields.int_at(response, "environment_networkid")
        if signed
        else None,
    )


def parse_cancel_answer(value: Mapping[str, Json]) -> CancelAnswer | str:
    """Read the answer to a DELETE; its `meta` is forced and therefore ignored (P§4)."""
    result = json_fields.object_at(value, "result")
    cancelled = json_fields.bool_at(result, "cancelled")
    if cancelled is None:
        return Message("the answer does not say whether the request was cancelled")
    return CancelAnswer(cancelled, json_fields.string_at(result, "reason") or "UNKNOWN")


def redact(value: JsonObject) -> JsonObject:
    """The answer without push tokens, the user's id (P§7) and the API key, which it repeats.

    Everything that is stored or shown goes through here first.
    """
    clean = dict(value)
    for part, keys in (("application", ("issued_user_token", "uuidv4")), ("response", ("user",))):
        inner = clean.get(part)
        if isinstance(inner, dict):
            clean[part] = {k: REDACTED if k in keys and v else v for k, v in inner.items()}
    return clean


class SettingError(Exception):
    """A setting of this computer keeps a library from working. The text is a sentence for a person
    that names the variable, field or file."""


class FailureKind(Enum):
    """Kinds of failure, by what may be done about them."""

    UNREACHABLE = "unreachable"  # never sent: no route, no name, refused, a setting in the way
    ANSWER_LOST = "lost"  # sent, but no whole answer came: it may have worked
    RATE_LIMITED = "busy"  # 429: turned away unread, so it did nothing
    SERVER_ERROR = "broken"  # 5xx, HTML, unreadable: a fault of the platform
    KEYS_REJECTED = "keys"  # 401, 403: keys rejected
    APP_DISABLED = "disabled"  # code 810
    NOT_FOUND = "missing"  # 404
    IDENTIFIER_TAKEN = "taken"  # code 409: the identifier exists, so the request does
    REFUSED = "refused"  # any other 4xx: sending it again changes nothing


@dataclass(frozen=True, slots=True)
class Failure:
    """A call that did not work: its kind, a sentence with what to do, the platform's code, and how
    long the platform asks to wait (seconds)."""

    kind: FailureKind
    message: str
    code: int | None = None
    retry_after: float | None = None

    @property
    def may_have_arrived(self) -> bool:
        """Whether the platform may have acted on the call."""
        return self.kind in (FailureKind.ANSWER_LOST, FailureKind.SERVER_ERROR)


@dataclass(frozen=True, slots=True)
class ApiAnswer:
    """A call that worked: its JSON, already free of tokens."""

    value: JsonObject


@dataclass(frozen=True, slots=True)
class Application:
    """Whose keys these are, from the answer to `ping` (P§1.5)."""

    name: str
    uuid: str
    disabled: bool


@dataclass(frozen=True, slots=True)
class SimulatorNews:
    """What simulated customers do: `choice` is its key, `acts` are their newest acts as text,
    oldest first, and `last` is the number of the newest."""

    choice: str
    last: int
    acts: tuple[str, ...] = ()
