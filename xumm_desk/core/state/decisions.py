"""What a person decided about a request, as values: a note, a review, an outcome, a wait, a call.

A decision is a fact like any other and never changes the status. Of each topic the newest counts;
all stay in the journal.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime
from enum import Enum
from typing import Final

from xumm_desk.core.wire import json_fields
from xumm_desk.core.wire.json_fields import Json, JsonObject

MAX_TEXT: Final = 500
"""Characters of a note or a reason."""

MAX_NAME: Final = 60
"""Characters of a person's name."""


class DecisionKind(Enum):
    """What was decided. The values are those of the journal and of exports and must not change."""

    NOTE = "note"
    """`text` is the note; "" removes it."""
    REVIEWED = "reviewed"
    REVIEW_WITHDRAWN = "review_withdrawn"
    ACCEPTED_AS_PAID = "accepted_as_paid"
    """The shop takes the sale for paid although the checks do not say so; `text` is the reason."""
    NOT_PAID = "not_paid"
    """The shop closes the sale as not paid; `text` is the reason."""
    OUTCOME_WITHDRAWN = "outcome_withdrawn"
    WAIT = "wait"
    """Nobody has to look before `until`."""
    WAIT_ENDED = "wait_ended"
    CALL_BACK = "call_back"
    """The customer is to be called back."""
    CALLED_BACK = "called_back"


class Topic(Enum):
    """What a decision is about; of each topic the newest decision counts."""

    NOTE = "note"
    REVIEW = "review"
    OUTCOME = "outcome"
    WAIT = "wait"
    CALL = "call"


TOPICS: Final[dict[DecisionKind, Topic]] = {
    DecisionKind.NOTE: Topic.NOTE,
    DecisionKind.REVIEWED: Topic.REVIEW,
    DecisionKind.REVIEW_WITHDRAWN: Topic.REVIEW,
    DecisionKind.ACCEPTED_AS_PAID: Topic.OUTCOME,
    DecisionKind.NOT_PAID: Topic.OUTCOME,
    DecisionKind.OUTCOME_WITHDRAWN: Topic.OUTCOME,
    DecisionKind.WAIT: Topic.WAIT,
    DecisionKind.WAIT_ENDED: Topic.WAIT,
    DecisionKind.CALL_BACK: Topic.CALL,
    DecisionKind.CALLED_BACK: Topic.CALL,
}


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision: `by` is the name of the person, "" where nobody gave one.

    `about` is the evidence that the person saw (`core/decision/evidence.py`); a decision about
    other evidence than there is now ends nothing. `revision` counts the decisions of a topic, so
    that a clock which was set back cannot make an older decision the newest. Whoever decides may
    leave both out: the desk fills them in.
    """

    kind: DecisionKind
    by: str = ""
    text: str = ""
    until: datetime | None = None
    about: str = ""
    revision: int = 0

    @property
    def topic(self) -> Topic:
        """What it is about."""
        return TOPICS[self.kind]

    def to_json(self) -> JsonObject:
        """The journal's form."""
        value: JsonObject = {"decision": self.kind.value, "revision": self.revision}
        for key, text in (("by", self.by), ("text", self.text), ("about", self.about)):
            if text:
                value[key] = text
        if self.until is not None:
            value["until"] = self.until.isoformat()
        return value


def parse_decision(value: Mapping[str, Json]) -> Decision | None:
    """Read the journal's form; None for a decision of a later program."""
    try:
        kind = DecisionKind(json_fields.string_at(value, "decision"))
    except ValueError:
        return None
    return Decision(
        kind,
        (json_fields.string_at(value, "by") or "")[:MAX_NAME],
        (json_fields.string_at(value, "text") or "")[:MAX_TEXT],
        json_fields.time_at(value, "until"),
        json_fields.string_at(value, "about") or "",
        max(0, json_fields.int_at(value, "revision") or 0),
    )


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision and when (UTC) it was made."""

    decision: Decision
    at: datetime


@dataclass(frozen=True, slots=True)
class Decisions:
    """The newest decision of each topic, withdrawn ones included; None where there was none."""

    note: Decided | None = None
    review: Decided | None = None
    outcome: Decided | None = None
    wait: Decided | None = None
    call: Decided | None = None

    def of(self, topic: Topic) -> Decided | None:
        """The newest decision of a topic."""
        found: Decided | None = getattr(self, topic.value)
        return found

    def joined(self, decision: Decision, at: datetime) -> Decisions:
        """With one more decision, made `at` (UTC), which may be older than those that are known;
        the same object where it changes nothing."""
        topic, one = decision.topic, Decided(decision, at)
        known = self.of(topic)
        newest = one if known is None else max(known, one, key=_rank)
        return self if newest == known else replace(self, **{topic.value: newest})

    def __bool__(self) -> bool:
        return any(getattr(self, one.name) is not None for one in fields(self))


NO_DECISIONS: Final = Decisions()


def _rank(one: Decided) -> tuple[int, datetime, str]:
    """Sort key of decisions of one topic. Two of the same moment are ordered by their text, so that
    the order in which they are read does not matter."""
    return one.decision.revision, one.at, json_fields.compact_json(one.decision.to_json())
