"""Why a request has to be read again: its last answer lacks something that was announced."""

from __future__ import annotations

from enum import IntEnum
from typing import Final

from xumm_desk.core.wire.api_answers import ALREADY_CANCELLED, ALREADY_EXPIRED, ALREADY_RESOLVED

from .lifecycle import Request


class RefetchReason(IntEnum):
    """Why the platform must be asked again."""

    RESOLVE_ANNOUNCED = 1
    EXPIRY_ANNOUNCED = 2
    UNKNOWN_ANNOUNCED = 3
    CANCEL_ANNOUNCED = 4
    DISPATCH_PENDING = 5


_NONE: Final[frozenset[str]] = frozenset()


def refetch_reason(request: Request) -> RefetchReason | None:
    """Why the platform must be asked again, from the facts alone: something was announced that its
    last answer does not show yet (P§5.2 consequences 1 and 3)."""
    answer = request.platform
    if request.uuid is None or request.not_found:
        return None
    answers = request.cancel_answers
    refused = {one.reason for one in answers} if answers else _NONE
    announced = request.resolve_hint is not None or ALREADY_RESOLVED in refused
    if announced and not (answer and answer.resolved):
        return RefetchReason.RESOLVE_ANNOUNCED
    if answer is not None and answer.resolved:
        waits = request.signed and request.spec.is_submitted and answer.hex is not None
        if request.signed and answer.hex is None:
            return RefetchReason.RESOLVE_ANNOUNCED
        settled = request.ledger is not None and request.ledger.validated
        return (
            RefetchReason.DISPATCH_PENDING
            if waits and not settled and not answer.dispatched_result
            else None
        )
    if (request.expired_hint or ALREADY_EXPIRED in refused) and not (answer and answer.expired):
        return RefetchReason.EXPIRY_ANNOUNCED
    if request.refused_hint:
        return RefetchReason.UNKNOWN_ANNOUNCED
    announced = request.cancelled or request.cancelled_hint or ALREADY_CANCELLED in refused
    if announced and not (answer and answer.cancelled):
        return RefetchReason.CANCEL_ANNOUNCED
    return None
