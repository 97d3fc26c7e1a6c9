"""Values of a check and a verdict, and texts that several checks of money share."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from xumm_desk.core.message import Formatted, Message
from xumm_desk.core.money import amount
from xumm_desk.core.status import Status


class CheckState(Enum):
    """The result of a check. PENDING is "not yet" and never counts as passed."""

    PASSED = "passed"
    PENDING = "open"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the tick list, expected and found side by side."""

    name: str
    state: CheckState
    expected: str
    actual: str
    advice: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The status of a request and the checks behind it."""

    status: Status
    final: bool
    checks: tuple[Check, ...] = ()
    foreign_network: str = ""
    """The network on which it was paid or signed, where that is not the desk's own."""

    @property
    def failed(self) -> tuple[Check, ...]:
        """The checks that did not hold."""
        return tuple(check for check in self.checks if check.state is CheckState.FAILED)


def any_failed(checks: tuple[Check, ...] | list[Check]) -> bool:
    """Whether one of them did not hold."""
    return any(check.state is CheckState.FAILED for check in checks)


def destination_text(to: str | None, tag: int | None) -> str:
    """A destination and its tag as text; 0 is a tag."""
    where = to or Message("nobody")
    if tag is None:
        return Message("{address}, no tag", address=where)
    return Message("{address}, tag {tag}", address=where, tag=tag)


def distinguishable(want: amount.Amount | None, got: amount.Amount | None) -> tuple[str, str]:
    """Both amounts as a person reads them, with issuers or whole token ids where nothing else would
    differ."""
    if want is not None and want == got and amount.asset_label(want) == amount.asset_label(got):
        text = amount.format_amount(want)
        return text, text
    texts = (
        amount.format_amount(want) or Message("any amount"),
        amount.format_amount(got) or Message("unknown"),
    )
    if isinstance(want, amount.MptAmount) and isinstance(got, amount.MptAmount):
        if want.issuance_id == got.issuance_id:
            return texts
        return (
            Message("{amount}, id {issuance_id}", amount=texts[0], issuance_id=want.issuance_id),
            Message("{amount}, id {issuance_id}", amount=texts[1], issuance_id=got.issuance_id),
        )
    if not (isinstance(want, amount.IssuedAmount) and isinstance(got, amount.IssuedAmount)):
        return texts
    if want.issuer == got.issuer:
        return texts
    return (
        Message("{amount} of {issuer}", amount=texts[0], issuer=want.issuer),
        Message("{amount} of {issuer}", amount=texts[1], issuer=got.issuer),
    )


def amount_check(want: amount.Amount | None, got: amount.Amount | None) -> Check:
    """Whether what was asked for was delivered in full; any amount is, where none was asked for."""
    right = got is not None and (want is None or amount.amounts_equal(want, got))
    return Check(
        Message("Amount delivered"),
        CheckState.PASSED if right else CheckState.FAILED,
        *distinguishable(want, got),
        "" if right else _amount_advice(want, got),
    )


def _amount_advice(want: amount.Amount | None, got: amount.Amount | None) -> str:
    """Advice for an amount `got` where `want` was asked for."""
    if got is None:
        return Message("The ledger does not tell what was delivered. Look at the transaction.")
    if not amount.same_asset(want, got):
        return Message(
            "Another currency or issuer was paid than was asked. Do not hand over goods."
        )
    gap = amount.as_decimal(want) - amount.as_decimal(got)
    if gap > 0:
        return Message(
            "{gap} {asset} are missing. Ask for the rest or refund.",
            gap=Formatted(f"{gap:f}", gap),
            asset=amount.asset_label(want),
        )
    return Message(
        "{gap} {asset} too much were paid. Refund the difference.",
        gap=Formatted(f"{-gap:f}", -gap),
        asset=amount.asset_label(want),
    )
