"""A PIN over the life of the program: locked at each start, tries counted, and all written down."""

from __future__ import annotations

from pathlib import Path

from xumm_desk.core.audit import AuditKind
from xumm_desk.ui.desk_view import REQUESTS, TILL

from .conftest import Run, opened, platform

PIN = "4711"


def test_a_pin_locks_the_next_start_and_the_journal_knows_who_opened_it(
    run: Run, tmp_path: Path
) -> None:
    async def days() -> None:
        async with platform() as sim:
            async with opened(sim, tmp_path) as shop:
                await shop.ready()
                lock = shop.window.lock
                assert not lock.locked
                shop.board.show_view(REQUESTS)
                lock.set_pin(PIN, "Ada", lambda: None)
                await shop.until(lambda: lock.has_pin, "the PIN")
                lock.lock()
                assert shop.board.view() == TILL
            async with opened(sim, tmp_path) as shop:
                await shop.ready()
                lock = shop.window.lock
                assert lock.locked
                assert shop.board.view() == TILL
                answers: list[bool] = []
                for typed in ("4712", PIN):
                    assert lock.check(typed, "Bob", "the test", answers.append)
                    assert not lock.check(typed, "", "", answers.append), "one at a time"
                    await shop.until(lambda: not lock._state.checking, "the comparison")
                assert answers == [False, True]
                assert lock.locked, "who asks decides what the PIN is for"
                lock.unlock("Bob")
                assert not lock.check_keys(sim.key, "another secret")
                assert not lock.check_keys("\ud83d", "")
                assert lock.check_keys(sim.key, sim.secret)
            async with opened(sim, tmp_path) as shop:
                await shop.ready()
                found = [(entry.kind, entry.who) for entry in await shop.desk.audit()]
        expected = [
            (AuditKind.PIN_SET, "Ada"),
            (AuditKind.LOCKED, ""),
            (AuditKind.WRONG_PIN, "Bob"),
            (AuditKind.UNLOCKED, "Bob"),
            (AuditKind.WRONG_KEYS, ""),
            (AuditKind.WRONG_KEYS, ""),
            (AuditKind.KEYS_ACCEPTED, ""),
        ]
        assert found == [(kind.value, who) for kind, who in reversed(expected)]
        assert PIN not in (tmp_path / "settings.json").read_text()

    run(days)
