"""The accounts of the simulated world and what they own at the start."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from decimal import Decimal

from xrpl.core.addresscodec import decode_classic_address

from xumm_desk.simulator.ledger.ledger import FIRST_LEDGER, Ledger
from xumm_desk.simulator.ledger.state import LSF_DEFAULT_RIPPLE, Account, TokenIssuance
from xumm_desk.simulator.runtime.keys import Wallet, wallet_for

CURRENCY = "USD"
CUSTOMERS = ("Ada", "Ben", "Cleo", "Dan", "Eve", "Finn")
WITH_REGULAR_KEY = "Rita"
SHOP = "Shop"
_PURSE = 10_000_000_000
_BANK = 50_000_000_000_000_000
_TOKEN_NUMBER = 303
_HELD = Decimal(10_000)
_LIMIT = Decimal(1_000_000_000)


@dataclass(frozen=True, slots=True)
class Person:
    """A customer: the account that pays and the key that signs for it."""

    name: str
    account: Wallet
    key: Wallet

    @property
    def user(self) -> str:
        """The stable user id the platform knows the phone by (P§3.1 ``response.user``)."""
        digest = uuid.uuid5(uuid.NAMESPACE_URL, f"practice:{self.account.address}")
        return str(uuid.UUID(bytes=digest.bytes, version=4))


def token_of(issuer: Wallet) -> str:
    """The id of the multi-purpose token that an issuer of the simulated world has made."""
    return f"{_TOKEN_NUMBER:08X}{decode_classic_address(issuer.address).hex().upper()}"


class Cast:
    """Shop, issuers, market, bank and customers."""

    def __init__(self) -> None:
        self.shop = wallet_for("shop")
        self.shopkeeper = Person(SHOP, self.shop, self.shop)
        self.issuer = wallet_for("issuer")
        self.other_issuer = wallet_for("other issuer")
        self.market = wallet_for("market")
        self.bank = wallet_for("bank")
        self.customers = [Person(name, wallet_for(name), wallet_for(name)) for name in CUSTOMERS]
        self.with_regular_key = Person(
            WITH_REGULAR_KEY,
            wallet_for(WITH_REGULAR_KEY),
            wallet_for(f"{WITH_REGULAR_KEY}'s second key"),
        )

    def payers(self) -> list[Person]:
        """All who can pay."""
        return [*self.customers, self.with_regular_key]

    def named(self, name: str) -> Person:
        """A customer, or the shop's own phone, by name; KeyError when there is none."""
        for person in (*self.payers(), self.shopkeeper):
            if person.name == name:
                return person
        raise KeyError(name)

    def signer_of(self, accounts: list[str] | None) -> Person | None:
        """Whose phone a request is for that only these accounts may sign; None for anybody's."""
        for person in (self.shopkeeper, *self.payers()):
            if person.account.address in (accounts or ()):
                return person
        return None

    def fund_accounts(self, ledger: Ledger) -> None:
        """Put everybody with their money into a fresh ledger's state."""
        state = ledger.state
        for wallet in (self.issuer, self.other_issuer, self.shop):
            state.accounts[wallet.address] = Account(wallet.address, _PURSE, FIRST_LEDGER)
        for wallet in (self.market, self.bank):
            state.accounts[wallet.address] = Account(wallet.address, _BANK, FIRST_LEDGER)
        for person in self.payers():
            address = person.account.address
            account = Account(address, _PURSE, FIRST_LEDGER)
            if person.key is not person.account:
                account.regular_key = person.key.address
            state.accounts[address] = account
        holders = [p.account.address for p in self.payers()]
        for wallet in (self.issuer, self.other_issuer):
            issuer = wallet.address
            state.accounts[issuer].flags |= LSF_DEFAULT_RIPPLE
            state.issuances[token_of(wallet)] = TokenIssuance(token_of(wallet))
            for asset in (CURRENCY, token_of(wallet)):
                state.set_trust_line(self.shop.address, issuer, asset, _LIMIT)
                for holder in holders:
                    state.set_trust_line(holder, issuer, asset, _LIMIT).balance = _HELD
            state.set_trust_line(
                self.market.address, issuer, CURRENCY, _LIMIT * 1000
            ).balance = _LIMIT
        for line in state.lines.values():
            line.no_ripple = not line.of_token  # as Xaman sets it
