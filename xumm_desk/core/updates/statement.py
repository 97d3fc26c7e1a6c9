"""Read and write what a release's signer states: the newest version, and the oldest safe one."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from urllib.parse import urlsplit

from xumm_desk.core.message import Message
from xumm_desk.core.wire.json_fields import parse_object, string_at, time_at

from .version_number import VersionNumber, parse_version

_LONGEST_ADDRESS: Final = 300


@dataclass(frozen=True, slots=True)
class ReleaseStatement:
    """`notes` is the https address of what is new. Versions below `minimum_safe` must no longer be
    used. Of two statements the one that was `issued` later holds; none is believed anew after it
    `expires`, so that nobody can keep a newer one from a shop for ever."""

    version: str
    released: date
    notes: str
    minimum_safe: str
    issued: datetime
    expires: datetime


def read_statement(payload: bytes) -> ReleaseStatement | str:
    """What was stated; a sentence why it cannot be used."""
    try:
        text = payload.decode("utf-8")
    except UnicodeDecodeError:
        return Message("the statement is no text")
    found = parse_object(text)
    if isinstance(found, str):
        return found
    version, minimum = string_at(found, "version"), string_at(found, "minimum_safe")
    newest, oldest = _final(version), _final(minimum)
    if version is None or newest is None or minimum is None or oldest is None:
        return Message("the statement names no version")
    if oldest > newest:
        return Message("by the statement its own version is not safe")
    released = _date(string_at(found, "released"))
    issued, expires = time_at(found, "issued"), time_at(found, "expires")
    if released is None or issued is None or expires is None:
        return Message("the statement has no date")
    if expires <= issued:
        return Message("the statement expires before it was issued")
    notes = string_at(found, "notes")
    if notes is None or not is_web_address(notes):
        return Message("the statement names no https address of what is new")
    return ReleaseStatement(version, released, notes, minimum, issued, expires)


def statement_bytes(statement: ReleaseStatement) -> bytes:
    """The bytes to sign: sorted, without spaces, ASCII."""
    value = {
        "version": statement.version,
        "released": statement.released.isoformat(),
        "notes": statement.notes,
        "minimum_safe": statement.minimum_safe,
        "issued": statement.issued.isoformat(),
        "expires": statement.expires.isoformat(),
    }
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


def is_web_address(text: str) -> bool:
    """Whether a browser may be sent there: https, plain characters, no user name."""
    if len(text) > _LONGEST_ADDRESS or not text.isascii() or not text.isprintable():
        return False
    try:
        parts = urlsplit(text)
        sane = parts.port is None or parts.port > 0
    except ValueError:
        return False
    return (
        sane and parts.scheme == "https" and bool(parts.hostname) and not set(text) & set(' "<>@\\')
    )


def _final(text: str | None) -> VersionNumber | None:
    number = parse_version(text) if text is not None else None
    return number if number is not None and number.final and "+" not in str(text) else None


def _date(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text is not None else None
    except ValueError:
        return None
