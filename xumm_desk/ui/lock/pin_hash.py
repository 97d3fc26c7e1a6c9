"""Hash a PIN, and compare one with a hash. Both take a tenth of a second: call them in a thread."""

from __future__ import annotations

import logging

log = logging.getLogger(__name__)


def hash_pin(pin: str) -> str:
    """Argon2id's text with its parameters and a random salt."""
    from argon2 import PasswordHasher  # noqa: PLC0415 - only where there is a PIN

    return PasswordHasher().hash(pin)


def matches(stored: str, pin: str) -> bool:
    """Whether this is the PIN of the hash; a damaged hash has none. Never raises, since the lock
    would wait for ever."""
    try:
        from argon2 import PasswordHasher  # noqa: PLC0415 - see above
        from argon2.exceptions import VerifyMismatchError  # noqa: PLC0415

        try:
            return PasswordHasher().verify(stored, pin)
        except VerifyMismatchError:
            return False
    except Exception:
        log.exception("the PIN could not be compared")
        return False
