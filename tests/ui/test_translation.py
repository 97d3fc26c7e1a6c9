"""The main window in a pseudo-locale: no sentence bypasses translation, and nothing is clipped."""

from __future__ import annotations

import ast
import gettext
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from pseudo_locale import PseudoTranslations
from PySide6.QtCore import QAbstractListModel, QPoint, Qt
from PySide6.QtGui import QAction, QContextMenuEvent, QShortcut
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QComboBox,
    QGroupBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QTabBar,
    QWidget,
)

from xumm_desk import ui
from xumm_desk.core.health.disk_space import DiskSpace
from xumm_desk.core.health.lamp import LampName
from xumm_desk.core.message import Message
from xumm_desk.core.replication.shop_state import TillRole
from xumm_desk.core.replication.shop_view import ShopView
from xumm_desk.core.state.evidence import UnmatchedPayment
from xumm_desk.core.status import Status
from xumm_desk.engine.catch_up import CatchUpState
from xumm_desk.engine.runtime.registry import RequestRow
from xumm_desk.locale import catalogues, languages, translation
from xumm_desk.ui.detail.timeline import fact_text
from xumm_desk.ui.lamps.lamp import Lamp
from xumm_desk.ui.main_window import MainWindow
from xumm_desk.ui.requests import columns
from xumm_desk.ui.requests.columns import Column
from xumm_desk.ui.shop.shop_dialog import ShopDialog
from xumm_desk.ui.style.theme import escape_tooltip
from xumm_desk.ui.till.customers.remember_dialog import RememberDialog

from . import sample_rows
from .dialogs.test_unmatched_dialog import PAYMENTS
from .fake_desk import FakeDesk, run_now
from .shop import shops

Opened = Callable[..., tuple[MainWindow, FakeDesk]]
OUTPUT = Path(__file__).parents[1] / "output"

DATA = re.compile(
    r"\b(r[1-9A-HJ-NP-Za-km-z]{5}…\w{5}|MPT \w{8}…\w{4}"
    r"|XRP|EUR|USD|RLUSD|SOLO|MPT|QR|API|Xumm|Xaman|Desk|MAINNET|TESTNET|Café|Uno|xumm\.app|JSON|UUID"
    r"|r[1-9A-HJ-NP-Za-km-z]{5,}|[0-9A-F]{8,}|[0-9a-f]{8}(?:-[0-9a-f]{4}){0,4}\S*|tes[A-Z]+|tec[A-Z_]+"
    r"|Flags|Table|keyring|the|Xahautestnet|https?://\S+|Ctrl|Strg|Umschalt|Entf|Alt|Shift|Enter|Esc|Del|Payment|SignIn|TrustSet|Mainnet|Testnet|Devnet|Xahau)\b|F\d+"
)
"""Names, codes and addresses, which no language translates."""

ENGLISH_NUMBER = re.compile(r"(?<![\d.])\d+\.\d{2,}(?![\d.])")
"""An amount with the English decimal mark; neither a version nor an address of a computer."""


@pytest.fixture
def pseudo() -> Iterator[None]:
    translation.use_catalogue(PseudoTranslations(), "de")
    yield
    translation.use_catalogue(gettext.NullTranslations())


def texts(root: QWidget) -> Iterator[tuple[str, str]]:
    """Every text of the widgets under `root` that a person can read, with where it is."""
    for widget in [root, *root.findChildren(QWidget)]:
        where = type(widget).__name__
        if where == "QToolButton":
            continue  # Qt's own arrows of a tab bar, which Qt translates
        yield f"{where} tooltip", widget.toolTip()
        yield f"{where} name", widget.accessibleName()
        yield f"{where} description", widget.accessibleDescription()
        yield f"{where} status tip", widget.statusTip()
        yield f"{where} title", widget.windowTitle()
        if isinstance(widget, QLabel | QAbstractButton):
            yield where, widget.text()
        if isinstance(widget, QLineEdit | QPlainTextEdit):
            yield f"{where} hint", widget.placeholderText()
        if isinstance(widget, QGroupBox):
            yield where, widget.title()
        if isinstance(widget, QAbstractItemView) and not isinstance(widget, QHeaderView):
            yield from cells(widget)
        if isinstance(widget, QComboBox):
            for index in range(widget.count()):
                yield where, widget.itemText(index)
        if isinstance(widget, QTabBar):
            yield from ((where, widget.tabText(index)) for index in range(widget.count()))
        if isinstance(widget, QHeaderView) and widget.orientation() is Qt.Orientation.Horizontal:
            for index in range(widget.count()):
                yield where, str(widget.model().headerData(index, widget.orientation()))
    for action in root.findChildren(QAction):
        yield "QAction", action.text()
        yield "QAction tooltip", action.toolTip()


def cells(view: QAbstractItemView) -> Iterator[tuple[str, str]]:
    """Every text of a table or a list: shown, spoken and as tooltip."""
    model = view.model()
    if model is None:
        return
    roles = (
        Qt.ItemDataRole.DisplayRole,
        Qt.ItemDataRole.ToolTipRole,
        Qt.ItemDataRole.AccessibleTextRole,
    )
    for row in range(model.rowCount()):
        flat = isinstance(model, QAbstractListModel)
        for column in range(1 if flat else model.columnCount()):
            for role in roles:
                text = model.index(row, column).data(role)
                if isinstance(text, str):
                    yield f"{type(view).__name__} {role.name}", text


@cache
def typed() -> frozenset[str]:
    """What the sample shop typed or was sent: its names, which are not ours to translate."""
    rows = sample_rows.rows()
    words = {row.identifier for row in rows} | {row.request.uuid or "" for row in rows}
    words |= {till.name for till in shops.twenty().tills} | set(catalogues.NAMES.values())
    return frozenset(words | {row.request.spec.instruction or "" for row in rows}) - {""}


@cache  # the same cells are looked at in each window
def untranslated(text: str) -> bool:
    """Whether some words or amounts of `text` stayed English."""
    if re.match(r"[A-Z]{3}, ", text):
        return False  # a currency's name, which babel knows in each language
    rest = re.sub(r"<[^>]+>", "", text)
    for word in sorted(typed(), key=len, reverse=True):
        rest = rest.replace(word, "")
    while rest != (rest := re.sub(r"⟦[^⟦⟧]*⟧", "", rest)):
        pass
    if ENGLISH_NUMBER.search(text):
        return True
    return re.search(r"[A-Za-z]{3,}", DATA.sub("", rest)) is not None


def bypassing(root: QWidget) -> str:
    """Each untranslated text under `root`, a line each; empty when there is none."""
    found = {(where, text) for where, text in texts(root) if untranslated(text)}
    return "\n".join(f"{type(root).__name__} {where}: {text}" for where, text in sorted(found))


def few() -> list[RequestRow]:
    """Two rows, for what is around the table; the other tests look at all rows."""
    return [sample_rows.row(Status.WAITING), sample_rows.row(Status.PAID)]


@pytest.mark.usefixtures("pseudo")
@pytest.mark.parametrize("status", list(Status), ids=lambda status: status.value)
def test_no_sentence_of_the_window_bypasses_the_catalogue(opened: Opened, status: Status) -> None:
    window, _ = opened()
    board = window._desk_view
    assert board is not None
    row = sample_rows.row(status)
    board.pane.view.select(row.identifier)
    for index in range(board.detail.tabs.count()):
        board.detail.tabs.setCurrentIndex(index)
    window.show()
    assert bypassing(window) == ""


@pytest.mark.usefixtures("pseudo")
def test_no_sentence_of_a_dialog_bypasses_the_catalogue(opened: Opened) -> None:
    before = set(QApplication.topLevelWidgets())
    window, desk = opened()
    for show in (window.dialogs.keys, window.dialogs.shop, window.dialogs.about):
        show()
    window._show_unmatched()
    assert window._desk_view is not None
    till = window._desk_view.till
    till.customers.pick(till.entry)
    RememberDialog(desk.as_desk().customers, "x", start=run_now, parent=window).open()
    window._desk_view.pane.view.select(sample_rows.row(Status.WAITING).identifier)
    window._desk_view.show_to_customer()
    shown = [root for root in set(QApplication.topLevelWidgets()) - before if root.isVisible()]
    found = [bypassing(root) for root in shown]
    titles = [root.windowTitle() for root in shown if untranslated(root.windowTitle())]
    for root in shown:
        if root is not window:
            root.close()
    assert "\n".join(filter(None, found)) == ""
    assert titles == []
    assert desk.created == []


@pytest.mark.usefixtures("pseudo")
@pytest.mark.parametrize(
    "health",
    [
        {},
        {"platform_error": Message("The platform is down.")},
        {"ledger_set_up": False},
        {"socket_at": None},
        {"sockets_live": 3},
        {"sockets_live": 3, "sockets_over_limit": 2},
        {"sockets_live": 0, "sockets_wanted": 0},
        {"calls_left": 3},
    ],
    ids=str,
)
def test_no_lamp_bypasses_the_catalogue(opened: Opened, health: dict[str, Any]) -> None:
    window, desk = opened(rows=few())
    desk.present_health = sample_rows.health(**health)
    window._update_health()
    assert window._desk_view is not None
    window._desk_view.lamps.tick()
    assert bypassing(window) == ""


@pytest.mark.usefixtures("pseudo")
@pytest.mark.parametrize(
    ("view", "passed"),
    [
        (shops.twenty(), 0),
        (shops.twenty(role=TillRole.TILL, unsent=500), 0),
        (shops.shop(shops.till(1, missing=500)), 0),
        (shops.shop(), 0),
        (shops.twenty(role=TillRole.TILL, connected=False, unsent=12), 90),
        (shops.twenty(connected=False, problem=shops.PROBLEM), 90),
    ],
    ids=["monitor", "till", "behind", "empty", "lost till", "lost monitor"],
)
def test_no_word_about_a_shop_bypasses_the_catalogue(
    opened: Opened, view: ShopView, passed: float
) -> None:
    window, desk = opened(rows=few())
    desk.shop.show(replace(view, connected=True))
    desk.clock.passed = passed
    desk.shop.show(view)
    window._update_health()
    assert window._desk_view is not None
    window._desk_view.lamps.tick()
    window.shop.tick()
    window.shop.ask()
    [tills] = [one for one in window.findChildren(ShopDialog) if one.isVisible()]
    found = bypassing(tills) + bypassing(window)
    tills.close()
    assert found == ""


@pytest.mark.usefixtures("pseudo")
@pytest.mark.parametrize("name", list(LampName), ids=lambda name: name.value)
def test_no_word_of_a_lamp_s_hour_bypasses_the_catalogue(opened: Opened, name: LampName) -> None:
    window, desk = opened(rows=few())
    assert window._desk_view is not None
    lamps = window._desk_view.lamps
    desk.shop.show(shops.twenty())
    full = DiskSpace(free=400_000_000, total=10**11, journal=10**6)
    desk.clock.passed = 300
    desk.present_health = sample_rows.health(
        platform_error=Message("The platform is down."), disk=full, calls_left=3, clock_ahead=3.0
    )
    lamps.tick()
    shown = lamps.open_window(name)
    found = bypassing(shown) + bypassing(window)
    shown.close()
    assert found == ""


@pytest.mark.usefixtures("pseudo")
@pytest.mark.parametrize(
    "health",
    [
        {"disk": DiskSpace(free=400_000_000, total=10**11, journal=10**6)},
        {"journal_error": Message("The disk is full.")},
        {"journal_rejected": Message("The journal did not take it.")},
        {"ledger_gap": Message("Not read.")},
        {"clock_set": Message("The clock was set."), "clock_off": Message("The clock is off.")},
    ],
    ids=str,
)
def test_no_banner_bypasses_the_catalogue(opened: Opened, health: dict[str, Any]) -> None:
    window, desk = opened(rows=few())
    desk.present_health = sample_rows.health(**health)
    window._update_health()
    assert bypassing(window) == ""


@pytest.mark.usefixtures("pseudo")
@pytest.mark.parametrize("count", [1, 4, 12], ids=str)
def test_no_word_about_earlier_requests_bypasses_the_catalogue(opened: Opened, count: int) -> None:
    window, desk = opened(read=False)
    assert bypassing(window) == ""
    desk.catch_up = CatchUpState(total=count, remaining=count)
    window.show_resumed(sample_rows.rows()[:count])
    assert bypassing(window) == ""
    desk.caught_up.release()
    assert bypassing(window) == ""


def unmatched_payments(count: int) -> list[UnmatchedPayment]:
    """The first sample payments, with their reasons as the engine gives them."""
    reason = Message("No request has destination tag {tag}.", tag=7)
    return [replace(payment, reason=reason) for payment in PAYMENTS[:count]]


@pytest.mark.usefixtures("pseudo")
@pytest.mark.parametrize("count", [1, 3], ids=str)
def test_no_word_about_unmatched_payments_bypasses_the_catalogue(
    opened: Opened, count: int
) -> None:
    window, desk = opened()
    desk.show_unmatched(*unmatched_payments(count))
    window._show_unmatched()
    assert window._desk_banners is not None
    dialog = window._desk_banners.unmatched.dialog
    assert dialog is not None
    dialog.payments.selectRow(0)
    dialog.requests.selectRow(0)
    found = bypassing(window) + bypassing(dialog)
    dialog.close()
    assert found == ""


@pytest.mark.usefixtures("pseudo")
def test_no_word_of_the_end_bypasses_the_catalogue(opened: Opened) -> None:
    window, _ = opened()
    window.show_closing()
    assert bypassing(window) == ""


@pytest.mark.usefixtures("pseudo")
def test_no_context_menu_bypasses_the_catalogue(
    opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[str] = []

    def popup(menu: QMenu, *_: object) -> None:
        shown.extend(action.text() for action in menu.actions())

    monkeypatch.setattr(QMenu, "popup", popup)
    before = set(QApplication.allWidgets())  # windows of other tests that are still there
    window, _ = opened()
    assert window._desk_view is not None
    window._desk_view.pane.view.select(sample_rows.row(Status.WAITING).identifier)
    window._desk_view.show_to_customer()
    for widget in set(QApplication.allWidgets()) - before:
        if "contextMenuEvent" in vars(type(widget)):
            where = QPoint(20, 20)
            event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, where, where)
            QApplication.sendEvent(widget, event)
    for root in QApplication.topLevelWidgets():
        if root is not window:
            root.close()
    assert shown
    assert [text for text in shown if untranslated(text)] == []


@pytest.mark.usefixtures("pseudo")
def test_no_text_of_a_fact_bypasses_the_catalogue() -> None:
    facts = [fact for sample in sample_rows.samples() for fact in sample.facts]
    found = {(fact.kind.value, fact_text(fact)) for fact in facts}
    assert {pair for pair in found if untranslated(pair[1])} == set()


def bare_texts(source: str) -> Iterator[tuple[int, str]]:
    """Literals that are handed to a widget as they are, or to `tr`, which does not translate them;
    with their line."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        name = node.func.attr if isinstance(node.func, ast.Attribute) else name
        if name not in SHOWING:
            continue
        inner = [one for arg in node.args for one in ast.walk(arg)]
        messages = [one for one in inner if isinstance(one, ast.Call) and _is_message(one)]
        own = {id(one) for message in messages for one in ast.walk(message)}
        for one in inner:
            if not (isinstance(one, ast.Constant) and isinstance(one.value, str)):
                continue
            if id(one) not in own and re.search(r"[A-Z][a-z]|…", DATA.sub("", one.value)):
                yield one.lineno, one.value


def _is_message(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Name) and call.func.id in ("Message", "_")


SHOWING = frozenset(
    {
        *("tr", "setText", "setToolTip", "setStatusTip", "setAccessibleName", "setWindowTitle"),
        *("setAccessibleDescription", "setPlaceholderText", "setTitle", "addItem", "addAction"),
        *("addMenu", "addTab", "addRow", "setTabText", "QLabel", "QPushButton", "QAction", "QMenu"),
        *("QCheckBox", "QRadioButton", "QGroupBox", "QFileDialog", "show_notice", "show_alarm"),
        *("show_banner", "show_error", "set_blocked", "set_text"),
    }
)
"""What puts a text on the screen."""


def test_no_literal_is_put_on_the_screen_as_it_is() -> None:
    folder = Path(ui.__file__).parent
    found = [
        f"{path.relative_to(folder)}:{line}: {text}"
        for path in sorted(folder.rglob("*.py"))
        for line, text in bare_texts(path.read_text(encoding="utf-8"))
    ]
    assert "\n".join(found) == ""


@pytest.mark.usefixtures("pseudo")
def test_no_cell_bypasses_the_catalogue() -> None:
    clock = sample_rows.Clock()
    found = set()
    for row in sample_rows.rows():
        for column in (Column.STATUS, Column.LEFT, Column.STEPS, Column.TYPE, Column.NETWORK):
            for text in (
                translation.tr(columns.cell_text(row, column, clock)),
                translation.tr(columns.tooltip(row, column, clock)),
            ):
                if untranslated(text):
                    found.add((column.name, text))
    for title in columns.TITLES.values():
        if untranslated(translation.tr(title)):
            found.add(("title", title))
    assert not found, "\n".join(f"{where}: {text}" for where, text in sorted(found))


def clipped(root: QWidget) -> Iterator[tuple[str, str]]:
    """The visible widgets under `root` that have less room than their words need."""
    for widget in root.findChildren(QWidget):
        if not widget.isVisible() or widget.visibleRegion().isEmpty():
            continue
        need, name = widget.sizeHint(), type(widget).__name__
        if isinstance(widget, QLabel) and widget.text() and widget.pixmap().isNull():
            if widget.wordWrap():
                if widget.heightForWidth(widget.width()) > widget.height() + 1:
                    yield name, widget.text()
            elif need.width() > widget.width() + 1:
                yield name, widget.text()
        elif isinstance(widget, QAbstractButton) and widget.text():
            if need.width() > widget.width() + 1:
                yield name, widget.text()
        elif isinstance(widget, Lamp) and need.width() > widget.width() + 1:
            yield name, widget.toolTip()
        elif isinstance(widget, QHeaderView):
            for section in range(widget.count()):
                title = str(widget.model().headerData(section, widget.orientation()))
                room = widget.sectionSize(section)
                if not widget.isSectionHidden(section) and (
                    widget.fontMetrics().horizontalAdvance(title) > room
                ):
                    yield name, title


@pytest.mark.usefixtures("pseudo")
@pytest.mark.parametrize("size", [(1366, 768), (1920, 1080)], ids=str)
@pytest.mark.parametrize("chosen", [None, Status.WAITING, Status.PAID], ids=str)
def test_nothing_is_clipped_in_longer_words(
    opened: Opened, size: tuple[int, int], chosen: Status | None
) -> None:
    window, _ = opened()
    assert window._desk_view is not None
    window.resize(*size)
    window.show()
    if chosen is not None:
        window._desk_view.pane.view.select(sample_rows.row(chosen).identifier)
    QApplication.processEvents()  # layouts that wait for their turn
    OUTPUT.mkdir(exist_ok=True)
    name = f"window-pseudo-{size[0]}-{chosen.value if chosen else 'empty'}.png"
    window.grab().save(str(OUTPUT / name))
    assert list(clipped(window)) == []
    assert window.width() <= size[0]


@pytest.mark.parametrize("tag", ["ar", "de", "ja"])
def test_nothing_is_clipped_in_the_longest_and_the_furthest_languages(
    opened: Opened, tag: str
) -> None:
    languages.use_languages(catalogues.load(tag))
    try:
        window, _ = opened()
        assert window._desk_view is not None
        window.resize(1366, 768)
        for status in (Status.WAITING, Status.CHECK):
            window._desk_view.pane.view.select(sample_rows.row(status).identifier)
            QApplication.processEvents()
            assert list(clipped(window)) == []
        window._desk_view.show_view("till")
        QApplication.processEvents()
        assert list(clipped(window)) == []
    finally:
        languages.use_languages(languages.ENGLISH)


def keys(window: QWidget) -> list[str]:
    """Every key of a window that starts something."""
    shortcuts = [one.key().toString() for one in window.findChildren(QShortcut)]
    actions = [key.toString() for one in window.findChildren(QAction) for key in one.shortcuts()]
    return sorted(shortcuts + actions)


def test_keys_are_the_same_in_every_language(
    opened: Opened, request: pytest.FixtureRequest
) -> None:
    english = keys(opened()[0])
    request.getfixturevalue("pseudo")
    assert keys(opened()[0]) == english
    assert "Ctrl+1" in english


@pytest.mark.usefixtures("pseudo")
def test_an_age_of_nothing_is_just_now() -> None:
    row, clock = sample_rows.row(Status.PAID), sample_rows.Clock()
    clock.now = lambda: row.request.created_at  # type: ignore[method-assign]
    assert columns.time_left_sentence(row, clock) == translation.tr(Message("just now"))


@pytest.mark.usefixtures("pseudo")
def test_a_tooltip_with_markup_is_translated_and_escaped() -> None:
    tip = escape_tooltip(Message("From {name}", name="<b>Mallory</b>"))
    assert "⟦" in tip
    assert "<b>" not in tip
