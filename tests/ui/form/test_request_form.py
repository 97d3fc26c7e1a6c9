"""The form: each rule speaks under its field, nothing typed is lost, one press is one request."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from PySide6.QtCore import QLocale, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPlainTextEdit, QPushButton
from pytestqt.qtbot import QtBot
from xrpl.core.addresscodec import decode_classic_address

from ui.sample_rows import ISSUER, SHOP
from xumm_desk.core.money.amount import IssuedAmount, XrpAmount, as_decimal
from xumm_desk.core.request import form_input
from xumm_desk.core.request.field_rules import FieldError
from xumm_desk.core.request.request_spec import RequestSpec
from xumm_desk.ui.form.request_form import RequestForm

X_ADDRESS = "XVLhHMPHU98es4dbozjVtdWzVrDjtV18pX8yuPT7y4xaEHi"
X_CLASSIC = "rGWrZyQqhTp9Xu7G5Pkayo7bXjH4k4QYpf"
X_TAG = 4294967295
Made = Callable[..., RequestForm]


@pytest.fixture
def form(qtbot: QtBot) -> RequestForm:
    made = RequestForm(ask_identifier=lambda: "desk-1", destination=SHOP)
    qtbot.addWidget(made)
    made.resize(360, 760)
    made.show()
    made.activateWindow()
    made.focus_first()
    return made


@pytest.fixture
def specs(form: RequestForm) -> list[RequestSpec]:
    heard: list[RequestSpec] = []
    form.submitted.connect(heard.append)
    return heard


def fill(form: RequestForm, **typed: str) -> None:
    for name, text in typed.items():
        form.field(name).set_text(text)


def focused(form: RequestForm) -> str:
    """The name of the field with the cursor."""
    for name in form_input.FormInput.__dataclass_fields__:
        if name not in ("kind", "submit", "pathfinding") and form.field(name).editor.hasFocus():
            return name
    return ""


def test_a_plain_payment_becomes_an_order(form: RequestForm, specs: list[RequestSpec]) -> None:
    fill(form, amount="12,50", tag="0", memo="Table 4", instruction=" Two   coffees ")
    form.submit()
    (spec,) = specs
    assert spec.amount == XrpAmount(12_500_000)
    assert (spec.destination, spec.tag, spec.expire_minutes) == (SHOP, 0, 5)
    assert spec.identifier == "desk-1"
    assert spec.instruction == "Two coffees"
    assert spec.network == "MAINNET"


@pytest.mark.parametrize(
    ("field", "text", "words"),
    [
        ("amount", "", "Type a number"),
        ("amount", "1,234", "can be read as 1234 or as 1.234"),
        ("amount", "1.2345678", "at most 6 decimals, this has 7"),
        ("amount", "0", "more than zero"),
        ("amount", "-5", "plain number"),
        ("amount", "100000000001", "more XRP than exists"),
        ("destination", "", "is missing"),
        ("destination", "not an address", "not a valid address"),
        ("destination", SHOP[:-1] + ("a" if SHOP[-1] != "a" else "b"), "not a valid address"),
        ("tag", "4294967296", "0 to 4294967295"),
        ("tag", "-1", "0 to 4294967295"),
        ("tag", "twelve", "0 to 4294967295"),
        ("memo", "é" * 400, "at most 700 bytes"),
        ("instruction", "x" * 281, "at most 280 characters"),
        ("expire", "0", "whole number of minutes"),
        ("expire", "1.5", "whole number of minutes"),
        ("identifier", "x" * 41, "at most 40 characters, this has 41"),
        ("signers", f"{SHOP} rNobody", "Allowed signers: is not a valid address"),
        ("return_app", "a" * 251, "at most 250"),
        ("return_web", "a" * 251, "at most 250"),
        ("blob", "x" * 1501, "at most 1500 characters"),
    ],
)
def test_each_rule_speaks_under_its_field(
    form: RequestForm, specs: list[RequestSpec], field: str, text: str, words: str
) -> None:
    fill(form, amount="5")
    fill(form, **{field: text})
    typed = form.draft()
    form.submit()
    assert not specs
    assert list(form.problems()) == [field]
    assert words in form.problems()[field]
    assert form.field(field).isVisible()
    assert focused(form) == field
    assert form.field(field).editor.accessibleDescription() == form.problems()[field]
    assert form.draft() == typed
    fill(form, **{field: "1" if text != "1" else "2"})
    assert field not in form.problems()


@pytest.mark.parametrize(
    ("typed", "field", "words"),
    [
        ({"currency": "XR", "issuer": ISSUER, "amount": "5"}, "currency", "3 characters"),
        ({"currency": "0" * 40, "issuer": ISSUER, "amount": "5"}, "currency", "3 characters"),
        ({"currency": "USD", "issuer": "", "amount": "5"}, "issuer", "is missing"),
        ({"currency": "USD", "issuer": "rX", "amount": "5"}, "issuer", "not a valid address"),
        (
            {"currency": "USD", "issuer": ISSUER, "amount": "1234567890.123456"},
            "amount",
            "at most 15 significant digits, this has 16",
        ),
    ],
)
def test_issued_currencies(
    form: RequestForm, specs: list[RequestSpec], typed: dict[str, str], field: str, words: str
) -> None:
    form.inputs.set_currency("USD", ISSUER)
    assert form.field("issuer").isVisible()
    fill(form, **typed)
    form.submit()
    assert not specs
    assert list(form.problems()) == [field]
    assert words in form.problems()[field]


def test_an_issued_payment(form: RequestForm, specs: list[RequestSpec]) -> None:
    form.inputs.set_currency("USD", ISSUER)
    fill(form, amount="12.5")
    form.submit()
    asked = specs[0].amount
    assert isinstance(asked, IssuedAmount)
    assert (asked.currency, asked.issuer, str(asked.value)) == ("USD", ISSUER, "12.5")


TOKEN = "0000012F" + decode_classic_address(ISSUER).hex().upper()


def test_a_multi_purpose_token_is_typed_as_currency(
    form: RequestForm, specs: list[RequestSpec]
) -> None:
    form.inputs.set_currency("USD", X_CLASSIC)
    fill(form, amount="1200", currency=TOKEN)
    assert not form.field("issuer").isVisible(), "the id names its issuer"
    assert form.field("currency").hint.text() == f"A multi-purpose token, issued by {ISSUER}"
    assert form.field("amount").hint.text() == "Asks for 1\u202f200 smallest units of the token"
    fill(form, amount="1.5")
    assert form.field("amount").hint.text() == ""
    form.submit()
    assert list(form.problems()) == ["amount"]
    fill(form, amount="10")
    form.submit()
    assert specs[0].txjson["Amount"] == {"mpt_issuance_id": TOKEN, "value": "10"}
    form.field("currency").set_text("USD")
    assert form.field("issuer").isVisible()
    assert form.field("issuer").text() == X_CLASSIC


def test_a_remembered_token_is_there_at_the_next_sale(form: RequestForm) -> None:
    form.inputs.set_currency(TOKEN, "")
    assert form.field("currency").text() == TOKEN
    assert not form.field("issuer").isVisible()
    form.inputs.asset.set_value("XRP")
    assert not form.field("issuer").isVisible()
    form.inputs.asset.set_value("")
    assert form.field("currency").isVisible()
    assert not form.field("issuer").isVisible()


def test_all_problems_at_once_and_the_first_has_the_cursor(form: RequestForm) -> None:
    fill(form, amount="1,234", tag="x", expire="x", identifier="y" * 50)
    assert not form.field("identifier").isVisible()
    form.submit()
    assert set(form.problems()) == {"amount", "tag", "expire", "identifier"}
    assert focused(form) == "amount"
    assert form.field("identifier").isVisible(), "a problem is never hidden in the drawer"


def test_an_x_address_says_what_it_is(form: RequestForm, specs: list[RequestSpec]) -> None:
    fill(form, amount="5", destination=X_ADDRESS)
    assert form.field("destination").hint.text() == (f"An X-address: {X_CLASSIC} with tag {X_TAG}")
    fill(form, tag="7")
    form.submit()
    assert "differs from the tag inside the X-address" in form.problems()["tag"]
    fill(form, destination=SHOP)
    assert not form.problems(), "editing the address may solve the tag's problem"
    fill(form, destination=X_ADDRESS, tag="")
    form.submit()
    assert (specs[0].destination, specs[0].tag) == (X_CLASSIC, X_TAG)


def test_sign_in_needs_nothing_else(form: RequestForm, specs: list[RequestSpec]) -> None:
    form.inputs.kind.set_value(form_input.SIGN_IN)
    assert not form.field("amount").isVisible()
    assert "sign-in" in form.button.text()
    form.submit()
    assert specs[0].tx_type == "SignIn"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "is missing"),
        ("{", "not valid JSON (line 1)"),
        ("[]", "one JSON object"),
        ("{}", "TransactionType is missing"),
        ('{"TransactionType":"Payment","Destination":"rX"}', "Destination: is not a valid"),
        (
            f'{{"TransactionType":"Payment","Destination":"{SHOP}","Amount":5}}',
            "Amount: must be a string of drops",
        ),
        ('{"TransactionType":"AccountSet","Memos":[{"Memo":{"MemoData":"héllo"}}]}', "Memo: "),
    ],
)
def test_another_transaction(
    form: RequestForm, specs: list[RequestSpec], text: str, words: str
) -> None:
    form.inputs.kind.set_value(form_input.OTHER)
    fill(form, txjson=text)
    form.submit()
    assert not specs
    assert list(form.problems()) == ["txjson"]
    assert words in form.problems()["txjson"]
    assert focused(form) == "txjson"
    fill(form, txjson='{"TransactionType": "AccountSet"}')
    assert not form.problems()
    form.submit()
    assert specs[0].tx_type == "AccountSet"


def test_later_problems_land_in_their_field_or_above_the_button(form: RequestForm) -> None:
    form.show_problems((FieldError("amount", "Amount: odd"), FieldError("somewhere", "Strange.")))
    assert form.problems() == {"amount": "Amount: odd", "": "Strange."}
    form.show_refusal("The platform refused it.")
    assert form.refusal.isVisible()
    fill(form, memo="x")
    assert not form.refusal.isVisible()


def test_a_double_press_makes_one_request(form: RequestForm, specs: list[RequestSpec]) -> None:
    fill(form, amount="5")
    QTest.mouseClick(form.button, Qt.MouseButton.LeftButton)
    QTest.mouseClick(form.button, Qt.MouseButton.LeftButton)
    QTest.keyClick(form, Qt.Key.Key_F12)
    assert len(specs) == 1
    assert not form.button.isEnabled()
    assert form.button.text() == "Creating…"
    form.set_busy(False)
    assert form.draft().amount == "5", "a failed creation keeps what was typed"
    assert form.button.hasFocus(), "the cursor is where it was"
    QTest.mouseClick(form.button, Qt.MouseButton.LeftButton)
    assert len(specs) == 2


@pytest.mark.parametrize(
    ("key", "with_"),
    [
        (Qt.Key.Key_F12, Qt.KeyboardModifier.NoModifier),
        (Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier),
    ],
)
@pytest.mark.parametrize("where", ["amount", "instruction", "expire"])
def test_shortcuts_from_any_field(
    form: RequestForm,
    specs: list[RequestSpec],
    key: Qt.Key,
    with_: Qt.KeyboardModifier,
    where: str,
) -> None:
    fill(form, amount="5")
    form.field(where).editor.setFocus()
    QTest.keyClick(form.field(where).editor, key, with_)
    assert len(specs) == 1


def test_clearing_keeps_the_shop(form: RequestForm) -> None:
    fill(form, amount="5", expire="9", network="TESTNET")
    form.field("amount").editor.setFocus()
    form.clear_action.trigger()
    now = form.draft()
    assert (now.amount, now.destination, now.expire, now.network) == ("", SHOP, "9", "")


def test_the_next_sale_keeps_shop_and_currency(form: RequestForm) -> None:
    form.inputs.set_currency("USD", ISSUER)
    fill(form, amount="5", memo="a", instruction="b", identifier="c", blob="d", expire="")
    form.inputs.submits.setChecked(False)
    form.clear_for_next()
    kept = form_input.FormInput(destination=SHOP, currency="USD", issuer=ISSUER, expire="5")
    assert form.draft() == kept
    assert focused(form) == "amount"


def test_blocked_says_why(form: RequestForm, specs: list[RequestSpec]) -> None:
    fill(form, amount="5")
    form.set_blocked("No connection to Xaman.")
    QTest.mouseClick(form.button, Qt.MouseButton.LeftButton)
    form.submit()
    assert not specs
    assert form.blocked_reason.isVisible()
    assert form.blocked_reason.text() == "No connection to Xaman."
    form.set_blocked("")
    assert not form.blocked_reason.isVisible()
    form.submit()
    assert len(specs) == 1


def test_the_desk_network_and_one_for_this_request(
    form: RequestForm, specs: list[RequestSpec]
) -> None:
    form._network = "XAHAU"
    form.inputs.set_network("XAHAU")
    fill(form, amount="5")
    assert form.field("amount").hint.text() == "Asks for 5.00 XAH"
    assert form.draft().network == ""
    fill(form, network="TESTNET")
    assert "The desk is on Xahau" in form.field("network").hint.text()
    form.submit()
    assert specs[0].network == "TESTNET"


def test_amounts_are_read_back(form: RequestForm) -> None:
    for typed, said in (("12,5", "12.50 XRP"), ("1234567.123456", "1\u202f234\u202f567.123456")):
        fill(form, amount=typed)
        assert said in form.field("amount").hint.text()
    fill(form, amount="1,234")
    assert form.field("amount").hint.text() == ""


def test_the_count_is_the_platform_s(form: RequestForm) -> None:
    fill(form, instruction="a   b\t c")
    assert form.field("instruction").note.text() == "5 of 280"
    fill(form, instruction="😀" * 140 + " ")
    assert form.field("instruction").note.text() == "280 of 280"
    fill(form, instruction="x" * 283)
    assert form.field("instruction").note.text() == "3 too many"


def test_the_keyboard_walks_the_form_in_order(form: RequestForm) -> None:
    walked = []
    for _ in range(7):
        walked.append(focused(form))
        current = QApplication.focusWidget()
        assert current is not None
        QTest.keyClick(current, Qt.Key.Key_Tab)
    assert walked[:6] == ["amount", "destination", "tag", "expire", "memo", "instruction"]


def test_every_input_has_a_name_and_a_label(form: RequestForm) -> None:
    form.inputs.more.setChecked(True)
    labelled = {label.buddy() for label in form.findChildren(QLabel) if label.buddy()}
    for editor in [*form.findChildren(QLineEdit), *form.findChildren(QPlainTextEdit)]:
        assert editor.accessibleName()
        assert editor in labelled
    for button in form.findChildren(QPushButton):
        assert button.accessibleName()
    assert form.button.height() >= 48


def test_it_fits_a_narrow_panel(form: RequestForm, scheme: str) -> None:
    form.inputs.more.setChecked(True)
    fill(form, amount="99999999999.123456", identifier="W" * 41, destination=X_ADDRESS)
    form.submit()
    assert form.minimumSizeHint().width() <= 360
    assert form.inputs.width() <= form.width()
    assert not form.grab().isNull()


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("12,50", "Asks for 12.50 XRP"),
        ("1.234,56", "Asks for 1\u202f234.56 XRP"),
        ("1'234.50", "Asks for 1\u202f234.50 XRP"),
        ("１２３４．５", "Asks for 1\u202f234.50 XRP"),
        ("1.234", "Asks for 1.234 XRP, not for 1234"),
        ("1,234", ""),
        ("one", ""),
    ],
)
def test_the_amount_says_what_it_was_understood_as(
    form: RequestForm, typed: str, words: str
) -> None:
    fill(form, amount=typed)
    assert form.field("amount").hint.text() == words


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("1,234", "Asks for 1.234 XRP, not for 1234"),
        ("1.234", "Asks for 1\u202f234 XRP, not for 1.234"),
    ],
)
def test_what_has_two_readings_is_read_as_the_system_spells_numbers(
    form: RequestForm,
    specs: list[RequestSpec],
    monkeypatch: pytest.MonkeyPatch,
    typed: str,
    words: str,
) -> None:
    german = QLocale(QLocale.Language.German, QLocale.Country.Germany)
    monkeypatch.setattr(QLocale, "system", lambda: german)
    fill(form, destination=SHOP, amount=typed)
    assert form.field("amount").hint.text().replace(".00", "") == words
    form.submit()
    [spec] = specs
    shown = "1.234" if typed == "1,234" else "1234"
    assert as_decimal(spec.amount) == Decimal(shown)


def test_what_nobody_sees_is_taken_out_of_a_pasted_text(form: RequestForm) -> None:
    pasted = f"\u202e{SHOP[:5]}\u200b{SHOP[5:]}\ufeff"
    fill(form, destination=pasted, memo="a\x07b\u2066c", tag="\u200e12")
    assert form.field("destination").text() == SHOP
    assert form.field("memo").text() == "abc"
    assert form.field("tag").text() == "12"
    fill(form, memo="👩\u200d👧 and \u0628\u200c\u0628")
    assert form.field("memo").text() == "👩\u200d👧 and \u0628\u200c\u0628"


@pytest.mark.parametrize(
    "link",
    [
        f"xrpl:{SHOP}?dt=5&amount=12.5",
        f"https://xaman.app/detect/request:{SHOP}?dt=5&amount=12.5",
        f" https://xumm.app/detect/request:{SHOP}?amount=12.5&dt=5&network=MAINNET\n",
        f"ripple:{SHOP}?dt=5&amount=12.5",
    ],
)
def test_a_wallet_s_link_is_read_into_its_fields(form: RequestForm, link: str) -> None:
    fill(form, destination=link)
    assert form.field("destination").text() == SHOP
    assert form.field("tag").text() == "5"
    assert form.field("amount").text() == "12.5"
    said = form.field("destination").hint.text()
    assert said == "Taken from the link: the address, tag 5, amount 12.5 XRP"
    fill(form, amount="7", destination=link)
    assert form.field("amount").text() == "7"
    assert form.field("destination").hint.text() == "Taken from the link: the address, tag 5"


def test_the_code_that_is_sent_for_a_name_is_shown(
    form: RequestForm, specs: list[RequestSpec]
) -> None:
    form.inputs.asset.set_value("")
    fill(form, amount="5", currency="RLUSD", issuer=ISSUER, destination=SHOP)
    code = "524C555344" + "0" * 30
    assert form.field("currency").hint.text() == f"Sent as {code}"
    assert form.field("amount").hint.text() == "Asks for 5 RLUSD"
    form.submit()
    [spec] = specs
    assert isinstance(spec.amount, IssuedAmount)
    assert spec.amount.currency == code
    fill(form, currency="USD")
    assert form.field("currency").hint.text() == ""
