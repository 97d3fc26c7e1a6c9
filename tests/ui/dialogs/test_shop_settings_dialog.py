"""The shop's settings: what may be typed, what is handed over, and how it looks."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from xrpl.core import addresscodec

from ui import sample_rows
from ui.fake_desk import FakeDesk
from xumm_desk.core.settings import Settings
from xumm_desk.ui.dialogs.shop_settings_dialog import SUGGESTED, ShopSettingsDialog
from xumm_desk.ui.main_window import MainWindow

OUTPUT = Path(__file__).parents[2] / "output"


@pytest.fixture
def make(qtbot: QtBot) -> Callable[..., tuple[ShopSettingsDialog, list[dict[str, str]]]]:
    """Opens the dialog, and keeps what it hands over."""

    def open_(
        *, ledger: bool = True, network: str = "", **values: str
    ) -> tuple[ShopSettingsDialog, list[dict[str, str]]]:
        now = Settings(**values)  # type: ignore[arg-type]
        dialog = ShopSettingsDialog(now, ledger=ledger, network=network)
        qtbot.addWidget(dialog)
        saved: list[dict[str, str]] = []
        dialog.saved.connect(saved.append)
        dialog.open()
        return dialog, saved

    return open_


Make = Callable[..., tuple[ShopSettingsDialog, list[dict[str, str]]]]


def test_tags_are_off_until_they_are_wanted_and_then_a_range_is_offered(make: Make) -> None:
    dialog, saved = make(destination=sample_rows.SHOP)
    assert not dialog.own_tags.isChecked()
    assert not dialog.first.isVisible()
    QTest.mouseClick(dialog.own_tags, Qt.MouseButton.LeftButton)
    assert dialog.first.isVisible()
    assert (dialog.first.text(), dialog.last.text()) == SUGGESTED
    assert "900\u202f000 tags" in dialog.range_hint.text()
    QTest.mouseClick(dialog.save_button, Qt.MouseButton.LeftButton)
    assert saved == [
        {"destination": sample_rows.SHOP, "tag_from": SUGGESTED[0], "tag_to": SUGGESTED[1]}
    ]
    assert not dialog.isVisible()


def test_switching_off_keeps_nothing(make: Make) -> None:
    dialog, saved = make(destination=sample_rows.SHOP, tag_from="5", tag_to="9")
    assert dialog.own_tags.isChecked()
    QTest.keyClick(dialog.own_tags, Qt.Key.Key_Space)
    dialog.save()
    assert saved == [{"destination": sample_rows.SHOP, "tag_from": "", "tag_to": ""}]


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        ("9", "5", "must rise"),
        ("", "5", "first and the last"),
        ("a", "5", "whole numbers"),
        ("", "", "switch them off"),
        ("0", "5", "begin at 1"),
        ("5", "4294967296", "4294967295 at most"),
    ],
)
def test_a_range_that_cannot_be_used_is_said_beside_it(
    make: Make, first: str, last: str, words: str
) -> None:
    dialog, saved = make(destination=sample_rows.SHOP, tag_from="5", tag_to="9")
    dialog.first.set_text(first)
    dialog.last.set_text(last)
    dialog.save()
    assert words in dialog.range_problem.text()
    assert saved == []
    assert dialog.isVisible()
    dialog.last.set_text("77")
    assert dialog.range_problem.text() == ""


def test_an_address_that_cannot_be_used_is_said_under_it(make: Make) -> None:
    dialog, saved = make(destination=sample_rows.SHOP[:-1])
    dialog.save()
    assert "letter by letter" in dialog.destination.problem()
    assert saved == []
    dialog.destination.set_text("")
    dialog.save()
    assert saved == [{"destination": "", "tag_from": "", "tag_to": ""}]


def test_the_window_saves_and_uses_them_at_once(
    opened: Callable[..., tuple[MainWindow, FakeDesk]],
    tmp_path: Path,
) -> None:
    window, _ = opened(rows=())
    board = window._desk_view
    assert board is not None
    window.dialogs.shop()
    (dialog,) = window.findChildren(ShopSettingsDialog)
    dialog.destination.set_text(sample_rows.SHOP)
    dialog.own_tags.setChecked(True)
    dialog.save()
    assert window._settings.value.tag_from == SUGGESTED[0]
    assert SUGGESTED[1] in (tmp_path / "settings.json").read_text()
    assert board.form.draft().destination == sample_rows.SHOP
    editor = board.form.field("tag").editor
    assert editor.property("placeholderText") == "Given by itself"
    assert "saved" in window.statusBar().currentMessage()


def test_what_could_not_be_written_is_said(
    opened: Callable[..., tuple[MainWindow, FakeDesk]],
    tmp_path: Path,
) -> None:
    window, _ = opened(rows=())
    (tmp_path / "settings.json").unlink(missing_ok=True)
    (tmp_path / "settings.json").mkdir()
    window._shop_saved({"destination": sample_rows.SHOP, "tag_from": "1", "tag_to": "9"})
    bar = window.banners.banner("alarm")
    assert bar is not None
    assert "could not be saved" in bar.text()


def test_pictures(make: Make, scheme: str) -> None:
    OUTPUT.mkdir(exist_ok=True)
    for name, values in (
        ("off", {"destination": sample_rows.SHOP}),
        ("on", {"destination": sample_rows.SHOP, "tag_from": "1000", "tag_to": "1999"}),
        ("wrong", {"destination": "rWrong", "tag_from": "2000", "tag_to": "1999"}),
    ):
        dialog, _ = make(ledger=name != "on", **values)
        if name == "wrong":
            dialog.save()
        for _ in range(3):
            QApplication.processEvents()
        assert dialog.grab().save(str(OUTPUT / f"shop-{name}-{scheme}.png"))
        dialog.close()


@pytest.mark.parametrize(("network", "refused"), [("MAINNET", True), ("TESTNET", False)])
def test_an_address_for_test_networks_is_refused_where_money_is_real(
    make: Make, network: str, refused: bool
) -> None:
    t_form = addresscodec.classic_address_to_xaddress(sample_rows.SHOP, 7, True)
    dialog, saved = make(network=network)
    dialog.destination.set_text(t_form)
    dialog.save()
    assert bool(saved) is not refused
    said = dialog.destination.problem()
    assert ("written for test networks (T…), and this one is MAINNET" in said) is refused
