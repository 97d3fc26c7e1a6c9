"""The badge: legible at each size, not by colour alone, sharp edges on whole pixels."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtGui import QIcon, QImage

from xumm_desk.ui.style.palette import DARK, LIGHT, Colours, Tone
from xumm_desk.ui.tray import badge

ICON = Path(__file__).parents[3] / "resources" / "icons" / "xumm-desk.svg"


def painted(size: int, count: int, *, harm: bool, colours: Colours = LIGHT) -> QImage:
    return badge.badged_pixmap(QIcon(str(ICON)), size, count, harm, colours).toImage()


def share(image: QImage, colour: str) -> float:
    """The share of the pixels that have exactly this colour."""
    side = image.width()
    found = sum(
        image.pixelColor(x, y).name().upper() == colour.upper()
        for x in range(side)
        for y in range(side)
    )
    return found / side**2


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("size", badge.SIZES)
def test_the_badge_has_the_colour_of_its_meaning(app: object, size: int, colours: Colours) -> None:
    amber, red = colours.tones[Tone.ATTENTION], colours.tones[Tone.HARM]
    nothing = painted(size, 0, harm=False, colours=colours)
    assert share(nothing, amber) == share(nothing, red) == 0
    assert share(painted(size, 3, harm=False, colours=colours), amber) > 0.06
    assert share(painted(size, 3, harm=True, colours=colours), red) > 0.06
    assert share(painted(size, 0, harm=True, colours=colours), red) > 0.06


def test_each_number_looks_another_and_red_has_another_shape(app: object) -> None:
    images = [painted(22, count, harm=False) for count in range(11)]
    assert len({bytes(image.constBits()) for image in images}) == len(images)
    # At the corner a pill is round, and an octagon is cut.
    pill, octagon = painted(48, 7, harm=False), painted(48, 7, harm=True)
    assert pill.pixelColor(47, 47).alpha() == octagon.pixelColor(47, 47).alpha() == 0
    amber = [x for x in range(48) if pill.pixelColor(x, 46).name() == LIGHT.tones[Tone.ATTENTION]]
    assert amber != [
        x for x in range(48) if octagon.pixelColor(x, 46).name() == LIGHT.tones[Tone.HARM].lower()
    ]


@pytest.mark.parametrize(
    ("count", "size", "words"),
    [(0, 16, ""), (9, 16, "9"), (10, 16, "9+"), (10, 32, "10"), (99, 64, "99"), (100, 32, "99+")],
)
def test_a_small_badge_has_room_for_one_digit(count: int, size: int, words: str) -> None:
    assert badge.badge_text(count, size) == words


def test_the_icon_has_each_size_of_a_panel(app: object) -> None:
    icon = badge.badged_icon(QIcon(str(ICON)), 1, False, LIGHT)
    assert sorted(size.width() for size in icon.availableSizes()) == list(badge.SIZES)
