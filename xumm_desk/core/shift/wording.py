"""Sentences of a shift: what it changed, what is unresolved, amounts with their signs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Final

from xumm_desk.core.message import Formatted, Message, Sentences
from xumm_desk.core.money import amount
from xumm_desk.core.status import Status
from xumm_desk.core.verdict.wording import status_label

from .money import Asset, money_of
from .money_lines import Change, ChangeKind
from .report import OpenItem

ToLocal = Callable[[datetime], datetime]

_CHANGES: Final[dict[ChangeKind, Message]] = {
    ChangeKind.PAID: Message("{label} of an earlier shift was paid: {amount}."),
    ChangeKind.PAID_AGAIN: Message("{label} of an earlier shift was paid once more: {amount}."),
    ChangeKind.REFUNDED: Message("{label}, a sale of an earlier shift: {amount}."),
    ChangeKind.CORRECTED: Message(
        "What the ledger delivered for {label} was reported differently: {amount}."
    ),
    ChangeKind.CLAIMED: Message(
        "A payment was reported for {label} that counts for {other}; it is counted once."
    ),
    ChangeKind.STATUS: Message(
        "{label} of an earlier shift: its status was “{before}” and is “{after}” now."
    ),
    ChangeKind.AMOUNT_UNKNOWN: Message(
        "Money came for {label}, and no node says how much. It is in no sum."
    ),
}


def change_sentence(change: Change) -> str:
    """What a shift changed of an earlier one."""
    kind = change.kind
    sentence = _CHANGES[kind]
    money = signed_amount(change.asset, change.count) if change.asset is not None else ""
    if kind is ChangeKind.STATUS:
        before, after = Status(change.before), Status(change.after)
        return sentence.filled(
            label=change.label, before=status_label(before), after=status_label(after)
        )
    if kind is ChangeKind.CLAIMED:
        return sentence.filled(label=change.label, other=change.other or Message("another request"))
    if kind is ChangeKind.AMOUNT_UNKNOWN:
        return sentence.filled(label=change.label)
    return sentence.filled(label=change.label, amount=money)


def item_sentence(item: OpenItem, to_local: ToLocal) -> str:
    """What is unresolved, since when, and since which shift."""
    one = item.item
    since = Message("Since {time}.", time=time_text(to_local(one.since)))
    carried = (
        Message("Carried over since shift #{number}.", number=item.carried_from)
        if item.carried_from
        else ""
    )
    return Sentences([Message("Status: {status}.", status=one.what), one.why, since, carried])


def signed_amount(asset: Asset, count: Decimal) -> str:
    """An amount as a person reads it, with its sign where it is negative."""
    text = amount.format_amount(money_of(asset, abs(count)))
    return Message("−{amount}", amount=text) if count < 0 else text


def time_text(at: datetime) -> str:
    """A local time to the minute."""
    return Formatted(f"{at:%Y-%m-%d %H:%M}", at)
