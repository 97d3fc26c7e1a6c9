"""Files that come with the program are found in a checkout; licences only where it was frozen."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from xumm_desk.setup import resources


def test_icons_help_and_sounds_are_there() -> None:
    folder = resources.resources()
    assert (folder / "icons" / "xumm-desk.svg").is_file()
    assert (folder / "help" / "start.md").is_file()
    assert (folder / "sounds" / "paid.wav").is_file()


def test_only_a_frozen_program_has_a_folder_of_licences(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert resources.licences() is None
    monkeypatch.setattr(sys, "_MEIPASS", str(tmp_path), raising=False)
    assert resources.licences() is None
    (tmp_path / "licences").mkdir()
    assert resources.licences() == tmp_path / "licences"
