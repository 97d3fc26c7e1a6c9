"""The whole program: a sale is paid, and stands in the report a moment later."""

from __future__ import annotations

import sys
from pathlib import Path

from xumm_desk.core.report.line import Section
from xumm_desk.core.status import Status
from xumm_desk.ui.desk_view import REPORT, REQUESTS

from .conftest import Run, opened, platform


def test_a_sale_stands_in_the_report_and_is_found_from_there(run: Run, tmp_path: Path) -> None:
    async def day() -> None:
        async with platform() as sim, opened(sim, tmp_path) as shop:
            await shop.ready()
            board = shop.board
            board.show_view(REQUESTS)
            board.show_view(REPORT)
            await shop.until(lambda: board.report.page is not None, "the report")
            page = board.report.page
            assert page is not None
            await shop.until(lambda: page.report is not None, "the first figures")
            assert page.report is not None
            assert page.report.is_empty

            shop.charge("2.5")
            await shop.until(page.cards.isVisible, "the figures of a request")

            def figure(section: Section, key: str) -> str:
                row = page.cards.cards[section].row(key)
                return row.figure.text() if row is not None else ""

            await shop.until(
                lambda: figure(Section.REQUESTS, "status waiting") == "1", "one that waits"
            )
            (row,) = shop.rows()
            assert row.request.uuid is not None
            await sim.phone.sign(row.request.uuid)
            await shop.until(
                lambda: figure(Section.REQUESTS, "status paid") == "1", "one that is paid"
            )
            received = figure(Section.TAKINGS, f"received {sim.options.network} XRP ")
            assert received == "2.50"
            steps = [line for line in page.report.lines if line.section is Section.TIMES]
            assert [line.label for line in steps if line.now.text == "–"] == []
            await shop.until(lambda: page.chart is not None, "the chart")
            assert "pyqtgraph" in sys.modules
            assert sum(line.counts[0] for line in page.chart.lines) == 1

            paid = page.cards.cards[Section.REQUESTS].row("status paid")
            assert paid is not None
            paid.figure.click()
            assert board.view() == REQUESTS
            await shop.until(lambda: board.table.rowCount() == 1, "its row")
            shown = board.table.row_at_line(0)
            assert shown is not None
            assert shown.verdict.status is Status.PAID
            assert shop.errors() == 0

    run(day)
