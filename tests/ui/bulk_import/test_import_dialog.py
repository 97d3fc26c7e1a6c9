"""The import dialog: errors by line, what would be created, creating, results, and how it looks."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path, PurePath
from types import SimpleNamespace
from typing import Any, cast

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from ui import sample_rows
from xumm_desk.core.bulk_import.import_columns import template
from xumm_desk.core.export.job import ExportError, ExportRunner
from xumm_desk.core.request.request_spec import RequestSpec
from xumm_desk.core.state.lifecycle import Request, new_request
from xumm_desk.engine.desk import Desk
from xumm_desk.store.settings_file import SettingsFile
from xumm_desk.ui.bulk_import.import_dialog import ImportDialog

OUTPUT = Path(__file__).parents[2] / "output"
AT = datetime(2026, 11, 30, tzinfo=UTC)
GOOD = "amount,tag,reference\n12.5,1,Invoice 1\n3,2,Invoice 2\n7.25,3,Invoice 2\n"


class FakeImportDesk:
    """A desk on which every request is created at once."""

    def __init__(self) -> None:
        self.requests: dict[str, Request] = {}
        self.created: list[str] = []
        self.numbers = 0
        self.clock = SimpleNamespace(now=lambda: AT)
        self.rates = SimpleNamespace(in_use=False)
        self.tasks = SimpleNamespace(start=lambda work, _name: asyncio.ensure_future(work))

    def health(self) -> SimpleNamespace:
        return SimpleNamespace(ledger_set_up=True)

    def request(self, identifier: str) -> Request | None:
        return self.requests.get(identifier)

    def on_rows(self, _listener: Callable[..., None]) -> Callable[[], None]:
        return lambda: None

    async def find(self, identifiers: Sequence[str]) -> Mapping[str, Request]:
        return {name: self.requests[name] for name in identifiers if name in self.requests}

    async def check(self, _spec: RequestSpec) -> tuple[()]:
        return ()

    async def allocate_sale_number(self, _till: str, _series: str) -> int:
        self.numbers += 1
        return self.numbers

    async def create(self, spec: RequestSpec, _urgency: int) -> None:
        self.created.append(spec.identifier)
        made = new_request(spec, AT)
        uuid = f"00000000-0000-4000-8000-{len(self.created):012}"
        self.requests[spec.identifier] = replace(made, uuid=uuid, qr_link="https://xumm.app/x")


class FakeFiles:
    """Remembers what would be written."""

    def __init__(self) -> None:
        self.saved: list[tuple[PurePath, str]] = []
        self.error = ""

    def save_text(self, path: PurePath, text: str) -> None:
        if self.error:
            raise ExportError(self.error)
        self.saved.append((path, text))


class Opened:
    """The dialog and what it was given."""

    def __init__(self, qtbot: QtBot, folder: Path) -> None:
        self.qtbot, self.folder = qtbot, folder
        self.desk, self.files = FakeImportDesk(), FakeFiles()
        settings = SettingsFile(folder / "settings.json")
        settings.change(destination=sample_rows.SHOP)
        self.dialog = ImportDialog(
            cast(Desk, self.desk),
            settings,
            cast(ExportRunner, self.files),
            network="MAINNET",
            start=self.start,
        )
        qtbot.addWidget(self.dialog)
        self.dialog.show()

    def start(self, work: Coroutine[Any, Any, Any], _name: str) -> None:
        asyncio.run(work)

    def read(self, text: str | bytes) -> None:
        """Choose a file with this text and wait until it was looked at."""
        path = self.folder / "invoices.csv"
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        before = self.dialog.title.text()
        self.dialog.read_file(path)
        self.qtbot.waitUntil(
            lambda: (
                self.dialog.title.text() not in (before, "Looking at the lines…")
                or bool(self.dialog.problem.text())
            )
        )

    def cells(self) -> list[list[str]]:
        model = self.dialog.table.lines
        return [
            [str(model.data(model.index(row, column))) for column in range(model.columnCount())]
            for row in range(model.rowCount())
        ]


@pytest.fixture
def opened(qtbot: QtBot, tmp_path: Path) -> Opened:
    return Opened(qtbot, tmp_path)


def picture(widget: QWidget, name: str) -> None:
    for _ in range(4):
        QGuiApplication.processEvents()
    OUTPUT.mkdir(exist_ok=True)
    assert widget.grab().save(str(OUTPUT / f"{name}.png"))


def test_every_error_is_listed_and_nothing_can_be_created(scheme: str, opened: Opened) -> None:
    picture(opened.dialog, f"import-{scheme}")
    opened.read('amount,tag,reference\n"1,234",x,a\n1,2,b,c\n5,6,d\n')
    assert opened.dialog.title.text() == "3 errors in invoices.csv"
    assert [row[:3] for row in opened.cells()] == [
        ["2", "amount", "1,234"],
        ["2", "tag", "x"],
        ["3", "", "c"],
    ]
    assert not opened.dialog.create_button.isEnabled()
    opened.dialog.begin()
    assert opened.desk.created == []
    picture(opened.dialog, f"import-errors-{scheme}")


def test_what_would_be_created_is_shown_with_its_sum(scheme: str, opened: Opened) -> None:
    opened.read(GOOD)
    assert opened.dialog.title.text() == "3 requests in invoices.csv"
    assert opened.dialog.create_button.text() == "Create 3 requests"
    assert "22.75" in opened.dialog._sums.text()
    assert "Line 4: Reference: stands on line 3 too" in opened.dialog.note.text()
    assert opened.cells()[0][1:4] == ["12.50 XRP", "Invoice 1", "1"]
    assert opened.desk.created == []
    picture(opened.dialog, f"import-rows-{scheme}")


def test_rows_are_created_and_a_second_import_creates_none(scheme: str, opened: Opened) -> None:
    opened.read(GOOD)
    opened.dialog.create_button.click()
    assert len(opened.desk.created) == 3
    assert opened.dialog.title.text() == "3 created, 0 were there already, 0 refused"
    assert [row[-1] for row in opened.cells()] == ["Created"] * 3
    picture(opened.dialog, f"import-done-{scheme}")
    opened.dialog.save_text(Path("results.csv"), "line")
    opened.qtbot.waitUntil(lambda: bool(opened.files.saved))
    again = Opened(opened.qtbot, opened.folder)
    again.desk.requests = opened.desk.requests
    again.read(GOOD)
    assert "3 of them were created before and are not sent again." in again.dialog.note.text()
    assert [row[-1] for row in again.cells()] == ["Was there already"] * 3


def test_a_file_that_is_none_is_said(opened: Opened) -> None:
    opened.read(b"PK\x03\x04\x00")
    assert "This is no CSV file." in opened.dialog.problem.text()
    opened.dialog.problem.set_text("")
    opened.dialog.read_file(opened.folder / "none.csv")
    opened.qtbot.waitUntil(lambda: "cannot be read" in opened.dialog.problem.text())
    assert not opened.dialog.create_button.isEnabled()


def test_a_number_in_doubt_is_read_as_a_person_says(opened: Opened) -> None:
    opened.read("amount;tag\n1.234;1\n")
    assert opened.dialog.title.text() == "1 error in invoices.csv"
    opened.dialog.numbers.set_text("comma")
    opened.qtbot.waitUntil(lambda: opened.dialog.title.text() == "1 request in invoices.csv")
    assert opened.cells()[0][1] == "1\u202f234.00 XRP"


def test_a_result_that_cannot_be_written_is_said(opened: Opened) -> None:
    opened.files.error = "The disk is full."
    opened.dialog.save_text(Path("x.csv"), template())
    opened.qtbot.waitUntil(lambda: opened.dialog.problem.text() == "The disk is full.")
