"""A sale at the till on two screens: by keyboard alone, and by mouse alone; the customer scans the
code from the customer's screen, and a receipt comes out of a printer."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from printing.escpos_printer_server import EscposPrinterServer

from xumm_desk.ui.style.palette import LIGHT, Tone

from .real_window import NEEDS_SCREEN, Program, Screen, title_of, wait

pytestmark = NEEDS_SCREEN

GREEN = LIGHT.tones[Tone.GOOD]
KEY = 60
"""Pixels that a white area of a key has at least, inside its edges."""


def prepare(folder: Path, printer: str) -> None:
    """A shop that has a printer, takes XRP, and shows codes to customers."""
    practice = folder / "practice"
    practice.mkdir(parents=True)
    (practice / "settings.json").write_text(
        json.dumps(
            {
                "view": "till",
                "scheme": "light",
                "shop_currency": "XRP",
                "shop_name": "Café Uno",
                "setup_step": "done",
                "receipt_printer": printer,
                "receipt_on_paid": True,
            }
        )
    )


def is_green(picture: Image.Image) -> bool:
    """Whether a verdict in green is on it."""
    wanted = tuple(int(GREEN[place : place + 2], 16) for place in (1, 3, 5))
    found = picture.convert("RGB").getcolors(maxcolors=1 << 24) or []
    return any(colour == wanted and count > 500 for count, colour in found)


def uuid_on(screen: Screen, name: str) -> str:
    """What the customer's camera reads: the request's id at the end of the link."""
    code = wait(lambda: next(iter(screen.codes(name)), None), "the customer's code")
    return str(code.text).rpartition("/")[2]


def pay(program: Program, customer: Screen, name: str) -> None:
    """The customer scans what is on the customer's screen, and signs."""
    uuid = uuid_on(customer, f"{name}-customer")
    program.control(f"phone/{uuid}/scan")
    wait(lambda: not customer.codes(f"{name}-scanned"), "the covered code")
    program.control(f"phone/{uuid}/sign")
    wait(lambda: any(r[1] == uuid and r[2] == "paid" for r in program.requests()), "paid")


def runs(line: list[int], least: int) -> list[tuple[int, int]]:
    """Where a line is pure white for `least` pixels or more: beginning and end of each run."""
    found, begin = [], None
    for place, value in enumerate([*line, 0]):
        if value == 255 and begin is None:
            begin = place
        elif value != 255 and begin is not None:
            if place - begin >= least:
                found.append((begin, place))
            begin = None
    return found


def keypad(picture: Image.Image) -> tuple[list[int], list[int]] | None:
    """The middles of the keypad's three columns and four rows, as an eye finds them: four white
    areas of one height under each other, each with two more of its width beside it. None where
    there is none."""
    for x in range(4, picture.width // 2, 8):
        high = runs(_values(picture.crop((x, 0, x + 1, picture.height))), KEY)
        for first in range(len(high) - 3):
            four = high[first : first + 4]
            if not _alike(four):
                continue
            y = four[0][0] + 8
            wide = runs(_values(picture.crop((0, y, picture.width // 2, y + 1))), KEY)[:3]
            if len(wide) == 3 and _alike(wide):
                return [sum(one) // 2 for one in wide], [sum(one) // 2 for one in four]
    return None


def _values(line: Image.Image) -> list[int]:
    return list(line.tobytes())


def _alike(spans: list[tuple[int, int]]) -> bool:
    sizes = [end - begin for begin, end in spans]
    return max(sizes) - min(sizes) <= 2


@pytest.fixture
def printer() -> Any:
    with EscposPrinterServer() as made:
        yield made


def start(screen: Screen, folder: Path, printer: EscposPrinterServer) -> Program:
    prepare(folder, printer.setting)
    program = Program(folder)
    try:
        window = wait(lambda: screen.window("Practice shop"), "the window")
        wait(lambda: "Practice shop" in title_of(window), "the connection")
        screen.activate(window)
    except BaseException:
        program.kill()
        raise
    return program


def finish(program: Program, screen: Screen, printer: EscposPrinterServer, name: str) -> None:
    """Both screens say paid, the receipt is out, and the program ends in order."""
    wait(lambda: is_green(screen.colours(f"{name}-cashier-paid")), "PAID on the cashier's screen")
    wait(lambda: is_green(Screen(1).colours(f"{name}-customer-paid")), "thanks to the customer")
    [paper] = printer.wait_for_papers(1)
    assert "PAID" in paper.text
    assert paper.is_cut
    code, words = program.end()
    assert code == 0, words
    assert "Traceback" not in words


def test_a_sale_by_keyboard_alone(
    screen: Screen, tmp_path: Path, printer: EscposPrinterServer
) -> None:
    program = start(screen, tmp_path, printer)
    try:
        for _ in range(4):  # a window that has just appeared may not have the keyboard yet
            screen.keys(*["BackSpace"] * 6, "1", "2", "comma", "5", "Return")
            if program.wait_for_request(5.0):
                break
        screen.keys("F2")
        pay(program, Screen(1), "keyboard")
        finish(program, screen, printer, "keyboard")
    finally:
        program.kill()


def test_a_sale_by_mouse_alone(
    screen: Screen, tmp_path: Path, printer: EscposPrinterServer
) -> None:
    program = start(screen, tmp_path, printer)
    try:
        columns, rows = wait(lambda: keypad(screen.picture("mouse-keypad")), "the keypad")
        for column, row in ((0, 2), (1, 2), (2, 3), (1, 1)):  # 1, 2, decimal mark, 5
            screen.click(columns[column], rows[row])
        screen.click(columns[1], wait(lambda: screen.button_below(columns[1], rows[3]), "CHARGE"))
        assert program.wait_for_request(20.0)
        code = wait(lambda: next(iter(screen.codes("mouse-waiting")), None), "the code")
        # "Show to customer" is the left one of the three buttons under the code.
        corners = code.position
        left = corners.top_left.x - (corners.top_right.x - corners.top_left.x) // 4
        screen.click(left, screen.button_below(left, corners.bottom_left.y))
        pay(program, Screen(1), "mouse")
        finish(program, screen, printer, "mouse")
    finally:
        program.kill()
