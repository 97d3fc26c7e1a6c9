"""The whole self-test: every check once, text for a person, JSON for a program, an exit code."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from memory_keyring import memory_keyring

from xumm_desk.cli import parser
from xumm_desk.cli.text_columns import columns
from xumm_desk.locale import catalogues
from xumm_desk.locale.languages import use_languages
from xumm_desk.self_test import runner
from xumm_desk.self_test.check import Check, Outcome
from xumm_desk.setup.config import read_options

FINE = [Check(name, Outcome.OK, "fine") for name in ("loop", "fonts", "qr_code", "screens")]


def options(folder: Path, *more: str) -> list[str]:
    return ["--self-test", "--data-dir", str(folder), *more]


def found_in(folder: Path, printer: str = "") -> tuple[list[Check], list[str]]:
    asked: list[str] = []
    parsed = parser.window_parser().parse_args(options(folder))
    if printer:
        (folder / "settings.json").write_text(json.dumps({"receipt_printer": printer}))

    def window_checks(setting: str) -> list[Check]:
        asked.append(setting)
        return FINE + ([Check("printer", Outcome.OK, "of Qt")] if setting else [])

    with memory_keyring():
        configuration = read_options(parsed).for_reading()
        return runner.run_all(configuration, window_checks=window_checks), asked


def test_every_check_is_told_once_and_in_order(tmp_path: Path) -> None:
    found, asked = found_in(tmp_path)
    assert [one.name for one in found] == list(runner.LABELS)
    assert asked == [""]
    assert not [one for one in found if one.outcome is Outcome.FAILED], found


def test_a_printer_of_the_system_is_asked_of_qt(tmp_path: Path) -> None:
    found, asked = found_in(tmp_path, "qt:Till")
    assert asked == ["qt:Till"]
    assert [one.text for one in found if one.name == "printer"] == ["of Qt"]


def test_the_text_has_marks_names_and_a_sum() -> None:
    long = "A sentence with fonts-noto-cjk in it " * 4
    text = runner.as_text([*FINE[:1], Check("tls", Outcome.FAILED, long)])
    lines = text.splitlines()
    assert lines[0].startswith("xumm-desk ")
    assert lines[1].split() == ["ok", "Event", "loop", "fine"]
    assert lines[2].startswith("FAILED")
    assert lines[-1] == "1 check failed."
    assert max(map(len, lines)) <= 96
    assert text.count("fonts-noto-cjk") == 4
    assert runner.as_text(FINE).splitlines()[-1] == "Nothing failed."


def test_columns_stand_below_each_other_in_japanese_too() -> None:
    use_languages(catalogues.load("ja"))
    try:
        text = runner.as_text([*FINE, Check("tls", Outcome.FAILED, "長い文です。" * 20)])
    finally:
        use_languages(catalogues.load("en"))
    lines = text.splitlines()[1:-1]
    starts = {columns(line[: line.index("fine")]) for line in lines[: len(FINE)]}
    assert len(starts) == 1
    assert max(map(columns, lines)) <= 96
    assert len(lines) == len(FINE) + 4


def test_the_json_says_whether_all_is_well() -> None:
    good = json.loads(runner.as_json(FINE))
    assert good["ok"] is True
    assert good["checks"][0] == {"name": "loop", "outcome": "ok", "text": "fine"}
    noted = json.loads(runner.as_json([Check("sounds", Outcome.NOTE, "quiet")]))
    assert noted["ok"] is True
    assert json.loads(runner.as_json([Check("tls", Outcome.FAILED, "")]))["ok"] is False


@pytest.mark.parametrize(
    ("outcome", "code"), [(Outcome.OK, 0), (Outcome.NOTE, 0), (Outcome.FAILED, 1)]
)
def test_the_exit_code_is_about_failures(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, outcome: Outcome, code: int
) -> None:
    monkeypatch.setattr(runner, "run_all", lambda _: [Check("loop", outcome, "x")])
    parsed = parser.window_parser().parse_args(options(tmp_path))
    assert runner.main(parsed, io.StringIO()) == code


def test_an_option_that_cannot_be_used_is_bad_input(tmp_path: Path) -> None:
    parsed = parser.window_parser().parse_args(options(tmp_path, "--network", "NOWHERE"))
    assert runner.main(parsed, io.StringIO()) == 2


def test_only_the_option_asks_for_it() -> None:
    assert parser.self_test_options(["--practice"]) is None
    assert parser.self_test_options(["--self-test"]) is not None
    assert parser.self_test_options(["--self", "--json"]) is not None


def test_the_command_tells_all_of_it(tmp_path: Path) -> None:
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(
        [sys.executable, "-m", "xumm_desk", *options(tmp_path, "--json")],
        capture_output=True,
        text=True,
        env=environment,
        timeout=240,
        check=False,
    )
    told = json.loads(done.stdout)
    assert [one["name"] for one in told["checks"]] == list(runner.LABELS)
    outcomes = {one["name"]: one["outcome"] for one in told["checks"]}
    assert (outcomes["screens"], done.returncode) == ("failed", 1)
    assert {
        outcomes[name] for name in ("loop", "tls", "journal", "qr_code", "database_driver")
    } == {"ok"}
    assert list(tmp_path.iterdir()) == []
