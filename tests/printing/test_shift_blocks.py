"""A reprint of a shift is the same to the last byte and dot, whatever the program has become."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from core.shift.sample_shift import sample_journal
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage, QPainter

from xumm_desk.core.shift import paper
from xumm_desk.core.shift.document import ShiftDocument
from xumm_desk.core.shift.paper import PaperStyle
from xumm_desk.printing.escpos_document import EscposDocument
from xumm_desk.printing.receipt_blocks import Style
from xumm_desk.printing.receipt_page import MM_PER_INCH, PAPERS, ReceiptPage
from xumm_desk.printing.shift_blocks import shift_blocks, shift_title, training_word

OUTPUT = Path(__file__).parent.parent / "output"
DPI = 110


def closed(*, practice: bool = False) -> ShiftDocument:
    """The close of a day with everything in it."""
    journal = sample_journal()
    return journal.close(
        datetime(2026, 11, 30, 18, 0, tzinfo=UTC),
        shop="Bakery Sunrise",
        practice=practice,
        notes={"short": "The customer brings the rest tomorrow."},
    )


def pages(shift: ShiftDocument, width: str) -> list[QImage]:
    """The pages as pictures."""
    page = ReceiptPage(shift_blocks(shift), PAPERS[width], DPI, watermark=training_word(shift))
    size = page.size
    painted: list[QImage] = []
    painter = QPainter()

    def begin() -> None:
        if painter.isActive():
            painter.end()
        image = QImage(
            round(size.width() * DPI / MM_PER_INCH),
            round(size.height() * DPI / MM_PER_INCH),
            QImage.Format.Format_RGB32,
        )
        image.fill(QColor(Qt.GlobalColor.white))
        painted.append(image)
        painter.begin(painted[-1])

    begin()
    page.paint(painter, begin)
    painter.end()
    return painted


def test_everything_of_the_document_is_on_the_paper_in_its_order() -> None:
    shift = closed()
    blocks = shift_blocks(shift)
    texts = [block.text for block in blocks]
    assert texts[0] == "Bakery Sunrise"
    assert (blocks[1].style, blocks[1].value) == (Style.TITLE, "#2")
    assert "Note: The customer brings the rest tomorrow." in texts
    assert texts[-1] == f"SHA-256 {shift.hash[:32]}"
    total = next(block for block in blocks if block.style is Style.TOTAL)
    assert (total.text, total.value) == ("Takings", "€\u00a0162.04")
    assert shift_title(shift) == "Shift close #2"


def test_a_reprint_is_the_same_to_the_last_byte_on_a_receipt_printer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shift = closed()
    first = [EscposDocument(width).make(shift_blocks(shift)) for width in ("58", "80")]
    # A later program words and lays out the close of a shift in another way.
    monkeypatch.setattr(paper, "shift_paper", lambda *_args, **_more: ())
    again = [EscposDocument(width).make(shift_blocks(shift)) for width in ("58", "80")]
    assert again == first
    assert b"Shift close" in first[0]


@pytest.mark.parametrize("width", ["58", "80", "A4"])
def test_a_reprint_is_the_same_to_the_last_dot_on_paper(width: str) -> None:
    shift = closed()
    first, again = pages(shift, width), pages(shift, width)
    assert first == again
    assert len(first) == (2 if width == "A4" else 1)
    OUTPUT.mkdir(exist_ok=True)
    for number, image in enumerate(first):
        assert image.save(str(OUTPUT / f"shift-paper-{width}-{number}.png"))


def test_practice_money_is_marked_as_training_across_the_page() -> None:
    shift = closed(practice=True)
    assert training_word(shift) == "TRAINING"
    assert shift_blocks(shift)[0].style is Style.TRAINING
    assert training_word(closed()) == ""
    assert pages(shift, "80") != pages(closed(), "80")


def test_every_style_of_the_paper_is_printed() -> None:
    used = {block.style for block in shift_blocks(closed(practice=True))}
    assert used >= {Style.HEADING, Style.TEXT, Style.SUBTOTAL, Style.RULE, Style.WARNING}
    assert set(PaperStyle) - {PaperStyle.SIGNATURE}
