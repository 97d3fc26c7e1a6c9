"""Make requests of a table, or the errors of each line; nothing is sent and nothing is looked up.

The identifier of a row without one is made of what stands in the row, so that the same row makes
the same request however often the file is read, and mending one row renames no other.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from xumm_desk.core.message import Message
from xumm_desk.core.money import amount
from xumm_desk.core.money.amount import Amount
from xumm_desk.core.money.fiat import FiatAmount
from xumm_desk.core.money.typed_number import Marks
from xumm_desk.core.pricing.quote import Quote
from xumm_desk.core.request.field_rules import FieldError
from xumm_desk.core.request.form_input import parse_form
from xumm_desk.core.request.request_spec import RequestSpec

from .csv_table import Table, TableRow
from .import_columns import NAMES, column_named
from .import_row import (
    ImportRow,
    ImportRules,
    LineProblem,
    number_marks,
    read_row,
    row_cells,
)


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """All rows of a file. Only a plan without `problems` may be carried out; `warnings` are for a
    person to look at. `totals` are the sums of amounts by asset, `prices` those of prices by
    currency."""

    rows: tuple[ImportRow, ...] = ()
    problems: tuple[LineProblem, ...] = ()
    warnings: tuple[LineProblem, ...] = ()
    totals: tuple[Amount, ...] = ()
    prices: tuple[FiatAmount, ...] = ()


def make_plan(table: Table, rules: ImportRules) -> ImportPlan:
    """Read every row of `table`; all that is wrong is found at once."""
    columns, problems = _read_header(table.header)
    if problems:
        return ImportPlan(problems=tuple(problems))
    marks = number_marks(rules.numbers, table.delimiter)
    places = {name: place for place, name in enumerate(columns)}
    rows: list[ImportRow] = []
    warnings: list[LineProblem] = []
    seen: dict[str, int] = {}
    first_lines: dict[str, int] = {}
    for row in table.rows:
        found = read_row(row, columns, rules, marks)
        if isinstance(found, list):
            problems += found
            continue
        content = _content(row, columns)
        seen[content] = seen.get(content, 0) + 1
        if not found.is_named:
            number = seen[content]
            identifier = _identifier(content, number, rules.batch)
            found = replace(found, spec=_renamed(found.spec, identifier), occurrence=number)
            if number > 1:
                warnings.append(_same_as(row.line, first_lines[content]))
            first_lines.setdefault(content, row.line)
        rows.append(found)
    problems += _repeated_identifiers(rows)
    warnings += _repeated_references(rows)
    if not table.rows:
        nothing = Message("There is no row below the header")
        problems.append(LineProblem(table.header.line, "", "", nothing))
    return ImportPlan(
        rows=tuple(rows),
        problems=tuple(sorted(problems, key=lambda one: (one.line, places.get(one.column, 99)))),
        warnings=tuple(sorted(warnings, key=lambda one: one.line)),
        totals=_totals(rows),
        prices=_prices(rows),
    )


def priced_spec(row: ImportRow, quote: Quote, network: str) -> RequestSpec | tuple[FieldError, ...]:
    """The request of a row with a price, now that it is converted."""
    draft = replace(row.draft, amount=f"{amount.as_decimal(quote.amount):f}")
    return parse_form(draft, identifier=row.identifier, network=network, marks=Marks("."))


def _read_header(header: TableRow) -> tuple[list[str], list[LineProblem]]:
    """The column of each place, "" for one without a title."""
    columns: list[str] = []
    problems: list[LineProblem] = []
    if header.problem:
        problems.append(LineProblem(header.line, "", "", header.problem))
    for title in header.cells:
        name = column_named(title)
        if not title.strip():
            columns.append("")
        elif name is None:
            known = ", ".join(NAMES)
            wrong = Message("There is no such column. Use some of {known}", known=known)
            problems.append(LineProblem(header.line, title.strip()[:40], title[:40], wrong))
        elif name in columns:
            twice = Message("This column is there twice")
            problems.append(LineProblem(header.line, name, title[:40], twice))
        else:
            columns.append(name)
    if not problems and not {"amount", "price", "type"} & set(columns):
        missing = Message("The first line must name the columns, amount or price among them")
        problems.append(LineProblem(header.line, "", "", missing))
    return columns, problems


def _content(row: TableRow, columns: Sequence[str]) -> str:
    """What a row says, whatever the order of its columns."""
    return json.dumps(sorted(row_cells(row, columns).items()), ensure_ascii=True)


def _identifier(content: str, occurrence: int, batch: str) -> str:
    """At most 40 characters (P§2.1); 96 bits of the digest keep a million rows apart."""
    text = json.dumps([content, occurrence, batch.strip()], ensure_ascii=True)
    return f"import-{hashlib.sha256(text.encode()).hexdigest()[:24]}"


def _renamed(spec: RequestSpec, identifier: str) -> RequestSpec:
    meta = spec.body.get("custom_meta")
    named = {**(meta if isinstance(meta, dict) else {}), "identifier": identifier}
    return replace(spec, identifier=identifier, body={**spec.body, "custom_meta": named})


def _same_as(line: int, first: int) -> LineProblem:
    return LineProblem(
        line,
        "",
        "",
        Message("The same stands on line {line}: both are created, as two requests", line=first),
    )


def _repeated_identifiers(rows: Sequence[ImportRow]) -> list[LineProblem]:
    lines: dict[str, int] = {}
    problems = []
    for row in rows:
        if row.identifier in lines:
            used = Message(
                "Identifier: stands on line {line} too; each request needs its own",
                line=lines[row.identifier],
            )
            problems.append(LineProblem(row.line, "identifier", row.identifier, used))
        lines.setdefault(row.identifier, row.line)
    return problems


def _repeated_references(rows: Sequence[ImportRow]) -> list[LineProblem]:
    lines: dict[str, int] = {}
    warnings = []
    for row in rows:
        # An equal row is reported already.
        if row.reference and row.reference in lines and row.occurrence == 1:
            again = Message(
                "Reference: stands on line {line} too. Is it the same sale?",
                line=lines[row.reference],
            )
            warnings.append(LineProblem(row.line, "reference", row.reference, again))
        lines.setdefault(row.reference, row.line)
    return warnings


def _totals(rows: Sequence[ImportRow]) -> tuple[Amount, ...]:
    """The sums of the amounts, by asset."""
    found: list[list[Amount]] = []
    for row in rows:
        asked = row.spec.amount
        if asked is None or row.price is not None:
            continue
        group = next((one for one in found if amount.same_asset(one[0], asked)), None)
        if group is None:
            found.append([asked])
        else:
            group.append(asked)
    sums = (amount.total(group) for group in found)
    return tuple(one for one in sums if one is not None)


def _prices(rows: Sequence[ImportRow]) -> tuple[FiatAmount, ...]:
    sums: dict[str, Decimal] = {}
    for row in rows:
        if row.price is not None:
            code = row.price.currency
            sums[code] = sums.get(code, Decimal(0)) + row.price.value
    return tuple(FiatAmount(code, value) for code, value in sums.items())
