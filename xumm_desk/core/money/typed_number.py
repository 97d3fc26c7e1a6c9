"""Read numbers as people type and paste them, in every locale's spelling."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from xumm_desk.core.message import Message

from .pasted_text import without_invisible

MAX_LENGTH: Final = 40
"""Digits before and after the decimal mark."""

_GROUPS: Final = {
    **dict.fromkeys(".' ", re.compile(r"[1-9][0-9]{0,2}(?:G[0-9]{3})+")),
    ",": re.compile(r"[1-9][0-9]{0,2}(?:G[0-9]{3})+|[1-9][0-9]?(?:G[0-9]{2})+G[0-9]{3}"),
}
"""How each mark groups thousands, "G" standing for it; commas as in India too: 1,23,456."""

_PLAIN: Final = re.compile(rf"[0-9]{{0,{MAX_LENGTH}}}")
_ARABIC: Final = "\x01"
"""Replaces the Arabic decimal mark; no cleaned text holds this character."""

_EQUIVALENT: Final = str.maketrans(
    {
        **dict.fromkeys("’ʼ‘`´＇٬", "'"),
        "．": ".",
        "，": ",",
        "٫": _ARABIC,
    }
)
"""Marks with one meaning: apostrophes and the Arabic thousands mark group."""


@dataclass(frozen=True, slots=True)
class Marks:
    """How the system spells numbers: its decimal mark and its mark between thousands, "" where that
    is not known."""

    decimal: str = "."
    group: str = ""


POINT: Final = Marks()
"""A full stop before decimals; what could be a thousands mark is in doubt."""


@dataclass(frozen=True, slots=True)
class Number:
    """What was understood, and what the same text means elsewhere; None where there is no other
    reading."""

    value: Decimal
    other: Decimal | None = None


class NumberError(ValueError):
    """It is no number, or one in doubt; the text is a sentence without the field's name."""


def parse_number(text: str, marks: Marks = POINT) -> Number:
    """Parse a number of 0 or more. A text with one reading in every locale is read so. A text with
    two, such as "1,234", is read as the system writes numbers, given by `marks`; the other reading
    is returned with it, to be shown beside the field.

    Raises:
        NumberError: it is empty, no number, or has two readings and the system decides neither.
    """
    typed = without_invisible(text)
    if not typed:
        raise NumberError(Message("Type a number such as 12.50"))
    plain = _parse_plain(typed)
    readings = {
        mark: value
        for mark in (".", ",", _ARABIC, "")
        if (value := _value(plain, mark)) is not None
    }
    values = set(readings.values())
    if not values:
        raise NumberError(Message("Type a plain number such as 12.50, with no sign and no letters"))
    if len(values) == 1:
        return Number(values.pop())
    # Two readings: one mark, which divides thousands or decimals.
    [mark] = set(plain) & {".", ","}
    if mark == marks.decimal:
        return Number(readings[mark], readings[""])
    if mark == marks.group:
        return Number(readings[""], readings[mark])
    doubt = (
        Message("This can be read as {one} or as {other}. Type it without the comma")
        if mark == ","
        else Message("This can be read as {one} or as {other}. Type it without the full stop")
    )
    raise NumberError(doubt.filled(one=f"{readings['']:f}", other=f"{readings[mark]:f}"))


def parse_whole(text: str) -> int | None:
    """Read a whole number of 0 or more, such as a tag or minutes: "1,234" has only one reading that
    is whole. None where it is none, or where two are ("1,000")."""
    plain = _parse_plain(without_invisible(text))
    whole = _value(plain, "")
    if whole is None:
        return None
    others = [value for mark in ".," if (value := _value(plain, mark)) is not None]
    return int(whole) if all(value != int(value) for value in others) else None


def _parse_plain(typed: str) -> str:
    """With ASCII digits, and one spelling of each mark."""
    digits = (str(unicodedata.decimal(one)) if one.isdecimal() else one for one in typed)
    return "".join(digits).translate(_EQUIVALENT)


def _value(plain: str, mark: str) -> Decimal | None:
    """The number with `mark` before its decimals, or with none; None where it is not one."""
    if mark:
        if plain.count(mark) != 1:
            return None
        whole, _, part = plain.partition(mark)
    else:
        whole, part = plain, ""
    if not _PLAIN.fullmatch(part):
        return None
    if not _PLAIN.fullmatch(whole):
        used = set(whole) - set("0123456789")
        group = used.pop() if len(used) == 1 else ""
        groups = _GROUPS.get(group) if group != mark else None
        if (
            groups is None
            or len(whole) > MAX_LENGTH
            or not groups.fullmatch(whole.replace(group, "G"))
        ):
            return None
        whole = whole.replace(group, "")
    return Decimal(f"{whole or '0'}.{part}" if part else whole) if whole or part else None
