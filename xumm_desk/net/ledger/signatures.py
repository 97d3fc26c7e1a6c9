"""Check a signature over a transaction: secp256k1 with SHA-512Half, or Ed25519.

`cryptography` (OpenSSL) accepts right signatures in less than half a millisecond. What it does not
accept goes to xrpl-py's own check, which is pure Python, takes 5 to 7 ms and has the last word. So
both always agree, a shop is never told of a wrong signature by one library alone, and only
signatures that are most likely wrong cost milliseconds.

`cryptography` is imported at the first check, in the worker thread of the caller.
"""

from __future__ import annotations

import hashlib
import logging
from typing import Final

from .xrpl_import import import_xrpl

log = logging.getLogger(__name__)

_KEY_BYTES: Final = 33
_ED25519_PREFIX: Final = 0xED
_ED25519_SCALAR: Final = 32
"""Where S begins, after the encoded point R."""
_SECP256K1_PREFIXES: Final = (0x02, 0x03)


def warm_up() -> None:
    """Import both libraries before the first check needs them."""
    import_xrpl("xrpl.core.keypairs")
    for prefix in (_ED25519_PREFIX, *_SECP256K1_PREFIXES):
        is_accepted(b"", b"", bytes((prefix,)) * _KEY_BYTES)


def is_valid(message: bytes, signature: bytes, key: str) -> bool:
    """Whether `key` (hex, as in `SigningPubKey`) signed `message`.

    Raises whatever xrpl-py raises for a key that is no point of its curve.
    """
    if is_accepted(message, signature, bytes.fromhex(key)):
        return True
    return bool(import_xrpl("xrpl.core.keypairs").is_valid_message(message, signature, key))


def is_accepted(message: bytes, signature: bytes, key: bytes) -> bool:
    """Whether `cryptography` accepts the signature.

    False also where it cannot judge: for keys and DER that are not in the ledger's form, and where
    its OpenSSL lacks the curve. Raises nothing.
    """
    if len(key) != _KEY_BYTES:
        return False
    try:
        if key[0] == _ED25519_PREFIX:
            return _ed25519(message, signature, key[1:])
        if key[0] in _SECP256K1_PREFIXES:
            return _secp256k1(message, signature, key)
    except Exception as error:  # noqa: BLE001 - xrpl-py decides instead, whatever the cause is
        log.warning("a signature is checked by xrpl-py alone: %s", type(error).__name__)
    return False


def _ed25519(message: bytes, signature: bytes, key: bytes) -> bool:
    from cryptography.exceptions import InvalidSignature  # noqa: PLC0415 - not before the window
    from cryptography.hazmat.primitives.asymmetric import ed25519  # noqa: PLC0415

    if not any(signature[_ED25519_SCALAR:]):
        # S = 0 fits every message under a key of small order, which belongs to nobody
        return False
    try:
        ed25519.Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
    except InvalidSignature:
        return False
    return True


def _secp256k1(message: bytes, signature: bytes, key: bytes) -> bool:
    from cryptography.exceptions import InvalidSignature  # noqa: PLC0415 - not before the window
    from cryptography.hazmat.primitives import hashes  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric import ec, utils  # noqa: PLC0415

    digest = hashlib.sha512(message).digest()[:32]
    # The digest is SHA-512Half, which OpenSSL does not know; only the length of SHA-256 counts.
    rule = ec.ECDSA(utils.Prehashed(hashes.SHA256()))
    try:
        point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256K1(), key)
    except ValueError:  # not on the curve
        return False
    try:
        point.verify(signature, digest, rule)
    except InvalidSignature:
        return False
    return True
