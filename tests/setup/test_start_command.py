"""The command that starts the program again: whole paths, every option, no secret."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from xumm_desk.cli.parser import build_parser
from xumm_desk.setup.config import read_options
from xumm_desk.setup.start_command import start_command


@pytest.fixture
def script(tmp_path: Path) -> str:
    path = tmp_path / "bin" / "xumm-desk"
    path.parent.mkdir()
    path.write_text("")
    return str(path)


def test_the_script_is_named_by_its_whole_path(
    script: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(Path(script).parent.parent)
    assert start_command(["bin/xumm-desk"], {}) == [script, "--minimised"]


def test_options_are_kept_and_the_folder_is_whole(
    script: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    for given in (["--data-dir", "my shop"], ["--data-dir=my shop"], ["--data", "my shop"]):
        made = start_command([script, "--practice", *given, "--minimised"], {})
        assert str(tmp_path / "my shop") in " ".join(made)
        assert made.count("--minimised") == 1
        options = build_parser().parse_args(made[1:])
        assert options.minimised
        assert options.practice
        assert read_options(options, {}).folder == tmp_path / "my shop"


def test_what_the_environment_sets_is_kept_but_for_the_keys(script: str, tmp_path: Path) -> None:
    environment = {
        "XUMM_DESK_DATA_DIR": str(tmp_path),
        "XUMM_DESK_NETWORK": "TESTNET",
        "XUMM_APIKEY": "a key",
        "XUMM_APISECRET": "a secret",
    }
    made = start_command([script, "--network", "DEVNET"], environment)
    given = read_options(build_parser().parse_args(made[1:]), {})
    assert given.folder == tmp_path
    assert given.network == "DEVNET"
    assert "a key" not in made
    assert "a secret" not in made


def test_a_packed_program_starts_itself() -> None:
    assert start_command(["whatever"], {}, frozen=True) == [sys.executable, "--minimised"]
    image = {"APPIMAGE": "/opt/Xumm Desk.AppImage"}
    assert start_command(["x"], image, frozen=True) == ["/opt/Xumm Desk.AppImage", "--minimised"]


def test_a_module_is_started_by_what_lies_beside_its_python(tmp_path: Path) -> None:
    made = start_command([os.path.join("somewhere", "__main__.py")], {})
    own = Path(sys.executable).with_name("xumm-desk")
    wanted = [str(own)] if own.is_file() else [sys.executable, "-m", "xumm_desk"]
    assert made == [*wanted, "--minimised"]
