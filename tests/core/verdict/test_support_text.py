"""What support gets: everything of one request, nothing that opens anything."""

from __future__ import annotations

from core.builders import (
    PAYMENT,
    TOKEN,
    UUID,
    answer,
    apply_all,
    at,
    created,
    frame,
    get,
    intent,
    make_order,
    on_ledger,
    signed,
)
from xumm_desk.core.verdict.support_text import support_text
from xumm_desk.core.verdict.verdict import judge

PAY = signed(PAYMENT)


def test_it_tells_status_checks_stages_and_facts_and_no_token() -> None:
    order = make_order()
    reply = get(PAY)
    reply["application"] = {"issued_user_token": TOKEN, "uuidv4": TOKEN}
    told = (
        intent(order),
        created(),
        frame('{"opened":true}', 4),
        answer(reply, 9),
        on_ledger(PAY, seconds=12),
    )
    request = apply_all(order, *told)
    verdict = judge(request, ledger=True)
    text = support_text(request, verdict, told, now=at(99), program="Xumm Desk 1.2.3")
    assert text.startswith("Xumm Desk 1.2.3\nmade 2026-01-01 12:01:39 UTC\n")
    assert f"uuid: {UUID}" in text
    assert f"txid: {PAY.txid}" in text
    assert "opened: +3.000 s" in text
    assert "pre-signed: passed, time unknown" in text
    for check in verdict.checks:
        assert f"[{check.state.value}] {check.name}" in text
    for fact in told:
        assert f"{fact.source.value} {fact.kind.value}" in text
    assert TOKEN not in text


def test_a_request_without_facts_is_told_all_the_same() -> None:
    order = make_order()
    request = apply_all(order)
    text = support_text(request, judge(request, ledger=True), (), now=at(1), program="x")
    assert "Stages\nunknown" in text
    assert "Checks\nnone" in text
