"""Classic addresses and X-addresses: parse, check, shorten."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import base58

_ALPHABET: Final = base58.RIPPLE_ALPHABET
_CLASSIC_PREFIX: Final = b"\x00"
_X_PREFIXES: Final = (b"\x05\x44", b"\x04\x93")  # mainnet "X…", test networks "T…" (XLS-5)
_NO_TAG, _TAG_32 = 0, 1


@dataclass(frozen=True, slots=True)
class Address:
    """A classic address, the tag that an X-address carried with it, and whether it was written for
    test networks (T…)."""

    classic: str
    tag: int | None = None
    is_test_network: bool = False


def is_classic_address(text: str) -> bool:
    """Whether `text` is an r-address with a right checksum."""
    raw = _decode_checked(text)
    return raw is not None and len(raw) == 21 and raw[:1] == _CLASSIC_PREFIX


def parse_address(text: str) -> Address | None:
    """Read an r-address, or an X-address into address and tag; None for anything else."""
    typed = text.strip()
    if is_classic_address(typed):
        return Address(typed)
    raw = _decode_checked(typed)
    if raw is None or len(raw) != 31 or raw[:2] not in _X_PREFIXES:
        return None
    account, kind, tag = raw[2:22], raw[22], raw[23:]
    if kind not in (_NO_TAG, _TAG_32) or any(tag[4:]) or (kind == _NO_TAG and any(tag)):
        return None
    classic = address_of_account(account)
    number = int.from_bytes(tag[:4], "little") if kind == _TAG_32 else None
    return Address(classic, number, raw[:2] == _X_PREFIXES[1])


def address_of_account(account: bytes) -> str:
    """The r-address of an account's 20 bytes."""
    return base58.b58encode_check(_CLASSIC_PREFIX + account, alphabet=_ALPHABET).decode()


def shorten(address: str | None) -> str:
    """The address for narrow columns: its first and last characters, by which people compare."""
    if not address:
        return ""
    return address if len(address) <= 13 else f"{address[:6]}…{address[-5:]}"


def _decode_checked(text: str) -> bytes | None:
    # The library strips blanks by itself, and an address with one must not reach the wire.
    if not 20 <= len(text) <= 60 or not text.isascii() or text != text.strip():
        return None
    try:
        return base58.b58decode_check(text, alphabet=_ALPHABET)
    except ValueError:
        return None
