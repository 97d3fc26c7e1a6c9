"""The shop's logo: any file is either a picture of bounded size or a sentence."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtGui import QImage

from xumm_desk.ui.customer import logo_file
from xumm_desk.ui.customer.logo_file import read_logo


def picture(folder: Path, size: tuple[int, int], suffix: str = "png") -> str:
    path = folder / f"logo.{suffix}"
    Image.new("RGB", size, (200, 30, 30)).save(path)
    return str(path)


@pytest.mark.parametrize("suffix", ["png", "jpg", "bmp"])
def test_a_picture_is_read_and_a_large_one_made_small(tmp_path: Path, suffix: str) -> None:
    small = read_logo(picture(tmp_path, (64, 48), suffix))
    assert isinstance(small, QImage)
    assert (small.width(), small.height()) == (64, 48)
    large = read_logo(picture(tmp_path, (1600, 400), suffix))
    assert isinstance(large, QImage)
    assert (large.width(), large.height()) == (1024, 256)


def test_no_path_is_no_logo() -> None:
    none = read_logo("")
    assert isinstance(none, QImage)
    assert none.isNull()


def test_a_file_of_50_megabytes_is_not_opened(tmp_path: Path) -> None:
    path = tmp_path / "huge.png"
    with path.open("wb") as out:
        out.truncate(50_000_000)
    assert "larger than 10 MB" in str(read_logo(str(path)))


def test_a_small_file_with_huge_dimensions_is_not_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logo_file, "MAX_PIXELS", 99)
    assert "40 million pixels" in str(read_logo(picture(tmp_path, (10, 10))))


@pytest.mark.parametrize("content", [b"", b"not a picture", b"\x89PNG\r\n\x1a\n" + bytes(64)])
def test_what_is_no_picture_is_said(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "logo.png"
    path.write_bytes(content)
    said = read_logo(str(path))
    assert isinstance(said, str)
    assert "“logo.png”" in said


def test_half_a_picture_is_no_crash(tmp_path: Path) -> None:
    path = Path(picture(tmp_path, (300, 300)))
    path.write_bytes(path.read_bytes()[:200])
    read_logo(str(path))


def test_what_is_no_file_is_said(tmp_path: Path) -> None:
    assert "cannot be read" in str(read_logo(str(tmp_path / "gone.png")))
    assert "is not a file" in str(read_logo(str(tmp_path)))
    assert isinstance(read_logo("\0"), str)
    if hasattr(os, "mkfifo"):
        pipe = tmp_path / "pipe.png"
        os.mkfifo(pipe)
        assert "is not a file" in str(read_logo(str(pipe)))
