"""Other keys while requests are open: nothing is lost or misjudged, also no returning customer."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from memory_keyring import MemoryKeyring, memory_keyring

from xumm_desk.core.customers.customer import Customer
from xumm_desk.core.status import Status
from xumm_desk.store.keyring.customer_pages import CustomerPages

from .conftest import ProgramUnderTest, Run, opened, platform

TOKEN = "12345678-1234-4234-8234-123456789012"


@pytest.fixture
def ring() -> Iterator[MemoryKeyring]:
    """A keyring that works."""
    with memory_keyring() as memory:
        yield memory


async def names(shop: ProgramUnderTest) -> list[str]:
    """Who is remembered by the desk that is open."""
    composition = shop.program._composition
    assert composition is not None
    kept = await composition.customers.load()
    assert not isinstance(kept, str)
    return [one.nickname for one in kept]


def test_wrong_keys_and_right_ones_again_while_a_customer_pays(
    run: Run, ring: MemoryKeyring, tmp_path: Path
) -> None:
    async def day() -> None:
        async with platform() as sim, opened(sim, tmp_path) as shop:
            await shop.ready()
            shop.charge("1.5")
            await shop.until(lambda: len(sim.platform.payloads) == 1, "the sale")
            [uuid] = sim.platform.payloads
            anna = Customer("Anna", TOKEN, datetime.now(UTC) + timedelta(days=9))
            host = shop.program._configuration.host
            CustomerPages(host, sim.key).save([anna])
            shop.window.keys_saved.emit(sim.key, sim.secret, None)
            await shop.ready()
            assert await names(shop) == ["Anna"]
            shop.window.keys_saved.emit("another", "nobody's secret", None)
            await shop.until(lambda: shop.bar("keys"), "the bar of rejected keys")
            assert await names(shop) == [], "another application"
            await sim.phone.sign(uuid)
            await sim.settle()
            await shop.until(lambda: len(shop.rows()) == 1, "the sale in the new desk")
            [row] = shop.rows()
            assert not row.verdict.final
            assert row.verdict.status is not Status.PAID
            shop.window.keys_saved.emit(sim.key, sim.secret, None)
            await shop.until(
                lambda: [r.verdict.status for r in shop.rows()] == [Status.PAID],
                "the payment",
            )
            assert len(sim.platform.payloads) == 1
            await shop.ready()
            assert CustomerPages(host, sim.key).load(datetime.now(UTC)), (
                "typing a wrong key loses nobody"
            )
            before = shop.program._composition
            shop.window.keys_removed.emit()
            await shop.until(
                lambda: shop.program._composition not in (None, before),
                "a desk with the keys of the environment",
            )
            await shop.ready()
            await shop.until(
                lambda: not any(TOKEN in kept for kept in ring.kept.values()), "the deletion"
            )

    run(day)
