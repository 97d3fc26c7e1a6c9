"""Nothing moves on the screen by itself, so there is no motion that a person has to reduce."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from xumm_desk import ui
from xumm_desk.ui.style import theme

MOVING = frozenset(
    {
        *("QPropertyAnimation", "QVariantAnimation", "QSequentialAnimationGroup", "QTimeLine"),
        *("QParallelAnimationGroup", "QPauseAnimation", "QMovie", "QGraphicsOpacityEffect"),
        *("setAnimated", "setRange(0, 0)"),
    }
)
"""What animates; a progress bar without a range is a bar that runs back and forth."""


def used(source: str) -> Iterator[str]:
    """Every name that a module uses, and calls with numbers as they are written."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.alias):
            yield node.name
        elif isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield f"{node.func.attr}({', '.join(map(ast.unparse, node.args))})"


def test_no_module_of_the_window_animates_anything() -> None:
    folder = Path(ui.__file__).parent
    found = {
        f"{path.relative_to(folder)}: {name}"
        for path in folder.rglob("*.py")
        for name in used(path.read_text(encoding="utf-8"))
        if name in MOVING
    }
    assert found == set()


def test_menus_and_tool_tips_come_at_once(app: QApplication) -> None:
    QApplication.setEffectEnabled(Qt.UIEffect.UI_FadeMenu, True)
    theme.apply(app)
    assert not any(QApplication.isEffectEnabled(effect) for effect in Qt.UIEffect)
