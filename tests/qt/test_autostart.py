"""The entry that a desktop starts at login: written whole, private, removed, and refused with a
reason."""

from __future__ import annotations

import errno
import os
import plistlib
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QSettings

from xumm_desk.qt import autostart
from xumm_desk.qt.autostart import Autostart, DesktopEntry, LaunchAgent, RunKey, exec_value

COMMAND = ["/opt/my shop/xumm-desk", "--data-dir", '/srv/50 % "off" $HOME\\x', "--minimised"]


@pytest.fixture(params=["desktop entry", "launch agent", "run key"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Autostart:
    made: dict[str, Autostart] = {
        "desktop entry": DesktopEntry(tmp_path / "config" / "autostart"),
        "launch agent": LaunchAgent(tmp_path / "Library"),
        # The same class as for the registry, which this computer may not have.
        "run key": RunKey(QSettings(str(tmp_path / "run.ini"), QSettings.Format.IniFormat)),
    }
    return made[request.param]


def test_it_is_switched_on_and_off_again(place: Autostart) -> None:
    place.check()
    assert not place.is_on()
    place.turn_off()
    place.turn_on(COMMAND)
    assert place.is_on()
    place.turn_on([*COMMAND, "--practice"])
    assert place.is_on()
    place.turn_off()
    assert not place.is_on()
    place.turn_off()


@pytest.mark.skipif(sys.platform == "win32", reason="rights of files")
@pytest.mark.parametrize("kind", [DesktopEntry, LaunchAgent])
def test_the_file_is_this_accounts_alone_and_no_draft_stays(
    tmp_path: Path, kind: type[DesktopEntry] | type[LaunchAgent]
) -> None:
    folder = tmp_path / "autostart"
    entry = kind(folder)
    entry.turn_on(COMMAND)
    assert [path.name for path in folder.iterdir()] == [entry.path.name]
    assert stat.S_IMODE(entry.path.stat().st_mode) == 0o600


@pytest.mark.parametrize("kind", [DesktopEntry, LaunchAgent])
def test_a_place_that_is_no_folder_says_so(
    tmp_path: Path, kind: type[DesktopEntry] | type[LaunchAgent]
) -> None:
    (tmp_path / "autostart").write_text("a file")
    entry = kind(tmp_path / "autostart")
    with pytest.raises(OSError, match=os.strerror(errno.ENOTDIR)):
        entry.check()
    with pytest.raises(OSError, match=r".") as refused:
        entry.turn_on(COMMAND)
    assert refused.value.strerror


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="needs a folder's rights")
def test_a_folder_that_may_not_be_written_says_so(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(PermissionError):
            DesktopEntry(tmp_path / "autostart").check()
    finally:
        tmp_path.chmod(0o700)


def test_a_write_that_fails_leaves_the_entry_of_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = DesktopEntry(tmp_path)
    entry.turn_on(["old"])

    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        entry.turn_on(COMMAND)
    assert "Exec=old\n" in entry.path.read_text("utf-8")
    assert [path.name for path in tmp_path.iterdir()] == [entry.path.name]


@pytest.mark.parametrize("line", ["Hidden=true", "X-GNOME-Autostart-enabled = False"])
def test_an_entry_that_the_desktop_has_switched_off_is_off(tmp_path: Path, line: str) -> None:
    entry = DesktopEntry(tmp_path)
    entry.path.write_text(f"[Desktop Entry]\nExec=xumm-desk\n{line}\n")
    assert not entry.is_on()


def test_a_damaged_entry_is_off_and_is_replaced(tmp_path: Path) -> None:
    for entry in (DesktopEntry(tmp_path), LaunchAgent(tmp_path)):
        entry.path.write_bytes(b"\xff\x00 no entry")
        assert not entry.is_on()
        entry.turn_on(COMMAND)
        assert entry.is_on()


def test_the_launch_agent_runs_the_very_arguments(tmp_path: Path) -> None:
    agent = LaunchAgent(tmp_path)
    agent.turn_on(COMMAND)
    assert plistlib.loads(agent.path.read_bytes())["ProgramArguments"] == COMMAND


def test_the_registry_gets_one_line_that_windows_divides_again(tmp_path: Path) -> None:
    settings = QSettings(str(tmp_path / "run.ini"), QSettings.Format.IniFormat)
    RunKey(settings).turn_on([r"C:\Program Files\desk.exe", "--minimised"])
    assert settings.value("Xumm Desk") == r'"C:\Program Files\desk.exe" --minimised'


def test_the_entry_is_valid_for_desktops(tmp_path: Path) -> None:
    entry = DesktopEntry(tmp_path)
    entry.turn_on(COMMAND)
    if shutil.which("desktop-file-validate") is None:
        pytest.skip("desktop-file-validate is not on this computer")
    subprocess.run(["desktop-file-validate", entry.path], check=True, timeout=60)


def test_the_folder_is_that_of_the_specification() -> None:
    if not sys.platform.startswith("linux"):
        pytest.skip("another system")
    for given_, wanted in (
        ({"XDG_CONFIG_HOME": "/somewhere"}, Path("/somewhere/autostart")),
        ({"XDG_CONFIG_HOME": "relative"}, Path.home() / ".config/autostart"),
        ({}, Path.home() / ".config/autostart"),
    ):
        found = autostart.for_this_system(given_)
        assert isinstance(found, DesktopEntry)
        assert found.path.parent == wanted


def read_exec(value: str) -> list[str]:
    """The arguments of an `Exec` value, read by the rules of the specification: first the escapes
    of a string, then quotes, then percent signs."""
    escapes = {"s": " ", "n": "\n", "t": "\t", "r": "\r", "\\": "\\"}
    line, place = "", 0
    while place < len(value):
        if value[place] == "\\":
            line += escapes[value[place + 1]]
            place += 2
        else:
            line += value[place]
            place += 1
    found: list[str] = []
    place = 0
    while place < len(line):
        argument = ""
        if line[place] == '"':
            place += 1
            while line[place] != '"':
                place += line[place] == "\\"
                argument += line[place]
                place += 1
            place += 1
        else:
            while place < len(line) and line[place] != " ":
                assert line[place] not in "\t\n\"'\\><~|&;$*?#()`"
                argument += line[place]
                place += 1
        assert place == len(line) or line[place] == " "
        place += 1
        assert "%" not in argument.replace("%%", "")
        found.append(argument.replace("%%", "%"))
    return found


ARGUMENTS = st.lists(
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")),
    min_size=1,
    max_size=5,
)


@given(ARGUMENTS)
def test_a_desktop_reads_the_very_arguments(arguments: list[str]) -> None:
    value = exec_value(arguments)
    assert "\n" not in value
    assert read_exec(value) == arguments
