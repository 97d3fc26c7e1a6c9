"""Read the id of a multi-purpose token (MPT, XLS-33): 24 bytes as 48 hex digits.

The first 4 bytes are the issuer's sequence number when the token was created, the other 20 are the
issuer's account. An amount of a token is a whole number of its smallest unit; how many decimals a
wallet shows (`AssetScale`) is in no amount and no payment.
"""

from __future__ import annotations

import re
from typing import Final

from . import address

MAX_VALUE: Final = 2**63 - 1
_ID: Final = re.compile(r"[0-9A-Fa-f]{48}")
_SEQUENCE_DIGITS: Final = 8


def is_issuance_id(text: str) -> bool:
    """Whether `text` may name a multi-purpose token; account zero issues none."""
    return bool(_ID.fullmatch(text)) and int(text[_SEQUENCE_DIGITS:], 16) != 0


def issuer_of(issuance_id: str) -> str:
    """The classic address of the account that issued the token; "" for what is no id."""
    if not is_issuance_id(issuance_id):
        return ""
    return address.address_of_account(bytes.fromhex(issuance_id[_SEQUENCE_DIGITS:]))


def short_issuance_id(issuance_id: str) -> str:
    """The token's name for narrow columns: its number, and the end of its issuer."""
    return f"MPT {issuance_id[:_SEQUENCE_DIGITS]}…{issuance_id[-4:]}"
