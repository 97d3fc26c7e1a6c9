"""The raw facts: folded, redacted, copied whole or in part, and cheap however large they are."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QTreeWidgetItem
from pytestqt.qtbot import QtBot

from ui import sample_rows
from xumm_desk.core.state.facts import Fact, FactKind, Source, make_fact, unreadable_fact
from xumm_desk.core.status import Status
from xumm_desk.core.verdict.support_text import known_uuids
from xumm_desk.core.wire.json_fields import JsonObject
from xumm_desk.ui.detail.raw_tree import RawTab, RawTree

TOKEN = "6dd90000-aaaa-4bbb-8ccc-0123456789ab"


@pytest.fixture
def tree(qtbot: QtBot) -> Iterator[RawTree]:
    tab = RawTab()
    qtbot.addWidget(tab)
    tab.resize(400, 300)
    with qtbot.waitExposed(tab):
        tab.show()
    yield tab.tree
    tab.close()


def fact(value: JsonObject) -> Fact:
    return make_fact(sample_rows.NOW, Source.PLATFORM, FactKind.ANSWER, value)


def lines(item: QTreeWidgetItem | None) -> list[str]:
    assert item is not None
    return [below(item, place).text(0) for place in range(item.childCount())]


def below(item: QTreeWidgetItem, place: int) -> QTreeWidgetItem:
    found = item.child(place)
    assert found is not None
    return found


def clipboard() -> str:
    return QGuiApplication.clipboard().text()


def test_nothing_is_parsed_before_it_is_unfolded(tree: RawTree) -> None:
    tree.show_facts([fact({"list": list(range(5000)), "text": "x"})], frozenset())
    top = tree.topLevelItem(0)
    assert top is not None
    assert lines(top) == []
    top.setExpanded(True)
    assert lines(top) == ["list: [5000]", 'text: "x"']
    inner = below(top, 0)
    inner.setExpanded(True)
    assert inner.childCount() == 501
    assert lines(inner)[-1] == "4500 more: copy to read them"


def test_no_token_is_shown_or_copied(tree: RawTree) -> None:
    row = sample_rows.row(Status.PAID)
    secret = fact({"application": {"issued_user_token": TOKEN}, "response": {"user": "me"}})
    odd = unreadable_fact(sample_rows.NOW, Source.SOCKET, "odd", f'{{"user_token":"{TOKEN}"')
    tree.show_facts([secret, odd], known_uuids(row.request))
    tree.expandAll()
    shown = [tree.topLevelItem(0), tree.topLevelItem(1)]
    words = "\n".join(text for top in shown for text in lines(top))
    tree.copy_all()
    for text in (words, clipboard(), tree.text()):
        assert TOKEN not in text
        assert '"me"' not in text


def test_the_requests_own_uuid_is_shown(tree: RawTree) -> None:
    one = sample_rows.by_status()[Status.PAID]
    tree.show_facts(one.facts, known_uuids(one.row.request))
    assert one.row.request.uuid
    assert one.row.request.uuid in tree.text()


def test_a_part_is_copied_by_key_with_numbers_as_they_were_written(tree: RawTree) -> None:
    tree.show_facts([fact({"meta": {"value": "0.10", "count": 7}})], frozenset())
    top = tree.topLevelItem(0)
    assert top is not None
    top.setExpanded(True)
    tree.setCurrentItem(below(top, 0))
    tree.setFocus()
    QTest.keyClick(tree, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert json.loads(clipboard()) == {"value": "0.10", "count": 7}
    tree.setCurrentItem(top)
    tree.copy_current()
    assert clipboard().startswith("--- 2026-03-14 13:04:20.000 UTC  platform  answer")


def test_keys_fold_and_unfold(tree: RawTree) -> None:
    tree.show_facts([fact({"a": 1})], frozenset())
    top = tree.topLevelItem(0)
    assert top is not None
    tree.setCurrentItem(top)
    QTest.keyClick(tree, Qt.Key.Key_Right)
    assert top.isExpanded()
    QTest.keyClick(tree, Qt.Key.Key_Left)
    assert not top.isExpanded()


def test_another_request_starts_folded(tree: RawTree) -> None:
    tree.show_facts([fact({"a": 1})], frozenset())
    tree.expandAll()
    tree.show_facts([fact({"b": 2})], frozenset())
    top = tree.topLevelItem(0)
    assert tree.topLevelItemCount() == 1
    assert top is not None
    assert not top.isExpanded()
