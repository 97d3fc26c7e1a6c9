"""What "About" says of licences."""

from __future__ import annotations

from pathlib import Path

from xumm_desk.ui.dialogs import menu_dialogs


def test_a_frozen_program_says_where_the_licences_lie() -> None:
    told = menu_dialogs._licence_text(Path("/usr/lib/xumm-desk/_internal/licences"))
    assert told.endswith("are in /usr/lib/xumm-desk/_internal/licences.")
    assert "LGPL" in told


def test_one_from_sources_names_those_of_qt_and_itself() -> None:
    told = menu_dialogs._licence_text(None)
    assert "MIT" in told
    assert "LGPL" in told
