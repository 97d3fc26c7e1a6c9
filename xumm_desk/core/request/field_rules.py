"""Rules of a single field of a sign request (P§2.1, P§2.2), each with the sentence for a person."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from xumm_desk.core import bidi
from xumm_desk.core.message import Message
from xumm_desk.core.money import address, networks
from xumm_desk.core.money.address import Address
from xumm_desk.core.wire.json_fields import Json

MAX_IDENTIFIER: Final = 40
MAX_INSTRUCTION: Final = 280
MAX_BLOB: Final = 1500
MAX_RETURN_URL: Final = 250
MAX_TAG: Final = 2**32 - 1
MAX_EXPIRE: Final = 1_000_000
CURRENCY_RULE: Final = Message("Currency: must be 3 characters (not XRP) or 40 hex digits")
_BLANKS: Final = re.compile(r"[^\S\n]+")


@dataclass(frozen=True, slots=True)
class FieldError:
    """Why something typed cannot be sent: the field's key and a sentence that names both field
    and rule."""

    field: str
    message: str


def collapse_blanks(text: str) -> str:
    """Collapse blanks and trim lines, as the platform does before it counts (P§2.1)."""
    return "\n".join(_BLANKS.sub(" ", line).strip() for line in text.splitlines()).strip()


def utf16_length(text: str) -> int:
    """The length as the platform counts it, in UTF-16 units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def unknown_network(chosen: str) -> str:
    """The error for a network key that the wallet would silently ignore."""
    known = ", ".join(networks.NETWORKS)
    return Message(
        "Network: {chosen} is not known. Use one of {known}", chosen=f"{chosen[:40]!r}", known=known
    )


def identifier_error(text: str) -> FieldError | None:
    """The rule for identifiers, for typed ones as for those in a file."""
    if utf16_length(text) > MAX_IDENTIFIER:
        return FieldError(
            "identifier",
            Message(
                "Identifier: has at most {max_identifier} characters, this has {utf16_length}",
                max_identifier=MAX_IDENTIFIER,
                utf16_length=utf16_length(text),
            ),
        )
    if any(ord(c) < 32 or 0xD800 <= ord(c) < 0xE000 for c in text):
        return FieldError("identifier", Message("Identifier: must be one line of text"))
    if bidi.strip_controls(text) != text:
        return FieldError(
            "identifier",
            Message("Identifier: holds a character that turns the direction of a line"),
        )
    return None


def instruction_error(text: str) -> FieldError | None:
    """The rule for instructions, after blanks are collapsed."""
    if any(0xD800 <= ord(c) < 0xE000 for c in text):
        rule = Message("Instruction: holds half of a character, which nobody can read")
        return FieldError("instruction", rule)
    size = utf16_length(collapse_blanks(text))
    if size > MAX_INSTRUCTION:
        return FieldError(
            "instruction",
            Message(
                "Instruction: has at most {max_instruction} characters after blanks"
                " are collapsed, this has {size}",
                max_instruction=MAX_INSTRUCTION,
                size=size,
            ),
        )
    return None


def tag_error(tag: Json) -> FieldError | None:
    """The rule for destination tags: a whole number of 32 bits."""
    if isinstance(tag, bool) or not isinstance(tag, int) or not 0 <= tag <= MAX_TAG:
        return FieldError(
            "tag",
            Message("Destination tag: must be a whole number from 0 to {max_tag}", max_tag=MAX_TAG),
        )
    return None


def address_error(text: str, field_key: str, name: str) -> FieldError | None:
    """The rule for an r-address in the field called `name`."""
    if address.is_classic_address(text):
        return None
    return FieldError(
        field_key, Message("{name}: is not a valid address. Check it letter by letter", name=name)
    )


def test_address_error(
    found: Address, network: str, field_key: str, name: str
) -> FieldError | None:
    """The error for an X-address of a test network: money sent there on a live one may be lost."""
    known = networks.network_by_key(network)
    if not found.is_test_network or known is None or not known.is_live:
        return None
    return FieldError(
        field_key,
        Message(
            "{name}: is written for test networks (T…), and this one is {network}."
            " Use the address on {network}",
            name=name,
            network=network,
        ),
    )


def memo_error(text: str) -> FieldError | None:
    """The rule for memos: text which UTF-8 can carry, with no control characters."""
    if any((ord(c) < 32 and c not in "\n\t") or 0xD800 <= ord(c) < 0xE000 for c in text):
        return FieldError(
            "memo", Message("Memo: must be plain text, this holds characters that are none")
        )
    if len(text.encode()) > 700:
        return FieldError(
            "memo", Message("Memo: has at most 700 bytes of text, the ledger takes no more")
        )
    return None
