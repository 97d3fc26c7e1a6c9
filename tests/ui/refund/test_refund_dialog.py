"""A refund is typed in the shop's currency, capped, and what the payer's account would refuse is
said before."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from ui import sample_rows
from ui.fake_desk import FakeDesk, FakePrinter, run_now
from ui.till.sales import sale_row
from xumm_desk.core.account.finding import Finding, Kind
from xumm_desk.core.account.wording import payer_words
from xumm_desk.core.money.amount import IssuedAmount, XrpAmount, format_amount
from xumm_desk.core.pricing.accepted_asset import XRP, AcceptedAsset
from xumm_desk.core.refund.refund import RefundBalance, refund_balances
from xumm_desk.core.sale.sale import sale_of
from xumm_desk.core.status import Status
from xumm_desk.engine.runtime.registry import RequestRow
from xumm_desk.store.settings_file import SettingsFile
from xumm_desk.ui.desk_view import REQUESTS, TILL, DeskView
from xumm_desk.ui.refund.refund_dialog import RefundDialog
from xumm_desk.ui.requests import columns
from xumm_desk.ui.requests.actions import why_no_refund, why_not_shown
from xumm_desk.ui.requests.columns import Column

RLUSD = AcceptedAsset("RUD", sample_rows.ISSUER, "USD", 2, "RLUSD")
OUTPUT = Path(__file__).parent.parent.parent / "output"


def with_balance(row: RequestRow, **changes: object) -> RequestRow:
    """The row with its one balance changed."""
    [one] = refund_balances(row.request)
    return replace(row, refunds=(replace(one, **changes),))  # type: ignore[arg-type]


@pytest.fixture
def desk() -> FakeDesk:
    return FakeDesk([sale_row(Status.PAID, 1042, price="12.00")])


@pytest.fixture
def sale(desk: FakeDesk) -> RequestRow:
    """A sale of € 12.00 that is paid."""
    return desk.rows()[0]


@pytest.fixture
def open_dialog(
    qtbot: QtBot, tmp_path: Path, desk: FakeDesk, sale: RequestRow
) -> Callable[..., RefundDialog]:
    """Opens the dialog for this row, else for the sale."""

    def make(row: RequestRow | None = None, assets: tuple[AcceptedAsset, ...] = (XRP,)):  # type: ignore[no-untyped-def]
        kept = SettingsFile(tmp_path / "settings.json")
        kept.change(shop_currency="EUR", cashier="Anna", assets=[one.to_json() for one in assets])
        dialog = RefundDialog(
            desk.as_desk(), row or sale, start=run_now, preferences=kept, shop="Café Uno"
        )
        dialog.setAttribute(
            Qt.WidgetAttribute.WA_DeleteOnClose, False
        )  # the test looks at it after
        dialog.show()
        qtbot.addWidget(dialog)
        return dialog

    return make


def test_everything_that_is_left_is_proposed_in_the_shops_currency(
    open_dialog: Callable[..., RefundDialog], desk: FakeDesk, sale: RequestRow
) -> None:
    dialog = open_dialog()
    [balance] = refund_balances(sale.request)
    assert dialog.amount.text() == "12.00"
    assert dialog.address.text() == balance.payer
    dialog.reason.set_text("cup was broken")
    dialog.create_button.click()
    [order] = desk.refunded
    assert (order.part, order.pays) == (balance.left, balance.left)
    assert (order.note, order.cashier, order.shop) == ("cup was broken", "Anna", "Café Uno")
    assert order.quote is not None
    assert order.quote.price.value == Decimal("12.00")
    assert dialog.isHidden()


def test_a_part_is_converted_by_the_rate_of_the_sale(
    open_dialog: Callable[..., RefundDialog], desk: FakeDesk, sale: RequestRow
) -> None:
    desk.rates.set_rate(XRP, "EUR", "9.99")  # of today, and no matter
    dialog = open_dialog()
    dialog.amount.set_text("4")
    dialog.create_button.click()
    [order] = desk.refunded
    data = sale_of(sale.request.spec)
    assert data is not None
    assert data.quote is not None
    charged = data.quote.amount
    assert isinstance(charged, XrpAmount)
    assert order.part == XrpAmount(-(-charged.drops // 3))
    assert format_amount(order.pays) in dialog.gets.text()
    assert "€\u00a04.00" in dialog.gets.text()


def test_more_than_is_left_is_refused_in_words(
    open_dialog: Callable[..., RefundDialog], desk: FakeDesk, sale: RequestRow
) -> None:
    [balance] = refund_balances(sale.request)
    assert isinstance(balance.delivered, XrpAmount)
    half = XrpAmount(balance.delivered.drops // 2)
    dialog = open_dialog(with_balance(sale, refunded=half))
    assert dialog.amount.text() == "6.00"
    assert "Refunded €\u00a06.00 of €\u00a012.00" in dialog.left.text()
    dialog.amount.set_text("6.01")
    dialog.create_button.click()
    assert "Only €\u00a06.00 are left" in dialog.problem.text()
    assert desk.refunded == []


def test_what_the_engine_refuses_stays_in_the_dialog(
    open_dialog: Callable[..., RefundDialog], desk: FakeDesk
) -> None:
    desk.refund_refusal = "Only 1.00 XRP of it are left to refund."
    dialog = open_dialog()
    dialog.create_button.click()
    assert dialog.problem.text() == desk.refund_refusal
    assert dialog.create_button.isEnabled()
    dialog.create_button.click()
    assert len({order.identifier for order in desk.refunded}) == 1


def test_a_payer_that_needs_a_tag_is_said_before_and_needs_one(
    open_dialog: Callable[..., RefundDialog], desk: FakeDesk
) -> None:
    desk.account_check.payer_findings = (Finding(Kind.NEEDS_TAG, "It demands a tag.", "Ask."),)
    dialog = open_dialog()
    said = [label.text() for label in dialog.findChildren(QLabel)]
    assert "It demands a tag. Ask." in said
    assert not dialog.create_button.isEnabled()
    desk.account_check.payer_findings = ()
    dialog.tag.set_text("4711")
    assert desk.account_check.looked_at[-1][2]
    dialog.create_button.click()
    assert [order.tag for order in desk.refunded] == [4711]


def test_a_refund_that_will_fail_is_created_only_when_it_is_pressed_twice(
    open_dialog: Callable[..., RefundDialog], desk: FakeDesk
) -> None:
    gone = Finding(Kind.NOT_ON_LEDGER, "It no longer exists.")
    desk.account_check.payer_findings = (gone,)
    dialog = open_dialog()
    dialog.create_button.click()
    assert "will probably fail" in dialog.problem.text()
    assert desk.refunded == []
    dialog.create_button.click()
    assert len(desk.refunded) == 1


def test_a_source_tag_is_taken_over_and_said(
    open_dialog: Callable[..., RefundDialog], desk: FakeDesk, sale: RequestRow
) -> None:
    dialog = open_dialog(with_balance(sale, tags=(90210,)))
    assert dialog.tag.text() == "90210"
    assert any("source tag 90210" in label.text() for label in dialog.findChildren(QLabel))
    two = open_dialog(with_balance(sale, tags=(1, 2)))
    assert two.tag.text() == ""
    dialog.tag.set_text("5000000000")
    dialog.create_button.click()
    assert "Destination tag" in dialog.problem.text()
    assert desk.refunded == []


def test_another_asset_takes_the_worth_at_the_time_of_sale_and_todays_only_when_chosen(
    open_dialog: Callable[..., RefundDialog], desk: FakeDesk
) -> None:
    desk.rates.set_rate(XRP, "EUR", "1.20")
    desk.rates.set_rate(RLUSD, "EUR", "0.80")
    dialog = open_dialog(assets=(XRP, RLUSD))
    assert not dialog.worth_of.isVisible()
    dialog.pay_in.set_text(RLUSD.key)
    assert dialog.worth_of.isVisible()
    editor = dialog.worth_of.editor
    texts = [editor.itemText(i) for i in range(editor.count())]  # type: ignore[union-attr]
    assert texts[0] == "At the time of sale: €\u00a012.00"
    assert texts[1].startswith("Now: €")
    dialog.create_button.click()
    assert desk.refunded[-1].pays == IssuedAmount("RUD", sample_rows.ISSUER, Decimal("15.00"))
    assert isinstance(desk.refunded[-1].part, XrpAmount)


def test_the_worth_now_is_used_when_a_person_takes_it(
    open_dialog: Callable[..., RefundDialog], desk: FakeDesk, sale: RequestRow
) -> None:
    desk.rates.set_rate(XRP, "EUR", "1.20")
    desk.rates.set_rate(RLUSD, "EUR", "0.80")
    dialog = open_dialog(assets=(XRP, RLUSD))
    dialog.pay_in.set_text(RLUSD.key)
    dialog.worth_of.set_text("now")
    dialog.create_button.click()
    [order] = desk.refunded
    now = desk.rates.worth_now(order.part, XRP)
    assert order.quote is not None
    assert order.quote.price == now
    assert order.part == refund_balances(sale.request)[0].left


def test_an_asset_without_a_rate_says_why(
    open_dialog: Callable[..., RefundDialog], desk: FakeDesk
) -> None:
    dialog = open_dialog(assets=(XRP, AcceptedAsset("ABC", sample_rows.ISSUER)))
    dialog.pay_in.set_text(AcceptedAsset("ABC", sample_rows.ISSUER).key)
    dialog.create_button.click()
    assert dialog.problem.text()
    assert desk.refunded == []


def test_a_sale_of_two_payers_asks_whom(
    open_dialog: Callable[..., RefundDialog], desk: FakeDesk, sale: RequestRow
) -> None:
    [first] = refund_balances(sale.request)
    other = RefundBalance(sample_rows.ISSUER, XrpAmount(7), XrpAmount(0), XrpAmount(0))
    dialog = open_dialog(replace(sale, refunds=(first, other)))
    assert dialog.payer.isVisible()
    dialog.payer.set_text("1")
    assert dialog.address.text() == sample_rows.ISSUER
    dialog.create_button.click()
    assert desk.refunded[0].payer == sample_rows.ISSUER
    assert desk.refunded[0].part == XrpAmount(7)


def test_a_refund_made_meanwhile_lowers_what_is_left(
    open_dialog: Callable[..., RefundDialog], sale: RequestRow
) -> None:
    [balance] = refund_balances(sale.request)
    assert isinstance(balance.delivered, XrpAmount)
    dialog = open_dialog()
    third = XrpAmount(-(-balance.delivered.drops // 3))
    dialog.rows_changed([with_balance(sale, reserved=third)])
    assert dialog.amount.text() == "8.00"


# In the window.


@pytest.fixture
def board(qtbot: QtBot, tmp_path: Path, desk: FakeDesk) -> DeskView:
    """The desk's view with a till."""
    kept = SettingsFile(tmp_path / "settings.json")
    kept.change(destination=sample_rows.SHOP, view=TILL, shop_currency="EUR")
    made = DeskView(
        desk.as_desk(),
        start=run_now,
        preferences=kept,
        network="MAINNET",
        phone=None,
        practice=False,
        make_printer=FakePrinter,
    )
    qtbot.addWidget(made)
    made.resize(1366, 700)
    made.open()
    made.show()
    qtbot.waitExposed(made)
    return made


def the_dialog() -> RefundDialog:
    """The dialog that is open."""
    found = [one for one in QApplication.topLevelWidgets() if isinstance(one, RefundDialog)]
    return next(one for one in found if one.isVisible())


def test_the_tills_verdict_leads_to_a_refund_which_is_signed_like_a_sale(
    board: DeskView, desk: FakeDesk, sale: RequestRow
) -> None:
    board.till.show_identifier(sale.identifier)
    assert board.till.pane.refund_button.isEnabled()
    board.till.pane.refund_button.click()
    dialog = the_dialog()
    dialog.create_button.click()
    shown = board.till.shown()
    assert shown is not None
    assert shown.identifier == desk.refunded[0].identifier
    assert board.till.pane.progress.number.text() == "Refund of #1042"
    assert board.till.pane.progress.title.text() == "Sign this in the shop's wallet"


def test_a_refund_is_never_on_the_customers_screen(
    board: DeskView, desk: FakeDesk, sale: RequestRow
) -> None:
    board.customer.open()
    board.customer.show_row(sale)
    board.refund.ask(sale.identifier)
    the_dialog().create_button.click()
    refund = board.till.shown()
    assert refund is not None
    board.customer.show_row(refund)
    board.customer.tick()
    assert board.customer.identifier != refund.identifier
    assert "shop's own wallet" in why_not_shown(refund)
    assert why_no_refund(refund) == "This is a refund itself."


def test_the_table_shows_refunds_of_a_sale_and_selects_a_new_one(
    board: DeskView, desk: FakeDesk, sale: RequestRow
) -> None:
    board.show_view(REQUESTS)
    board.pane.view.select(sale.identifier)
    board.request_actions.refund.trigger()
    dialog = the_dialog()
    dialog.amount.set_text("4")
    dialog.create_button.click()
    [balance] = refund_balances(sale.request)
    assert isinstance(balance.delivered, XrpAmount)
    third = XrpAmount(-(-balance.delivered.drops // 3))
    now = with_balance(sale, refunded=third)
    desk.show(now)
    board.changes.flush()
    text = columns.cell_text(now, Column.STATUS, desk.clock)
    assert text == "Paid · Refunded €\u00a04.00 of €\u00a012.00"
    refund = desk.row(desk.refunded[0].identifier)
    assert refund is not None
    assert columns.cell_text(refund, Column.REFERENCE, desk.clock) == "Refund of #1042"
    board.pane.view.select(sale.identifier)
    words = " ".join(label.text() for label in board.detail.findChildren(QLabel))
    assert "Refunded €\u00a04.00 of €\u00a012.00" in words
    assert "hand over" not in words
    board.till.show_identifier(sale.identifier)
    assert "Refunded €\u00a04.00 of €\u00a012.00" in board.till.pane.verdict.advice.text()


def test_a_sale_that_is_paid_back_in_full_does_not_say_hand_over(
    board: DeskView, desk: FakeDesk, sale: RequestRow
) -> None:
    [balance] = refund_balances(sale.request)
    desk.show(with_balance(sale, refunded=balance.delivered))
    board.changes.flush()
    board.till.show_identifier(sale.identifier)
    face = board.till.pane.verdict
    assert face.word.text() == "REFUNDED"
    assert "Hand over" not in face.advice.text()
    assert not board.till.pane.refund_button.isEnabled()
    assert board.till.pane.refund_button.toolTip() == "All of it was paid back."


def test_receipts_of_sale_and_refund_name_each_other(
    board: DeskView, desk: FakeDesk, sale: RequestRow, tmp_path: Path
) -> None:
    printer = FakePrinter()
    board.receipts._make = lambda: printer
    board._preferences.change(receipt_printer="pdf")
    [balance] = refund_balances(sale.request)
    board.receipts.print_row(with_balance(sale, refunded=balance.delivered))
    board.refund.ask(sale.identifier)
    the_dialog().create_button.click()
    refund = board.till.shown()
    assert refund is not None
    board.receipts.print_row(refund)
    assert printer.refunds == [("", "€\u00a012.00 of €\u00a012.00"), ("#1042", "")]


def test_pictures(
    scheme: str,
    open_dialog: Callable[..., RefundDialog],
    board: DeskView,
    desk: FakeDesk,
    sale: RequestRow,
) -> None:
    """For people to look at, in tests/output: the dialog with all that it can say, and the till."""
    desk.rates.set_rate(XRP, "EUR", "1.20")
    desk.rates.set_rate(RLUSD, "EUR", "0.80")
    words = payer_words(Kind.NEEDS_TAG)
    desk.account_check.payer_findings = (Finding(Kind.DISALLOWS_XRP, *words),)
    [balance] = refund_balances(sale.request)
    assert isinstance(balance.delivered, XrpAmount)
    third = XrpAmount(-(-balance.delivered.drops // 3))
    partly = with_balance(sale, refunded=third, tags=(90210,))
    dialog = open_dialog(partly, assets=(XRP, RLUSD))
    dialog.pay_in.set_text(RLUSD.key)
    _save(dialog, f"refund-dialog-{scheme}.png")
    desk.account_check.payer_findings = ()
    plain = open_dialog()
    _save(plain, f"refund-dialog-plain-{scheme}.png")
    desk.show(partly)
    board.changes.flush()
    board.till.show_identifier(sale.identifier)
    _save(board, f"refund-till-sale-{scheme}.png")
    board.refund.ask(sale.identifier)
    the_board_dialog = next(one for one in board.findChildren(RefundDialog) if one.isVisible())
    the_board_dialog.create_button.click()
    _save(board, f"refund-till-open-{scheme}.png")
    refund = board.till.shown()
    assert refund is not None
    done = sample_rows.row(Status.PAID)
    spec = refund.request.spec
    desk.show(replace(done, request=replace(done.request, spec=spec)))
    board.changes.flush()
    _save(board, f"refund-till-done-{scheme}.png")
    board.show_view(REQUESTS)
    board.pane.view.select(sale.identifier)
    _save(board, f"refund-table-{scheme}.png")


def _save(widget: QWidget, name: str) -> None:
    for _ in range(4):
        QApplication.processEvents()
    OUTPUT.mkdir(exist_ok=True)
    assert widget.grab().save(str(OUTPUT / name))
