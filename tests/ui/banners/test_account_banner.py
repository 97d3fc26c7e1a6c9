"""What cannot arrive at the receiving account stands in a banner, with what to do about it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import pytest
from PySide6.QtCore import QObject, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from ui.fake_desk import FakeDesk, run_now
from xumm_desk.core.account.account_findings import no_node, receiving_findings
from xumm_desk.core.account.account_state import Absent, AccountRoot, AccountState, Unknown
from xumm_desk.core.account.finding import Finding
from xumm_desk.core.message import Message
from xumm_desk.core.money.amount import XrpAmount
from xumm_desk.core.pricing.accepted_asset import XRP, AcceptedAsset
from xumm_desk.engine.ledger.account_check import AccountReport
from xumm_desk.ui.banners.account_banner import KEY, AccountBanner
from xumm_desk.ui.banners.banner import BannerStack, Severity

OUTPUT: Final = Path(__file__).parents[2] / "output"
SHOP: Final = "rM9JvRVQ3VV7z6bdQCCqWBCdZS1Lar2qLe"
ISSUER: Final = "rhub8VRN55s94qWKDv6jmDy1pUykJzF3wq"
FOUND_AT: Final = datetime(2026, 1, 5, 11, 30, 7, tzinfo=UTC)
USD, EUR = AcceptedAsset("USD", ISSUER), AcceptedAsset("EUR", ISSUER)
GBP, JPY = AcceptedAsset("GBP", ISSUER), AcceptedAsset("JPY", ISSUER)
NEEDS_TAG, DEPOSIT_AUTH, DISALLOW_XRP = 0x00020000, 0x01000000, 0x00080000


def findings(flags: int = 0, *assets: AcceptedAsset, **more: Any) -> tuple[Finding, ...]:
    account: dict[str, Any] = {
        "root": AccountRoot(SHOP, XrpAmount(50_000_000), flags),
        "lines": (),
        "issuers": {ISSUER: AccountRoot(ISSUER)},
    }
    state = AccountState(SHOP, **{**account, **more})
    return receiving_findings(state, assets or (XRP,), uses_tags=False)


def report(found: tuple[Finding, ...], at: datetime | None = FOUND_AT) -> AccountReport:
    return AccountReport(SHOP, found, at)


@pytest.fixture
def desk() -> FakeDesk:
    return FakeDesk()


@pytest.fixture
def bars() -> BannerStack:
    return BannerStack()


@pytest.fixture
def window(qtbot: QtBot, bars: BannerStack) -> QWidget:
    made = QWidget()
    made.resize(1366, 300)
    column = QVBoxLayout(made)
    column.setContentsMargins(0, 0, 0, 0)
    column.addWidget(bars)
    column.addStretch()
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.fixture
def banner(desk: FakeDesk, bars: BannerStack, window: QWidget) -> AccountBanner:
    made = AccountBanner(desk.as_desk(), start=run_now, bars=bars, parent=window)
    bars.action_clicked.connect(lambda _key: made.look_again())
    return made


@pytest.mark.usefixtures("banner")
def test_the_banner_comes_and_goes_with_its_finding(desk: FakeDesk, bars: BannerStack) -> None:
    assert bars.banner(KEY) is None
    desk.account_check.show(report(findings(NEEDS_TAG)))
    shown = bars.banner(KEY)
    assert shown is not None
    assert shown.tone.name == "HARM"
    assert shown.text().startswith(
        "The receiving address takes payments with a destination tag only, and none is set up."
    )
    assert "let each sale have a tag" in shown.text()
    assert shown.text().endswith("Last answer: 12:30:07.")
    desk.account_check.show(report(findings(DISALLOW_XRP)))
    assert shown.tone.name == "ATTENTION"
    desk.account_check.show(report(findings()))
    assert bars.banner(KEY) is None


@pytest.mark.usefixtures("window")
def test_what_was_found_before_the_window_came_is_shown(desk: FakeDesk, bars: BannerStack) -> None:
    desk.account_check.report = report(findings(root=Absent()))
    parent = QObject()
    made = AccountBanner(desk.as_desk(), start=run_now, bars=bars, parent=parent)  # type: ignore[arg-type]
    assert bars.banner(KEY) is not None
    made.leave()
    assert not desk.account_check.listeners


@pytest.mark.usefixtures("banner")
def test_the_gravest_comes_first_and_the_rest_is_told_or_counted(
    desk: FakeDesk, bars: BannerStack
) -> None:
    desk.account_check.show(report(findings(DEPOSIT_AUTH, XRP, USD, EUR, GBP, JPY)))
    shown = bars.banner(KEY)
    assert shown is not None
    assert shown.text().startswith("The receiving account takes payments from approved senders")
    assert "Besides: USD cannot arrive: the receiving account has no trust line" in shown.text()
    assert "2 more findings." in shown.text()
    assert "GBP" not in shown.text()


@pytest.mark.usefixtures("banner")
def test_what_nobody_could_say_is_told_quietly_and_a_desk_without_nodes_has_a_lamp(
    desk: FakeDesk, bars: BannerStack
) -> None:
    silent = Unknown(Message("no ledger node answers (TimeoutError)"))
    desk.account_check.show(report(findings(root=silent), None))
    shown = bars.banner(KEY)
    assert shown is not None
    assert shown.tone is Severity.NEUTRAL
    assert "Last answer" not in shown.text()
    desk.account_check.show(report(no_node()))
    assert bars.banner(KEY) is None


@pytest.mark.usefixtures("banner")
def test_a_person_lets_it_be_looked_at_again_once_at_a_time(
    desk: FakeDesk, bars: BannerStack
) -> None:
    desk.account_check.show(report(findings(NEEDS_TAG)))
    shown = bars.banner(KEY)
    assert shown is not None
    assert shown.button.text() == "Look again"
    QTest.mouseClick(shown.button, Qt.MouseButton.LeftButton)
    QTest.mouseClick(shown.button, Qt.MouseButton.LeftButton)
    assert (desk.account_check.asked, shown.button.text()) == (1, "Looking…")
    desk.account_check.answered.release()
    assert shown.button.text() == "Look again"
    QTest.mouseClick(shown.button, Qt.MouseButton.LeftButton)
    desk.account_check.show(report(findings()))
    desk.account_check.answered.release()
    assert (desk.account_check.asked, bars.banner(KEY)) == (2, None)


def test_the_window_asks_again_when_its_banner_is_pressed(opened: Any) -> None:
    window, desk = opened()
    desk.account_check.show(report(findings(NEEDS_TAG)))
    shown = window.banners.banner(KEY)
    assert shown is not None
    QTest.mouseClick(shown.button, Qt.MouseButton.LeftButton)
    assert desk.account_check.asked == 1
    assert window.banners.banner(KEY) is shown
    window.remove_desk()
    assert (window.banners.banner(KEY), desk.account_check.listeners) == (None, [])


@pytest.mark.usefixtures("banner")
def test_pictures(desk: FakeDesk, bars: BannerStack, window: QWidget, scheme: str) -> None:
    OUTPUT.mkdir(exist_ok=True)
    faces = {
        "tag": findings(NEEDS_TAG),
        "many": findings(DEPOSIT_AUTH, XRP, USD, EUR, GBP, JPY),
        "attention": findings(DISALLOW_XRP),
        "unknown": findings(root=Unknown(Message("no ledger node answers (TimeoutError)"))),
    }
    for name, found in faces.items():
        desk.account_check.show(report(found))
        for _ in range(3):
            QApplication.processEvents()
        shown = bars.banner(KEY)
        assert shown is not None
        assert shown.height() >= shown.minimumSizeHint().height()
        assert window.grab().save(str(OUTPUT / f"account-banner-{name}-{scheme}.png"))
