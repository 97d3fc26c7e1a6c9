"""Try a Debian package here: install, sell, upgrade in the middle of a sale, remove, purge.

    .venv/bin/python packaging/debian/try_deb.py OLDER.deb NEWER.deb

As root. `freeze.py --wheel` and `build_deb.py --version 0.0.9` make an older one. The upgrade comes
while the window is open and a request waits: that sale must still go to Paid, another is left
unfinished by a kill, and the newer version must take it up. What the package owned is gone in the
end, and the journal is not.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "packaging" / "installers"))

import try_program  # noqa: E402
from checks import virtual_screen  # noqa: E402

PROGRAM = Path("/usr/bin/xumm-desk")
_SETTINGS = {"view": "till", "scheme": "light", "shop_currency": "XRP", "setup_step": "done"}


def say(text: str) -> None:
    print(f"· {text}", flush=True)


def quiet(*command: str | Path) -> str:
    """What a command of the system wrote; ends the try where it fails."""
    done = subprocess.run(
        list(map(str, command)),
        env={**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"{' '.join(map(str, command))}:\n{done.stdout}")
    return done.stdout


def install(package: Path) -> str:
    """Install or upgrade, with what it depends on; returns the version."""
    quiet("apt-get", "install", "-y", "--no-install-recommends", package.resolve())
    assert quiet("dpkg", "--verify", "xumm-desk").strip() == ""
    return quiet("dpkg-query", "-W", "-f=${Version}", "xumm-desk")


@contextlib.contextmanager
def window(who: try_program.Account, display: str, folder: Path) -> Iterator[object]:
    """The program in a window, until the block ends or kills it."""
    from window import real_window  # noqa: PLC0415 - it looks at DISPLAY

    running = real_window.Program(folder, who.command(PROGRAM, display=display))
    try:
        screen = real_window.Screen()
        found = real_window.wait(lambda: screen.window("Practice shop"), "the window")
        screen.activate(found)
        yield running
    finally:
        running.kill()


def ask(running: object, count: int) -> tuple[str, str]:
    """Type an amount and charge; identifier and uuid of the request that was made by it."""
    from window import real_window  # noqa: PLC0415

    assert isinstance(running, real_window.Program)
    before = {one[0] for one in running.requests()}
    screen = real_window.Screen()

    def made() -> tuple[str, str, str] | None:
        fresh = (one for one in running.requests() if one[0] not in before and one[1])
        return next(fresh, None)

    for _ in range(4):
        screen.keys("Escape", *["BackSpace"] * 6, str(count), "Return")
        with contextlib.suppress(AssertionError):
            real_window.PATIENCE = 8.0
            found = real_window.wait(made, "the request")
            return found[0], found[1]
    raise SystemExit("no request was made")


def pay(running: object, uuid: str) -> None:
    """The practice customer scans and signs; waits until the journal says paid."""
    from window import real_window  # noqa: PLC0415

    assert isinstance(running, real_window.Program)
    real_window.PATIENCE = 240.0
    real_window.wait(lambda: real_window.acts(running, f"phone/{uuid}/scan"), "the scan")
    real_window.wait(lambda: real_window.acts(running, f"phone/{uuid}/sign"), "the signature")
    real_window.wait(
        lambda: any(one[1] == uuid and one[2] == "paid" for one in running.requests()), "paid"
    )


def upgrade_in_a_sale(
    who: try_program.Account, display: str, folder: Path, newer: Path
) -> tuple[str, str]:
    """Returns the request that the older version left unfinished."""
    with window(who, display, folder) as running:
        _, first = ask(running, 3)
        say("a request waits; the upgrade comes now")
        say(f"upgraded to {install(newer)} under the open window")
        pay(running, first)
        say("the sale that was waiting is paid")
        look_at_what_was_not_loaded(folder)
        say("help and log, which were not open before the upgrade, open after it")
        left = ask(running, 4)
    say("another request is open, and the window was killed")
    return left


def look_at_what_was_not_loaded(folder: Path) -> None:
    """Help and log are windows whose modules are read when they are first opened."""
    from window import real_window  # noqa: PLC0415

    screen = real_window.Screen()
    for key, title in (("F1", "^Help"), ("ctrl+shift+L", "^Log")):
        screen.activate(screen.window("Practice shop"))
        screen.keys(key)
        opened = real_window.wait(partial(screen.window, title), f"{title[1:]} to open")
        screen.activate(opened)
        screen.keys("alt+F4")
    log = (folder / "practice" / "logs" / "xumm-desk.log").read_text("utf-8", "replace")
    assert "Traceback" not in log, log[-3000:]
    screen.activate(screen.window("Practice shop"))


def check_purged(folder: Path) -> None:
    """Nothing of the package is left, and everything of the shop."""
    for place in ("/usr/lib/xumm-desk", "/usr/share/doc/xumm-desk", PROGRAM):
        assert not os.path.lexists(place), place
    assert "xumm-desk" not in quiet("dpkg-query", "-W", "-f=${Package}\n").splitlines()
    assert (folder / "practice" / "journal.sqlite3").stat().st_size > 0


def main() -> int:
    """Try both."""
    if len(sys.argv) != 3:
        print(__doc__, file=sys.stderr)
        return 2
    older, newer = map(Path, sys.argv[1:])
    with virtual_screen() as display, try_program.account("xumm-desk-guest") as who:
        os.environ["DISPLAY"] = f"{display}.0"
        folder = who.home / ".local/share/xumm-desk"
        who.write(folder / "practice" / "settings.json", json.dumps(_SETTINGS))
        with try_program.window_managers([f"{display}.0", f"{display}.1"]):
            say(f"installed {install(older)}")
            _, unfinished = upgrade_in_a_sale(who, f"{display}.0", folder, newer)
            with window(who, f"{display}.0", folder) as running:
                pay(running, unfinished)
            say("the newer version took it up, and it is paid")
        place = ["--data-dir", str(folder), "--practice"]
        assert '"whole": true' in who.run(PROGRAM, "verify-journal", *place)
        statuses = [line.count(",paid,") for line in who.run(PROGRAM, "export", *place).split("\n")]
        assert sum(statuses) == 2, statuses
        copies = sorted(path.name for path in (folder / "practice").glob("journal-before-*"))
        say(f"the journal is whole; of the older schema there is {copies or 'nothing to keep'}")
        quiet("dpkg", "--remove", "xumm-desk")
        words = quiet("dpkg", "--purge", "xumm-desk")
        check_purged(folder)
        say(f"removed and purged: {words.strip().splitlines()[-1]}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
