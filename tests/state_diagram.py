"""Draw which facts lead from which status to which, out of `lifecycle` and `verdict` themselves.

    .venv/bin/python tests/state_diagram.py          writes the diagram into CONTRIBUTING.md

Every fact that can follow is applied to every request that can be reached, and the verdict before
and after it makes an arrow. `tests/core/test_state_diagram.py` compares the result with the file.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from core.builders import (
    PAYMENT,
    SIGN_IN,
    answer,
    at,
    blob,
    cancelled,
    created,
    decided,
    frame,
    frame_fact,
    get,
    make_order,
    on_ledger,
    signed,
    tx_not_found,
)

from xumm_desk.core.request.request_spec import RequestSpec
from xumm_desk.core.state import facts
from xumm_desk.core.state.decisions import DecisionKind
from xumm_desk.core.state.facts import Fact, FactKind, Source
from xumm_desk.core.state.lifecycle import Request, apply_fact, new_request
from xumm_desk.core.status import Status, Step
from xumm_desk.core.verdict.verdict import judge

CONTRIBUTING: Final = Path(__file__).resolve().parents[1] / "CONTRIBUTING.md"
BEGIN, END = "<!-- states -->\n", "<!-- /states -->\n"

_RIGHT = signed(PAYMENT)
_LESS = signed(PAYMENT, Amount="1000000")
_LOGIN = signed(SIGN_IN)
_LATE = at(3600)


@dataclass(frozen=True)
class Arrival:
    """A fact, its name in the diagram, and the requests to which it can happen."""

    name: str
    fact: Fact
    can_happen: Callable[[Request], bool]


def _sent(request: Request) -> bool:
    return request.uuid is None and request.create_failure is None and not request.closed


def _open(request: Request) -> bool:
    return request.uuid is not None and not request.resolved and not request.cancelled


def _not_expired(request: Request) -> bool:
    return _open(request) and not (request.platform is not None and request.platform.expired)


def _unopened(request: Request) -> bool:
    return _not_expired(request) and request.step < Step.OPENED


def _opened(request: Request) -> bool:
    return _open(request) and request.step >= Step.OPENED


def _reported(request: Request) -> bool:
    return bool(request.signed) and request.blob is None


def _checked(request: Request) -> bool:
    return request.blob is not None and request.ledger is None and not request.ledger_never


def _before_step(step: Step) -> Callable[[Request], bool]:
    return lambda request: _not_expired(request) and request.step < step


def _for_txid(txid: str, can_happen: Callable[[Request], bool]) -> Callable[[Request], bool]:
    return lambda request: request.txid == txid and can_happen(request)


def _signed_late(request: Request) -> bool:
    return _opened(request) and not _not_expired(request)


def _unanswered(request: Request) -> bool:
    return _checked(request) and not request.ledger_silent


def _on_ledger_once(request: Request) -> bool:
    return request.ledger is not None and not request.payments


def _payment_fact() -> Fact:
    second = on_ledger(signed(PAYMENT, Sequence=8))
    value = {**json.loads(second.text), "paired": "tag"}
    return facts.make_fact(at(9), Source.LEDGER, FactKind.PAYMENT, value)


def _undecided(request: Request) -> bool:
    return not request.decisions and (request.signed or request.uuid is None)


def _arrivals(payment: bool) -> Iterator[Arrival]:
    yield Arrival("create answer", created(), _sent)
    failed = frame_fact(FactKind.NOT_CREATED, Source.PLATFORM, why="refused")
    yield Arrival("create refused", failed, _sent)
    closed = frame_fact(FactKind.CLOSED, Source.OPERATOR)
    yield Arrival("closed by a person", closed, _sent)
    for text, step in (
        ("opened", Step.OPENED),
        ("pre_signed", Step.PRE_SIGNED),
        ("dispatched", Step.DISPATCHED),
    ):
        yield Arrival(f"frame {text}", frame(f'{{"{text}":true}}'), _before_step(step))
    for kind in (DecisionKind.ACCEPTED_AS_PAID, DecisionKind.NOT_PAID, DecisionKind.REVIEWED):
        yield Arrival(kind.value, decided(kind, text="why"), _undecided)
    yield Arrival("GET: expired", answer(get(expired=True)), _unopened)
    expired = answer(get(expired=True, opened=True))
    yield Arrival("GET: expired, opened", expired, _opened)
    yield Arrival("DELETE: cancelled", cancelled(True, "OK"), _unopened)
    yield Arrival("GET: declined", answer(get(resolved=True)), _opened)
    if not payment:
        yield Arrival("GET: signed", answer(get(_LOGIN, result=None)), _opened)
        yield Arrival("blob check", blob(_LOGIN), _reported)
        return
    for made, name in ((_RIGHT, "GET: signed"), (_LESS, "GET: signed for less")):
        yield Arrival(name, answer(get(made)), _not_expired)
    yield Arrival("GET: signed late", answer(get(_RIGHT, resolved_at=_LATE)), _signed_late)
    for made in (_RIGHT, _LESS):
        validated = on_ledger(made, delivered=made.tx["Amount"])
        yield Arrival("blob check", blob(made), _for_txid(made.txid, _reported))
        yield Arrival("ledger: validated", validated, _for_txid(made.txid, _checked))
    tec = on_ledger(_RIGHT, result="tecPATH_DRY", delivered=None)
    never = tx_not_found(1001, never=True)
    silent = frame_fact(FactKind.LEDGER_SILENT, Source.LEDGER, why="no node")
    yield Arrival("ledger: tec result", tec, _for_txid(_RIGHT.txid, _checked))
    yield Arrival("ledger: never", never, _for_txid(_RIGHT.txid, _checked))
    yield Arrival("no node answers", silent, _for_txid(_RIGHT.txid, _unanswered))
    yield Arrival("another payment", _payment_fact(), _on_ledger_once)


def arrows() -> dict[tuple[Status, Status], list[str]]:
    """The names of the facts that lead from one status to another."""
    found: dict[tuple[Status, Status], list[str]] = {}
    for spec in (make_order(), make_order(SIGN_IN)):
        _explore(spec, found)
    return found


def _explore(spec: RequestSpec, found: dict[tuple[Status, Status], list[str]]) -> None:
    arrivals = list(_arrivals(spec.is_payment))
    waiting, seen = [new_request(spec, at(0))], set[str]()
    while waiting:
        request = waiting.pop()
        if repr(request) in seen:
            continue
        seen.add(repr(request))
        before = judge(request, ledger=True).status
        for arrival in arrivals:
            if not arrival.can_happen(request):
                continue
            after = apply_fact(request, arrival.fact)
            status = judge(after, ledger=True).status
            names = found.setdefault((before, status), [])
            if status is not before and arrival.name not in names:
                names.append(arrival.name)
            waiting.append(after)


def diagram() -> str:
    """The diagram as Mermaid text."""
    order = list(Status)
    lines = ["```mermaid", "stateDiagram-v2", "    [*] --> creating: intent on disk"]
    for (before, after), names in sorted(
        arrows().items(), key=lambda one: (order.index(one[0][0]), order.index(one[0][1]))
    ):
        if names:
            lines.append(f"    {before.value} --> {after.value}: {', '.join(sorted(names))}")
    return "\n".join([*lines, "```", ""])


def main() -> int:
    """Write the diagram into CONTRIBUTING.md."""
    text = CONTRIBUTING.read_text(encoding="utf-8")
    head, rest = text.split(BEGIN)
    _, tail = rest.split(END)
    CONTRIBUTING.write_text(f"{head}{BEGIN}{diagram()}{END}{tail}", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
