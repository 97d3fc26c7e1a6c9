"""Texts on the customer's screen are as large as their room allows, in every script."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication

from xumm_desk.ui.customer.fitted_text import FittedText


@pytest.mark.parametrize(
    ("text", "blank"),
    [
        ("Not completed — please ask the cashier", " "),
        ("完了しませんでした。レジ担当者にお声がけください", ""),
    ],
    ids=["words", "no blanks"],
)
def test_a_long_sentence_takes_two_lines_and_loses_no_letter(
    app: QApplication, text: str, blank: str
) -> None:
    shown = FittedText(lines=2)
    shown.resize(300, 200)
    shown.set_text(text)
    pixels, lines = shown._fit()
    assert len(lines) == 2
    assert blank.join(lines) == text
    shown = FittedText(lines=1)
    shown.resize(300, 200)
    shown.set_text(text)
    assert pixels > shown._fit()[0]


def test_an_amount_is_never_broken_inside_its_digits(app: QApplication) -> None:
    shown = FittedText(lines=3)
    shown.resize(120, 300)
    shown.set_text("1\u202f234\u202f567.500000 XRP")
    assert shown._fit()[1] == ["1\u202f234\u202f567.500000", "XRP"]
