"""Take a shop's logo from a file: checked, scaled down and kept in the data folder."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtGui import QImage

from xumm_desk.core.message import Message
from xumm_desk.store import private_files

if TYPE_CHECKING:
    from PIL import Image

log = logging.getLogger(__name__)

FILE_NAME: Final = "shop-logo.png"
MAX_BYTES: Final = 10_000_000
MAX_PIXELS: Final = 40_000_000
"""A camera's picture has some 24 million; what claims more is no logo, and would take 160 MB."""

MAX_SIDE: Final = 800
_FORMATS: Final = ("PNG", "JPEG", "GIF", "BMP", "WEBP", "TIFF")
"""What a shop has as a file. Pillow knows more, among them formats that start other programs."""


class LogoError(Exception):
    """A file that cannot be the logo; the text is a sentence for a person."""


def store_logo(source: Path, data_folder: Path) -> str:
    """Keep a copy of the picture for the setting `shop_logo`; returns its file name.

    Raises:
        LogoError: too large, no picture, or the data folder cannot be written.
    """
    picture = _read(source)
    target = data_folder / FILE_NAME
    draft = target.with_suffix(".new")
    try:
        private_files.make_folder(data_folder)
        with open(draft, "wb", opener=private_files.opener) as out:
            picture.save(out, "PNG", optimize=True)
        draft.replace(target)
    except OSError as error:
        raise LogoError(
            Message(
                "The logo could not be saved ({reason}).",
                reason=error.strerror or type(error).__name__,
            )
        ) from None
    return FILE_NAME


def load_logo(name: str, data_folder: Path) -> QImage | None:
    """The stored logo; None where there is none, or a person has put something else there."""
    if name != FILE_NAME:
        return None
    image = QImage(str(data_folder / name), "PNG")  # type: ignore[call-overload]
    return None if image.isNull() or max(image.width(), image.height()) > MAX_SIDE else image


def _read(source: Path) -> Image.Image:
    from PIL import Image, ImageOps  # noqa: PLC0415 - not before somebody chooses a logo

    no_picture = LogoError(
        Message(
            "{name} is no picture that can be read. Choose a PNG or JPEG file.", name=source.name
        )
    )
    try:
        size = source.stat().st_size
        if size > MAX_BYTES:
            raise _too_large(source)
        with source.open("rb") as file, Image.open(file, formats=_FORMATS) as picture:
            if picture.width * picture.height > MAX_PIXELS:
                raise _too_large(source)
            upright = ImageOps.exif_transpose(picture)
            flat = upright.convert("RGBA")
            flat.thumbnail((MAX_SIDE, MAX_SIDE))
            return flat
    except LogoError:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _too_large(source) from None
    except OSError as error:
        if error.strerror:
            raise LogoError(
                Message(
                    "{name} cannot be read ({reason}).", name=source.name, reason=error.strerror
                )
            ) from None
        raise no_picture from None
    except Exception:  # decoders raise anything for damaged files
        log.warning("A logo could not be decoded", exc_info=True)
        raise no_picture from None


def _too_large(source: Path) -> LogoError:
    return LogoError(
        Message(
            "{name} is too large for a logo. Choose a picture of at most {megabytes} MB and"
            " {megapixels} million pixels.",
            name=source.name,
            megabytes=MAX_BYTES // 1_000_000,
            megapixels=MAX_PIXELS // 1_000_000,
        )
    )
