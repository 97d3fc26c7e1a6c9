"""What became of each line of a file of requests, and the file that says so."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from xumm_desk.core.export.text_formats import csv_line, safe_cell
from xumm_desk.core.message import Message

COLUMNS: Final = ("line", "identifier", "outcome", "uuid", "link", "status", "message")


class Outcome(StrEnum):
    """What became of a line. Values stand in the file of results and must not change."""

    WAITING = "waiting"
    """Nothing was done so far."""
    CREATED = "created"
    EXISTED = "existed"
    """An earlier import had created it: nothing was sent."""
    UNSURE = "unsure"
    """Sent, and its answer was lost: the desk finds out by itself."""
    REFUSED = "refused"


OUTCOME_LABELS: Final[dict[Outcome, str]] = {
    Outcome.WAITING: Message("Not created yet"),
    Outcome.CREATED: Message("Created"),
    Outcome.EXISTED: Message("Was there already"),
    Outcome.UNSURE: Message("Being found out"),
    Outcome.REFUSED: Message("Refused"),
}


@dataclass(frozen=True, slots=True)
class LineResult:
    """What became of one line. `status` is the value of the request's status, "" where there is no
    request; `message` says why, where there is a reason."""

    line: int
    identifier: str
    outcome: Outcome = Outcome.WAITING
    uuid: str = ""
    link: str = ""
    status: str = ""
    message: str = ""


@dataclass(frozen=True, slots=True)
class ImportCounts:
    """How many lines ended how."""

    total: int = 0
    created: int = 0
    existed: int = 0
    unsure: int = 0
    refused: int = 0

    @property
    def done(self) -> int:
        """Lines of which the end is known."""
        return self.created + self.existed + self.unsure + self.refused


def count_results(results: Iterable[LineResult], total: int) -> ImportCounts:
    """Count them; `total` is the number of lines of the file."""
    ends = [one.outcome for one in results]
    return ImportCounts(
        total=total,
        created=ends.count(Outcome.CREATED),
        existed=ends.count(Outcome.EXISTED),
        unsure=ends.count(Outcome.UNSURE),
        refused=ends.count(Outcome.REFUSED),
    )


def results_csv(results: Iterable[LineResult]) -> str:
    """The file of results, in the order of the lines."""
    lines = [csv_line(COLUMNS)]
    for one in sorted(results, key=lambda result: result.line):
        lines.append(
            csv_line(
                [
                    one.line,
                    safe_cell(one.identifier),
                    one.outcome.value,
                    one.uuid,
                    one.link,
                    one.status,
                    safe_cell(str(one.message)),
                ]
            )
        )
    return "".join(lines)
