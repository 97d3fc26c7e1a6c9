"""Read typed fields out of untrusted JSON, as servers spell booleans, numbers and absence."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Final, TypeAlias

from xumm_desk.core.message import Message

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"
JsonObject: TypeAlias = "dict[str, Json]"

MAX_TEXT: Final = 1 << 20
"""Longest document that is parsed, in characters; a longer one is a fault, not data."""

MAX_DEPTH: Final = 64
"""Deepest nesting that is taken; real answers stay under 8."""

_MAX_NUMBER: Final = 60
"""Longest number that is read exactly, in characters, and its largest power of ten."""

_TRUE = frozenset({"true", "1"})
_FALSE = frozenset({"false", "0"})


class NumberText(str):
    """A number of a document that was parsed exactly: the characters that stood there, since a
    float would change "0.1". Texts of the document stay plain `str`."""

    __slots__ = ()


def parse_object(text: str, *, exact: bool = False) -> JsonObject | str:
    """Parse `text` as one JSON object; a string says why it is none. With `exact` its numbers are
    `NumberText`, which `decimal_at` reads."""
    if len(text) > MAX_TEXT:
        return Message("too large ({count} characters)", count=len(text))
    try:
        value = (
            json.loads(
                text, parse_float=NumberText, parse_int=NumberText, parse_constant=NumberText
            )
            if exact
            else json.loads(text)
        )
    except (ValueError, RecursionError):
        return Message("not JSON")
    if not isinstance(value, dict):
        return Message(
            "JSON, but a {type_name} where an object belongs", type_name=type(value).__name__
        )
    # Few brackets cannot nest deeply: almost nothing is walked through for this.
    brackets = text.count("{") + text.count("[")
    return Message("nested too deeply") if brackets > MAX_DEPTH and _too_deep(value) else value


def compact_json(value: Mapping[str, Json]) -> str:
    """Write compact JSON with the characters as they are (the journal's and the wire's form).

    Half of a surrogate pair, which no file can hold, makes all of it ASCII.
    """
    written = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    try:
        written.encode()
    except UnicodeEncodeError:
        return json.dumps(value, separators=(",", ":"))
    return written


def intern_strings(value: JsonObject, names: frozenset[str]) -> JsonObject:
    """An equal object whose keys, and whose texts under `names`, are one and the same in all
    objects that went through here: thousands of requests differ in little."""
    made: JsonObject = {}
    for key, one in value.items():
        if isinstance(one, dict):
            made[sys.intern(key)] = intern_strings(one, names)
        elif isinstance(one, str) and key in names:
            made[sys.intern(key)] = sys.intern(one)
        else:
            made[sys.intern(key)] = one
    return made


def _too_deep(value: Json) -> bool:
    """Whether writing `value` again could exceed what the interpreter nests."""
    level: list[Json] = [value]
    for _ in range(MAX_DEPTH):
        inner: list[Json] = []
        for one in level:
            if isinstance(one, dict):
                inner += one.values()
            elif isinstance(one, list):
                inner += one
        if not inner:
            return False
        level = inner
    return True


def object_at(source: Mapping[str, Json], key: str) -> JsonObject:
    """The object under `key`, or an empty one."""
    value = source.get(key)
    return value if isinstance(value, dict) else {}


def string_at(source: Mapping[str, Json], key: str) -> str | None:
    """The text under `key`; `""`, null and absence are the same thing (P§3.1)."""
    value = source.get(key)
    if isinstance(value, str):
        return value.strip() or None
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return None


def bool_at(source: Mapping[str, Json], key: str) -> bool | None:
    """The boolean under `key`, also if written as 0/1 or as a word; None if it is neither."""
    value = source.get(key)
    if isinstance(value, bool):
        return value
    if isinstance(value, int) and value in (0, 1):
        return bool(value)
    if isinstance(value, str):
        text = value.strip().lower()
        if text in _TRUE:
            return True
        if text in _FALSE:
            return False
    return None


def int_at(source: Mapping[str, Json], key: str) -> int | None:
    """The whole number under `key`, also when written as text; None for anything else."""
    value = source.get(key)
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, str):
        digits = value.strip()
        if digits.isascii() and digits.removeprefix("-").isdigit() and len(digits) < 20:
            return int(digits)
    return None


def decimal_at(source: Mapping[str, Json], key: str) -> Decimal | None:
    """The number under `key`, exactly as it was written; None for texts, for NaN and infinity, and
    for a float, of which nobody knows what was written."""
    value = source.get(key)
    if isinstance(value, bool) or not isinstance(value, int | NumberText):
        return None
    if isinstance(value, NumberText) and len(value) > _MAX_NUMBER:
        return None
    try:
        number = Decimal(value)
    except (InvalidOperation, ValueError):  # more digits than an integer may have
        return None
    return number if number.is_finite() and abs(number.adjusted()) <= _MAX_NUMBER else None


def time_at(source: Mapping[str, Json], key: str) -> datetime | None:
    """The ISO time under `key` in UTC, with or without fractions (P§3.1 `resolved_at`)."""
    value = string_at(source, key)
    if value is None:
        return None
    try:
        when = datetime.fromisoformat(value)
        return when.replace(tzinfo=UTC) if when.tzinfo is None else when.astimezone(UTC)
    except (ValueError, OverflowError):  # year 1 east of Greenwich has no UTC time
        return None


def strings_at(source: Mapping[str, Json], key: str) -> tuple[str, ...]:
    """The texts in the list under `key`; anything else in it is left out."""
    value = source.get(key)
    return tuple(v for v in value if isinstance(v, str)) if isinstance(value, list) else ()
