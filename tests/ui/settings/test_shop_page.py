"""The shop's page: its address, its tags, its logo, and what is found about the account."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from xrpl.core import addresscodec

from ui import sample_rows
from xumm_desk.core.account.finding import Finding, Kind
from xumm_desk.ui.settings.shop_page import SUGGESTED

from .opened_dialog import Open

TAGS = ("destination", "tag_from", "tag_to")


def test_tags_are_off_until_they_are_wanted_and_then_a_range_is_offered(open_dialog: Open) -> None:
    made = open_dialog(destination=sample_rows.SHOP)
    page = made.dialog.shop
    assert not page.own_tags.isChecked()
    assert not page.first.isVisible()
    QTest.mouseClick(page.own_tags, Qt.MouseButton.LeftButton)
    assert page.first.isVisible()
    assert (page.first.text(), page.last.text()) == SUGGESTED
    assert "900\u202f000 tags" in page.range_hint.text()
    QTest.mouseClick(made.dialog.save_button, Qt.MouseButton.LeftButton)
    assert [made.saved[0][key] for key in TAGS] == [sample_rows.SHOP, *SUGGESTED]
    assert not made.dialog.isVisible()


def test_switching_tags_off_keeps_nothing(open_dialog: Open) -> None:
    made = open_dialog(destination=sample_rows.SHOP, tag_from="5", tag_to="9")
    assert made.dialog.shop.own_tags.isChecked()
    QTest.keyClick(made.dialog.shop.own_tags, Qt.Key.Key_Space)
    made.dialog.save()
    assert [made.saved[0][key] for key in TAGS] == [sample_rows.SHOP, "", ""]


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
    open_dialog: Open, first: str, last: str, words: str
) -> None:
    made = open_dialog(destination=sample_rows.SHOP, tag_from="5", tag_to="9")
    page = made.dialog.shop
    page.first.set_text(first)
    page.last.set_text(last)
    made.dialog.save()
    assert words in page.range_problem.text()
    assert made.saved == []
    assert made.dialog.isVisible()
    page.last.set_text("77")
    assert page.range_problem.text() == ""


def test_an_address_that_cannot_be_used_is_said_under_it(open_dialog: Open) -> None:
    made = open_dialog(destination=sample_rows.SHOP[:-1])
    made.dialog.save()
    assert "letter by letter" in made.dialog.shop.destination.problem()
    assert made.saved == []
    made.dialog.shop.destination.set_text("")
    made.dialog.save()
    assert made.saved[0]["destination"] == ""


@pytest.mark.parametrize(("network", "refused"), [("MAINNET", True), ("TESTNET", False)])
def test_an_address_for_test_networks_is_refused_where_money_is_real(
    open_dialog: Open, network: str, refused: bool
) -> None:
    t_form = addresscodec.classic_address_to_xaddress(sample_rows.SHOP, 7, True)
    made = open_dialog(network=network)
    made.dialog.shop.destination.set_text(t_form)
    made.dialog.save()
    assert bool(made.saved) is not refused
    said = made.dialog.shop.destination.problem()
    assert ("written for test networks (T…), and this one is MAINNET" in said) is refused


def test_the_account_is_looked_at_while_it_is_typed(qtbot: QtBot, open_dialog: Open) -> None:
    made = open_dialog()
    made.account.typed_findings = (
        Finding(Kind.NOT_ON_LEDGER, "There is no such account.", "Send XRP to it first."),
    )
    made.dialog.shop.destination.set_text(sample_rows.SHOP)
    assert made.dialog.shop.findings.lines() == ["Looking at the account…"]
    qtbot.waitUntil(lambda: bool(made.account.looked))
    assert made.account.looked[-1][0] == sample_rows.SHOP
    assert made.dialog.shop.findings.lines() == ["There is no such account. Send XRP to it first."]
    made.dialog.shop.destination.set_text("r")
    assert made.dialog.shop.findings.lines() == []


def test_without_a_desk_the_page_says_when_the_account_is_looked_at(open_dialog: Open) -> None:
    made = open_dialog(destination=sample_rows.SHOP, desk=False)
    assert "as soon as the desk is connected" in made.dialog.shop.findings.lines()[0]


def picture(folder: Path) -> Path:
    path = folder / "mine.png"
    Image.new("RGB", (300, 100), "#aa3300").save(path)
    return path


def test_a_logo_is_shown_before_and_kept_only_on_saving(
    qtbot: QtBot, open_dialog: Open, tmp_path: Path
) -> None:
    made = open_dialog()
    page = made.dialog.shop
    page.use_logo(str(picture(tmp_path)))
    qtbot.waitUntil(lambda: not page.logo.pixmap().isNull())
    assert not (tmp_path / "shop-logo.png").exists()
    made.dialog.save()
    qtbot.waitUntil(lambda: bool(made.saved))
    assert made.saved[0]["shop_logo"] == "shop-logo.png"
    assert (tmp_path / "shop-logo.png").exists()


def test_a_logo_can_be_removed(qtbot: QtBot, open_dialog: Open, tmp_path: Path) -> None:
    picture(tmp_path).rename(tmp_path / "shop-logo.png")
    made = open_dialog(shop_logo="shop-logo.png")
    page = made.dialog.shop
    qtbot.waitUntil(lambda: not page.logo.pixmap().isNull())
    page.remove_logo.click()
    made.dialog.save()
    assert made.saved[0]["shop_logo"] == ""


@pytest.mark.parametrize(("size", "words"), [(50_000_000, "larger than 10 MB"), (20, "no picture")])
def test_what_is_no_logo_is_said_and_is_not_saved(
    qtbot: QtBot, open_dialog: Open, tmp_path: Path, size: int, words: str
) -> None:
    path = tmp_path / "large.png"
    with path.open("wb") as out:
        out.truncate(size)
    made = open_dialog()
    page = made.dialog.shop
    page.use_logo(str(path))
    qtbot.waitUntil(lambda: bool(page.logo_message.text()))
    assert words in page.logo_message.text()
    made.dialog.save()
    assert made.saved[0]["shop_logo"] == ""


def test_a_logo_that_cannot_be_kept_holds_up_the_saving(
    qtbot: QtBot, open_dialog: Open, tmp_path: Path
) -> None:
    made = open_dialog()
    made.tools.refusal = "The logo could not be saved (disk full)."
    page = made.dialog.shop
    page.use_logo(str(picture(tmp_path)))
    qtbot.waitUntil(lambda: not page.logo.pixmap().isNull())
    made.dialog.save()
    qtbot.waitUntil(lambda: bool(page.logo_message.text()))
    assert "disk full" in page.logo_message.text()
    assert made.saved == []
    page.remove_logo.click()
    made.dialog.save()
    assert made.saved
