"""What other tills have found out, as it is told to the desk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from xumm_desk.core.state.facts import Fact, fact_from_journal

from .replicated_fact import ReplicatedFact


@dataclass(frozen=True, slots=True)
class ShopNews:
    """The requests that changed, each once. Of some, that were here and are open, `hints` has all
    that came about them. With `bulk` it is of the past of a till that catches up."""

    identifiers: tuple[str, ...]
    hints: Mapping[str, Sequence[ReplicatedFact]] = field(default_factory=dict)
    bulk: bool = False


def read_facts(told: Sequence[ReplicatedFact], uuid: str) -> list[Fact] | None:
    """What they say of the request with this uuid of the platform; None where this program cannot
    read all of it."""
    read: list[Fact] = []
    for one in told:
        try:
            at = datetime.fromisoformat(one.at)
        except ValueError:
            return None
        fact = fact_from_journal(at, one.source, one.kind, one.text, uuid)
        if fact is None:
            return None
        read.append(fact)
    return read
