"""All settings in one dialog: what is saved, what is refused, and how it looks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFont
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QScrollArea, QWidget
from pytestqt.qtbot import QtBot

from ui import sample_rows
from ui.fake_desk import FakeChoice, FakeDesk
from xumm_desk.core.account.finding import Finding, Kind
from xumm_desk.core.pricing.accepted_asset import XRP
from xumm_desk.core.pricing.asset_input import rlusd
from xumm_desk.core.settings import Settings
from xumm_desk.locale import catalogues
from xumm_desk.ui.first_run.setup_dialog import SetupDialog
from xumm_desk.ui.language import window_language
from xumm_desk.ui.main_window import MainWindow
from xumm_desk.ui.settings.asset_dialog import AssetDialog
from xumm_desk.ui.settings.page import SettingsPage
from xumm_desk.ui.settings.settings_dialog import SettingsDialog
from xumm_desk.ui.settings.small_pages import LockPage
from xumm_desk.ui.widgets.check_box import CheckBox

from .opened_dialog import Open, OpenedDialog

OUTPUT = Path(__file__).parents[2] / "output"
RLUSD = rlusd("MAINNET")
assert RLUSD is not None
FULL: dict[str, Any] = {
    "destination": sample_rows.SHOP,
    "shop_name": "Café Uno",
    "shop_currency": "EUR",
    "assets": [XRP.to_json(), {**RLUSD.to_json(), "pathfinding": True}],
    "presets": [{"name": "Espresso", "price": "2.40"}, {"name": "", "price": "10.00"}],
    "tips": ["5", "10", "15"],
    "sale_limit": "250.00",
    "till": "2",
    "cashier": "Anna",
    "numbering": "daily",
    "rate_max_age": "7.5",
    "rate_second": "order book",
    "rate_issuer": f"RLUSD.{RLUSD.issuer}",
    "receipt_printer": "tcp:192.168.1.50:9100",
    "receipt_width": "58",
    "receipt_on_paid": True,
    "receipt_address": "Rue 5\n75005 Paris",
    "receipt_footer": "Thank you!",
    "sound_volume": 30,
    "view": "till",
}


def settings_of(values: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if key != "brighten"}


@pytest.mark.parametrize("values", [{}, FULL], ids=["new shop", "full"])
def test_saving_what_was_opened_changes_nothing(open_dialog: Open, values: dict[str, Any]) -> None:
    made = open_dialog(**values)
    made.dialog.save()
    before = asdict(Settings(**{"assets": [XRP.to_json()], "view": "till", **values}))
    after = settings_of(made.saved[0])
    assert after == {key: before[key] for key in after}


@pytest.mark.parametrize(
    ("spoil", "section", "words"),
    [
        (lambda d: d.till.presets[0].price.setText("tea"), "till", "Price: "),
        (lambda d: d.till.presets[0].price.setText("0"), "till", "Price: "),
        (lambda d: d.till.tips[0].set_text("500"), "till", "at most 100 %"),
        (lambda d: d.till.limit.set_text("much"), "till", "Limit: "),
        (lambda d: d.till.expire.set_text("soon"), "till", "whole minutes"),
        (lambda d: d.prices.currency.editor.setEditText("gold"), "prices", "from the list"),
        (lambda d: d.prices.max_age.set_text("0"), "prices", "from 0.5"),
        (lambda d: d.prices.max_spread.set_text("99"), "prices", "to 50"),
        (lambda d: d.prices.issuer.set_text("rWrong"), "prices", "no issuer"),
        (lambda d: d.receipts.host.set_text("host:99999"), "receipts", "65535"),
        (lambda d: d.receipts.host.set_text(""), "receipts", "192.168.1.50"),
        (lambda d: d.shop.destination.set_text("rWrong"), "shop", "letter by letter"),
    ],
)
def test_each_bad_input_is_said_at_its_field_and_its_section_is_opened(
    open_dialog: Open, spoil: Callable[[SettingsDialog], object], section: str, words: str
) -> None:
    made = open_dialog(**FULL)
    dialog = made.dialog
    spoil(dialog)
    dialog.save()
    assert made.saved == []
    assert words in dialog.refusal.text()
    page: SettingsPage = getattr(dialog, section)
    assert page.isVisible()
    assert dialog.pages[dialog.sections.currentRow()] is page
    marked = dialog.sections.item(dialog.pages.index(page)).data(Qt.ItemDataRole.AccessibleTextRole)
    assert "something is wrong here" in marked
    focus = dialog.focusWidget()
    assert focus is not None
    assert page.isAncestorOf(focus)


@pytest.fixture
def english() -> Iterator[None]:
    yield
    window_language.speak(catalogues.load("en"))


@pytest.mark.usefixtures("english")
@pytest.mark.parametrize(
    ("tag", "shown"),
    [
        ("de", ["2,40", "250,00", "7,5"]),
        ("fr", ["2,40", "250,00", "7,5"]),
        ("ja", ["2.40", "250.00", "7.5"]),
    ],
)
def test_numbers_are_shown_as_the_language_writes_them_and_read_in_both_forms(
    open_dialog: Open, tag: str, shown: list[str]
) -> None:
    window_language.speak(catalogues.load(tag))
    made = open_dialog(**FULL)
    till, prices = made.dialog.till, made.dialog.prices
    assert [till.presets[0].price.text(), till.limit.text(), prices.max_age.text()] == shown
    made.dialog.save()
    for mark in ",.":
        till.presets[0].price.setText(f"2{mark}40")
        till.limit.set_text(f"250{mark}00")
        prices.max_age.set_text(f"7{mark}5")
        made.dialog.save()
    assert made.saved[0] == made.saved[1] == made.saved[2]
    assert made.saved[0]["presets"][0]["price"] == "2.40"
    assert (made.saved[0]["sale_limit"], made.saved[0]["rate_max_age"]) == ("250.00", "7.5")


@pytest.mark.usefixtures("english")
def test_another_language_changes_no_price_that_is_shown(open_dialog: Open) -> None:
    made = open_dialog(**FULL)
    for tag in ("de", "en"):
        window_language.speak(catalogues.load(tag))
        made.dialog.save()
    assert made.saved[0] == made.saved[1]
    assert made.saved[0]["sale_limit"] == "250.00"


def test_prices_of_another_currency_are_refused_until_they_fit_it(open_dialog: Open) -> None:
    made = open_dialog(**{**FULL, "rate_second": ""})
    made.dialog.prices.currency.set_text("JPY")
    made.dialog.save()
    assert "JPY has no decimals" in made.dialog.till.presets[0].problem.text()
    made.dialog.till.presets[0].price.setText("240")
    made.dialog.till.presets[1].price.setText("1000")
    made.dialog.till.limit.set_text("25000")
    made.dialog.save()
    assert made.saved[0]["presets"][0] == {"name": "Espresso", "price": "240"}
    assert made.saved[0]["sale_limit"] == "25000"


@pytest.mark.parametrize("typed", ["chf", "CHF", "Swiss Franc", "CHF, Swiss Franc"])
def test_a_currency_is_found_by_its_code_or_chosen_from_the_list(
    open_dialog: Open, typed: str
) -> None:
    made = open_dialog()
    box = made.dialog.prices.currency.editor
    if typed == "Swiss Franc":
        box.completer().setCompletionPrefix(typed)  # type: ignore[union-attr]
        typed = box.completer().currentCompletion()  # type: ignore[union-attr]
    box.setEditText(typed)  # type: ignore[union-attr]
    made.dialog.save()
    assert made.saved[0]["shop_currency"] == "CHF"


def test_assets_are_added_ordered_and_removed(open_dialog: Open) -> None:
    made = open_dialog(destination=sample_rows.SHOP)
    page = made.dialog.prices
    made.dialog.show_section(page)
    assert not page.add_native.isVisible()
    assert not page.remove.isEnabled(), "one asset must stay"
    page.add_rlusd.click()
    assert not page.add_rlusd.isVisible()
    page.up.click()
    made.dialog.save()
    assert [one["currency"] for one in made.saved[0]["assets"]] == [RLUSD.currency, "XRP"]  # type: ignore[union-attr]
    assert made.saved[0]["assets"][0]["pegged_to"] == "USD"


def test_another_asset_is_typed_in_a_dialog_of_its_own(open_dialog: Open) -> None:

    made = open_dialog()
    page = made.dialog.prices
    made.dialog.show_section(page)
    page.add_other.click()
    (asset,) = page.findChildren(AssetDialog)
    asset.code.set_text("SOLO")
    asset.issuer.set_text("r")
    asset.save()
    assert "letter by letter" in asset.issuer.problem()
    asset.issuer.set_text(sample_rows.ISSUER)
    asset.pathfinding.setChecked(True)
    asset.save()
    assert [one.label for one in page.assets] == ["XRP", "SOLO"]
    assert page.assets[1].pathfinding
    assert page.assets[1].pegged_to == ""


def test_an_asset_that_its_issuer_has_frozen_is_said_at_the_asset(
    qtbot: QtBot, open_dialog: Open
) -> None:
    made = open_dialog(**FULL)
    assert RLUSD is not None
    made.account.typed_findings = (
        Finding(Kind.GLOBAL_FREEZE, "The issuer has frozen RLUSD.", "Take it off.", RLUSD.key),
    )
    page = made.dialog.prices
    made.dialog.show_section(page)
    page.down.click()
    qtbot.waitUntil(lambda: "cannot arrive" in page.list.item(0).text())
    page.list.setCurrentRow(0)
    assert page.asset_findings.lines() == ["The issuer has frozen RLUSD. Take it off."]


def test_printers_are_looked_for_and_a_gone_one_stays_chosen(
    qtbot: QtBot, open_dialog: Open
) -> None:
    made = open_dialog(receipt_printer="qt:Bar")
    box = made.dialog.receipts.printer
    qtbot.waitUntil(lambda: not box.hint.text())
    assert "(not found)" in box.editor.currentText()  # type: ignore[union-attr]
    made.dialog.save()
    assert made.saved[0]["receipt_printer"] == "qt:Bar"


def test_two_printers_of_one_name_are_refused(
    qtbot: QtBot, open_dialog: Open, tmp_path: Path
) -> None:
    made = open_dialog()
    page = made.dialog.receipts
    page._show_printers(
        [FakeChoice("qt:Bar", "Bar (number 1)"), FakeChoice("qt:Bar", "Bar (number 2)")]
    )
    page.printer.set_text("qt:Bar")
    made.dialog.save()
    assert "several printers of this name" in page.printer.problem()


def test_a_test_is_printed_with_what_is_typed(open_dialog: Open) -> None:
    made = open_dialog(**FULL)
    made.dialog.shop.name.set_text("Café Due")
    made.dialog.receipts.host.set_text("10.0.0.9")
    made.dialog.receipts.test_button.click()
    (tested,) = made.tools.tested
    assert tested.receipt_printer == "tcp:10.0.0.9:9100"
    assert tested.shop_name == "Café Due"
    assert made.dialog.receipts.good.text() == "The receipt was printed."
    made.tools.test_answer = ("The printer is gone.", False)
    made.dialog.receipts.test_button.click()
    assert made.dialog.receipts.bad.text() == "The printer is gone."
    assert made.saved == []


def test_sections_are_changed_with_the_keyboard(open_dialog: Open) -> None:
    made = open_dialog()
    made.dialog.sections.setFocus()
    for page in made.dialog.pages[1:]:
        QTest.keyClick(made.dialog.sections, Qt.Key.Key_Down)
        assert page.isVisible()


def test_cancel_hands_nothing_over(open_dialog: Open) -> None:
    made = open_dialog()
    made.dialog.shop.name.set_text("Café Due")
    QTest.keyClick(made.dialog, Qt.Key.Key_Escape)
    assert not made.dialog.isVisible()
    assert made.saved == []


def test_the_window_saves_and_uses_them_at_once(
    opened: Callable[..., tuple[MainWindow, FakeDesk]], tmp_path: Path
) -> None:
    window, desk = opened(rows=(), view="till")
    board = window._desk_view
    assert board is not None
    window.dialogs.shop()
    (dialog,) = window.findChildren(SettingsDialog)
    dialog.shop.destination.set_text(sample_rows.SHOP)
    dialog.shop.own_tags.setChecked(True)
    dialog.prices.currency.set_text("EUR")
    dialog.till.add_preset.click()
    dialog.till.presets[0].price.setText("2.40")
    dialog.appearance.scheme.set_text("dark")
    dialog.save()
    assert '"tag_from": "100000"' in (tmp_path / "settings.json").read_text()
    assert board.form.draft().destination == sample_rows.SHOP
    editor = board.form.field("tag").editor
    assert editor.property("placeholderText") == "Given by itself"
    assert board.till.entry.entry.currency == "EUR"
    assert len(board.till.entry.preset_buttons) == 1
    assert desk.rates.used[-1][0] == "EUR"
    assert "saved" in window.statusBar().currentMessage()


def test_what_could_not_be_written_is_said(
    opened: Callable[..., tuple[MainWindow, FakeDesk]], tmp_path: Path
) -> None:
    window, _ = opened(rows=())
    (tmp_path / "settings.json").unlink(missing_ok=True)
    (tmp_path / "settings.json").mkdir()
    window.apply_settings({"destination": sample_rows.SHOP, "tag_from": "1", "tag_to": "9"})
    bar = window.banners.banner("alarm")
    assert bar is not None
    assert "could not be saved" in bar.text()


# How it looks.


@pytest.fixture
def large_text(app: QApplication) -> Iterator[None]:
    """Text of twice its size."""
    before = QFont(app.font())
    twice = QFont(before)
    twice.setPointSizeF(before.pointSizeF() * 2)
    app.setFont(twice)
    yield
    app.setFont(before)


def clipped(page: QWidget) -> list[str]:
    """Texts of a page that have not the room that they need."""
    found = []
    for widget in page.findChildren(QWidget):
        if not widget.isVisible() or not isinstance(widget, QAbstractButton | QLabel):
            continue
        room = widget.size()
        wants = widget.minimumSizeHint()
        if isinstance(widget, QLabel) and widget.wordWrap():
            wants = QSize(1, widget.heightForWidth(room.width()))
        if isinstance(widget, CheckBox):
            wants = QSize(1, widget.heightForWidth(room.width()))
        if room.height() + 1 < wants.height() or room.width() + 1 < wants.width():
            found.append(f"{widget.text()}: {room} of {wants}")
    frame = page.parentWidget()
    area = frame.parentWidget() if frame is not None else None
    if isinstance(area, QScrollArea) and page.width() > area.viewport().width():
        wide = max(page.findChildren(QWidget), key=lambda one: one.minimumSizeHint().width())
        found.append(f"{page.width()} of {area.viewport().width()}: {wide}")
    return found


def show(made: OpenedDialog, qtbot: QtBot, name: str, size: tuple[int, int]) -> None:
    dialog = made.dialog
    dialog.resize(*size)
    qtbot.waitUntil(lambda: not dialog.receipts.printer.hint.text())
    for page in dialog.pages:
        dialog.show_section(page)
        for _ in range(4):
            QApplication.processEvents()
        assert clipped(page) == [], page.title
        OUTPUT.mkdir(exist_ok=True)
        title = str(page.title).lower().replace(" ", "-").replace("'", "")
        assert dialog.grab().save(str(OUTPUT / f"settings-{name}-{title}.png"))


def test_no_page_is_clipped(qtbot: QtBot, open_dialog: Open, scheme: str) -> None:
    made = open_dialog(**FULL)
    made.account.typed_findings = (
        Finding(Kind.RECEIVABLE, "Payments in XRP can arrive."),
        Finding(
            Kind.NO_LINE,
            "The account has no trust line for RLUSD, so RLUSD cannot arrive.",
            "Set the trust line in the shop's wallet.",
            RLUSD.key if RLUSD else "",
        ),
    )
    made.dialog.shop.own_tags.setChecked(True)
    qtbot.waitUntil(lambda: len(made.dialog.shop.findings.lines()) == 2)
    show(made, qtbot, f"usual-{scheme}", (880, 640))


@pytest.mark.usefixtures("large_text")
def test_no_page_is_clipped_in_a_small_window_with_text_of_twice_its_size(
    qtbot: QtBot, open_dialog: Open
) -> None:
    made = open_dialog(**FULL)
    show(made, qtbot, "large-text", (852, 552))


def test_a_problem_is_shown_at_the_field_and_in_the_list(
    qtbot: QtBot, open_dialog: Open, scheme: str
) -> None:
    made = open_dialog(**FULL)
    made.dialog.till.presets[0].price.setText("tea")
    made.dialog.shop.destination.set_text("rWrong")
    made.dialog.save()
    made.dialog.show_section(made.dialog.till)
    for _ in range(4):
        QApplication.processEvents()
    assert made.dialog.grab().save(str(OUTPUT / f"settings-wrong-{scheme}.png"))


def test_the_pin_is_asked_for_by_the_lock(qtbot: QtBot) -> None:
    asked: list[bool] = []
    page = LockPage(lambda: asked.append(True))
    qtbot.addWidget(page)
    page.pin_button.click()
    assert asked == [True]
    assert page.values() == {}


def test_a_desk_that_is_locked_closes_its_settings(
    opened: Callable[..., tuple[MainWindow, FakeDesk]],
) -> None:
    window, _ = opened(rows=())
    window.lock._save_pin("a hash")
    window.dialogs.shop()
    window.dialogs.set_up()
    (dialog,) = window.findChildren(SettingsDialog)
    window.lock.lock()
    assert window.lock.locked
    assert not dialog.isVisible()
    assert not any(one.isVisible() for one in window.findChildren(SetupDialog))
