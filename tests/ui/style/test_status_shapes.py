"""Every status has a shape of its own kind, sharp at every scale."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QColor

from xumm_desk.core.status import Status
from xumm_desk.ui.style import status_shapes
from xumm_desk.ui.style.palette import Tone
from xumm_desk.ui.style.status_shapes import Shape
from xumm_desk.ui.style.theme import status_tone


@pytest.mark.parametrize("dpr", [1.0, 1.25, 1.5, 2.0])
def test_shapes_differ_without_colour(dpr: float) -> None:
    seen = set()
    for shape in Shape:
        picture = status_shapes.pixmap(shape, QColor("black"), 16, dpr)
        assert picture.width() == round(16 * dpr)
        seen.add(bytes(picture.toImage().constBits()))
    assert len(seen) == len(Shape)


def test_drawn_once() -> None:
    one = status_shapes.pixmap(Shape.RING, QColor("#123456"), 16, 1.0)
    assert status_shapes.pixmap(Shape.RING, QColor("#123456"), 16, 1.0).cacheKey() == one.cacheKey()


def test_every_status_has_a_shape_and_amber_is_always_a_triangle() -> None:
    for status in Status:
        triangle = status_shapes.shape_of(status) is Shape.TRIANGLE
        assert triangle == (status_tone(status) is Tone.ATTENTION)
