"""Say which settings are of no sense, and what holds instead: a person may have edited the file,
or another version of the program may have written it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from xumm_desk.core.message import Message
from xumm_desk.core.money import address, fiat
from xumm_desk.core.pricing import rate_settings
from xumm_desk.core.pricing.accepted_asset import asset_from_json
from xumm_desk.core.request import destination_tags
from xumm_desk.core.settings import Settings
from xumm_desk.core.updates import notice as version_notice

from . import numbering, till_settings

LABELS: Final[dict[str, str]] = {
    "destination": Message("receiving address"),
    "expire": Message("minutes until a request expires"),
    "scheme": Message("colours"),
    "language": Message("language"),
    "customer_language": Message("customer's language"),
    "customer_screen": Message("customer's screen"),
    "tag_from": Message("first destination tag"),
    "tag_to": Message("last destination tag"),
    "practice_port": Message("port of the simulator"),
    "practice_customers": Message("customers of the practice shop"),
    "shop_name": Message("shop's name"),
    "till": Message("till's name"),
    "cashier": Message("cashier"),
    "view": Message("view"),
    "shop_currency": Message("currency of the prices"),
    "assets": Message("accepted assets"),
    "presets": Message("ready-made prices"),
    "tips": Message("tips"),
    "sale_limit": Message("limit that asks"),
    "numbering": Message("sale numbers"),
    "rate_max_age": Message("oldest rate"),
    "rate_max_spread": Message("largest difference of two rates"),
    "rate_second": Message("second source of rates"),
    "rate_issuer": Message("issuer of the second source"),
    "rate_oracles": Message("price oracles"),
    "receipt_printer": Message("receipt printer"),
    "receipt_width": Message("width of the paper"),
    "receipt_on_paid": Message("receipt of each paid sale"),
    "receipt_address": Message("address on receipts"),
    "receipt_footer": Message("last lines of receipts"),
    "shop_logo": Message("logo"),
    "notification_amounts": Message("amounts in notifications"),
    "tray_icon": Message("icon in the tray"),
    "close_to_tray": Message("closing to the tray"),
    "pin_hash": Message("PIN"),
    "lock_after": Message("minutes until the desk locks itself"),
    "copy_days": Message("days that copies of the journal are kept"),
    "version_notice": Message("notice of new versions"),
    "saved_filters": Message("saved filters of the requests"),
    "layout": Message("layout of the window"),
}
"""What people call a setting, where its name in the file is not enough."""

NO_CURRENCY: Final = Message(
    "The currency of the shop's prices could not be read. Choose it under File, Shop settings."
)

_PRINTERS: Final = frozenset({"", "pdf", "qt", "tcp", "usb"})


def label_of(name: str) -> str:
    """What people call the setting."""
    return LABELS.get(name, name)


def nonsense(settings: Settings) -> tuple[str, ...]:
    """A sentence for each setting that is of the right type and of no sense."""
    return tuple(sentence for check in _CHECKS for sentence in check(settings))


def _address(now: Settings) -> Iterator[str]:
    if now.destination.strip() and address.parse_address(now.destination.strip()) is None:
        yield Message("The receiving address is none: nothing can be charged until it is right.")
    if isinstance(destination_tags.parse_tag_range(now.tag_from, now.tag_to), str):
        yield Message("The range of destination tags is none: sales have no tag of their own.")


def _prices(now: Settings) -> Iterator[str]:
    if not fiat.is_currency(now.shop_currency):
        yield NO_CURRENCY
        return
    lost = sum(asset_from_json(value) is None for value in now.assets)
    if lost:
        yield Message(
            "{n} accepted asset is none, and is left out.",
            plural="{n} accepted assets are none, and are left out.",
            n=lost,
        )
    for text, between, words in (
        (now.rate_max_age, rate_settings.AGES, _AGE),
        (now.rate_max_spread, rate_settings.SPREADS, _SPREAD),
    ):
        if rate_settings.limit_problem(text, between):
            yield words
    second = rate_settings.second_source(now)
    if isinstance(second, str):
        yield second


def _till(now: Settings) -> Iterator[str]:
    if fiat.is_currency(now.shop_currency):
        kept = till_settings.read_presets(now.presets, now.shop_currency)
        if lost := len(now.presets) - len(kept):
            yield Message(
                "{n} ready-made price is no price in {currency}, and is left out.",
                plural="{n} ready-made prices are no prices in {currency}, and are left out.",
                n=lost,
                currency=now.shop_currency,
            )
        if isinstance(till_settings.parse_limit(now.sale_limit, now.shop_currency), str):
            yield Message("The limit above which the till asks is no price: it does not ask.")
    if lost := len(now.tips) - len(till_settings.read_tips(now.tips)):
        yield Message(
            "{n} tip is no percentage from 0 to 100, and is left out.",
            plural="{n} tips are no percentages from 0 to 100, and are left out.",
            n=lost,
        )
    if now.numbering not in (numbering.RUNNING, numbering.DAILY):
        yield Message("How sales are numbered is not known: they are counted without an end.")
    if now.expire.strip() and till_settings.expiry_problem(now.expire):
        yield Message("The minutes until a request expires are none: no sale can be charged.")


def _printer(now: Settings) -> Iterator[str]:
    if now.receipt_printer.partition(":")[0] not in _PRINTERS:
        yield Message("The receipt printer is of no known kind: nothing is printed.")


def _versions(now: Settings) -> Iterator[str]:
    if now.version_notice not in version_notice.CHOICES:
        yield Message("Whether to tell of new versions is not known: nothing is asked or told.")


_AGE: Final = Message("The oldest rate that may be used is no number of minutes: 5 holds.")
_SPREAD: Final = Message("The largest difference of two rates is no percentage: 2 holds.")
_CHECKS: Final[tuple[Callable[[Settings], Iterator[str]], ...]] = (
    _address,
    _prices,
    _till,
    _printer,
    _versions,
)
