"""The state diagram in CONTRIBUTING.md is the one that lifecycle and verdict make."""

from __future__ import annotations

from state_diagram import BEGIN, CONTRIBUTING, END, arrows, diagram

from xumm_desk.core.status import FINAL, Status


def test_contributing_shows_what_the_code_does() -> None:
    text = CONTRIBUTING.read_text(encoding="utf-8")
    shown = text.split(BEGIN)[1].split(END)[0]
    assert shown == diagram(), "run: .venv/bin/python tests/state_diagram.py"


def test_every_status_is_reached() -> None:
    assert {after for _, after in arrows()} | {Status.CREATING} == set(Status)


def test_money_is_never_called_back() -> None:
    left = {(before, after) for before, after in arrows() if before is not after}
    from_paid = {after for before, after in left if before in (Status.PAID, Status.PAID_LATE)}
    assert from_paid == {Status.CHECK}
    assert {before for before, _ in left} & FINAL <= {Status.PAID, Status.PAID_LATE, Status.FAILED}
