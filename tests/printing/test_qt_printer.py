"""Printers of the system: told apart by what differs, and refused in words where they are gone."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from xumm_desk.printing.print_result import tell_apart
from xumm_desk.printing.qt_printer import find_printer, print_page, system_printers
from xumm_desk.printing.receipt_page import ReceiptPage


@dataclass
class Entry:
    """What the system lists of one printer."""

    name: str
    model: str = ""
    where: str = ""
    words: str = ""

    def printerName(self) -> str:
        return self.name

    def description(self) -> str:
        return self.words

    def location(self) -> str:
        return self.where

    def makeAndModel(self) -> str:
        return self.model


def test_printers_of_one_name_are_told_apart() -> None:
    found = [
        Entry("tm1", "EPSON TM-T20", "Bar", "Receipts"),
        Entry("tm2", "EPSON TM-T20", "Kitchen", "Receipts"),
        Entry("office", "HP", "", ""),
    ]
    choices = system_printers(found)
    assert [choice.value for choice in choices] == ["qt:tm1", "qt:tm2", "qt:office"]
    assert [choice.label for choice in choices] == [
        "Receipts (Bar)",
        "Receipts (Kitchen)",
        "office",
    ]


@given(
    st.lists(
        st.tuples(st.sampled_from("ab"), st.lists(st.sampled_from(["", "x", "y"]), max_size=2)),
        max_size=6,
    )
)
def test_no_two_labels_are_the_same(names: list[tuple[str, list[str]]]) -> None:
    labels = tell_apart(names)
    assert len(set(labels)) == len(names)
    for (name, _details), label in zip(names, labels, strict=True):
        assert label.startswith(name)


def test_two_printers_of_exactly_one_name_are_refused() -> None:
    refused = find_printer("tm", [Entry("tm", "A"), Entry("tm", "B"), Entry("x")])
    assert refused is not None
    assert (refused.ok, "2 printers of the name tm" in refused.text) == (False, True)
    assert find_printer("x", [Entry("tm"), Entry("x")]) is None


def test_a_printer_that_the_system_no_longer_has_is_refused() -> None:
    def never(_dpi: float) -> ReceiptPage:
        raise AssertionError("nothing is laid out for a printer that is gone")

    result = print_page("No such printer of this computer", never)
    assert not result.ok
    assert "no printer of the name" in result.text
    assert "print again" in result.text
