"""Pictures of table and detail for people to look at, in tests/output; they must be painted
without a word of complaint and hold every status word's colour."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QSplitter, QStatusBar, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from xumm_desk.ui.detail.detail_pane import DetailPane
from xumm_desk.ui.detail.fact_loader import FactLoader
from xumm_desk.ui.lamps.lamp_bar import LampBar
from xumm_desk.ui.requests.actions import RequestActions
from xumm_desk.ui.requests.pane import RequestPane
from xumm_desk.ui.requests.rows.filtering import Group
from xumm_desk.ui.requests.table_model import RequestTableModel
from xumm_desk.ui.style.palette import Tone
from xumm_desk.ui.style.theme import Theme

from . import sample_rows
from .fake_desk import FakeDesk, run_now

Colours = list[tuple[int, tuple[int, int, int, int]]]
OUTPUT = Path(__file__).parent.parent / "output"


def window(qtbot: QtBot, width: int, height: int) -> tuple[QWidget, RequestPane, DetailPane]:
    desk, actions = FakeDesk(), RequestActions()
    pane = RequestPane(RequestTableModel(desk.clock), actions)
    detail = DetailPane(desk.as_desk(), actions, run_now)
    pane.view.current_changed.connect(detail.show_row)
    split = QSplitter(Qt.Orientation.Horizontal if width > 1300 else Qt.Orientation.Vertical)
    split.addWidget(pane)
    split.addWidget(detail)
    split.setStretchFactor(0, 1)
    split.setSizes([width - 440, 440] if width > 1300 else [height - 400, 400])
    bar = QStatusBar()
    bar.addPermanentWidget(LampBar(desk.as_desk()))
    whole = QWidget()
    column = QVBoxLayout(whole)
    column.setContentsMargins(0, 0, 0, 0)
    column.addWidget(split, 1)
    column.addWidget(bar)
    whole.resize(width, height)
    actions.setParent(whole)
    qtbot.addWidget(whole)
    with qtbot.waitExposed(whole):
        whole.show()
    return whole, pane, detail


def picture(widget: QWidget, name: str) -> None:
    for loader in widget.findChildren(FactLoader):
        loader.request_now()
    for _ in range(4):
        QGuiApplication.processEvents()
    OUTPUT.mkdir(exist_ok=True)
    grabbed = widget.grab()
    assert grabbed.save(str(OUTPUT / f"{name}.png"))
    image = grabbed.toImage().convertToFormat(QImage.Format.Format_ARGB32)
    pixels = Image.frombytes(
        "RGBA", (image.width(), image.height()), bytes(image.constBits()), "raw", "BGRA"
    ).getcolors(1 << 24)
    assert pixels is not None
    found = {f"#{r:02X}{g:02X}{b:02X}" for _, (r, g, b, _) in cast(Colours, pixels)}
    for role in (Tone.GOOD, Tone.ATTENTION):
        assert Theme.current().colours.tones[role] in found, role


@pytest.mark.parametrize("size", [(1000, 640), (1600, 1000)])
@pytest.mark.parametrize("selected", ["1048", "1035", "Invoice-2026-000123456789/Müller&Söhne"])
def test_full(qtbot: QtBot, scheme: str, size: tuple[int, int], selected: str) -> None:
    whole, pane, detail = window(qtbot, *size)
    sample_rows.show(pane.table, sample_rows.rows())
    pane.filters.show_counts(pane.table.counts)
    if selected == "1035":
        detail.tabs.setCurrentIndex(1)
    pane.view.select(selected)
    pane.view.scrollToTop()
    picture(whole, f"full-{selected[:7]}-{size[0]}-{scheme}")


def test_empty_filter(qtbot: QtBot, scheme: str) -> None:
    whole, pane, _ = window(qtbot, 1000, 640)
    sample_rows.show(pane.table, sample_rows.rows())
    pane.work_list.model().update_rows(sample_rows.rows())
    pane.filters.choose(Group.PAID)
    pane.search.setText("nothing like it")
    picture(whole, f"no-match-{scheme}")


def test_narrow(qtbot: QtBot, scheme: str) -> None:
    pane = RequestPane(RequestTableModel(sample_rows.Clock()), RequestActions())
    qtbot.addWidget(pane)
    pane.resize(600, 520)
    with qtbot.waitExposed(pane):
        pane.show()
    sample_rows.show(pane.table, sample_rows.rows())
    picture(pane, f"narrow-{scheme}")
    assert pane.view.horizontalScrollBar().maximum() == 0
