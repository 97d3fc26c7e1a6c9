"""The sentences of each finding: what it means for the money, and what to do.

`shop_words` speaks about the shop's receiving account, `payer_words` about the account to which a
refund goes.
"""

from __future__ import annotations

from xumm_desk.core.message import Message

from .finding import Kind

Words = tuple[str, str]


def shop_words(
    kind: Kind,
    *,
    asset: str = "",
    issuer: str = "",
    room: str = "",
    reserve: str = "",
    reason: str = "",
    key: str = "",
    scale: int = 0,
    decimals: int = 0,
) -> Words:
    """Meaning and action for the shop. `asset` is the asset's name, `issuer` and `key` are
    shortened addresses, `room` and `reserve` amounts as text, `scale` and
    `decimals` a token's digits on the ledger and in the settings."""
    match kind:
        case Kind.NO_NODE:
            return Message(
                "No ledger node is set up, so nobody has looked at the receiving address."
            ), Message("Start the program with the address of a ledger node.")
        case Kind.NOT_ASKED:
            return Message(
                "The receiving address could not be looked at: {reason}.", reason=reason
            ), Message(
                "It is asked again by itself. Until then nobody knows whether payments can arrive."
            )
        case Kind.ASSET_UNKNOWN:
            return Message(
                "It is not known whether {asset} can arrive: {reason}.", asset=asset, reason=reason
            ), Message("It is asked again by itself. A first small sale shows it too.")
        case Kind.NOT_ON_LEDGER:
            return Message(
                "The receiving address is not on the ledger. It may be mistyped, and then the money"
                " would be lost."
            ), Message(
                "Compare it with your wallet. If it is new, send it {reserve} or more from another"
                " account first, which opens the account.",
                reserve=reserve,
            )
        case Kind.NO_SIGNER:
            return Message(
                "Nobody can sign for the receiving address. Money that arrives there is lost."
            ), Message("Set another receiving address.")
        case Kind.NEEDS_TAG:
            return Message(
                "The receiving address takes payments with a destination tag only, and none is set"
                " up. Every payment would fail."
            ), Message(
                "Is it your own account? Then let each sale have a tag, under Shop settings. Is it"
                " an exchange's? Then use an account of your own: there a tag names a customer."
            )
        case Kind.DEPOSIT_AUTH:
            return Message(
                "The receiving account takes payments from approved senders only (deposit"
                " authorization). Every customer's payment would fail."
            ), Message("Switch deposit authorization off in the account's settings.")
        case Kind.DISALLOWS_XRP:
            return Message(
                "The receiving account asks not to be sent XRP. Many wallets refuse to pay it."
            ), Message("Switch this off in the account's settings, or charge in another asset.")
        case Kind.NO_ISSUER:
            return Message(
                "{asset} cannot arrive: its issuer {issuer} is not on the ledger.",
                asset=asset,
                issuer=issuer,
            ), Message("Compare the issuer's address with its website.")
        case Kind.GLOBAL_FREEZE:
            return Message(
                "{asset} cannot arrive: its issuer has frozen it for everybody.", asset=asset
            ), Message("Charge in another asset until the issuer ends the freeze.")
        case Kind.NO_LINE:
            return Message(
                "{asset} cannot arrive: the receiving account has no trust line to {issuer}.",
                asset=asset,
                issuer=issuer,
            ), Message("Add the asset in the wallet of the receiving account.")
        case Kind.LINES_REFUSED:
            return Message(
                "{asset} cannot arrive: the receiving account has no trust line, and the issuer"
                " accepts no new ones.",
                asset=asset,
            ), Message("Charge in another asset, or ask the issuer.")
        case Kind.DEEP_FROZEN:
            return Message(
                "{asset} cannot arrive: the receiving account's trust line is deep-frozen.",
                asset=asset,
            ), Message("Ask the issuer why, and charge in another asset until it is over.")
        case Kind.FROZEN:
            return Message(
                "The issuer has frozen {asset} in the receiving account. What arrives can only go"
                " back to the issuer.",
                asset=asset,
            ), Message("Ask the issuer why, and charge in another asset until it is over.")
        case Kind.NOT_AUTHORIZED:
            return Message(
                "{asset} cannot arrive: the issuer has not authorized the receiving account to"
                " hold it.",
                asset=asset,
            ), Message("Ask the issuer to authorize the account.")
        case Kind.LIMIT_REACHED:
            return Message(
                "{asset} cannot arrive: the trust line's limit is reached.", asset=asset
            ), Message("Raise the limit in the wallet, or move {asset} elsewhere.", asset=asset)
        case Kind.LIMIT_LOW:
            return Message(
                "Only {room} more fit on the trust line. A larger payment would fail.", room=room
            ), Message("Raise the limit in the wallet, or move {asset} elsewhere.", asset=asset)
        case Kind.NO_RIPPLE_PEER:
            return Message(
                "{asset} may not arrive: its issuer does not let payments between its holders pass"
                " (no ripple).",
                asset=asset,
            ), Message("Ask the issuer, or try one small sale before you rely on it.")
        case Kind.RIPPLES:
            return Message(
                "Strangers can exchange the account's {asset} for that of another issuer, since its"
                " trust lines let payments ripple through.",
                asset=asset,
            ), Message("Set “no ripple” on the account's trust lines of this currency.")
        case Kind.NO_ISSUANCE:
            return Message(
                "{asset} cannot arrive: the ledger knows no such token.", asset=asset
            ), Message("Compare its issuance id with the issuer's website.")
        case Kind.ISSUANCE_LOCKED:
            return Message(
                "{asset} cannot arrive: its issuer has locked it for everybody.", asset=asset
            ), Message("Charge in another asset until the issuer ends the lock.")
        case Kind.NOT_TRANSFERABLE:
            return Message(
                "{asset} cannot arrive: its holders can pay it to the issuer only.", asset=asset
            ), Message("Charge in another asset.")
        case Kind.WRONG_SCALE:
            return Message(
                "{asset} has {scale} decimals on the ledger, and the shop's settings say"
                " {decimals}. Every amount would be too large or too small by a power of ten.",
                asset=asset,
                scale=scale,
                decimals=decimals,
            ), Message("Correct the decimals of this asset in the settings.")
        case Kind.NO_HOLDING:
            return Message(
                "{asset} cannot arrive: the receiving account has not agreed to hold this token.",
                asset=asset,
            ), Message("Add the token in the wallet of the receiving account.")
        case Kind.HOLDING_LOCKED:
            return Message(
                "{asset} cannot arrive: the issuer has locked the receiving account's tokens.",
                asset=asset,
            ), Message("Ask the issuer why, and charge in another asset until it is over.")
        case Kind.CREDENTIALS:
            return Message(
                "{asset} may not arrive: its issuer demands credentials, which cannot be checked"
                " here.",
                asset=asset,
            ), Message("Ask the issuer, or try one small sale before you rely on it.")
        case Kind.ISSUANCE_AT_MAXIMUM:
            return Message(
                "All of {asset} that may ever exist has been issued. Customers can still pay with"
                " what they hold.",
                asset=asset,
            ), ""
        case Kind.SHARED_ADDRESS:
            return Message(
                "The receiving address demands a destination tag, and each sale has one."
            ), Message(
                "If the address belongs to an exchange, stop: there a tag names a customer, and the"
                " money would go to a stranger. Use an account of your own."
            )
        case Kind.REGULAR_KEY:
            return Message(
                "The receiving account has a regular key, {key}. Refunds can be signed with it.",
                key=key,
            ), ""
        case Kind.MASTER_DISABLED:
            return Message(
                "The receiving account's own key is disabled. Refunds must be signed with its"
                " regular key, {key}.",
                key=key,
            ), Message("Have the wallet with that key at hand before you promise a refund.")
        case Kind.SIGNER_LIST:
            return Message(
                "The receiving account has a list of signers. Refunds may need several signatures."
            ), ""
        case Kind.LOW_RESERVE:
            return Message(
                "The receiving account holds hardly more XRP than its reserve. Payments arrive, but"
                " a refund may fail for want of its fee."
            ), Message("Send the account one XRP more.")
        case Kind.RECEIVABLE:
            return Message("{asset} can arrive.", asset=asset), ""


def payer_words(kind: Kind, *, asset: str = "", reserve: str = "", reason: str = "") -> Words:
    """Meaning and action for a refund to another account; ("", "") for what does not matter
    there."""
    match kind:
        case Kind.NO_NODE | Kind.NOT_ASKED | Kind.ASSET_UNKNOWN:
            return Message(
                "The payer's account could not be looked at: {reason}.", reason=reason
            ), Message("The refund may fail. Then only its fee is lost.")
        case Kind.NOT_ON_LEDGER:
            return Message(
                "The payer's account no longer exists. Only XRP can bring it back, at least"
                " {reserve} at once.",
                reserve=reserve,
            ), Message("Ask the customer for another address.")
        case Kind.NO_SIGNER:
            return Message(
                "Nobody can sign for the payer's account. A refund to it is lost."
            ), Message("Ask the customer for another address.")
        case Kind.NEEDS_TAG:
            return Message(
                "The payer's account demands a destination tag, as exchanges do. Without the right"
                " one the refund fails or reaches a stranger."
            ), Message("Ask the customer for the tag, or for an address of the customer's own.")
        case Kind.SHARED_ADDRESS:
            return Message(
                "The payer's account demands a destination tag, as exchanges do. A wrong tag sends"
                " the money to a stranger."
            ), Message("Make sure that the customer named this tag for deposits.")
        case Kind.DEPOSIT_AUTH:
            return Message(
                "The payer's account takes payments from approved senders only, so the refund would"
                " fail."
            ), Message("Ask the customer to approve your account, or for another address.")
        case Kind.DISALLOWS_XRP:
            return Message(
                "The payer's account asks not to be sent XRP. The wallet may refuse the refund."
            ), Message("Ask the customer for another address.")
        case Kind.NO_LINE | Kind.LINES_REFUSED | Kind.NO_HOLDING:
            return Message(
                "The payer's account cannot hold {asset} any more, so the refund would fail.",
                asset=asset,
            ), Message("Ask the customer to add the asset again, or refund in XRP.")
        case Kind.LIMIT_REACHED | Kind.LIMIT_LOW:
            return Message(
                "The payer's trust line leaves too little room for {asset}.", asset=asset
            ), Message("Ask the customer to raise the limit, or refund in XRP.")
        case Kind.NO_ISSUER | Kind.GLOBAL_FREEZE | Kind.NO_ISSUANCE | Kind.ISSUANCE_LOCKED:
            return Message(
                "{asset} cannot be sent at present: its issuer has stopped it.", asset=asset
            ), Message("Refund in XRP.")
        case (
            Kind.DEEP_FROZEN
            | Kind.FROZEN
            | Kind.HOLDING_LOCKED
            | Kind.NOT_AUTHORIZED
            | Kind.NOT_TRANSFERABLE
        ):
            return Message(
                "The issuer does not let the payer's account receive or use {asset}.", asset=asset
            ), Message("Refund in XRP.")
        case Kind.NO_RIPPLE_PEER | Kind.CREDENTIALS:
            return Message("{asset} may not arrive at the payer's account.", asset=asset), Message(
                "The refund may fail. Then only its fee is lost."
            )
    return "", ""
