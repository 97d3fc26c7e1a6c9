"""Everything known of one request as plain text for support, in English and without secrets."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from xumm_desk.core.money import amount
from xumm_desk.core.sale.sale import request_label
from xumm_desk.core.state.facts import Fact
from xumm_desk.core.state.lifecycle import Request
from xumm_desk.core.state.stage_times import TimeSource, stage_times
from xumm_desk.core.wire import redaction

from .check import Verdict
from .wording import reasons, row_label, status_sentence


def support_text(
    request: Request, verdict: Verdict, recorded: Sequence[Fact], *, now: datetime, program: str
) -> str:
    """The whole text; `now` is UTC, `program` names the program and its version. Of UUIDs only the
    request's own are kept: keys, secrets and tokens are UUIDs too."""
    spec, known = request.spec, known_uuids(request)
    head = [
        program,
        f"made {now:%Y-%m-%d %H:%M:%S} UTC",
        "",
        *_pairs(
            ("request", request_label(spec)),
            ("identifier", request.identifier),
            ("uuid", request.uuid),
            ("network", spec.network),
            ("transaction type", spec.tx_type),
            ("amount", amount.format_amount(spec.amount)),
            ("destination", spec.destination),
            ("destination tag", None if spec.tag is None else str(spec.tag)),
            ("txid", request.shown_txid),
            ("saved", f"{request.created_at:%Y-%m-%d %H:%M:%S} UTC"),
        ),
        "",
        f"status: {row_label(request, verdict)}",
        status_sentence(request, verdict),
        *reasons(request, verdict),
    ]
    checks = [
        f"[{check.state.value}] {check.name}: expected {check.expected or '-'},"
        f" found {check.actual or '-'}"
        for check in verdict.checks
    ]
    parts = [head, ["Checks", *(checks or ["none"])], ["Stages", *_stages(recorded)]]
    text = "\n\n".join("\n".join(map(str, part)) for part in parts)
    facts = "\n".join(
        f"{fact.at:%Y-%m-%d %H:%M:%S}.{fact.at.microsecond // 1000:03d} UTC"
        f" {fact.source.value} {fact.kind.value}\n{redaction.readable_json(fact.text, known)}"
        for fact in recorded
    )
    return f"{redaction.redacted_text(text, known)}\n\nFacts\n{facts}\n"


def known_uuids(request: Request) -> frozenset[str]:
    """The UUIDs that belong to the request itself and may be shown."""
    return frozenset(one.lower() for one in (request.uuid, request.identifier) if one)


def _stages(recorded: Sequence[Fact]) -> Iterable[str]:
    times = stage_times(recorded)
    if times is None:
        yield "unknown"
        return
    yield f"saved {times.saved_at:%H:%M:%S} UTC"
    before = times.saved_at
    for one in times.passed:
        if one.at is None:
            yield f"{one.stage.value}: passed, time unknown"
            continue
        how = "" if one.source in (None, TimeSource.LIVE) else f" ({one.source.value})"
        yield f"{one.stage.value}: +{(one.at - before).total_seconds():.3f} s{how}"
        before = one.at


def _pairs(*pairs: tuple[str, str | None]) -> Iterable[str]:
    return (f"{name}: {value}" for name, value in pairs if value)
