"""Gaps in what was read of an account: they close only where a node really had the ledgers."""

from __future__ import annotations

from xumm_desk.engine.ledger.ledger_gaps import LedgerGaps

ACCOUNT = "rPEPPER7kfTD9w2To4CQk6UCfuHM9c6GDY"


def open_gap(first: int, last: int) -> LedgerGaps:
    gaps = LedgerGaps(60.0)
    gaps.add(ACCOUNT, (first, last), 0.0)
    return gaps


def test_a_node_that_has_all_closes_the_gap() -> None:
    gaps = open_gap(101, 110)
    gaps.narrow(ACCOUNT, None, 110, 1.0)
    assert ACCOUNT not in gaps
    assert gaps.sentence() == ""


def test_a_node_that_lags_leaves_what_it_has_not_reached() -> None:
    gaps = open_gap(101, 110)
    gaps.narrow(ACCOUNT, None, 104, 1.0)
    assert gaps.range_of(ACCOUNT) == (105, 110)
    assert "105 to 110" in gaps.sentence()


def test_a_node_that_begins_later_and_lags_leaves_both_ends() -> None:
    gaps = open_gap(101, 110)
    gaps.narrow(ACCOUNT, (101, 103), 107, 1.0)
    assert gaps.range_of(ACCOUNT) == (101, 110)


def test_a_node_that_has_nothing_of_it_changes_nothing() -> None:
    gaps = open_gap(101, 110)
    gaps.narrow(ACCOUNT, None, 100, 1.0)
    assert gaps.range_of(ACCOUNT) == (101, 110)
    assert gaps.next_due(ACCOUNT, 60.0) is None
    assert gaps.next_due(ACCOUNT, 61.0) == 101
