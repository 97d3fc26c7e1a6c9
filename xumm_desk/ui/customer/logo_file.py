"""Read the shop's logo from a file: bounded in bytes and pixels, and never raising."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QImage, QImageReader

from xumm_desk.core.message import Message

MAX_BYTES: Final = 10_000_000
MAX_PIXELS: Final = 40_000_000
"""Decoded they are 160 MB for a moment; every photograph of a telephone has fewer."""
_SIDE: Final = 1024
"""Pixels kept of the longer side: more than the logo takes on any screen."""


def read_logo(path: str) -> QImage | str:
    """The picture, at most 1024 pixels a side, or a sentence why there is none. Reads the disk and
    may take long: for a worker thread."""
    if not path:
        return QImage()
    name = Path(path).name
    try:
        is_file, size = Path(path).is_file(), Path(path).stat().st_size
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or Message("the path is not valid")
        return Message(
            "The shop's logo “{name}” cannot be read: {reason}.", name=name, reason=reason
        )
    if not is_file:
        return Message("The shop's logo “{name}” is not a file.", name=name)
    if size > MAX_BYTES:
        return Message(
            "The shop's logo “{name}” is not shown: it is larger than 10 MB. Save it smaller.",
            name=name,
        )
    reader = QImageReader(path)
    reader.setAutoTransform(True)
    whole = reader.size()
    if whole.isValid() and whole.width() * whole.height() > MAX_PIXELS:
        return Message(
            "The shop's logo “{name}” is not shown: it has more than 40 million pixels."
            " Save it smaller.",
            name=name,
        )
    limit = QSize(_SIDE, _SIDE)
    if whole.isValid() and max(whole.width(), whole.height()) > _SIDE:
        reader.setScaledSize(whole.scaled(limit, Qt.AspectRatioMode.KeepAspectRatio))
    image = reader.read()
    if image.isNull():
        return Message(
            "The shop's logo “{name}” is not shown: it is no picture that this program can read.",
            name=name,
        )
    if max(image.width(), image.height()) > _SIDE:
        keep, smooth = (
            Qt.AspectRatioMode.KeepAspectRatio,
            Qt.TransformationMode.SmoothTransformation,
        )
        image = image.scaled(limit, keep, smooth)
    return image
