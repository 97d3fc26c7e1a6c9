"""The process with Qt may end at any moment: what it told counts, and the rest is explained."""

from __future__ import annotations

import json
import os
import sys

import pytest

from xumm_desk.locale import catalogues
from xumm_desk.locale.languages import use_languages
from xumm_desk.self_test import window_process
from xumm_desk.self_test.check import Check, Outcome

WITHOUT_SCREEN = {
    name: value
    for name, value in os.environ.items()
    if name not in {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"}
}


def saying(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def run(code: str, printer: str = "") -> dict[str, Check]:
    found = window_process.run_window_checks(printer, command=saying(code))
    return {one.name: one for one in found}


def line(name: str) -> str:
    return json.dumps({"name": name, "outcome": "ok", "text": "fine"})


def test_without_a_screen_all_but_the_screen_is_tried() -> None:
    found = {
        one.name: one for one in window_process.run_window_checks("", environment=WITHOUT_SCREEN)
    }
    assert list(found) == list(window_process.NAMES)
    assert found["screens"].outcome is Outcome.FAILED
    assert found["loop"].outcome is not Outcome.FAILED, found["loop"].text
    assert found["qr_code"].outcome is Outcome.OK, found["qr_code"].text


def test_it_speaks_the_language_that_is_spoken_here() -> None:
    use_languages(catalogues.load("de"))
    try:
        found = window_process.run_window_checks("", environment=WITHOUT_SCREEN)
    finally:
        use_languages(catalogues.load("en"))
    texts = {one.name: one.text for one in found}
    assert texts["screens"].startswith("Es gibt keinen Bildschirm"), texts


def test_what_was_told_before_the_end_counts() -> None:
    found = run(f"import os; print('noise'); print({line('loop')!r}, flush=True); os.abort()")
    assert found["loop"] == Check("loop", Outcome.OK, "fine")
    assert [found[name].outcome for name in ("fonts", "qr_code", "screens")] == [Outcome.FAILED] * 3


def test_a_printer_that_was_not_reached_is_told_too() -> None:
    assert run("", "qt:Till")["printer"].outcome is Outcome.FAILED


def test_a_process_that_does_not_end_is_not_waited_for() -> None:
    code = f"import time; print({line('loop')!r}, flush=True); time.sleep(600)"
    found = window_process.run_window_checks("", command=saying(code), patience=5.0)
    assert {one.name: one.outcome for one in found}["screens"] is Outcome.FAILED


def test_a_program_that_cannot_be_started_is_told() -> None:
    found = window_process.run_window_checks("", command=["/no/such/program"])
    assert {one.outcome for one in found} == {Outcome.FAILED}


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (
            "ImportError: libEGL.so.1: cannot open shared object file: No such file",
            "Qt needs libEGL.so.1",
        ),
        ('qt.qpa.plugin: Could not load the Qt platform plugin "xcb" in ""', "libxcb-cursor0"),
        ("Traceback\nRuntimeError: gremlins\n\n", "RuntimeError: gremlins"),
        ("", "ended the program"),
    ],
)
def test_the_reason_is_told_with_what_to_do(words: str, told: str) -> None:
    assert told in window_process.why_ended(words)


def test_lines_that_are_no_checks_are_left_out() -> None:
    lines = ["[]", "7", '{"name": "x"}', '{"name": "x", "outcome": "?", "text": ""}', line("loop")]
    assert [one.name for one in window_process.parse(lines)] == ["loop"]
