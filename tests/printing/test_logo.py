"""A shop's logo: any picture, scaled down; nothing else, and nothing huge."""

from __future__ import annotations

import struct
import sys
import zlib
from pathlib import Path

import pytest
from PIL import Image

from xumm_desk.printing.logo import FILE_NAME, MAX_BYTES, LogoError, load_logo, store_logo


def refusal(source: Path, folder: Path) -> str:
    """Why the file was refused; nothing was stored."""
    with pytest.raises(LogoError) as error:
        store_logo(source, folder)
    assert not (folder / FILE_NAME).exists()
    return str(error.value)


@pytest.mark.parametrize("suffix", ["png", "jpg", "gif", "bmp", "webp", "tiff"])
def test_a_picture_is_kept_scaled_down(suffix: str, tmp_path: Path) -> None:
    source = tmp_path / f"logo.{suffix}"
    Image.new("RGB", (1600, 800), "#7a3b12").save(source)
    data = tmp_path / "data"
    assert store_logo(source, data) == FILE_NAME
    stored = load_logo(FILE_NAME, data)
    assert stored is not None
    assert (stored.width(), stored.height()) == (800, 400)
    assert [path.name for path in data.iterdir()] == [FILE_NAME]
    if sys.platform != "win32":
        assert (data / FILE_NAME).stat().st_mode & 0o077 == 0


def test_transparency_is_kept(tmp_path: Path) -> None:
    source = tmp_path / "logo.png"
    Image.new("RGBA", (40, 20), (0, 0, 0, 0)).save(source)
    store_logo(source, tmp_path)
    stored = load_logo(FILE_NAME, tmp_path)
    assert stored is not None
    assert stored.pixelColor(0, 0).alpha() == 0


def test_fifty_megabytes_are_refused(tmp_path: Path) -> None:
    source = tmp_path / "huge.png"
    with source.open("wb") as file:
        file.truncate(50_000_000)
    assert source.stat().st_size > MAX_BYTES
    assert "too large for a logo" in refusal(source, tmp_path)


def png_that_claims(width: int, height: int) -> bytes:
    """A PNG of a few bytes whose header claims these pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    body = zlib.compress(bytes(width + 1))
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("side", [7000, 12_000, 30_000, 100_000])
def test_a_decompression_bomb_is_refused(side: int, tmp_path: Path) -> None:
    source = tmp_path / "bomb.png"
    source.write_bytes(png_that_claims(side, side))
    assert "too large for a logo" in refusal(source, tmp_path)


@pytest.mark.parametrize(
    "content", [b"", b"<svg/>", b"%PDF-1.7", b"%!PS-Adobe", b"\x89PNG\r\n\x1a\nrest", bytes(9999)]
)
def test_what_is_no_picture_is_refused(content: bytes, tmp_path: Path) -> None:
    source = tmp_path / "logo.png"
    source.write_bytes(content)
    assert "no picture" in refusal(source, tmp_path)


def test_half_a_picture_is_refused(tmp_path: Path) -> None:
    whole = tmp_path / "whole.jpg"
    Image.effect_noise((400, 400), 50).save(whole)
    source = tmp_path / "half.jpg"
    source.write_bytes(whole.read_bytes()[:3000])
    assert "no picture" in refusal(source, tmp_path)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    assert "cannot be read" in refusal(tmp_path / "missing.png", tmp_path)


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    source = tmp_path / "logo.png"
    Image.new("RGB", (10, 10)).save(source)
    blocked = tmp_path / "file"
    blocked.write_text("")
    with pytest.raises(LogoError) as error:
        store_logo(source, blocked / "data")
    assert "could not be saved" in str(error.value)


@pytest.mark.parametrize("name", ["", "../logo.png", "other.png", FILE_NAME])
def test_a_missing_or_foreign_logo_is_none(name: str, tmp_path: Path) -> None:
    (tmp_path / "other.png").write_bytes(b"")
    assert load_logo(name, tmp_path) is None


def test_a_stored_logo_that_was_replaced_by_something_huge_is_none(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_bytes(png_that_claims(30_000, 30_000))
    assert load_logo(FILE_NAME, tmp_path) is None
