"""The keys dialog: only a tested pair can be saved, and nothing typed outlives the dialog."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from ui.fake_desk import StartedWork
from xumm_desk.core.wire.api_answers import Application, Failure, FailureKind
from xumm_desk.ui.dialogs.keys_dialog import KeysDialog

KEY = "1a2b3c4d-0000-4000-8000-123456789012"
SECRET = "9f8e7d6c-0000-4000-8000-210987654321"
SHOP = Application("Coffee house", "u", False)
REFUSED = Failure(FailureKind.KEYS_REJECTED, "The platform does not accept these keys.")


class Platform(StartedWork):
    """Answers when it is told to, as networks do."""

    def __init__(self) -> None:
        super().__init__()
        self.answer: Application | Failure | Exception = SHOP
        self.asked: list[tuple[str, str]] = []

    async def test(self, key: str, secret: str) -> Application | Failure:
        self.asked.append((key, secret))
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@pytest.fixture
def platform() -> Platform:
    return Platform()


@pytest.fixture
def dialog(qtbot: QtBot, platform: Platform) -> KeysDialog:
    made = KeysDialog(
        kept_where="Kept for this run only.", test=platform.test, start=platform.start
    )
    qtbot.addWidget(made)
    made.open()
    return made


def click(button: Any) -> None:
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def fill(dialog: KeysDialog, key: str = KEY, secret: str = SECRET) -> None:
    dialog.key.set_text(key)
    dialog.secret.set_text(secret)


def test_a_tested_pair_is_saved(dialog: KeysDialog, platform: Platform) -> None:
    saved: list[tuple[object, ...]] = []

    def note(key: str, secret: str, app: object) -> None:
        saved.append((key, secret, app))

    dialog.saved.connect(note)
    assert dialog.kept.text() == "Kept for this run only."
    assert not dialog.test_button.isEnabled()
    fill(dialog, f"  {KEY} ", f"{SECRET}\t")
    assert not dialog.save_button.isEnabled()
    click(dialog.test_button)
    assert dialog.test_button.text() == "Testing…"
    assert not dialog.test_button.isEnabled()
    platform.run()
    assert platform.asked == [(KEY, SECRET)]
    assert "Coffee house" in dialog.outcome_good.text()
    click(dialog.save_button)
    assert saved == [(KEY, SECRET, SHOP)]
    assert not dialog.isVisible()


def test_a_refused_pair_is_not(dialog: KeysDialog, platform: Platform) -> None:
    platform.answer = REFUSED
    fill(dialog)
    click(dialog.test_button)
    platform.run()
    assert dialog.outcome_bad.text() == REFUSED.message
    assert not dialog.save_button.isEnabled()
    assert dialog.test_button.isEnabled()
    assert dialog.key.text() == KEY, "what was typed is kept"


def test_editing_after_the_test_asks_for_another(dialog: KeysDialog, platform: Platform) -> None:
    fill(dialog)
    click(dialog.test_button)
    platform.run()
    assert dialog.save_button.isEnabled()
    fill(dialog, secret=SECRET[:-1])
    assert not dialog.save_button.isEnabled()
    assert not dialog.outcome_good.isVisible()


def test_an_answer_for_an_older_pair_is_not_believed(
    dialog: KeysDialog, platform: Platform
) -> None:
    fill(dialog)
    click(dialog.test_button)
    fill(dialog, key="another")
    platform.run()
    assert not dialog.save_button.isEnabled()
    assert dialog.outcome_good.text() == ""


def test_a_test_that_breaks_says_so(dialog: KeysDialog, platform: Platform) -> None:
    platform.answer = OSError("no")
    fill(dialog)
    click(dialog.test_button)
    platform.run()
    assert "without an answer" in dialog.outcome_bad.text()
    assert dialog.test_button.isEnabled()


def test_a_disabled_application_is_reported(dialog: KeysDialog, platform: Platform) -> None:
    platform.answer = Application("Old shop", "u", True)
    fill(dialog)
    click(dialog.test_button)
    platform.run()
    assert "Old shop" in dialog.outcome_good.text()
    assert "switched off" in dialog.outcome_bad.text()


def test_the_secret_is_hidden_until_asked_for(dialog: KeysDialog) -> None:
    editor = dialog.secret.editor
    assert isinstance(editor, QLineEdit)
    assert editor.echoMode() is QLineEdit.EchoMode.Password
    click(dialog.show_secret)
    assert editor.echoMode() is QLineEdit.EchoMode.Normal
    click(dialog.show_secret)
    assert editor.echoMode() is QLineEdit.EchoMode.Password


def test_the_shape_is_a_hint_and_no_block(dialog: KeysDialog) -> None:
    fill(dialog, "short", "odd")
    assert "looks different" in dialog.key.hint.text()
    assert dialog.test_button.isEnabled()
    fill(dialog)
    assert dialog.key.hint.text() == ""


@pytest.mark.parametrize("way", ["escape", "practice", "cancel"])
def test_nothing_typed_stays_behind(dialog: KeysDialog, platform: Platform, way: str) -> None:
    chosen: list[str] = []

    def note() -> None:
        chosen.append("practice")

    dialog.practice_chosen.connect(note)
    fill(dialog)
    click(dialog.show_secret)
    click(dialog.test_button)
    if way == "escape":
        QTest.keyClick(dialog, Qt.Key.Key_Escape)
    else:
        click(dialog.practice_button if way == "practice" else dialog.cancel_button)
    platform.run()
    assert not dialog.isVisible()
    assert (dialog.key.text(), dialog.secret.text()) == ("", "")
    assert not dialog.show_secret.isChecked()
    assert not dialog.save_button.isEnabled()
    assert chosen == (["practice"] if way == "practice" else [])


def test_nothing_reports_the_secret(
    dialog: KeysDialog,
    platform: Platform,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(0)
    for answer in (SHOP, REFUSED, OSError("no")):
        platform.answer = answer
        fill(dialog)
        click(dialog.test_button)
        platform.run()
        shown = dialog.outcome_good.text() + dialog.outcome_bad.text()
        assert SECRET not in shown + dialog.secret.editor.accessibleDescription()
    said = capfd.readouterr()
    assert SECRET not in said.out + said.err + caplog.text + repr(dialog)


def test_sentences_never_squeeze_the_fields(
    dialog: KeysDialog, platform: Platform, scheme: str
) -> None:
    platform.answer = Failure(FailureKind.SERVER_ERROR, "Ein langer Satz über die Verbindung. " * 6)
    fill(dialog, "x", "y")
    click(dialog.test_button)
    platform.run()
    layout = dialog.layout()
    assert layout is not None
    assert dialog.minimumHeight() >= layout.totalHeightForWidth(dialog.width())
    assert not dialog.grab().isNull()


def test_a_key_copied_with_a_zero_width_space_is_the_key(
    dialog: KeysDialog, platform: Platform
) -> None:
    fill(dialog, f"\u200b{KEY}\ufeff", f"{SECRET[:8]}\u200b{SECRET[8:]}")
    click(dialog.test_button)
    platform.run()
    assert platform.asked == [(KEY, SECRET)]


@pytest.mark.parametrize("place", ["key", "secret"])
def test_a_key_that_cannot_be_sent_is_named_while_it_is_typed(
    dialog: KeysDialog, platform: Platform, place: str
) -> None:
    fill(dialog, **{place: "1a2b3c4d-é"})
    field = dialog.key if place == "key" else dialog.secret
    assert field.hint.text().startswith(f"API {place}: character 10 (U+00E9) cannot be sent.")
    assert not dialog.test_button.isEnabled()
    click(dialog.test_button)
    assert platform.waiting == []
    field.set_text(KEY)
    assert dialog.test_button.isEnabled()
