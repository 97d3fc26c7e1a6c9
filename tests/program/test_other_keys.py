"""Other keys while requests are open: nothing is lost or misjudged, and tokens of customers go."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from memory_keyring import MemoryKeyring, memory_keyring

from xumm_desk.core.status import Status
from xumm_desk.store.keyring.secrets import CustomerTokens

from .conftest import Run, opened, platform

TOKEN = "12345678-1234-4234-8234-123456789012"


@pytest.fixture
def ring() -> Iterator[MemoryKeyring]:
    """A keyring that works."""
    with memory_keyring() as memory:
        yield memory


def test_wrong_keys_and_right_ones_again_while_a_customer_pays(
    run: Run, ring: MemoryKeyring, tmp_path: Path
) -> None:
    async def day() -> None:
        async with platform() as sim, opened(sim, tmp_path) as shop:
            await shop.ready()
            shop.charge("1.5")
            await shop.until(lambda: len(sim.platform.payloads) == 1, "the sale")
            [uuid] = sim.platform.payloads
            tokens = CustomerTokens(shop.program._configuration.host)
            assert tokens.save("one", TOKEN, None, time.time())
            shop.window.keys_saved.emit(sim.key, sim.secret, None)
            await shop.ready()
            assert tokens.find("one", time.time()) == TOKEN  # the same application
            shop.window.keys_saved.emit("another", "nobody's secret", None)
            await shop.until(lambda: shop.bar("keys"), "the bar of rejected keys")
            assert tokens.find("one", time.time()) is None
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
        assert not any(TOKEN in kept for kept in ring.kept.values())

    run(day)
