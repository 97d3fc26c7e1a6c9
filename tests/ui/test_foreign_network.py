"""Money on another network than the shop's own: each place that shows it says which."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from xumm_desk.core.lifecycle import Status
from xumm_desk.engine.book import Row
from xumm_desk.terminal import as_object
from xumm_desk.ui import columns, sift, theme
from xumm_desk.ui.columns import Column
from xumm_desk.ui.customer_phase import Phase, phase_of
from xumm_desk.ui.theme import Role

from . import sample

PAID = (Status.PAID, Status.PAID_LATE, Status.SIGNED)


def foreign(status: Status) -> Row:
    row = sample.row(status)
    return replace(row, verdict=replace(row.verdict, foreign_network="TESTNET"))


@pytest.mark.parametrize("status", PAID, ids=lambda s: s.value)
def test_the_row_its_tip_and_the_search_name_the_network(status: Status) -> None:
    own, other, clock = sample.row(status), foreign(status), sample.Clock()
    for says in (columns.text, columns.short, columns.tip):
        assert "on TESTNET" not in says(own, Column.STATUS, clock)
        assert "on TESTNET" in says(other, Column.STATUS, clock)
    assert "on testnet" in sift.haystack(other)


@pytest.mark.parametrize("status", PAID, ids=lambda s: s.value)
def test_it_is_not_green_and_the_customer_is_sent_to_the_cashier(status: Status) -> None:
    other = foreign(status)
    assert theme.tone_of(status, other.verdict) is Role.ATTENTION
    assert phase_of(other, 0.0) is Phase.ASK
    own = sample.row(status)
    assert theme.tone_of(status, own.verdict) is theme.tone_of(status)
    assert phase_of(own, 0.0) is Phase.THANKS


def test_the_command_names_the_network_of_each_request() -> None:
    row = sample.row(Status.PAID)
    assert json.loads(json.dumps(as_object(row)))["network"] == row.request.order.network
