"""Tell screens apart by name, maker, model and serial number, and find a remembered one again."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields, replace

from PySide6.QtGui import QScreen

from xumm_desk.core.bidi import isolate


@dataclass(frozen=True, slots=True)
class ScreenIdentity:
    """What a system says of a screen; any of it may be empty. `number` tells the second and further
    ones ("2", "3") of screens of which it says the same."""

    name: str = ""
    manufacturer: str = ""
    model: str = ""
    serial: str = ""
    number: str = ""

    @property
    def label(self) -> str:
        """What a person calls it: its model and its connector."""
        parts = [p for p in (self.manufacturer, self.model, self.name, self.number) if p]
        return isolate(" ".join(dict.fromkeys(parts)))

    def to_text(self) -> str:
        """The settings' form."""
        return json.dumps(astuple(self), ensure_ascii=False)


def identity_of(screen: QScreen) -> ScreenIdentity:
    """The identity of one screen, without a number."""
    return ScreenIdentity(
        screen.name(), screen.manufacturer(), screen.model(), screen.serialNumber()
    )


def identities_of(screens: Sequence[QScreen]) -> dict[ScreenIdentity, QScreen]:
    """The screens by their identities."""
    found: dict[ScreenIdentity, QScreen] = {}
    for screen in screens:
        identity = plain = identity_of(screen)
        number = 1
        while identity in found:
            number += 1
            identity = replace(plain, number=str(number))
        found[identity] = screen
    return found


def parse_identity(text: str) -> ScreenIdentity:
    """Read the settings' form. Any other text is a bare name, as older programs wrote it."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return ScreenIdentity(text)
    count = len(fields(ScreenIdentity))
    if isinstance(value, list) and len(value) == count and all(isinstance(v, str) for v in value):
        return ScreenIdentity(*value)
    return ScreenIdentity(text)


def find_screen(
    wanted: ScreenIdentity, connected: Sequence[ScreenIdentity]
) -> ScreenIdentity | None:
    """The screen among those connected that is `wanted`; None if it is not there.

    A serial number decides, wherever the screen is plugged in now; among several that share one,
    the name does. Without it on either side, name, maker and model must agree as far as both are
    known.
    """
    if wanted == ScreenIdentity():
        return None
    if wanted in connected:
        return wanted
    if wanted.serial:
        same = [one for one in connected if one.serial == wanted.serial and _agree(one, wanted)]
        if same:
            return next((one for one in same if one.name == wanted.name), same[0])
    for one in connected:
        unknown = not (one.serial and wanted.serial)
        same_name = (one.name, one.number) == (wanted.name, wanted.number)
        if same_name and unknown and _agree(one, wanted):
            return one
    return None


def _agree(one: ScreenIdentity, other: ScreenIdentity) -> bool:
    """Whether nothing that both say of maker and model differs."""
    pairs = ((one.manufacturer, other.manufacturer), (one.model, other.model))
    return all(not a or not b or a == b for a, b in pairs)
