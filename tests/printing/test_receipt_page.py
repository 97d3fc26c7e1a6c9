"""Receipts as PDF, turned into pixels and looked at: code, words, margins, pages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
import zxingcpp
from PIL import Image, ImageOps
from PySide6.QtCore import QMarginsF, Qt
from PySide6.QtGui import QColor, QImage, QPageLayout, QPageSize, QPainter
from PySide6.QtPrintSupport import QPrinter

from xumm_desk.core.receipt.receipt import Receipt, ReceiptShop
from xumm_desk.engine.runtime.registry import RequestRow
from xumm_desk.locale import catalogues
from xumm_desk.locale.languages import ENGLISH, to_customers, use_languages
from xumm_desk.printing import qt_printer
from xumm_desk.printing.raster_text import text_picture
from xumm_desk.printing.receipt_blocks import receipt_blocks
from xumm_desk.printing.receipt_page import MM_PER_INCH, PAPERS, ReceiptPage

from . import sample_receipts as sample
from .sample_receipts import SALE, SHOP, receipt_of

open_pdf: Any = pypdfium2.PdfDocument
"""A library without types."""

OUTPUT = Path(__file__).parents[1] / "output"
PRACTICE = replace(SHOP, practice=True)
DPI = 203
"""The resolution of most receipt printers."""

KINDS: dict[str, tuple[RequestRow, ReceiptShop]] = {
    "paid": (sample.paid(), SHOP),
    "paid-late": (sample.paid_late(), SHOP),
    "check": (sample.check(), SHOP),
    "practice": (sample.paid(), PRACTICE),
    "refund": (sample.refund(), SHOP),
    "declined-practice": (sample.declined(), PRACTICE),
}
PROVEN = ("paid", "paid-late", "practice", "refund")


def make_page(receipt: Receipt, width: str, dpi: float) -> ReceiptPage:
    """Laid out, with a logo."""
    logo = QImage(300, 120, QImage.Format.Format_ARGB32)
    logo.fill(QColor("#7a3b12"))
    watermark = "TRAINING" if receipt.training else ""
    return ReceiptPage(receipt_blocks(receipt), PAPERS[width], dpi, logo=logo, watermark=watermark)


@pytest.fixture
def folder() -> Path:
    """Where the pictures stay for people to look at."""
    OUTPUT.mkdir(exist_ok=True)
    return OUTPUT


def write(receipt: Receipt, width: str, path: Path) -> Any:
    """The receipt as PDF."""
    path.unlink(missing_ok=True)
    result = qt_printer.write_pdf(path, lambda dpi: make_page(receipt, width, dpi), "Receipt")
    assert result.ok, result
    return open_pdf(str(path))


def pixels(document: Any) -> Image.Image:
    """The first page as the printer's dots."""
    picture: Image.Image = document[0].render(scale=DPI / 72).to_pil()
    return picture.convert("L")


def words(document: Any) -> str:
    """All text of the first page."""
    text: str = document[0].get_textpage().get_text_range()
    return text


def cases() -> Iterator[tuple[str, str]]:
    for width in PAPERS:
        for kind in KINDS:
            yield kind, width


@pytest.mark.parametrize(("kind", "width"), list(cases()))
def test_a_receipt_can_be_read_by_people_and_cameras(kind: str, width: str, folder: Path) -> None:
    row, shop = KINDS[kind]
    receipt = receipt_of(row, shop)
    document = write(receipt, width, folder / f"receipt-{kind}-{width}.pdf")
    assert len(document) == 1
    paper = PAPERS[width]
    points = paper.width / MM_PER_INCH * 72
    assert document[0].get_width() == pytest.approx(points, abs=0.6)
    picture = pixels(document)
    picture.save(folder / f"receipt-{kind}-{width}.png")
    text = words(document)
    for word in ("Café Uno", receipt.number, receipt.headline, "€ 12.50"):
        assert word in text.replace("\u00a0", " ")
    assert (receipt.headline in ("NOT PAID", "CHECK")) is (kind not in PROVEN)
    assert text.count("TRAINING") >= (3 if receipt.training else 0)
    assert receipt.training or "TRAINING" not in text
    if receipt.link:
        found = zxingcpp.read_barcode(picture)
        assert found is not None
        assert found.text == receipt.link
    if not receipt.training:  # the watermark runs to the edge on purpose
        ink = ImageOps.invert(picture).point(lambda value: 255 if value > 40 else 0).getbbox()
        assert ink is not None
        edge = 3 * DPI / MM_PER_INCH
        assert edge < ink[0]
        assert ink[2] < picture.width - edge
        assert edge < ink[1]
        assert ink[3] < picture.height - edge


@pytest.mark.parametrize("width", PAPERS)
def test_what_is_not_paid_is_white_on_black_in_large_letters(width: str, folder: Path) -> None:
    """A third of the dots of a band over the whole width are black; a paid receipt has none."""
    paid = write(receipt_of(sample.paid()), width, folder / "receipt-band.pdf")
    unpaid = write(receipt_of(sample.check()), width, folder / "receipt-band.pdf")
    assert black_bands(pixels(paid), width) == 0
    assert black_bands(pixels(unpaid), width) == 2


def test_no_white_letter_runs_out_of_its_black_band(folder: Path) -> None:
    use_languages(ENGLISH, catalogues.load("ar"))
    try:
        receipt = to_customers(receipt_of)(sample.check())
        picture = pixels(to_customers(write)(receipt, "80", folder / "receipt-band.pdf"))
    finally:
        use_languages(ENGLISH)
    left = round((PAPERS["80"].margin + 0.5) * DPI / MM_PER_INCH)
    wide, high = picture.width - left, picture.height
    rows = [picture.crop((left, y, wide, y + 1)).tobytes() for y in range(high)]
    assert edges_of_the_band(rows) < 60


def test_nor_where_a_receipt_printer_gets_the_band_as_a_picture() -> None:
    centre = Qt.AlignmentFlag.AlignHCenter
    band = text_picture("للتدقيق", 576, 48, centre, bold=True, inverse=True).convert("L")
    rows = [band.crop((0, y, band.width, y + 1)).tobytes() for y in range(band.height)]
    assert edges_of_the_band(rows) < 60


def edges_of_the_band(rows: list[bytes]) -> int:
    """The lightest dot at the upper and lower edge of the first black band."""
    dark = [y for y, row in enumerate(rows) if row[0] < 60]
    band = [y for y in dark if y < dark[0] + 100]
    return max(max(rows[y]) for y in (*band[:2], *band[-2:]))


def black_bands(picture: Image.Image, width: str) -> int:
    """How many bands of at least 3 mm are black over the whole printed width."""
    paper = PAPERS[width]
    dot = DPI / MM_PER_INCH
    left = round((paper.margin + 0.5) * dot)
    column = picture.crop((left, 0, left + 8, picture.height)).resize((1, picture.height))
    dark = [value < 60 for value in column.tobytes()]
    runs = "".join("#" if one else " " for one in dark).split()
    return sum(len(run) >= 3 * dot for run in runs)


@pytest.mark.parametrize("width", PAPERS)
@pytest.mark.parametrize(
    "name",
    [
        "W" * 120,
        "متجر القهوة الجيد في وسط المدينة",
        "日本コーヒー店東京駅前支店営業中",
        "Schöne Grüße aus Köln € éàü ŁĄŻ Ω",
    ],
    ids=["one long word", "arabic", "japanese", "latin"],
)
def test_long_words_wrap_and_nothing_is_clipped(name: str, width: str, folder: Path) -> None:
    sale = replace(SALE, reference="R" * 60, cashier=name[:40], till=name[:20])
    receipt = receipt_of(sample.paid(sale), ReceiptShop(name=name, address=(name,), footer=name))
    document = write(receipt, width, folder / f"receipt-names-{width}.pdf")
    ink = ImageOps.invert(pixels(document)).point(lambda v: 255 if v > 40 else 0).getbbox()
    assert ink is not None
    margin = (PAPERS[width].margin - 0.6) * DPI / MM_PER_INCH
    assert margin < ink[0]
    assert ink[2] < PAPERS[width].width * DPI / MM_PER_INCH - margin
    found = zxingcpp.read_barcode(pixels(document))
    assert found is not None
    assert found.text == receipt.link


def test_a_roll_is_as_long_as_its_content(folder: Path) -> None:
    short = make_page(receipt_of(sample.paid()), "80", DPI).size.height()
    shop = replace(SHOP, footer="More words for the customer. " * 12)
    long = make_page(receipt_of(sample.paid(), shop), "80", DPI).size.height()
    assert short < long
    document = write(receipt_of(sample.paid(), shop), "80", folder / "receipt-long.pdf")
    assert len(document) == 1
    assert document[0].get_height() == pytest.approx(long / MM_PER_INCH * 72, rel=0.03)


def test_the_size_does_not_depend_on_the_resolution() -> None:
    receipt = receipt_of(sample.paid())
    coarse = make_page(receipt, "80", 203).size.height()
    fine = make_page(receipt, "80", 1200).size.height()
    assert coarse == pytest.approx(fine, rel=0.05)


def test_a_sheet_that_is_full_is_followed_by_another(folder: Path) -> None:
    shop = replace(
        SHOP, name="A" * 390, footer="word " * 80, address=tuple("b" * 390 for _ in range(6))
    )
    document = write(receipt_of(sample.check(), shop), "A4", folder / "receipt-pages.pdf")
    assert len(document) == 2
    second: str = document[1].get_textpage().get_text_range()
    assert "CHECK" in second
    for page in document:
        assert page.get_height() == pytest.approx(297 / MM_PER_INCH * 72, abs=0.6)


def test_a_printer_of_the_system_gets_the_same_page(tmp_path: Path) -> None:
    """QPrinter is what a printer of the system is; here it prints into a file."""
    path = tmp_path / "printed.pdf"
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(path))
    printer.setFullPage(True)
    page = make_page(receipt_of(sample.paid()), "58", printer.resolution())
    size = QPageSize(page.size, QPageSize.Unit.Millimeter)
    printer.setPageLayout(
        QPageLayout(size, QPageLayout.Orientation.Portrait, QMarginsF(0, 0, 0, 0))
    )
    painter = QPainter(printer)
    assert page.paint(painter, printer.newPage) == 1
    painter.end()
    document = open_pdf(str(path))
    found = zxingcpp.read_barcode(pixels(document))
    assert found is not None
    assert found.text == receipt_of(sample.paid()).link
