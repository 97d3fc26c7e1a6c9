"""What the ledger tab says, and where its link goes on each network."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from ui import sample_rows
from xumm_desk.core.money import networks
from xumm_desk.core.status import Status
from xumm_desk.engine.runtime.registry import RequestRow
from xumm_desk.ui.detail.field_list import FieldList
from xumm_desk.ui.detail.ledger_fields import ledger_sections, why_no_ledger


def on_network(row: RequestRow, network: str) -> RequestRow:
    spec = replace(row.request.spec, network=network)
    return replace(row, request=replace(row.request, spec=spec))


def test_a_validated_payment_is_told_whole() -> None:
    row = sample_rows.row(Status.PAID)
    (section,) = ledger_sections(row)
    fields = dict(section.fields)
    assert fields["Transaction"] == row.request.shown_txid
    assert (fields["Ledger"], fields["Result"]) == ("98412877", "tesSUCCESS")
    assert (fields["Delivered"], fields["Fee"]) == ("3.333333 XRP", "0.000012 XRP")
    assert fields["Closed"].endswith("UTC)")


@pytest.mark.parametrize("network", list(networks.NETWORKS))
def test_each_network_has_its_own_explorer(network: str) -> None:
    row = on_network(sample_rows.row(Status.PAID), network)
    (section,) = ledger_sections(row)
    assert section.link == networks.NETWORKS[network].explorer + (row.request.shown_txid or "")
    assert section.note == ""


def test_a_network_without_an_explorer_says_so() -> None:
    (section,) = ledger_sections(on_network(sample_rows.row(Status.PAID), "SIDECHAIN"))
    assert section.link == ""
    assert "SIDECHAIN" in section.note


def test_a_practice_payment_has_no_explorer() -> None:
    (section,) = ledger_sections(sample_rows.row(Status.PAID), practice=True)
    assert section.link == ""
    assert "no public ledger" in section.note


def test_a_payment_on_another_network_links_to_that_one() -> None:
    row = next(one for one in sample_rows.rows() if one.identifier == "wrong-net")
    (section,) = ledger_sections(row)
    assert section.link.startswith("https://testnet.")


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (Status.CONFIRMING, "No node has it in a validated ledger yet."),
        (Status.UNVERIFIED, "No ledger node has answered."),
    ],
)
def test_what_is_not_proven_says_why(status: Status, words: str) -> None:
    (section,) = ledger_sections(sample_rows.row(status))
    assert dict(section.fields)["State"] == words


def test_without_a_transaction_there_is_a_sentence() -> None:
    for status, title in (
        (Status.WAITING, "Nothing on the ledger yet"),
        (Status.SIGNED, "No transaction"),
    ):
        row = sample_rows.row(status)
        if status is Status.WAITING:
            assert ledger_sections(row) == []
        assert why_no_ledger(row.request)[0] == title


def test_the_button_opens_the_link_and_values_are_changed_in_place(qtbot: QtBot) -> None:
    fields = FieldList(("Nothing", ""))
    fields.link_asked.disconnect()
    qtbot.addWidget(fields)
    fields.show()
    fields.show_sections(ledger_sections(sample_rows.row(Status.PAID)))
    button = next(b for b in fields.findChildren(QPushButton) if "explorer" in b.text())
    assert "livenet.xrpl.org" in button.text()
    with qtbot.waitSignal(fields.link_asked) as asked:
        button.click()
    assert asked.args == [ledger_sections(sample_rows.row(Status.PAID))[0].link]
    before = list(fields._values)
    (section,) = ledger_sections(sample_rows.row(Status.PAID))
    longer = tuple((name, "8" if name == "Ledger" else value) for name, value in section.fields)
    fields.show_sections([replace(section, fields=longer)])
    assert fields._values == before
    assert fields._values[3].accessibleName() == "Ledger: 8"
