"""The summary of a request, from its facts."""

from __future__ import annotations

import pytest
from ui import sample_rows

from xumm_desk.core.history.summary import summarise
from xumm_desk.core.state.facts import FactKind
from xumm_desk.core.status import Status


@pytest.mark.parametrize("status", [Status.PAID, Status.PAID_LATE])
def test_a_payment_is_proven_when_the_ledgers_answer_came(status: Status) -> None:
    sample = sample_rows.by_status()[status]
    [proof] = [fact for fact in sample.facts if fact.kind is FactKind.LEDGER_TX]
    found = summarise(1, sample.row.request, status, finished=True, facts=sample.facts)
    assert found.proven_at == proof.at


@pytest.mark.parametrize("status", [Status.CONFIRMING, Status.SIGNED, Status.DECLINED])
def test_what_no_ledger_has_is_not_proven(status: Status) -> None:
    sample = sample_rows.by_status()[status]
    found = summarise(1, sample.row.request, status, finished=True, facts=sample.facts)
    assert found.proven_at is None
