"""Read one row of a table as a request, or say what is wrong with it, column by column."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeAlias

from xumm_desk.core.message import Message, error_text
from xumm_desk.core.money import amount, fiat, mpt, networks, typed_number
from xumm_desk.core.money.fiat import FiatAmount
from xumm_desk.core.money.pasted_text import without_invisible
from xumm_desk.core.money.typed_number import Marks
from xumm_desk.core.pricing.accepted_asset import AcceptedAsset
from xumm_desk.core.request.form_input import PAYMENT, SIGN_IN, FormInput, parse_form
from xumm_desk.core.request.request_spec import RequestSpec
from xumm_desk.core.sale.sale import MAX_NOTE, MAX_REFERENCE

from .csv_table import TableRow
from .import_columns import NAMES

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


def number_marks(style: NumberStyle, delimiter: str) -> Marks:
    """The marks of numbers in a file divided by `delimiter`."""
    if style is NumberStyle.COMMA:
        return Marks(",", ".")
    if style is NumberStyle.POINT:
        return Marks(".", ",")
    return typed_number.POINT if delimiter == "," else _STRICT


def read_row(
    row: TableRow, columns: Sequence[str], rules: ImportRules, marks: Marks
) -> ImportRow | list[LineProblem]:
    """The request of a row, or everything that is wrong with it."""
    if row.problem:
        return [LineProblem(row.line, "", row.cells[-1][:40] if row.cells else "", row.problem)]
    surplus = [cell for cell in row.cells[len(columns) :] if cell.strip()]
    if surplus:
        more = Message("This line has more cells than the header has columns")
        return [LineProblem(row.line, "", surplus[0][:40], more)]
    cells = row_cells(row, columns)
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


def row_cells(row: TableRow, columns: Sequence[str]) -> dict[str, str]:
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
