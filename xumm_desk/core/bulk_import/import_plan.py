"""Make requests of a table, or the errors of each line; nothing is sent and nothing is looked up.

The identifier of a row without one is made of what stands in the row, so that the same row makes
the same request however often the file is read, and mending one row renames no other.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from typing import Final, TypeAlias

from xumm_desk.core.message import Message, error_text
from xumm_desk.core.money import amount, fiat, mpt, networks, typed_number
from xumm_desk.core.money.amount import Amount
from xumm_desk.core.money.fiat import FiatAmount
from xumm_desk.core.money.pasted_text import without_invisible
from xumm_desk.core.money.typed_number import Marks
from xumm_desk.core.pricing.accepted_asset import AcceptedAsset
from xumm_desk.core.pricing.quote import Quote
from xumm_desk.core.request.field_rules import FieldError
from xumm_desk.core.request.form_input import PAYMENT, SIGN_IN, FormInput, parse_form
from xumm_desk.core.request.request_spec import RequestSpec
from xumm_desk.core.sale.sale import MAX_NOTE, MAX_REFERENCE

from .csv_table import Table, TableRow
from .import_columns import NAMES, column_named

_NOMINAL: Final = "1"
"""An amount that every asset allows, in place of one that is converted later."""

_STRICT: Final = Marks("", "")
"""Numbers with two readings are refused."""

_FIELD_COLUMNS: Final = {"kind": "type", "return_url": "return_app", "txjson": "type"}
"""The column of an error where it has another name than the field of the form."""

_Add: TypeAlias = Callable[[str, str], None]
"""Adds a sentence about a column."""

_YES: Final = frozenset({"yes", "y", "true", "1", "x"})
_NO: Final = frozenset({"", "no", "n", "false", "0"})
_TYPES: Final = {"": PAYMENT, "payment": PAYMENT, "signin": SIGN_IN, "sign-in": SIGN_IN}


class NumberStyle(StrEnum):
    """What a mark in a number means where it could mean two things, such as 1.234."""

    CAREFUL = "careful"
    """Refuse it; but in a file divided by commas a full stop is the decimal mark."""
    POINT = "point"
    COMMA = "comma"


@dataclass(frozen=True, slots=True)
class ImportRules:
    """What the shop and the person say: `batch` tells two imports of equal rows apart;
    `destination` and `expire` are used where a row names none; `assets` are those that prices are
    converted to."""

    network: str
    destination: str = ""
    expire: str = ""
    shop_currency: str = ""
    assets: tuple[AcceptedAsset, ...] = ()
    numbers: NumberStyle = NumberStyle.CAREFUL
    batch: str = ""


@dataclass(frozen=True, slots=True)
class LineProblem:
    """What is wrong on a line: the column's name, "" for the whole line, and the cell as it
    stands there."""

    line: int
    column: str
    cell: str
    message: str


@dataclass(frozen=True, slots=True)
class ImportRow:
    """A row that can be created. `spec` has a nominal amount where there is a `price`, which is
    converted to `asset` at that time. `occurrence` counts equal rows from 1."""

    line: int
    spec: RequestSpec
    draft: FormInput
    reference: str = ""
    note: str = ""
    price: FiatAmount | None = None
    asset: AcceptedAsset | None = None
    occurrence: int = 1
    is_named: bool = False
    """Whether the file names the identifier."""

    @property
    def identifier(self) -> str:
        """The identifier of its request."""
        return self.spec.identifier


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
    marks = _marks(rules.numbers, table.delimiter)
    places = {name: place for place, name in enumerate(columns)}
    rows: list[ImportRow] = []
    warnings: list[LineProblem] = []
    seen: dict[str, int] = {}
    first_lines: dict[str, int] = {}
    for row in table.rows:
        found = _read_row(row, columns, rules, marks)
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


def _marks(style: NumberStyle, delimiter: str) -> Marks:
    if style is NumberStyle.COMMA:
        return Marks(",", ".")
    if style is NumberStyle.POINT:
        return Marks(".", ",")
    return typed_number.POINT if delimiter == "," else _STRICT


def _read_row(
    row: TableRow, columns: Sequence[str], rules: ImportRules, marks: Marks
) -> ImportRow | list[LineProblem]:
    if row.problem:
        return [LineProblem(row.line, "", row.cells[-1][:40] if row.cells else "", row.problem)]
    surplus = [cell for cell in row.cells[len(columns) :] if cell.strip()]
    if surplus:
        more = Message("This line has more cells than the header has columns")
        return [LineProblem(row.line, "", surplus[0][:40], more)]
    cells = _cells(row, columns)
    problems: list[LineProblem] = []

    def add(column: str, sentence: str) -> None:
        problems.append(LineProblem(row.line, column, cells.get(column, "")[:80], sentence))

    for column, cell in zip(columns, row.cells, strict=False):
        if cell.strip() and not column:
            problems.append(
                LineProblem(row.line, "", cell[:40], Message("This cell stands in no column"))
            )
    kind = _TYPES.get(cells.get("type", "").lower())
    if kind is None:
        add("type", Message("Type: must be Payment or SignIn"))
    price, asset = _read_price(cells, rules, marks, add) if kind != SIGN_IN else (None, None)
    draft = _draft(cells, rules, kind or PAYMENT, asset if price is not None else None)
    if kind == SIGN_IN and {"amount", "price", "reference", "note"} & set(cells):
        add("type", Message("Type: a sign-in has no amount, price, reference or note"))
    if cells.get("pathfinding", "").lower() not in _YES | _NO:
        add("pathfinding", Message("Pathfinding: must be yes or no"))
    _check_length(cells, "reference", MAX_REFERENCE, add)
    _check_length(cells, "note", MAX_NOTE, add)
    made = parse_form(draft, identifier="import", network=rules.network, marks=marks)
    if not isinstance(made, RequestSpec):
        priced = bool(cells.get("price"))
        for error in made:
            column = _FIELD_COLUMNS.get(error.field, error.field)
            if not (priced and column in ("amount", "currency", "issuer")):
                add(column if column in NAMES else "", error.message)
        if not problems:
            add("price", made[0].message)
    if problems or not isinstance(made, RequestSpec):
        return problems
    return ImportRow(
        row.line,
        made,
        draft,
        reference=cells.get("reference", ""),
        note=cells.get("note", ""),
        price=price,
        asset=asset,
        is_named=bool(draft.identifier),
    )


def _cells(row: TableRow, columns: Sequence[str]) -> dict[str, str]:
    """What stands in each column of the row, without blanks at the ends."""
    pairs = zip(columns, row.cells, strict=False)
    return {name: cell.strip() for name, cell in pairs if name and cell.strip()}


def _draft(
    cells: Mapping[str, str], rules: ImportRules, kind: str, asset: AcceptedAsset | None
) -> FormInput:
    currency, issuer = cells.get("currency", "XRP"), cells.get("issuer", "")
    if asset is not None:
        currency = "XRP" if asset.is_native else asset.currency
        issuer = asset.issuer
    own = networks.asset_of(rules.network)
    pathfinding = cells.get("pathfinding", "").lower() in _YES
    return FormInput(
        kind=kind,
        destination=cells.get("destination", "") or rules.destination,
        tag=cells.get("tag", ""),
        amount=_NOMINAL if cells.get("price") else cells.get("amount", ""),
        currency="XRP" if currency.upper() == own else currency,
        issuer=issuer,
        memo=cells.get("memo", ""),
        instruction=cells.get("instruction", ""),
        identifier=cells.get("identifier", ""),
        expire=cells.get("expire", "") or rules.expire,
        signers=cells.get("signers", ""),
        return_app=cells.get("return_app", ""),
        return_web=cells.get("return_web", ""),
        pathfinding=pathfinding or (asset is not None and asset.pathfinding),
    )


def _read_price(
    cells: Mapping[str, str], rules: ImportRules, marks: Marks, add: _Add
) -> tuple[FiatAmount | None, AcceptedAsset | None]:
    """The price of a row and the asset it is converted to; None for none."""
    typed, code = cells.get("price", ""), cells.get("price_currency", "").upper()
    if not typed:
        if code:
            add("price", Message("Price: is missing"))
        return None, None
    if cells.get("amount"):
        add("price", Message("Price: a row has an amount or a price, not both"))
        return None, None
    shop = fiat.on_network(rules.shop_currency, networks.asset_of(rules.network))
    code = fiat.on_network(code or shop, networks.asset_of(rules.network))
    if code != shop:
        add(
            "price_currency",
            Message("Currency of the price: this shop's prices are in {currency}", currency=shop),
        )
        return None, None
    asset = _asset_of(cells, rules)
    if asset is None:
        add(
            "currency",
            Message("Currency: this shop takes no such asset. Accept it in the settings"),
        )
    try:
        price = fiat.parse_fiat(typed, code, marks)
    except amount.AmountError as error:
        add("price", Message("Price: {rule}", rule=error_text(error)))
        return None, None
    return (price, asset) if asset is not None else (None, None)


def _asset_of(cells: Mapping[str, str], rules: ImportRules) -> AcceptedAsset | None:
    """The accepted asset that a row names; the shop's first one where it names none."""
    currency, issuer = without_invisible(cells.get("currency", "")), cells.get("issuer", "")
    if not currency:
        return rules.assets[0] if rules.assets else None
    native = networks.asset_of(rules.network)
    code = amount.parse_currency(currency)
    for asset in rules.assets:
        if asset.is_native:
            if currency.upper() in ("XRP", native):
                return asset
        elif asset.is_token or mpt.is_issuance_id(currency):
            if asset.currency.upper() == currency.upper():
                return asset
        elif (
            code is not None
            and amount.currency_hex(asset.currency) == amount.currency_hex(code)
            and issuer in ("", asset.issuer)
        ):
            return asset
    return None


def _check_length(cells: Mapping[str, str], column: str, most: int, add: _Add) -> None:
    size = len(cells.get(column, ""))
    if size > most:
        add(
            column,
            Message(
                "This text has at most {most} characters, this has {size}", most=most, size=size
            ),
        )


def _content(row: TableRow, columns: Sequence[str]) -> str:
    """What a row says, whatever the order of its columns."""
    return json.dumps(sorted(_cells(row, columns).items()), ensure_ascii=True)


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
