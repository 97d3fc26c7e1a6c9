"""Clean what people paste, and read addresses out of what wallets and explorers copy."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl, unquote, urlsplit

from . import address
from .address import Address

_JOINERS: Final = "\u200c\u200d"
"""Joiners shape letters and emojis that are not ASCII, and mean nothing elsewhere."""

_LINK: Final = re.compile(
    r"(?:(?:xrpl|xrp|ripple|xaman|xumm):(?://)?"
    r"|https?://(?:www\.)?(?:xaman|xumm)\.(?:app|me)/detect/(?:request:|xrpl:)?"
    r"|https?://[^/?#]+/(?:[a-z]{2}/)?(?:accounts?|explorer|address)/)",
    re.IGNORECASE,
)
"""What precedes the address in a wallet's own link (P§8) and in those of explorers."""


def without_invisible(text: str) -> str:
    """`text` of a one-line field without invisible characters (see `escape_invisible`) and without
    blanks at either end."""
    return escape_invisible(text).strip()


def escape_invisible(text: str) -> str:
    """`text` without invisible, control and directional characters; each line end and each unusual
    blank is a plain blank."""
    kept = []
    for place, one in enumerate(text):
        kind = unicodedata.category(one)
        if one in _JOINERS:
            around = text[max(0, place - 1) : place], text[place + 1 : place + 2]
            if all(around) and not any(near.isascii() for near in around):
                kept.append(one)
        elif kind in ("Zs", "Zl", "Zp") or one in "\t\n\r\v\f":
            kept.append(" ")
        elif kind not in ("Cc", "Cf"):
            kept.append(one)
    return "".join(kept)


@dataclass(frozen=True, slots=True)
class PastedAddress:
    """An address and what came with it: `tag` as a number, `amount` as a plain decimal in units of
    the asset, `currency` and `issuer` as written in the link; None for what was not there."""

    classic: str
    tag: int | None = None
    amount: str | None = None
    currency: str | None = None
    issuer: str | None = None
    is_test_network: bool = False
    """Whether it was an X-address of a test network."""


def parse_pasted_address(text: str) -> PastedAddress | None:
    """Read an r-address, an X-address, or a link with one of them; None for anything else."""
    typed = without_invisible(text)
    known = address.parse_address(typed)
    if known is not None:
        return _pasted(known, known.tag)
    match = _LINK.match(typed)
    if match is None:
        return None
    rest = urlsplit("x:" + typed[match.end() :])
    known = address.parse_address(unquote(rest.path).strip("/ "))
    if known is None:
        return None
    given = {name.lower(): value.strip() for name, value in parse_qsl(rest.query)}
    tag = given.get("dt") or given.get("tag") or given.get("destinationtag") or ""
    number = int(tag) if tag.isascii() and tag.isdigit() and len(tag) <= 10 else None
    if number is not None and number >= 2**32:
        number = None
    if known.tag is not None and number not in (None, known.tag):
        return None  # Two different tags: neither can be trusted.
    amount = given.get("amount", "")
    return _pasted(
        known,
        known.tag if number is None else number,
        amount if re.fullmatch(r"[0-9]{1,30}(?:\.[0-9]{1,30})?", amount) else None,
        given.get("currency") or None,
        given.get("issuer") or None,
    )


def _pasted(
    known: Address,
    tag: int | None,
    amount: str | None = None,
    currency: str | None = None,
    issuer: str | None = None,
) -> PastedAddress:
    return PastedAddress(known.classic, tag, amount, currency, issuer, known.is_test_network)
