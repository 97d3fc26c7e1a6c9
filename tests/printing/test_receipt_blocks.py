"""Every word on a receipt is in the program's language; names and codes stay as they are."""

from __future__ import annotations

import gettext
from collections.abc import Iterator

import pytest
from pseudo_locale import PseudoTranslations

from xumm_desk.locale import translation
from xumm_desk.printing.receipt_blocks import Block, Style, receipt_blocks

from . import sample_receipts as sample
from .sample_receipts import SHOP, receipt_of


@pytest.fixture
def pseudo() -> Iterator[None]:
    translation.use_catalogue(PseudoTranslations(), "de")
    yield
    translation.use_catalogue(gettext.NullTranslations())


def test_a_receipt_is_in_the_language_of_the_program(pseudo: None) -> None:
    english = receipt_of(sample.check())
    blocks = receipt_blocks(english)
    words = [block for block in blocks if block.style in (Style.PAIR, Style.TITLE, Style.TOTAL)]
    shown = " ".join(block.text + block.value for block in blocks)
    for line in (*english.sale_lines, *english.money_lines, *english.proof_lines):
        assert line.label not in [block.text for block in words]
    assert english.headline not in [block.text for block in blocks]
    assert english.sentence not in shown
    assert "12,50" in shown  # the number as German writes it
    for data in ("Café Uno", "Anna", "#1044", str(sample.check().request.txid)):
        assert data in shown


def test_the_outcome_stands_above_everything_where_nothing_is_proven() -> None:
    blocks = receipt_blocks(receipt_of(sample.declined()))
    styles = [block.style for block in blocks]
    assert styles.index(Style.WARNING) < styles.index(Style.TITLE)
    assert styles.count(Style.WARNING) == 2
    assert Style.HEADLINE not in styles
    assert Style.WARNING not in [b.style for b in receipt_blocks(receipt_of(sample.paid()))]


def test_a_shop_without_name_address_and_footer_has_no_empty_lines() -> None:
    bare = receipt_of(sample.paid(), type(SHOP)(name=""))
    blocks = receipt_blocks(bare)
    assert Block(Style.NAME, "") not in blocks
    assert [block for block in blocks if block.style is Style.SMALL and not block.text] == []
