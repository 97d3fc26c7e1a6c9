"""What each transaction type does to a ledger state."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal, InvalidOperation
from typing import Any

from xumm_desk.simulator.runtime.keys import (
    Transaction,
    address_of,
    is_signature_valid,
    is_signer_valid,
)

from .state import (
    LSF_DEFAULT_RIPPLE,
    LSF_DEPOSIT_AUTH,
    LSF_DISABLE_MASTER,
    LSF_DISALLOW_LINES,
    LSF_DISALLOW_XRP,
    LSF_GLOBAL_FREEZE,
    LSF_NO_FREEZE,
    LSF_REQUIRE_AUTH,
    LSF_REQUIRE_DEST_TAG,
    RESERVE_BASE,
    Account,
    LedgerState,
    TrustLine,
    asset_of,
    plain,
)
from .transfer_rules import transfer_refusal

TF_PARTIAL = 0x00020000
TF_SET_AUTH = 0x00010000
TF_SET_NO_RIPPLE = 0x00020000
TF_CLEAR_NO_RIPPLE = 0x00040000
TF_SET_FREEZE = 0x00100000
TF_CLEAR_FREEZE = 0x00200000
TF_SET_DEEP_FREEZE = 0x00400000
TF_CLEAR_DEEP_FREEZE = 0x00800000
# What the practice market pays for one XRP: cross-currency payments need some price.
MARKET_PRICE = Decimal("0.5")
FLAG_OF_ASF = {
    1: LSF_REQUIRE_DEST_TAG,
    2: LSF_REQUIRE_AUTH,
    3: LSF_DISALLOW_XRP,
    4: LSF_DISABLE_MASTER,
    6: LSF_NO_FREEZE,
    7: LSF_GLOBAL_FREEZE,
    8: LSF_DEFAULT_RIPPLE,
    9: LSF_DEPOSIT_AUTH,
    15: LSF_DISALLOW_LINES,
}

Amount = str | dict[str, Any]


@dataclass(slots=True)
class Outcome:
    """Result code and, for a Payment, what really arrived."""

    code: str
    delivered: Amount | None = None

    @property
    def included(self) -> bool:
        """Whether a ledger takes the transaction in (``tes`` and ``tec`` codes)."""
        return self.code.startswith(("tes", "tec"))


@dataclass(slots=True)
class Market:
    """The account that changes XRP into the practice issuer's money and back."""

    address: str = ""


def authorised(state: LedgerState, tx: Transaction) -> str:
    """``tesSUCCESS`` when the right keys signed, else the code a node answers."""
    account = state.accounts[tx["Account"]]
    if tx.get("Signers") and not tx.get("SigningPubKey"):
        weights = dict(account.signers)
        if not weights:
            return "tefNOT_MULTI_SIGNING"
        signers = [entry["Signer"] for entry in tx["Signers"]]
        if not all(is_signer_valid(tx, s) for s in signers):
            return "invalid"
        if any(s["Account"] not in weights for s in signers):
            return "tefBAD_SIGNATURE"
        enough = sum(weights[s["Account"]] for s in signers) >= account.signer_quorum
        return "tesSUCCESS" if enough else "tefBAD_QUORUM"
    if not is_signature_valid(tx):
        return "invalid"
    signer = address_of(tx["SigningPubKey"])
    if signer == account.regular_key and signer is not None:
        return "tesSUCCESS"
    if signer != account.address:
        return "tefBAD_AUTH"
    return "tefMASTER_DISABLED" if account.flags & LSF_DISABLE_MASTER else "tesSUCCESS"


def malformed(tx: Transaction, network_id: int) -> str | None:
    """The ``tem``/``tel`` code of a transaction that can never apply, or None."""
    wanted = network_id if network_id > 1024 else None
    if tx.get("NetworkID") != wanted:
        return "telNETWORK_ID_MAKES_TX_NON_CANONICAL" if wanted is None else "telWRONG_NETWORK"
    if not str(tx.get("Fee", "")).isdigit():
        return "temBAD_FEE"
    kind = tx.get("TransactionType")
    if kind not in _APPLY:
        return "temDISABLED"
    if kind == "Payment":
        return _malformed_payment(tx)
    return None


def _malformed_payment(tx: Transaction) -> str | None:
    amount, most = tx.get("Amount"), tx.get("SendMax")
    if amount is None or "Destination" not in tx:
        return "temMALFORMED"
    if _value(amount) <= 0:
        return "temBAD_AMOUNT"
    if isinstance(amount, str) and (most is None or isinstance(most, str)):
        if tx["Account"] == tx["Destination"]:
            return "temREDUNDANT"
        if tx.get("Flags", 0) & TF_PARTIAL:
            return "temBAD_SEND_XRP_PARTIAL"
        if most is not None:
            return "temBAD_SEND_XRP_MAX"
    return None


def apply(state: LedgerState, tx: Transaction, market: Market) -> Outcome:
    """Take the fee, use up the sequence and do what the transaction says.

    The caller has checked shape, keys and sequence. On a ``tec`` code only fee and sequence
    are gone.
    """
    account = state.accounts[tx["Account"]]
    fee = int(tx["Fee"])
    if account.balance < fee:
        return Outcome("terINSUF_FEE_B")
    account.balance -= fee
    account.sequence += 1
    trial = state.copy()
    outcome = _APPLY[tx["TransactionType"]](trial, tx, market)
    if outcome.code == "tesSUCCESS":
        state.accounts, state.lines = trial.accounts, trial.lines
        state.issuances = trial.issuances
    return outcome


def _payment(state: LedgerState, tx: Transaction, market: Market) -> Outcome:
    source, target = tx["Account"], tx["Destination"]
    amount: Amount = tx["Amount"]
    known = state.accounts.get(target)
    if known is None:
        if not isinstance(amount, str):
            return Outcome("tecNO_DST")
        if int(amount) < RESERVE_BASE:
            return Outcome("tecNO_DST_INSUF_XRP")
        state.accounts[target] = Account(target, 0, tx.get("Sequence", 1))
    elif known.flags & LSF_REQUIRE_DEST_TAG and "DestinationTag" not in tx:
        return Outcome("tecDST_TAG_NEEDED")
    elif known.flags & LSF_DEPOSIT_AUTH and source != target:
        # So that an account cannot lock itself out, a little XRP always comes through.
        small = isinstance(amount, str) and int(amount) <= RESERVE_BASE
        if not (small and known.balance <= RESERVE_BASE):
            return Outcome("tecNO_PERMISSION")
    want = _value(amount)
    most = tx.get("SendMax")
    pays: Amount = amount if most is None else most
    partial = bool(tx.get("Flags", 0) & TF_PARTIAL)
    crossing = isinstance(pays, str) != isinstance(amount, str)
    for sender, receiver, money in (
        (source, market.address if crossing else target, pays),
        (market.address if crossing else source, target, amount),
    ):
        refused = transfer_refusal(state, sender, receiver, money)
        if refused:
            return Outcome(refused)
    can_pay = _can_send(state, source, pays)
    if most is not None:
        can_pay = min(can_pay, _value(most))
    got = _exchange(can_pay, pays, amount) if crossing else can_pay
    got = min(want, got, _can_receive(state, target, amount))
    if got < want and not partial:
        if isinstance(amount, str) and most is None:
            return Outcome("tecUNFUNDED_PAYMENT")
        return Outcome("tecPATH_DRY" if got <= 0 else "tecPATH_PARTIAL")
    least = tx.get("DeliverMin")
    if got <= 0 or (least is not None and got < _value(least)):
        return Outcome("tecPATH_DRY" if got <= 0 else "tecPATH_PARTIAL")
    cost = _exchange(got, amount, pays) if crossing else got
    _move(state, source, market.address if crossing else target, pays, cost)
    if crossing:
        _move(state, market.address, target, amount, got)
    return Outcome("tesSUCCESS", _as_amount(amount, got))


def _exchange(value: Decimal, have: Amount, wish: Amount) -> Decimal:
    if isinstance(have, str) and not isinstance(wish, str):
        return (value / 1_000_000 * MARKET_PRICE).quantize(Decimal("1E-9"), ROUND_DOWN)
    return (value / MARKET_PRICE * 1_000_000).quantize(Decimal(1), ROUND_DOWN)


def _can_send(state: LedgerState, address: str, like: Amount) -> Decimal:
    if isinstance(like, str):
        return Decimal(state.spendable(address))
    if asset_of(like)[0] == address:
        token = state.issuances.get(asset_of(like)[1])
        if token is not None:
            return Decimal(token.maximum - state.outstanding(token.issuance_id))
        return Decimal("1E15")
    line = state.line(address, *asset_of(like))
    return line.balance if line else Decimal(0)


def _can_receive(state: LedgerState, address: str, like: Amount) -> Decimal:
    if isinstance(like, str) or asset_of(like)[0] == address:
        return Decimal("1E17")
    line = state.line(address, *asset_of(like))
    return line.limit - line.balance if line else Decimal(0)


def _move(state: LedgerState, source: str, target: str, like: Amount, value: Decimal) -> None:
    if isinstance(like, str):
        state.accounts[source].balance -= int(value)
        state.accounts[target].balance += int(value)
        return
    for address, change in ((source, -value), (target, value)):
        line = state.line(address, *asset_of(like))
        if line is not None:
            line.balance += change


def _trust_set(state: LedgerState, tx: Transaction, market: Market) -> Outcome:
    del market
    account, limit, flags = tx["Account"], tx["LimitAmount"], tx.get("Flags", 0)
    issuer, currency = limit["issuer"], limit["currency"]
    if issuer not in state.accounts:
        return Outcome("tecNO_DST")
    held = state.line(issuer, account, currency)
    if held is not None:
        return _set_by_issuer(held, flags)
    is_new = state.line(account, issuer, currency) is None
    peer = state.accounts[issuer]
    if is_new and peer.flags & LSF_DISALLOW_LINES:
        return Outcome("tecNO_PERMISSION")
    line = state.set_trust_line(account, issuer, currency, Decimal(limit["value"]))
    if is_new:
        line.no_ripple_peer = not peer.flags & LSF_DEFAULT_RIPPLE
    line.no_ripple = _switched(line.no_ripple, flags, TF_SET_NO_RIPPLE, TF_CLEAR_NO_RIPPLE)
    return Outcome("tesSUCCESS")


def _set_by_issuer(line: TrustLine, flags: int) -> Outcome:
    """An issuer's TrustSet for a line that somebody else opened to it."""
    frozen = _switched(line.frozen, flags, TF_SET_FREEZE, TF_CLEAR_FREEZE)
    deep = _switched(line.deep_frozen, flags, TF_SET_DEEP_FREEZE, TF_CLEAR_DEEP_FREEZE)
    if deep and not frozen:
        return Outcome("tecNO_PERMISSION")
    line.frozen, line.deep_frozen = frozen, deep
    line.authorized = line.authorized or bool(flags & TF_SET_AUTH)
    line.no_ripple_peer = _switched(
        line.no_ripple_peer, flags, TF_SET_NO_RIPPLE, TF_CLEAR_NO_RIPPLE
    )
    return Outcome("tesSUCCESS")


def _switched(present: bool, flags: int, on: int, off: int) -> bool:
    return bool(flags & on) or (present and not flags & off)


def _account_set(state: LedgerState, tx: Transaction, market: Market) -> Outcome:
    del market
    account = state.accounts[tx["Account"]]
    account.flags |= FLAG_OF_ASF.get(tx.get("SetFlag", 0), 0)
    account.flags &= ~FLAG_OF_ASF.get(tx.get("ClearFlag", 0), 0)
    return Outcome("tesSUCCESS")


def _set_regular_key(state: LedgerState, tx: Transaction, market: Market) -> Outcome:
    del market
    state.accounts[tx["Account"]].regular_key = tx.get("RegularKey")
    return Outcome("tesSUCCESS")


def _signer_list_set(state: LedgerState, tx: Transaction, market: Market) -> Outcome:
    del market
    account = state.accounts[tx["Account"]]
    entries = [e["SignerEntry"] for e in tx.get("SignerEntries", [])]
    account.signer_quorum = tx["SignerQuorum"]
    account.signers = [(e["Account"], e["SignerWeight"]) for e in entries]
    return Outcome("tesSUCCESS")


_APPLY = {
    "Payment": _payment,
    "TrustSet": _trust_set,
    "AccountSet": _account_set,
    "SetRegularKey": _set_regular_key,
    "SignerListSet": _signer_list_set,
}


def _value(amount: Amount) -> Decimal:
    try:
        return Decimal(amount if isinstance(amount, str) else str(amount["value"]))
    except InvalidOperation:
        return Decimal(0)


def _as_amount(like: Amount, value: Decimal) -> Amount:
    return str(int(value)) if isinstance(like, str) else {**like, "value": plain(value)}
