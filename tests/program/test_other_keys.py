"""Other keys while requests are open: nothing is lost or misjudged, and tokens of customers go."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import keyring
import keyring.backend
import pytest

from xumm_desk.core.lifecycle import Status
from xumm_desk.store.vault import Tokens

from .conftest import Run, opened, platform

TOKEN = "12345678-1234-4234-8234-123456789012"


class Memory(keyring.backend.KeyringBackend):
    """A keyring for the time of a test."""

    priority = 1.0

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[service, username]


@pytest.fixture
def ring() -> Iterator[Memory]:
    """A keyring that works."""
    before = keyring.get_keyring()
    memory = Memory()
    keyring.set_keyring(memory)
    yield memory
    keyring.set_keyring(before)


def test_wrong_keys_and_right_ones_again_while_a_customer_pays(
    run: Run, ring: Memory, tmp_path: Path
) -> None:
    async def day() -> None:
        async with platform() as sim, opened(sim, tmp_path) as shop:
            await shop.ready()
            shop.charge("1.5")
            await shop.until(lambda: len(sim.platform.payloads) == 1, "the sale")
            [uuid] = sim.platform.payloads
            tokens = Tokens(shop.program._configuration.host)
            assert tokens.keep("one", TOKEN, None, time.time())
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
