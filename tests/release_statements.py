"""Signed statements of newer versions for tests, by keys that exist in tests only."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from xumm_desk.core.updates.envelope import Signature, envelope_bytes, signed_bytes
from xumm_desk.core.updates.release_keys import ReleaseKey
from xumm_desk.core.updates.statement import ReleaseStatement, statement_bytes

NOW: Final = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)

OLD_KEY: Final = Ed25519PrivateKey.from_private_bytes(b"\x01" * 32)
NEW_KEY: Final = Ed25519PrivateKey.from_private_bytes(b"\x02" * 32)
WRONG_KEY: Final = Ed25519PrivateKey.from_private_bytes(b"\x03" * 32)

KEYS: Final = (
    ReleaseKey("2026a", OLD_KEY.public_key().public_bytes_raw()),
    ReleaseKey("2027a", NEW_KEY.public_key().public_bytes_raw()),
)

STATEMENT: Final = ReleaseStatement(
    version="9.2.0",
    released=date(2026, 11, 28),
    notes="https://releases.example/9.2.0",
    minimum_safe="0.0.1",
    issued=NOW - timedelta(days=1),
    expires=NOW + timedelta(days=90),
)


def statement(**changes: Any) -> ReleaseStatement:
    """One that is believed, with `changes`."""
    return replace(STATEMENT, **changes)


def signed_payload(
    payload: bytes, key: Ed25519PrivateKey = OLD_KEY, key_id: str = "2026a"
) -> bytes:
    """The file of these bytes, whatever they are."""
    return envelope_bytes(payload, [Signature(key_id, key.sign(signed_bytes(payload)))])


def signed(key: Ed25519PrivateKey = OLD_KEY, key_id: str = "2026a", **changes: Any) -> bytes:
    """The file of a statement."""
    return signed_payload(statement_bytes(statement(**changes)), key, key_id)
