"""What a journal was made of that was salvaged or restored, and which copies of it there are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import PurePath
from typing import Final

from xumm_desk.core.message import LIST_SEPARATOR, Message, Sentences

_MOST_NAMED: Final = 12
"""Requests and ranges that a sentence names; a list of hundreds is read by nobody."""


@dataclass(frozen=True, slots=True)
class JournalCopy:
    """One copy of the journal: its file, its day, and what is in it. `newest` is the time of its
    last fact (UTC); `problem` says why it cannot be used, "" if it can."""

    path: PurePath
    day: date
    size: int
    requests: int = 0
    newest: datetime | None = None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class RebuildReport:
    """What became of a journal that was salvaged or restored.

    `lost` are the first and last number of each run of facts that nobody has any more, `requests`
    those that are known to miss some of theirs; `headless` are requests of which the beginning is
    lost, so that they cannot be shown.
    """

    facts: int = 0
    requests: int = 0
    from_copies: int = 0
    """Facts that only a copy had."""
    lost: tuple[tuple[int, int], ...] = ()
    changed: int = 0
    """Facts that did not fit the chain, and are kept apart."""
    unproven: int = 0
    """Facts that were taken although what stands before them is lost."""
    affected: tuple[str, ...] = ()
    headless: tuple[str, ...] = ()
    owners_known: bool = True
    """Whether `affected` are all."""
    log_damaged: bool = False
    """Whether the newest entries may be missing without a trace."""
    other_rows: int = 0
    """Rows of the tables beside the facts that are lost."""
    searched_from: int = 0
    """The ledger from which unmatched payments are looked for again, 0 for none."""
    kept_as: PurePath | None = None
    """Where the file is that was in use before."""

    @property
    def lost_facts(self) -> int:
        """How many facts are lost."""
        return sum(last - first + 1 for first, last in self.lost)

    @property
    def whole(self) -> bool:
        """Whether nothing is missing."""
        return not self.lost and not self.other_rows and not self.log_damaged

    def sentences(self) -> tuple[str, ...]:
        """What a person has to know, the most important first."""
        said: list[str] = [self._summary()]
        if self.from_copies:
            said.append(
                Message(
                    "{n} fact came from a copy.",
                    plural="{n} facts came from a copy.",
                    n=self.from_copies,
                )
            )
        if self.lost:
            said.append(
                Message(
                    "{n} row of the journal could not be read: {rows}.",
                    plural="{n} rows of the journal could not be read: {rows}.",
                    n=self.lost_facts,
                    rows=_listed(_range_text(*one) for one in self.lost),
                )
            )
        if self.affected:
            said.append(
                Message(
                    "Requests that miss some of their facts: {names}. They are read again from the"
                    " platform and the ledger.",
                    names=_listed(self.affected),
                )
            )
        if not self.owners_known:
            said.append(
                Message(
                    "Further requests may miss some of their facts: compare the day's takings"
                    " with the platform's own list."
                )
            )
        if self.headless:
            said.append(
                Message(
                    "Requests that can no longer be shown, since their beginning is lost: {names}.",
                    names=_listed(self.headless),
                )
            )
        if self.unproven:
            said.append(
                Message(
                    "{n} fact was taken over although what stands before it is lost, so that"
                    " nothing proves it.",
                    plural="{n} facts were taken over although what stands before them is lost, so"
                    " that nothing proves them.",
                    n=self.unproven,
                )
            )
        if self.other_rows:
            said.append(
                Message(
                    "{n} entry beside the requests could not be read: unmatched payments, or what"
                    " persons did at the desk.",
                    plural="{n} entries beside the requests could not be read: unmatched payments,"
                    " or what persons did at the desk.",
                    n=self.other_rows,
                )
            )
        if self.searched_from:
            said.append(
                Message(
                    "Unmatched payments are looked for again from ledger {index} on.",
                    index=self.searched_from,
                )
            )
        if self.changed:
            said.append(
                Message(
                    "{n} row had been changed and is kept apart.",
                    plural="{n} rows had been changed and are kept apart.",
                    n=self.changed,
                )
            )
        if self.log_damaged:
            said.append(
                Message(
                    "What was written in the last moments before the damage may be missing. Look at"
                    " the platform for requests that are not here."
                )
            )
        if self.kept_as is not None:
            said.append(Message("The file as it was is kept as {path}.", path=self.kept_as))
        return tuple(said)

    def _summary(self) -> str:
        requests = Message("{n} request", plural="{n} requests", n=self.requests)
        facts = Message("{n} fact", plural="{n} facts", n=self.facts)
        if self.whole and not self.changed:
            return Message(
                "Everything could be read: {requests}, {facts}.", requests=requests, facts=facts
            )
        return Message(
            "The journal holds now: {requests}, {facts}.", requests=requests, facts=facts
        )


def _listed(names: object) -> Sentences:
    given = [str(name) if not isinstance(name, Message) else name for name in names]  # type: ignore[attr-defined]
    if len(given) > _MOST_NAMED:
        more = Message("and {n} more", plural="and {n} more", n=len(given) - _MOST_NAMED)
        given = [*given[:_MOST_NAMED], more]
    return Sentences(given, LIST_SEPARATOR)


def _range_text(first: int, last: int) -> str:
    return str(first) if first == last else Message("{first} to {last}", first=first, last=last)
