"""Closing the window while the platform does not answer: it closes, and nothing is lost or made
twice."""

from __future__ import annotations

from pathlib import Path

from xumm_desk.core.status import Status

from .conftest import Run, opened, platform

HANGS = 3600.0
"""Seconds that the platform keeps silent: far more than a test may take, so that a window which
waits for it is found out by the patience of `close`."""


def test_closing_while_a_create_hangs_and_finding_it_after_a_restart(
    run: Run, tmp_path: Path
) -> None:
    async def day() -> None:
        async with platform() as sim:
            async with opened(sim, tmp_path) as shop:
                await shop.ready()
                sim.switches.slow_response_seconds = HANGS
                shop.charge("1.5")
                await shop.until(lambda: len(shop.rows()) == 1, "the row")
                [row] = shop.rows()
                assert row.verdict.status is Status.CREATING
                assert shop.board.form.button.text() == "Creating…"
                await shop.close()
            assert len(sim.platform.payloads) == 0
            sim.switches.slow_response_seconds = 0
            async with opened(sim, tmp_path) as shop:
                await shop.ready()
                await shop.until(lambda: any(r.request.uuid for r in shop.rows()), "the request")
                assert [r.identifier for r in shop.rows()] == [row.identifier]
                assert shop.rows()[0].verdict.status is Status.WAITING
                assert "1 request was unfinished" in shop.bar("away")
            assert len(sim.platform.payloads) == 1

    run(day)


def test_closing_after_a_lost_answer_finds_the_one_that_was_made(run: Run, tmp_path: Path) -> None:
    async def day() -> None:
        async with platform() as sim:
            async with opened(sim, tmp_path) as shop:
                await shop.ready()
                sim.switches.lose_post_answer = 1
                shop.charge("1.5")
                await shop.until(lambda: len(sim.platform.payloads) == 1, "the platform's side")
                sim.switches.slow_response_seconds = HANGS
                await shop.close()
            sim.switches.slow_response_seconds = 0
            async with opened(sim, tmp_path) as shop:
                await shop.ready()
                await shop.until(lambda: any(r.request.uuid for r in shop.rows()), "the request")
                [row] = shop.rows()
                assert row.request.uuid in sim.platform.payloads
            made = [p.custom_meta.get("identifier") for p in sim.platform.payloads.values()]
            assert made == [row.identifier]

    run(day)
