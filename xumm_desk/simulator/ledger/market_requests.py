"""Answers about prices: `get_aggregate_price`, `book_offers`, `amm_info`, in the shapes of rippled
(`GetAggregatePrice.cpp`, `BookOffers.cpp`, `AMMInfo.cpp`)."""

from __future__ import annotations

import hashlib
from decimal import Decimal
from typing import Any

from xrpl.core.addresscodec import is_valid_classic_address

from xumm_desk.simulator.runtime.market_prices import MarketPrices

from .answers import Answer, LedgerError, Request
from .ledger import RIPPLE_EPOCH, Ledger
from .state import plain

_OFFERED = Decimal(5000)
"""XRP in each offer."""

_MOST_ORACLES = 200


class MarketRequests:
    """Prices as the ledger's nodes tell them; the maker of all offers is the simulated market."""

    def __init__(self, ledger: Ledger, prices: MarketPrices) -> None:
        self._ledger = ledger
        self._prices = prices

    def get_aggregate_price(self, request: Request, version: int) -> Answer:
        """The statistics of the oracles that the request lists; all of them say the same."""
        del version
        oracles = request.get("oracles")
        if not isinstance(oracles, list) or not 1 <= len(oracles) <= _MOST_ORACLES:
            raise LedgerError("oracleMalformed", 94, "Oracle request is malformed.")
        for oracle in oracles:
            if not isinstance(oracle, dict) or {"account", "oracle_document_id"} - set(oracle):
                raise LedgerError("oracleMalformed", 94, "Oracle request is malformed.")
            if not is_valid_classic_address(str(oracle["account"])):
                raise LedgerError("invalidParams", 31, "Invalid parameters.")
        known = self._prices.of("oracle", str(request.get("quote_asset")))
        if request.get("base_asset") != "XRP" or known is None:
            raise LedgerError("objectNotFound", 92, "The requested object was not found.")
        statistics = {"mean": known["median"], "size": len(oracles), "standard_deviation": "0"}
        answer: Answer = {
            "entire_set": statistics,
            "ledger_current_index": self._ledger.last + 1,
            "median": known["median"],
            "time": self._now() - int(known["age"]),
            "validated": False,
        }
        if request.get("trim"):
            answer["trimmed_set"] = statistics
        return answer

    def book_offers(self, request: Request, version: int) -> Answer:
        """The offers between XRP and one currency, the best first."""
        del version
        gets, pays = _asset(request.get("taker_gets")), _asset(request.get("taker_pays"))
        if gets == pays:
            raise LedgerError("badMarket", 38, "No such market.")
        selling = gets == ("XRP", "")
        code, issuer = pays if selling else gets
        offers: list[Answer] = []
        known = self._prices.of("book", code)
        if known is not None and (selling or pays == ("XRP", "")):
            price = known.get("ask" if selling else "bid")
            for place in range(int(known["unfunded"])):
                offers.append(self._offer(Decimal(1), (code, issuer), selling, place, funded=False))
            if price is not None:
                place = len(offers)
                offers.append(self._offer(Decimal(price), (code, issuer), selling, place))
        return {"offers": offers, **self._standing(request)}

    def amm_info(self, request: Request, version: int) -> Answer:
        """The pool between XRP and one currency."""
        del version
        one, other = _asset(request.get("asset")), _asset(request.get("asset2"))
        code, issuer = other if one == ("XRP", "") else one
        known = self._prices.of("pool", code)
        if ("XRP", "") not in (one, other) or known is None:
            raise LedgerError("actNotFound", 19, "Account not found.")
        drops = str(int(Decimal(known["xrp"]) * 1_000_000))
        money = {"currency": code, "issuer": issuer, "value": known["other"]}
        xrp_first = one == ("XRP", "")
        return {
            "amm": {
                "account": self._ledger.market.address,
                "amount": drops if xrp_first else money,
                "amount2": money if xrp_first else drops,
                "asset2_frozen" if xrp_first else "asset_frozen": bool(known["frozen"]),
                "lp_token": {
                    "currency": "03930D02208264E2E40EC1B0C09E4DB96EE197B1",
                    "issuer": self._ledger.market.address,
                    "value": "1000000",
                },
                "trading_fee": 500,
            },
            **self._standing(request),
        }

    def _offer(
        self,
        price: Decimal,
        asset: tuple[str, str],
        selling: bool,
        place: int,
        *,
        funded: bool = True,
    ) -> Answer:
        code, issuer = asset

        def money(value: Decimal) -> dict[str, str]:
            return {"currency": code, "issuer": issuer, "value": plain(value)}

        drops, value = str(int(_OFFERED * 1_000_000)), money(_OFFERED * price)
        name = f"{code} {issuer} {selling} {place}"
        index = hashlib.sha512(f"offer {name}".encode()).digest()[:32].hex().upper()
        offer: Answer = {
            "Account": self._ledger.market.address,
            "BookDirectory": index[::-1],
            "BookNode": "0",
            "Flags": 0,
            "LedgerEntryType": "Offer",
            "OwnerNode": "0",
            "PreviousTxnID": index,
            "PreviousTxnLgrSeq": self._ledger.first,
            "Sequence": place + 1,
            "TakerGets": drops if selling else value,
            "TakerPays": value if selling else drops,
            "index": index,
            "owner_funds": (drops if selling else value["value"]) if funded else "0",
            "quality": plain(price / 1_000_000 if selling else 1_000_000 / price),
        }
        if not funded:
            nothing = money(Decimal(0))
            offer["taker_gets_funded"] = "0" if selling else nothing
            offer["taker_pays_funded"] = nothing if selling else "0"
        return offer

    def _now(self) -> int:
        """Unix seconds of the ledger's clock."""
        last = self._ledger.last
        return self._ledger.close_time(last) + self._ledger.age() + RIPPLE_EPOCH

    def _standing(self, request: Request) -> Answer:
        if request.get("ledger_index") in ("validated", "closed"):
            last = self._ledger.last
            return {
                "ledger_hash": self._ledger.ledger_hash(last),
                "ledger_index": last,
                "validated": True,
            }
        return {"ledger_current_index": self._ledger.last + 1, "validated": False}


def _asset(value: Any) -> tuple[str, str]:
    if not isinstance(value, dict) or not isinstance(value.get("currency"), str):
        raise LedgerError("invalidParams", 31, "Invalid parameters.")
    currency, issuer = value["currency"], str(value.get("issuer", ""))
    if (currency == "XRP") == bool(issuer) or (issuer and not is_valid_classic_address(issuer)):
        raise LedgerError("srcIsrMalformed", 70, "Source issuer is malformed.")
    return currency, issuer
