"""Check who signed a statement of the newest version (Ed25519).

`cryptography` is imported at the first check, in the worker thread of the caller.
"""

from __future__ import annotations

from collections.abc import Iterable

from xumm_desk.core.message import Message
from xumm_desk.core.updates.envelope import Envelope, read_envelope, signed_bytes
from xumm_desk.core.updates.release_keys import ReleaseKey
from xumm_desk.core.updates.statement import ReleaseStatement, read_statement


def verify(body: bytes, keys: Iterable[ReleaseKey]) -> ReleaseStatement | str:
    """The statement of a signed file; a sentence why it is not to be believed. Nothing of a
    statement is read before its signature is right."""
    envelope = read_envelope(body)
    if isinstance(envelope, str):
        return envelope
    named = ", ".join(one.key for one in envelope.signatures)
    if not is_signed(envelope, keys):
        return Message("no release key has signed it (it names {keys})", keys=f"{named!r}")
    return read_statement(envelope.payload)


def is_signed(envelope: Envelope, keys: Iterable[ReleaseKey]) -> bool:
    """Whether one of the keys has signed it, under its own id."""
    from cryptography.exceptions import InvalidSignature  # noqa: PLC0415 - not before the window
    from cryptography.hazmat.primitives.asymmetric.ed25519 import (  # noqa: PLC0415
        Ed25519PublicKey,
    )

    by_id = {key.id: key.public for key in keys}
    message = signed_bytes(envelope.payload)
    for signature in envelope.signatures:
        public = by_id.get(signature.key)
        if public is None:
            continue
        try:
            Ed25519PublicKey.from_public_bytes(public).verify(signature.value, message)
        except (InvalidSignature, ValueError):  # a key that is none
            continue
        return True
    return False
