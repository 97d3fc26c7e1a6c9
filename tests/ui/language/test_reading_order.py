"""Names, codes, amounts and signs keep their order in Arabic, alone and in sentences."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

import pytest
from pytestqt.qtbot import QtBot

from ui import sample_rows
from ui.attention import lists
from ui.dialogs.test_unmatched_dialog import PAYMENTS
from ui.fake_desk import FakeDesk
from ui.report.past_days import days, page_of
from ui.till.sales import sale_row
from xumm_desk.core.message import LIST_SEPARATOR, Formatted, Message, Sentences
from xumm_desk.core.status import Status
from xumm_desk.locale.translation import _, as_written, tr
from xumm_desk.ui.dialogs.unmatched_dialog import UnmatchedDialog
from xumm_desk.ui.main_window import MainWindow
from xumm_desk.ui.requests.rows.filtering import Group
from xumm_desk.ui.style.time_format import local_and_utc
from xumm_desk.ui.till.keypad import FittingButton

from .reading_order import from_the_left

Opened = Callable[..., tuple[MainWindow, FakeDesk]]

pytestmark = pytest.mark.usefixtures("arabic")


@dataclass(frozen=True)
class Price:
    """So much of a currency."""

    currency: str
    value: Decimal


def price(currency: str) -> Formatted:
    return Formatted("1234.50", Price(currency, Decimal("1234.50")))


def test_a_name_before_a_word_stands_at_the_right_of_it() -> None:
    state = Message("{name} {state}", name=Message("API"), state=Message("ok"))
    assert from_the_left(tr(state)).endswith(" API")
    euro = Message("{code}, {name}", code="EUR", name="يورو")
    assert from_the_left(tr(euro)).endswith("،EUR")


def test_an_amount_and_its_asset_keep_their_order() -> None:
    amount = Message("{number} {asset}", number=Formatted("3.5", Decimal("3.5")), asset="XRP")
    assert from_the_left(tr(Message("Paid {amount}", amount=amount))).startswith("3.5 XRP")


@pytest.mark.parametrize(
    "message",
    [
        Message("{gap} {asset} are missing. Ask for the rest or refund.", gap="1.5", asset="XRP"),
        Message("{gap} {asset} too much were paid. Refund the difference.", gap="1.5", asset="XRP"),
        Message("{rate} {currency}, {source}", rate="1.5", currency="XRP", source="Xaman"),
    ],
)
def test_so_do_they_in_a_sentence_that_names_both(message: Message) -> None:
    assert "1.5 XRP" in from_the_left(tr(message))


@pytest.mark.parametrize("sign", ["+", "−"])
@pytest.mark.parametrize("currency", ["EUR", "SAR", "AED", "EGP"])
def test_a_sign_stands_at_the_left_of_the_digits(sign: str, currency: str) -> None:
    said = tr(Message(f"{sign}{{amount}}", amount=price(currency)))
    assert f"{sign}1\u202f234.50" in from_the_left(said)


def test_the_names_of_a_list_follow_each_other_from_the_right() -> None:
    tills = tr(Sentences(["Till 7", "Till 12"], LIST_SEPARATOR))
    assert from_the_left(tills) == "Till 12 ،Till 7"


@pytest.mark.parametrize("code", ["1041-A", "40794500-a284-4c94", "01010101…0a01", "C++", "#7"])
def test_a_code_that_stands_alone_keeps_its_order(code: str) -> None:
    assert from_the_left(as_written(code)) == code


@pytest.mark.parametrize(
    "message",
    [
        Message("Shift #{number}", number=7),
        Message("Shift #{number} is closed.", number=7),
        Message("There is no closed shift #{number}.", number=7),
    ],
)
def test_the_number_of_a_shift_has_its_mark_before_it(message: Message) -> None:
    assert "#7" in from_the_left(tr(message))


def test_one_unit_of_an_asset_is_named_after_its_number() -> None:
    said = tr(Message("1 {asset} in {currency}", asset="XRP", currency="EUR"))
    assert "1 XRP" in from_the_left(said)


def test_the_work_list_names_sales_as_the_till_does(opened: Opened) -> None:
    window, _ = opened(rows=(*lists.doubtful_rows(), sale_row(Status.CHECK, 1044)))
    board = window._desk_view
    assert board is not None
    board.changes.flush()
    board.pane.filters.choose(Group.ATTENTION)
    model = board.attention.model
    titles = [model.index(row, 0).data() for row in range(model.rowCount())]
    assert any("#1044" in from_the_left(title) for title in titles)


def test_a_transaction_of_digits_keeps_its_order_in_the_dialog(qtbot: QtBot) -> None:
    dialog = UnmatchedDialog(FakeDesk().clock.now, ledger=True)
    qtbot.addWidget(dialog)
    dialog.show_payments(PAYMENTS, {})
    table = dialog.payments
    cells = [table.item(0, column) for column in range(table.columnCount())]
    assert "01010101…0101" in [from_the_left(cell.text()) for cell in cells if cell is not None]


def test_a_name_that_is_cut_ends_with_dots_at_its_end(qtbot: QtBot) -> None:
    button = FittingButton(tr(Sentences(["Cappuccino with oat milk", "3.60"], "\n")))
    qtbot.addWidget(button)
    button.resize(110, 48)
    first, _price = button.shown_text().split("\n")
    assert from_the_left(first).endswith("…")


def test_the_period_of_the_report_is_divided_by_an_arabic_comma(qtbot: QtBot) -> None:
    page, _reports = page_of(qtbot, days())
    assert page._compared.text()
    assert "," not in page._compared.text()


def test_a_moment_in_two_zones_is_spoken_as_it_is_shown() -> None:
    shown = local_and_utc(sample_rows.NOW, "").strip()
    said = _("{name}: {value}", name=Message("Created", context="date"), value=shown)
    assert from_the_left(shown) in from_the_left(said)
