"""Money on another network than the shop's own: each place that shows it says which."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from xumm_desk.cli.output import row_as_json
from xumm_desk.core.history import search_words
from xumm_desk.core.status import Status
from xumm_desk.engine.runtime.registry import RequestRow
from xumm_desk.ui.customer.phases import Phase
from xumm_desk.ui.customer.record import customer_record
from xumm_desk.ui.requests import columns
from xumm_desk.ui.requests.columns import Column
from xumm_desk.ui.requests.rows import filtering
from xumm_desk.ui.style import theme
from xumm_desk.ui.style.palette import Tone

from . import sample_rows

PAID = (Status.PAID, Status.PAID_LATE, Status.SIGNED)


def foreign(status: Status) -> RequestRow:
    row = sample_rows.row(status)
    return replace(row, verdict=replace(row.verdict, foreign_network="TESTNET"))


@pytest.mark.parametrize("status", PAID, ids=lambda s: s.value)
def test_the_row_its_tip_and_the_search_name_the_network(status: Status) -> None:
    own, other, clock = sample_rows.row(status), foreign(status), sample_rows.Clock()
    for says in (columns.cell_text, columns.short_text, columns.tooltip):
        assert "on TESTNET" not in says(own, Column.STATUS, clock)
        assert "on TESTNET" in says(other, Column.STATUS, clock)
    words = search_words.phrases_of("on testnet")
    assert search_words.matches(words, filtering.search_fields(other))
    assert not search_words.matches(words, filtering.search_fields(own))


@pytest.mark.parametrize("status", PAID, ids=lambda s: s.value)
def test_it_is_not_green_and_the_customer_is_sent_to_the_cashier(status: Status) -> None:
    other = foreign(status)
    assert theme.status_tone(status, other.verdict) is Tone.ATTENTION
    assert customer_record(other).phase is Phase.ASK
    own = sample_rows.row(status)
    assert theme.status_tone(status, own.verdict) is theme.status_tone(status)
    assert customer_record(own).phase in (Phase.PAID, Phase.SIGNED)


def test_the_command_names_the_network_of_each_request() -> None:
    row = sample_rows.row(Status.PAID)
    assert json.loads(json.dumps(row_as_json(row)))["network"] == row.request.spec.network
