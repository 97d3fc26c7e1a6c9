"""The one-time code with which a till joins a shop: written, pasted or typed, and read again.

A code is compact JSON, compressed, as base32: small and capital letters, spaces, line breaks and
hyphens make no difference, and a slip of the pen is noticed by the checksum of the compression.
"""

from __future__ import annotations

import base64
import binascii
import zlib
from dataclasses import dataclass, field
from typing import Final

from xumm_desk.core.wire.json_fields import compact_json, object_at, parse_object

from .shop_address import ShopAddress, as_json, from_json

_LONGEST: Final = 1 << 17
_LETTERS: Final = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
_LOOK_ALIKE: Final = str.maketrans("018", "OIB")


@dataclass(frozen=True, slots=True)
class JoinCode:
    """Where the shop is, and the password that works once."""

    address: ShopAddress
    password: str = field(repr=False)


def format_code(code: JoinCode) -> str:
    """The code as text of capital letters and digits."""
    text = compact_json({"shop": as_json(code.address), "password": code.password})
    packed = zlib.compress(text.encode("utf-8", "surrogatepass"), 9)
    return base64.b32encode(packed).decode("ascii").rstrip("=")


def parse_code(text: str) -> JoinCode | None:
    """The code in `text`; None if it is none, is cut off or has a mistake in it."""
    if len(text) > _LONGEST:
        return None
    letters = "".join(text.split()).replace("-", "").rstrip("=").upper().translate(_LOOK_ALIKE)
    if not letters or not _LETTERS.issuperset(letters):
        return None
    try:
        packed = base64.b32decode(letters + "=" * (-len(letters) % 8))
        unpacking = zlib.decompressobj()
        raw = unpacking.decompress(packed, _LONGEST)
    except (binascii.Error, zlib.error):
        return None
    if not unpacking.eof:
        return None
    found = parse_object(raw.decode("utf-8", "replace"))
    if isinstance(found, str):
        return None
    address, password = from_json(object_at(found, "shop")), found.get("password")
    if address is None or not isinstance(password, str) or not password:
        return None
    return JoinCode(address, password)
