"""A returning customer through the whole program: remembered at the card, sent to, forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from memory_keyring import MemoryKeyring, memory_keyring
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from xumm_desk.core.status import Status
from xumm_desk.ui.till.customers.customers_dialog import CustomersDialog
from xumm_desk.ui.till.customers.remember_dialog import RememberDialog

from .conftest import ProgramUnderTest, Run, opened, platform


@pytest.fixture
def ring() -> Iterator[MemoryKeyring]:
    """A keyring that works."""
    with memory_keyring() as memory:
        yield memory


async def sell(shop: ProgramUnderTest, keys: str) -> str:
    """Type a price at the till and charge it; the platform's id of the sale."""
    till, before = shop.board.till, set(shop.sim.platform.payloads)
    QTest.keyClicks(till, keys)
    QTest.keyClick(till, Qt.Key.Key_Return)
    await shop.until(lambda: set(shop.sim.platform.payloads) - before, "the sale")
    [uuid] = set(shop.sim.platform.payloads) - before
    await shop.until(
        lambda: (row := till.shown()) is not None and row.request.uuid == uuid, "the sale's face"
    )
    return uuid


async def pay(shop: ProgramUnderTest, uuid: str) -> None:
    await shop.sim.phone.sign(uuid, customer="Ada")
    await shop.until(
        lambda: (
            (row := shop.board.till.shown()) is not None
            and row.verdict.status is Status.PAID
            and shop.board.till.pane.shows_verdict
        ),
        "PAID",
    )


def test_from_consent_to_the_phone_and_to_forgetting(
    run: Run, ring: MemoryKeyring, tmp_path: Path
) -> None:
    async def day() -> None:
        async with platform() as sim, opened(sim, tmp_path) as shop:
            await shop.ready()
            shop.window.preferences.change(destination=sim.shop)
            shop.board.show_view("till")
            till, payloads = shop.board.till, sim.platform.payloads
            await pay(shop, await sell(shop, "5"))
            assert ring.kept == {}, "nobody has asked"
            await shop.until(till.pane.remember_button.isVisible, "the button")
            till.pane.remember_button.click()
            [dialog] = till.findChildren(RememberDialog)
            QTest.keyClicks(dialog.field.editor, "Anna")
            dialog.take.click()
            await shop.until(
                lambda: till.pane.remember_button.text() == "Anna is remembered", "the name"
            )
            QTest.keyClick(till, Qt.Key.Key_F6)
            [listed] = till.findChildren(CustomersDialog)
            await shop.until(lambda: listed.send.text() == "Send to Anna", "the list")
            QTest.keyClick(listed.search, Qt.Key.Key_Return)
            uuid = await sell(shop, "7")
            assert payloads[uuid].pushed_to == sim.cast.named("Ada").user
            assert "Sent to Anna's phone" in till.pane.progress.push.accessibleName()
            await pay(shop, uuid)
            QTest.keyClick(till, Qt.Key.Key_F6)
            listed = till.findChildren(CustomersDialog)[-1]
            await shop.until(lambda: listed.send.text() == "Send to Anna", "the list")
            listed._forget("Anna")
            await shop.until(lambda: ring.kept == {}, "the deletion")
            listed.reject()
            assert payloads[await sell(shop, "8")].pushed_to is None
            tokens.extend(sim.platform.tokens)

    tokens: list[str] = []
    run(day)
    kept = b"".join(p.read_bytes() for p in tmp_path.rglob("*") if p.is_file())
    assert tokens
    for private in ("Anna", *tokens):
        assert private.encode() not in kept
