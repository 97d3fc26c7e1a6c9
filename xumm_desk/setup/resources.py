"""Where the files lie that come with the program: icons, pages of help, sounds, licences."""

from __future__ import annotations

import sys
from pathlib import Path


def resources() -> Path:
    """Icons, help and sounds: in the package when installed, beside it in a checkout."""
    package = Path(__file__).resolve().parent.parent
    inside = package / "resources"
    return inside if inside.is_dir() else package.parent / "resources"


def licences() -> Path | None:
    """The licences of what a frozen program brings; None where it was not frozen."""
    bundle = getattr(sys, "_MEIPASS", "")
    folder = Path(bundle) / "licences"
    return folder if bundle and folder.is_dir() else None
