"""Knows the two notations of an issued currency's code; must not know amounts or issuers."""

from __future__ import annotations

import re
from typing import Final

from .pasted_text import without_invisible

_STANDARD: Final = re.compile(r"[A-Za-z0-9?!@#$%^&*<>(){}\[\]|]{3}")
_HEX: Final = re.compile(r"[0-9A-Fa-f]{40}")
_NAME: Final = re.compile(r"[!-~](?:[ -~]{2,18})[!-~]")
_NATIVE: Final = "XRP"


def is_currency_code(text: str) -> bool:
    """Whether `text` may stand as an issued currency: 3 characters but not XRP, or 40 hex."""
    if _STANDARD.fullmatch(text):
        return text.upper() != _NATIVE
    return bool(_HEX.fullmatch(text)) and int(text, 16) != 0 and _standard_code(text) != _NATIVE


def parse_currency(text: str) -> str | None:
    """The code that is sent for what a person typed: a code as it is, a name of 4 to 20 ASCII
    characters such as RLUSD as the 40 hex digits that spell it; None for anything else."""
    typed = without_invisible(text)
    if is_currency_code(typed):
        return typed
    if _NAME.fullmatch(typed) and not _HEX.fullmatch(typed):
        return typed.encode().hex().upper().ljust(40, "0")
    return None


def currency_hex(code: str) -> str:
    """The 40 hex digits, upper case, that stand for `code` on the ledger.

    Two codes are the same currency when this is equal: "USD" and its 40 hex digits are.
    """
    if _HEX.fullmatch(code):
        return code.upper()
    return ("00" * 12 + code.encode("ascii", "replace").hex() + "00" * 5).upper()


def currency_label(code: str) -> str:
    """The code as a person reads it: 3 characters, printable text of a 40-hex code, or its hex."""
    if not _HEX.fullmatch(code):
        return code
    spelled = _standard_code(code)
    if spelled is not None:
        return spelled
    raw = bytes.fromhex(code).rstrip(b"\0")
    name = raw.decode("ascii", "ignore")
    # Three characters would look like the standard code, or like XRP itself, and are neither.
    if len(name) == len(raw) and len(name) not in (0, 3) and all(" " < c <= "~" for c in name):
        return name
    return f"{code[:6].upper()}…"


def _standard_code(code: str) -> str | None:
    """The 3 characters inside 40 hex digits of the standard form, else None."""
    raw = bytes.fromhex(code)
    if raw[:12] == bytes(12) and raw[15:] == bytes(5):
        name = raw[12:15].decode("ascii", "replace")
        if _STANDARD.fullmatch(name):
            return name
    return None
