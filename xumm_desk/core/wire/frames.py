"""Parse the messages of the status socket (P§5.1).

They carry no type field, so a message is known by its keys. Whatever arrives becomes a `Frame`, at
worst an `UnreadableFrame`.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Final, TypeAlias

from xumm_desk.core.message import Message

from . import json_fields

MAX_FRAME: Final = 64 * 1024
"""Longest frame that is parsed, in characters (P§5.4); real ones stay under 2 kB."""

_CACHED_LENGTH: Final = 48
"""Characters of a frame that is remembered once it was read, if it names no request."""


@dataclass(frozen=True, slots=True)
class Welcome:
    """The first frame of a socket whose request exists."""


@dataclass(frozen=True, slots=True)
class SecondsLeft:
    """Seconds until expiry; negative once it is past. Sent on connecting and every 15 s."""

    seconds: int


@dataclass(frozen=True, slots=True)
class Opened:
    """A phone fetched the request; repeated at every fetch."""


@dataclass(frozen=True, slots=True)
class DeveloperFetched:
    """A developer's GET or DELETE, our own included. It triggers nothing."""


@dataclass(frozen=True, slots=True)
class PreSigned:
    """The customer started the signing routine."""


@dataclass(frozen=True, slots=True)
class Dispatched:
    """The submission to a node started."""


@dataclass(frozen=True, slots=True)
class Resolved:
    """The platform announces the end: signed or declined. A reason to GET, never proof."""

    signed: bool
    txid: str | None = None


@dataclass(frozen=True, slots=True)
class Expired:
    """The time is over, or the request is already resolved: a reason to GET (P§5.2)."""


@dataclass(frozen=True, slots=True)
class Cancelled:
    """Not sent in 2021, expected by other clients today: a reason to GET (P§11-5)."""


@dataclass(frozen=True, slots=True)
class PayloadUnknown:
    """The platform does not know the payload; it closes the socket after this."""

    message: str


@dataclass(frozen=True, slots=True)
class Pong:
    """The answer to a frame of ours."""


@dataclass(frozen=True, slots=True)
class UnknownFrame:
    """A well-formed object with keys that are unknown here: ignored, as P§5 asks."""


@dataclass(frozen=True, slots=True)
class UnreadableFrame:
    """Not a frame of the platform: unreadable, too large, binary, or about another request."""

    reason: str


Frame: TypeAlias = (
    Welcome
    | SecondsLeft
    | Opened
    | DeveloperFetched
    | PreSigned
    | Dispatched
    | Resolved
    | Expired
    | Cancelled
    | PayloadUnknown
    | Pong
    | UnknownFrame
    | UnreadableFrame
)

_FLAG_FRAMES: Final[dict[str, Frame]] = {
    "opened": Opened(),
    "pre_signed": PreSigned(),
    "dispatched": Dispatched(),
    "cancelled": Cancelled(),
    "expired": Expired(),
    "devapp_fetched": DeveloperFetched(),
}
_PONGS: Final = ("right back at you",)


def parse_frame(message: str | bytes, uuid: str | None = None) -> Frame:
    """Read one websocket message (P§5.1).

    `uuid` is the request that the socket belongs to; a resolve message about another one is
    `UnreadableFrame`, because acting on it would move the wrong row.
    """
    if isinstance(message, bytes):
        return UnreadableFrame(Message("a binary frame of {count} bytes", count=len(message)))
    if len(message) <= _CACHED_LENGTH and "uuid" not in message:
        return _parse_short_cached(message)
    return _parse_text(message, uuid)


@functools.lru_cache(maxsize=1024)
def _parse_short_cached(message: str) -> Frame:
    """Almost all frames are the same few, ten thousand sockets' keepalives included."""
    return _parse_text(message, None)


def _parse_text(message: str, uuid: str | None) -> Frame:
    if len(message) > MAX_FRAME:
        return UnreadableFrame(Message("a frame of {count} characters", count=len(message)))
    value = json_fields.parse_object(message)
    if isinstance(value, str):
        return UnreadableFrame(value)
    return parse_frame_object(value, uuid)


def parse_frame_object(value: json_fields.JsonObject, uuid: str | None = None) -> Frame:
    """Read one frame that is already parsed; see `parse_frame`."""
    if "signed" in value or "payload_uuidv4" in value:
        return _parse_resolved(value, uuid)
    for key, frame in _FLAG_FRAMES.items():
        if json_fields.bool_at(value, key):
            return frame
    if "expires_in_seconds" in value:
        seconds = json_fields.int_at(value, "expires_in_seconds")
        return (
            UnreadableFrame(Message("seconds left is no number"))
            if seconds is None
            else SecondsLeft(seconds)
        )
    message = json_fields.string_at(value, "message")
    if message is not None:
        return _parse_message(message)
    return UnknownFrame()


def _parse_resolved(value: json_fields.JsonObject, uuid: str | None) -> Frame:
    named = json_fields.string_at(value, "payload_uuidv4")
    if uuid is not None and named is not None and named.lower() != uuid.lower():
        return UnreadableFrame(Message("a resolve message about another request"))
    signed = json_fields.bool_at(value, "signed")
    if signed is None:
        return UnreadableFrame(Message("a resolve message that does not say whether it was signed"))
    # On rejection txid is absent, null or "", and old servers never send it (P§11-9).
    return Resolved(signed, json_fields.string_at(value, "txid") if signed else None)


def _parse_message(message: str) -> Frame:
    lower = message.lower()
    if lower.startswith("welcome"):
        return Welcome()
    if lower.startswith(_PONGS):
        return Pong()
    return PayloadUnknown(message[:200])
