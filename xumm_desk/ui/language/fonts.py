"""Which fonts of this computer can write a language."""

from __future__ import annotations

from typing import Final

from PySide6.QtGui import QFontDatabase

_SYSTEMS: Final = {
    "ar": QFontDatabase.WritingSystem.Arabic,
    "ja": QFontDatabase.WritingSystem.Japanese,
}
"""Writing systems by language; every other language of the program is written in Latin letters."""


def fonts_for(tag: str) -> list[str]:
    """The families of fonts that can write this language. Where there is none, its letters are
    shown as boxes: a package of fonts is missing, such as Debian's `fonts-noto-core` (Arabic) or
    `fonts-noto-cjk` (Japanese)."""
    system = _SYSTEMS.get(tag, QFontDatabase.WritingSystem.Latin)
    return [one for one in QFontDatabase.families(system) if not QFontDatabase.isPrivateFamily(one)]
