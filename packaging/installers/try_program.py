"""Try an installed or frozen program as a stranger has it: another account, nothing set, no Python.

    .venv/bin/python packaging/installers/try_program.py [--program PATH] [--account NAME]

As root, on a virtual screen of its own. It makes the account, runs the self-test and the commands,
makes a practice sale at the till by keyboard, lets the practice customer pay, and waits until both
screens and the journal say PAID. The account and all that it wrote are removed in the end.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "packaging"), str(ROOT / "tests")]

from checks import virtual_screen  # noqa: E402

FROZEN = ROOT / "dist" / "xumm-desk"
_COMMAND_LIMIT = 240


class AccountError(Exception):
    """The account cannot be used; the text says why."""


class Account:
    """An account of its own on this computer, with nothing in it."""

    def __init__(self, name: str) -> None:
        self.name = name
        found = pwd.getpwnam(name)
        self.home, self.uid, self.gid = Path(found.pw_dir), found.pw_uid, found.pw_gid

    def command(self, *words: str | Path, display: str = "", path: str = "") -> list[str]:
        """A command as this account runs it right after a login that set nothing."""
        given = [f"HOME={self.home}", f"PATH={path or self.home / 'empty'}"]
        given += [f"DISPLAY={display}"] if display else []
        switch = ["setpriv", f"--reuid={self.uid}", f"--regid={self.gid}", "--clear-groups"]
        return [*switch, "env", "-i", "-C", str(self.home), *given, *map(str, words)]

    def run(self, *words: str | Path, display: str = "", path: str = "") -> str:
        """What a command wrote; raises `CalledProcessError` with its own words."""
        done = subprocess.run(
            self.command(*words, display=display, path=path),
            capture_output=True,
            text=True,
            timeout=_COMMAND_LIMIT,
            check=False,
        )
        if done.returncode:
            sys.stdout.write(done.stdout + done.stderr)
            raise subprocess.CalledProcessError(done.returncode, [str(word) for word in words])
        return done.stdout

    def write(self, path: Path, text: str) -> None:
        """A file of this account, and its folders."""
        self.run("/bin/mkdir", "-p", path.parent)
        path.write_text(text, "utf-8")
        os.chown(path, self.uid, self.gid)


@contextlib.contextmanager
def account(name: str) -> Iterator[Account]:
    """Make the account, and remove it with its home in the end."""
    if os.geteuid() != 0:
        raise AccountError("Only root can make the account in which the program is tried.")
    subprocess.run(["useradd", "--create-home", "--shell", "/bin/sh", name], check=True)
    try:
        yield Account(name)
    finally:
        subprocess.run(["userdel", "--remove", name], check=False, stderr=subprocess.DEVNULL)


@contextlib.contextmanager
def window_managers(displays: Sequence[str]) -> Iterator[None]:
    """Windows get a frame and the keyboard, as on a desktop."""
    running = [
        subprocess.Popen(["openbox"], env={**os.environ, "DISPLAY": one}, stderr=subprocess.DEVNULL)
        for one in displays
    ]
    try:
        yield
    finally:
        for one in running:
            one.terminate()
            one.wait(10)


def copy_for_everybody(folder: Path, into: Path) -> Path:
    """A copy that other accounts may read; the checkout may lie in a home that they may not."""
    into.chmod(0o755)
    made = into / folder.name
    shutil.copytree(folder, made, symlinks=True)
    return made


def try_commands(who: Account, program: Path, display: str, path: str) -> None:
    """Version, help, self-test, an export: what needs no window."""
    print(who.run(program, "--version", path=path).strip())
    assert "usage: xumm-desk" in who.run(program, "--help", path=path)
    said = who.run(program, "--self-test", display=display, path=path)
    print(said.rstrip())
    told = json.loads(who.run(program, "--self-test", "--json", display=display, path=path))
    assert told["ok"] is True


def sell(who: Account, program: Path, display: str, path: str, folder: Path) -> float:
    """One sale at the till, to PAID on both screens and in the journal. Returns the seconds from
    the start of the program to its window."""
    os.environ["DISPLAY"] = display
    from window import real_window  # noqa: PLC0415 - it looks at DISPLAY
    from window.test_till import is_green, pay  # noqa: PLC0415

    settings = {"view": "till", "scheme": "light", "shop_currency": "XRP", "setup_step": "done"}
    who.write(folder / "practice" / "settings.json", json.dumps(settings))
    screen, customer = real_window.Screen(), real_window.Screen(1)
    begin = time.monotonic()
    running = real_window.Program(folder, who.command(program, display=display, path=path))
    try:
        window = real_window.wait(lambda: screen.window("Practice shop"), "the window")
        seconds = time.monotonic() - begin
        screen.activate(window)
        for _ in range(4):  # a window that has just appeared may not have the keyboard yet
            screen.keys(*["BackSpace"] * 6, "1", "2", "comma", "5", "Return")
            if running.wait_for_request(5.0):
                break
        screen.keys("F2")
        pay(running, customer, "stranger")
        real_window.wait(
            lambda: is_green(screen.colours("stranger-cashier-paid")),
            "PAID on the cashier's screen",
        )
        real_window.wait(
            lambda: is_green(customer.colours("stranger-customer-paid")),
            "thanks to the customer",
        )
        code, words = running.end()
        assert code == 0, words
        assert "Traceback" not in words, words
    finally:
        running.kill()
    return seconds


def try_program(program: Path, who: Account, path: str = "") -> None:
    """All of it; `path` is the account's PATH, an empty folder unless told."""
    with virtual_screen() as display:
        displays = [f"{display}.0", f"{display}.1"]
        with window_managers(displays):
            try_commands(who, program, displays[0], path)
            folder = who.home / "a folder with blanks"
            seconds = sell(who, program, displays[0], path, folder)
        place = ["--data-dir", str(folder), "--practice"]
        lines = who.run(program, "export", *place, path=path).splitlines()
        assert len(lines) == 2, lines
        assert ",paid," in lines[1], lines
        assert '"whole": true' in who.run(program, "verify-journal", *place, path=path)
    print(f"A practice sale went to PAID; the window stood after {seconds:.1f} s.")


def main() -> int:
    """Try a program that is installed, or a copy of the folder in dist/."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--program", type=Path, help="an installed one; else dist/xumm-desk")
    parser.add_argument("--account", default="xumm-desk-guest")
    given = parser.parse_args()
    try:
        with account(given.account) as who:
            if given.program:
                try_program(given.program, who)
            else:
                with tempfile.TemporaryDirectory(prefix="xumm-desk-frozen-") as folder:
                    made = copy_for_everybody(FROZEN, Path(folder))
                    try_program(made / FROZEN.name, who)
    except AccountError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
