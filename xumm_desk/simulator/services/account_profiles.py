"""What the platform says about an account: ``account-meta`` and ``kyc-status`` (P§1.5)."""

from __future__ import annotations

from xrpl.core.addresscodec import is_valid_classic_address

from xumm_desk.simulator.cast import Cast
from xumm_desk.simulator.platform.create_validation import RefusedError
from xumm_desk.simulator.platform.payload import Body

IDENTIFIED = frozenset({"Ada"})
"""Customers who have proved who they are; all others have not tried."""

KYC_STATES = {
    "NONE": "No KYC attempt has been made",
    "IN_PROGRESS": "KYC flow has been started, but did not finish (yet)",
    "REJECTED": "KYC flow has been started and rejected (NO SUCCESSFUL KYC)",
    "SUCCESSFUL": "KYC flow has been started and was SUCCESSFUL :)",
}


class AccountProfiles:
    """The practice world's people, as the platform describes them."""

    def __init__(self, cast: Cast) -> None:
        self._cast = cast

    def account_meta(self, account: str) -> Body:
        """The answer to ``account-meta/{account}``; RefusedError for what is no address."""
        name = self._name(account)
        return {
            "account": account,
            "kycApproved": name in IDENTIFIED,
            "xummPro": False,
            "blocked": False,
            "force_dtag": account == self._cast.shop.address,
            "avatar": "",
            "xummProfile": {
                "accountAlias": name,
                "ownerAlias": name,
                "slug": None,
                "profileUrl": None,
                "accountSlug": None,
                "payString": None,
            },
            "thirdPartyProfiles": [],
            "globalid": {"linked": None, "profileUrl": None},
        }

    def kyc_of_account(self, account: str) -> Body:
        """The answer to ``GET kyc-status/{account}``."""
        return {"account": account, "kycApproved": self._name(account) in IDENTIFIED}

    def kyc_of_user(self, user: str | None) -> Body:
        """The answer to ``POST kyc-status``; None for a token that names nobody."""
        named = {person.user: person.name for person in self._cast.payers()}
        known = named.get(user or "") in IDENTIFIED
        return {
            "kycStatus": "SUCCESSFUL" if known else "NONE",
            "possibleStatuses": dict(KYC_STATES),
        }

    def _name(self, account: str) -> str | None:
        if not is_valid_classic_address(account):
            raise RefusedError(400)
        cast = self._cast
        named = {person.account.address: person.name for person in cast.payers()}
        named[cast.shop.address] = "Practice shop"
        return named.get(account)
