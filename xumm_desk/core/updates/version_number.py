"""Read and compare version numbers, such as 1.4.0 or 1.5.0rc1."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_MOST: Final = 4
"""Numbers of a version; 1.4 and 1.4.0.0 are the same one."""

_FORM: Final = re.compile(
    r"(?P<numbers>\d{1,6}(?:\.\d{1,6}){0,3})"
    r"(?P<before>[-._]?(?:a|b|rc|dev)\d{0,6})?"
    r"(?:\+[A-Za-z0-9.]{1,40})?",
    re.ASCII,
)


@dataclass(frozen=True, slots=True, order=True)
class VersionNumber:
    """What is compared of a version. All that comes before the final version counts as one, so that
    nobody is told to exchange one release candidate for another."""

    numbers: tuple[int, ...]
    final: bool


def parse_version(text: str) -> VersionNumber | None:
    """The number of a version, None if it is none."""
    found = _FORM.fullmatch(text)
    if found is None:
        return None
    numbers = [int(part) for part in found["numbers"].split(".")]
    return VersionNumber((*numbers, *[0] * (_MOST - len(numbers))), found["before"] is None)
