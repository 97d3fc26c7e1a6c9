"""Read and write the signed file around a statement (DSSE v1, Dead Simple Signing Envelope).

The bytes that were signed lie in it as base64, so that they are exactly the bytes that are read,
however JSON is written. Its type is signed with them: a signature for something else does not fit.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from xumm_desk.core.message import Message
from xumm_desk.core.wire.json_fields import Json, parse_object

PAYLOAD_TYPE: Final = "application/vnd.xumm-desk.release+json"

MAX_BYTES: Final = 16 * 1024
"""Of the whole file; a real one has less than one kilobyte."""

_MOST_SIGNATURES: Final = 8
_SIGNATURE_BYTES: Final = 64
"""Of a signature of Ed25519."""
_LONGEST_ID: Final = 40


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature and the id of the key that it says it is from."""

    key: str
    value: bytes


@dataclass(frozen=True, slots=True)
class Envelope:
    """What was signed, and who says to have signed it; nothing of it is proven."""

    payload: bytes
    signatures: tuple[Signature, ...]


def read_envelope(body: bytes) -> Envelope | str:
    """The envelope of a file; a sentence why it is none."""
    if len(body) > MAX_BYTES:
        return Message("the file is larger than {count} bytes", count=MAX_BYTES)
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        return Message("the file is no text")
    found = parse_object(text)
    if isinstance(found, str):
        return found
    if found.get("payloadType") != PAYLOAD_TYPE:
        return Message("the file is no statement of a version")
    payload = _bytes(found.get("payload"))
    if not payload:
        return Message("the file holds no statement")
    listed = found.get("signatures")
    signatures = [_signature(one) for one in listed] if isinstance(listed, list) else []
    kept = tuple(one for one in signatures if one is not None)
    if not kept:
        return Message("it is not signed")
    if len(kept) > _MOST_SIGNATURES:
        return Message("it has too many signatures")
    return Envelope(payload, kept)


def signed_bytes(payload: bytes) -> bytes:
    """The bytes that a signature is made over: type and payload with their lengths."""
    kind = PAYLOAD_TYPE.encode()
    return b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload)


def envelope_bytes(payload: bytes, signatures: Sequence[Signature]) -> bytes:
    """The file of a signed statement."""
    whole = {
        "payloadType": PAYLOAD_TYPE,
        "payload": base64.b64encode(payload).decode(),
        "signatures": [
            {"keyid": one.key, "sig": base64.b64encode(one.value).decode()} for one in signatures
        ],
    }
    return json.dumps(whole, indent=2).encode() + b"\n"


def _signature(value: Json) -> Signature | None:
    if not isinstance(value, dict):
        return None
    key, signature = value.get("keyid"), _bytes(value.get("sig"))
    if not isinstance(key, str) or not 0 < len(key) <= _LONGEST_ID:
        return None
    return Signature(key, signature) if len(signature) == _SIGNATURE_BYTES else None


def _bytes(value: Json) -> bytes:
    if not isinstance(value, str):
        return b""
    try:
        return base64.b64decode(value, validate=True)
    except ValueError:
        return b""
