"""Every window of the program as a screen reader and a keyboard find it.

In the language of the tests, so that a name which is not of the catalogue is found too.
"""

from __future__ import annotations

import gettext
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pseudo_locale import PseudoTranslations
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QApplication, QWidget

from ui.test_translation import untranslated
from xumm_desk.locale import translation

from . import accessible_objects as found
from .all_windows import Shop, widget_classes

Check = Callable[[QWidget], Iterator[str]]

AMBIGUOUS = re.compile(r"1[.,]234")
"""A number that may be read in two ways, in a label about just that."""

ELSEWHERE = frozenset({"CustomerLanguageMenu", "TickMenu", "TrayMenu"})
"""Menus, which Qt reads by itself."""


def untranslated_names(root: QWidget) -> Iterator[str]:
    """Names and descriptions that no translator has seen."""
    for widget in found.shown_widgets(root):
        for words in (widget.accessibleName(), widget.accessibleDescription()):
            if untranslated(AMBIGUOUS.sub("", words)):
                yield f"{type(widget).__name__}: {words}"


CHECKS: dict[str, Check] = {
    "whatever can be used or is painted has a name": found.without_name,
    "every name is of the catalogue": untranslated_names,
    "every role is one that is spoken": found.without_role,
    "no two buttons or fields sound the same": found.ambiguous,
    "every combo box has a label": found.unlabelled,
    "every cell says what stands in it": found.wordless_cells,
    "everything is reached by keyboard": found.unreachable,
    "context menus open by key": found.silent_menus,
    "the focus of the keyboard is seen": found.unseen_focus,
}


class Walk:
    """What the checks found in all windows, and which classes of widgets were seen."""

    def __init__(self, folder: Path) -> None:
        self.problems: dict[str, list[str]] = {name: [] for name in CHECKS}
        self.seen: set[type[QWidget]] = set()
        shop = Shop(folder)
        for shown in shop.walk():
            self.seen |= {type(one) for one in shown.root.findChildren(QWidget) if one.isVisible()}
            self.seen.add(type(shown.root))
            for name, check in CHECKS.items():
                self.problems[name] += [f"{shown.name}: {one}" for one in check(shown.root)]
        shop.close()


@pytest.fixture(scope="module")
def walk(app: QApplication, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walk]:
    """One walk through all windows for all tests of this module."""
    active = QAccessible.isActive()
    QAccessible.setActive(True)
    translation.use_catalogue(PseudoTranslations(), "de")
    try:
        yield Walk(tmp_path_factory.mktemp("shop"))
    finally:
        translation.use_catalogue(gettext.NullTranslations())
        QAccessible.setActive(active)


@pytest.mark.parametrize("check", CHECKS)
def test_in_every_window(walk: Walk, check: str) -> None:
    assert "\n".join(dict.fromkeys(walk.problems[check])) == ""


def test_a_new_window_or_panel_has_to_be_walked_too(walk: Walk) -> None:
    assert {one.__name__ for one in widget_classes() - walk.seen} - ELSEWHERE == set()
