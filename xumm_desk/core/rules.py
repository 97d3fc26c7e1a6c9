"""The rules for what a sign request may hold (P§2.1, P§2.2), each with its sentence.

Knows single values; must not know where in a body or a form they stand.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from . import address, bidi, networks
from .address import Address
from .wire import Json

MAX_IDENTIFIER: Final = 40
MAX_INSTRUCTION: Final = 280
MAX_BLOB: Final = 1500
MAX_RETURN_URL: Final = 250
MAX_TAG: Final = 2**32 - 1
MAX_EXPIRE: Final = 1_000_000
CURRENCY_RULE: Final = "Currency: must be 3 characters (not XRP) or 40 hex digits"
_BLANKS: Final = re.compile(r"[^\S\n]+")


@dataclass(frozen=True, slots=True)
class Problem:
    """Why something typed cannot be sent: the field's key and a sentence that names both field
    and rule."""

    field: str
    sentence: str


def collapse(text: str) -> str:
    """Collapse blanks and trim lines, as the platform does before it counts (P§2.1)."""
    return "\n".join(_BLANKS.sub(" ", line).strip() for line in text.splitlines()).strip()


def length(text: str) -> int:
    """The length as the platform counts it, in UTF-16 units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def network_rule(chosen: str) -> str:
    """The sentence for a network key that the wallet would silently ignore."""
    known = ", ".join(networks.NETWORKS)
    return f"Network: {chosen[:40]!r} is not known. Use one of {known}"


def identifier_problem(text: str) -> Problem | None:
    """The rule for identifiers, for typed ones as for those in a file."""
    if length(text) > MAX_IDENTIFIER:
        return Problem(
            "identifier",
            f"Identifier: has at most {MAX_IDENTIFIER} characters, this has {length(text)}",
        )
    if any(ord(c) < 32 or 0xD800 <= ord(c) < 0xE000 for c in text):
        return Problem("identifier", "Identifier: must be one line of text")
    if bidi.stripped(text) != text:
        return Problem(
            "identifier", "Identifier: holds a character that turns the direction of a line"
        )
    return None


def instruction_problem(text: str) -> Problem | None:
    """The rule for instructions, after blanks are collapsed."""
    if any(0xD800 <= ord(c) < 0xE000 for c in text):
        rule = "Instruction: holds half of a character, which nobody can read"
        return Problem("instruction", rule)
    size = length(collapse(text))
    if size > MAX_INSTRUCTION:
        return Problem(
            "instruction",
            f"Instruction: has at most {MAX_INSTRUCTION} characters after blanks are collapsed,"
            f" this has {size}",
        )
    return None


def tag_problem(tag: Json) -> Problem | None:
    """The rule for destination tags: a whole number of 32 bits."""
    if isinstance(tag, bool) or not isinstance(tag, int) or not 0 <= tag <= MAX_TAG:
        return Problem("tag", f"Destination tag: must be a whole number from 0 to {MAX_TAG}")
    return None


def address_problem(text: str, field_key: str, name: str) -> Problem | None:
    """The rule for an r-address in the field called `name`."""
    if address.is_classic(text):
        return None
    return Problem(field_key, f"{name}: is not a valid address. Check it letter by letter")


def live_problem(found: Address, network: str, field_key: str, name: str) -> Problem | None:
    """The rule for an address that says itself that it is for test networks: money sent there on a
    live one may be lost."""
    known = networks.find(network)
    if not found.test or known is None or not known.live:
        return None
    return Problem(
        field_key,
        f"{name}: is written for test networks (T…), and this one is {network}. Use the"
        f" address on {network}",
    )


def memo_problem(text: str) -> Problem | None:
    """The rule for memos: text which UTF-8 can carry, with no control characters."""
    if any((ord(c) < 32 and c not in "\n\t") or 0xD800 <= ord(c) < 0xE000 for c in text):
        return Problem("memo", "Memo: must be plain text, this holds characters that are none")
    if len(text.encode()) > 700:
        return Problem("memo", "Memo: has at most 700 bytes of text, the ledger takes no more")
    return None
