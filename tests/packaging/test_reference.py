"""The page of reference says what the docstrings say, and leaves nothing unsaid."""

from __future__ import annotations

from pathlib import Path

import pytest
from packaging_program import load_program

import xumm_desk

ROOT = Path(__file__).resolve().parents[2]


reference = load_program("reference")


def test_the_page_is_what_the_docstrings_say(capsys: pytest.CaptureFixture[str]) -> None:
    assert reference.main(["--check"]) == 0, capsys.readouterr().out


def test_every_public_name_is_on_it() -> None:
    page = reference.PAGE.read_text("utf-8")
    for name in set(xumm_desk.__all__) - {"__version__"}:
        assert f"\n### {name}\n" in page


def test_type_checkers_of_other_programs_read_our_annotations() -> None:
    """PEP 561: without the marker every name of the package would be Any."""
    assert (ROOT / "xumm_desk" / "py.typed").is_file()


def test_each_entry_says_something() -> None:
    entries = reference.make_page().split("\n###")[1:]
    for entry in entries:
        lines = entry.splitlines()[1:]
        assert any(line and not line.startswith("    ") for line in lines), entry


def test_what_is_raised_becomes_a_list() -> None:
    raised = "Raises:\n    ValueError: it is\n        long.\n    OSError: no."
    docstring = f"Do it.\n\nTwo\nlines (P§4.2).\n\n{raised}"
    assert reference.prose(docstring) == (
        "Do it.\n\nTwo lines.\n\nRaises:\n\n* `ValueError`: it is long.\n* `OSError`: no.\n"
    )
