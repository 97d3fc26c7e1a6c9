"""The whole program in a real window on a virtual screen, driven by keyboard and mouse."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

from .real_window import NEEDS_SCREEN, Program, Screen, acts, title_of, wait

pytestmark = NEEDS_SCREEN


def ask_for(screen: Screen, program: Program, amount: str) -> tuple[str, str]:
    """Type a request and send it; identifier and uuid. A window that has just appeared may not
    have the keyboard yet, so typing is repeated as long as nothing at all was created."""
    for _ in range(4):
        screen.keys("ctrl+n", *["BackSpace"] * 6)
        screen.type(amount)
        screen.keys("F12")
        end = time.monotonic() + 5
        while time.monotonic() < end and not program.requests():
            time.sleep(0.1)
        if program.requests():
            break
    found: tuple[str, str, str] = wait(
        lambda: next((r for r in program.requests() if r[1]), None), "the request"
    )
    return found[0], found[1]


def test_a_sale_by_keyboard_and_mouse(screen: Screen, tmp_path: Path) -> None:
    program = Program(tmp_path / "a folder with blanks")
    try:
        window = wait(lambda: screen.window("Xumm Desk"), "the window")
        wait(program.journal.exists, "the journal")
        wait(lambda: "Practice shop" in title_of(window), "the connection")
        subprocess.run(["xdotool", "windowactivate", "--sync", window], check=False, timeout=30)
        identifier, uuid = ask_for(screen, program, "2.5")
        code = wait(lambda: next(iter(screen.codes("waiting")), None), "the QR code")
        assert code.text.endswith(uuid)
        corners = code.position
        x = (corners.top_left.x + corners.bottom_right.x) // 2
        y = (corners.top_left.y + corners.bottom_right.y) // 2
        screen.click(x, y)
        screen.keys("F11")
        customer = Screen(1)
        wait(lambda: customer.window("^Customer"), "the customer's window")
        shown = wait(lambda: next(iter(customer.codes("customer")), None), "the customer's code")
        assert shown.text == code.text
        screen.keys("Escape", "Escape")
        wait(lambda: not customer.window("^Customer"), "the customer's window to close")
        program.control(f"phone/{uuid}/scan")
        wait(lambda: not screen.codes("opened"), "the covered code")
        program.control(f"phone/{uuid}/sign")
        wait(lambda: (identifier, uuid, "paid") in program.requests(), "paid")
        time.sleep(0.5)
        screen.picture("paid")
        code_, words = program.end()
        assert code_ == 0, words
        assert "Traceback" not in words
    finally:
        program.kill()


def test_killed_in_the_middle_it_shows_the_request_again(screen: Screen, tmp_path: Path) -> None:
    program = Program(tmp_path)
    again = None
    try:
        wait(lambda: screen.window("Xumm Desk"), "the window")
        window = wait(lambda: screen.window("Practice shop"), "the connection")
        subprocess.run(["xdotool", "windowactivate", "--sync", window], check=False, timeout=30)
        identifier, uuid = ask_for(screen, program, "1.25")
        program.kill()
        again = Program(tmp_path)
        wait(lambda: screen.window("Practice shop"), "the second window")
        second = again
        wait(lambda: acts(second, f"phone/{uuid}/sign"), "the signature")
        wait(lambda: (identifier, uuid, "paid") in second.requests(), "paid")
        screen.picture("resumed")
        assert len(second.requests()) == 1
        code, words = second.end()
        assert code == 0, words
    finally:
        for one in (program, again):
            if one is not None:
                one.kill()
