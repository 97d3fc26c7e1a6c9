"""Let the desktop start a command at login: XDG autostart, macOS LaunchAgent, Windows Run key.

Nothing but the one entry of this program is read or written. Every method raises OSError with the
system's reason where the place cannot be read or written.
"""

from __future__ import annotations

import errno
import os
import plistlib
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, Protocol

from PySide6.QtCore import QSettings

from xumm_desk.store import private_files

NAME: Final = "Xumm Desk"
LABEL: Final = "io.github.xumm_desk.XummDesk"
_RUN_KEY: Final = r"HKEY_CURRENT_USER\Software\Microsoft\Windows\CurrentVersion\Run"
_RESERVED: Final = frozenset(" \t\n\"'\\><~|&;$*?#()`")
"""Characters for which the Desktop Entry Specification asks for quotes."""


class Autostart(Protocol):
    """One entry that the desktop runs at login."""

    def check(self) -> None:
        """Raise OSError where nothing can be written."""
        ...

    def is_on(self) -> bool:
        """Whether there is an entry, and it is not switched off by the desktop's own settings."""
        ...

    def turn_on(self, command: Sequence[str]) -> None:
        """Write the entry, in place of an older one."""
        ...

    def turn_off(self) -> None:
        """Remove the entry, if there is one."""
        ...


class DesktopEntry:
    """The file that XDG desktops read (Desktop Application Autostart Specification)."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "xumm-desk.desktop"

    def check(self) -> None:
        """Raise OSError where nothing can be written."""
        _check_writable(self.path.parent)

    def is_on(self) -> bool:
        """Whether the desktop starts it."""
        try:
            text = self.path.read_text("utf-8", errors="replace")
        except FileNotFoundError:
            return False
        lines = {line.strip().casefold().replace(" ", "") for line in text.splitlines()}
        off = {"hidden=true", "x-gnome-autostart-enabled=false"}
        return not lines & off and any(line.startswith("exec=") for line in lines)

    def turn_on(self, command: Sequence[str]) -> None:
        """Write the file."""
        lines = (
            "[Desktop Entry]",
            "Type=Application",
            f"Name={NAME}",
            f"Exec={exec_value(command)}",
            "Icon=xumm-desk",
            "Terminal=false",
            "X-GNOME-Autostart-enabled=true",
        )
        _write(self.path, ("\n".join(lines) + "\n").encode("utf-8", "surrogateescape"))

    def turn_off(self) -> None:
        """Remove the file."""
        with suppress(FileNotFoundError):
            self.path.unlink()


class LaunchAgent:
    """The file that launchd reads at login on macOS."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / f"{LABEL}.plist"

    def check(self) -> None:
        """Raise OSError where nothing can be written."""
        _check_writable(self.path.parent)

    def is_on(self) -> bool:
        """Whether launchd starts it."""
        try:
            found: Any = plistlib.loads(self.path.read_bytes())
        except FileNotFoundError:
            return False
        except (ValueError, plistlib.InvalidFileException):
            return False
        return (
            isinstance(found, dict) and bool(found.get("RunAtLoad")) and not found.get("Disabled")
        )

    def turn_on(self, command: Sequence[str]) -> None:
        """Write the file."""
        entry = {
            "Label": LABEL,
            "ProgramArguments": list(command),
            "RunAtLoad": True,
            "ProcessType": "Interactive",
            "LimitLoadToSessionType": "Aqua",
        }
        _write(self.path, plistlib.dumps(entry))

    def turn_off(self) -> None:
        """Remove the file."""
        with suppress(FileNotFoundError):
            self.path.unlink()


class RunKey:
    """The value in the registry that Windows runs at login; `settings` is the key of it."""

    def __init__(self, settings: QSettings) -> None:
        self._settings = settings

    def check(self) -> None:
        """Raise OSError where nothing can be written."""
        if not self._settings.isWritable():
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    def is_on(self) -> bool:
        """Whether Windows starts it."""
        return bool(self._settings.value(NAME))

    def turn_on(self, command: Sequence[str]) -> None:
        """Write the value."""
        self.check()
        self._settings.setValue(NAME, subprocess.list2cmdline(command))
        self._sync()

    def turn_off(self) -> None:
        """Remove the value."""
        if self._settings.contains(NAME):
            self.check()
            self._settings.remove(NAME)
            self._sync()

    def _sync(self) -> None:
        self._settings.sync()
        if self._settings.status() != QSettings.Status.NoError:
            raise OSError(errno.EIO, os.strerror(errno.EIO))


def for_this_system(environment: Mapping[str, str] = os.environ) -> Autostart:
    """The place that this system reads."""
    if sys.platform == "win32":
        return RunKey(QSettings(_RUN_KEY, QSettings.Format.NativeFormat))
    if sys.platform == "darwin":
        return LaunchAgent(Path.home() / "Library" / "LaunchAgents")
    given = environment.get("XDG_CONFIG_HOME", "")
    # The specification: a path that is not absolute is to be ignored.
    base = Path(given) if os.path.isabs(given) else Path.home() / ".config"
    return DesktopEntry(base / "autostart")


def exec_value(command: Sequence[str]) -> str:
    """The value of `Exec`: each argument quoted where it must be, its percent signs doubled, and
    all of it escaped as a string of a desktop file."""
    line = " ".join(_quoted(one) for one in command).replace("%", "%%")
    for plain, escaped in (("\\", "\\\\"), ("\n", "\\n"), ("\t", "\\t"), ("\r", "\\r")):
        line = line.replace(plain, escaped)
    return line


def _quoted(argument: str) -> str:
    if argument and not _RESERVED & set(argument):
        return argument
    inside = "".join("\\" + one if one in '"`$\\' else one for one in argument)
    return f'"{inside}"'


def _check_writable(folder: Path) -> None:
    """Raise OSError unless `folder` is there or can be made, and takes files."""
    there = next(one for one in (folder, *folder.parents) if one.exists())
    if not there.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(there))
    if not os.access(there, os.W_OK | os.X_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(there))


def _write(path: Path, content: bytes) -> None:
    """Whole or not at all, for this account alone."""
    private_files.make_folder(path.parent)
    draft = path.with_suffix(".new")
    try:
        with open(draft, "wb", opener=private_files.opener) as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        draft.replace(path)
    except OSError:
        with suppress(OSError):
            draft.unlink()
        raise
