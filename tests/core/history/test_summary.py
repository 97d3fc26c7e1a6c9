"""When the steps of a request were, as its line in the history says."""

from __future__ import annotations

from datetime import timedelta

import pytest
from ui import sample_rows

from xumm_desk.core.history.summary import summarise
from xumm_desk.core.state.facts import FactKind, Source, make_fact
from xumm_desk.core.status import Status, Step

SAMPLE = sample_rows.by_status()[Status.PAID]
REQUEST = SAMPLE.row.request
TOLD = REQUEST.step_times[Step.RESOLVED]


def test_a_proof_of_the_ledger_has_a_time() -> None:
    proofs = [fact.at for fact in SAMPLE.facts if fact.kind is FactKind.LEDGER_TX]
    found = summarise(1, REQUEST, Status.PAID, finished=True, facts=SAMPLE.facts)
    assert found.proven_at == min(proofs)


@pytest.mark.parametrize(
    ("after", "is_live"), [(0.4, True), (-600.0, True), (29.0, True), (31.0, False)]
)
def test_a_message_at_the_moment_of_the_signature_is_closer_than_the_platforms_second(
    after: float, is_live: bool
) -> None:
    assert TOLD is not None
    at = TOLD + timedelta(seconds=after)
    uuid = REQUEST.uuid or ""
    frame = make_fact(at, Source.SOCKET, FactKind.FRAME, {"payload_uuidv4": uuid, "signed": True})
    others = [fact for fact in SAMPLE.facts if fact.kind is not FactKind.FRAME]
    found = summarise(1, REQUEST, Status.PAID, finished=True, facts=[*others, frame])
    assert found.signed_at == (at if is_live else TOLD)


def test_without_a_message_the_platforms_word_counts() -> None:
    others = [fact for fact in SAMPLE.facts if fact.kind is not FactKind.FRAME]
    found = summarise(1, REQUEST, Status.PAID, finished=True, facts=others)
    assert found.signed_at == TOLD
