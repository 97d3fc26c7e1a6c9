"""The file of results."""

from __future__ import annotations

import csv
import io

from xumm_desk.core.bulk_import.import_result import (
    LineResult,
    Outcome,
    count_results,
    results_csv,
)


def test_results_stand_in_the_order_of_the_lines_and_are_no_formulas() -> None:
    results = [
        LineResult(3, "=b", Outcome.REFUSED, message="Not sent."),
        LineResult(2, "a", Outcome.CREATED, "u", "https://xumm.app/sign/u", "waiting"),
    ]
    first, second = csv.DictReader(io.StringIO(results_csv(results)))
    assert (first["line"], first["outcome"], first["link"]) == (
        "2",
        "created",
        "https://xumm.app/sign/u",
    )
    assert (second["identifier"], second["message"]) == ("'=b", "Not sent.")


def test_lines_are_counted_by_their_end() -> None:
    ends = [Outcome.CREATED, Outcome.CREATED, Outcome.EXISTED, Outcome.REFUSED, Outcome.WAITING]
    counts = count_results([LineResult(n, "", end) for n, end in enumerate(ends)], total=9)
    assert (counts.created, counts.existed, counts.refused, counts.done) == (2, 1, 1, 4)
