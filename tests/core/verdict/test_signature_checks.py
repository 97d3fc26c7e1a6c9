"""Signature checks agree with xrpl-py's own, whatever is wrong with signature, key or message."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

import pytest
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from hypothesis import given
from hypothesis import strategies as st
from xrpl.core import keypairs
from xrpl.core.binarycodec import decode, encode_for_multisigning, encode_for_signing

from core import builders
from core.builders import MODERATE, Person, Signed, multisigned, person, signed
from xumm_desk.core.state.evidence import Signature
from xumm_desk.core.wire.json_fields import Json, JsonObject
from xumm_desk.net.ledger import signatures
from xumm_desk.net.ledger.xrpl_codec import XrplCodec

ORDER: Final = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
"""Of the generator of secp256k1."""
FIELD: Final = 2**256 - 2**32 - 977
ED25519_FIELD: Final = 2**255 - 19
SECP: Final = person(2)
ED: Final = person(3)
MESSAGE: Final = bytes(range(90))


def signature_of(who: Person) -> bytes:
    """Over `MESSAGE`, made by xrpl-py."""
    return bytes.fromhex(keypairs.sign(MESSAGE, who.private))


def oracle(message: bytes, signature: bytes, key: str) -> bool | str:
    """What xrpl-py says, or that it raised something."""
    return said(keypairs.is_valid_message, message, signature, key)


def ours(message: bytes, signature: bytes, key: str) -> bool | str:
    """What the program says, or that it raised something."""
    return said(signatures.is_valid, message, signature, key)


def said(check: Callable[..., Any], *case: Any) -> bool | str:
    try:
        return bool(check(*case))
    except Exception:  # noqa: BLE001 - the library's exceptions have no common base
        return "raised"


def agreed(message: bytes, signature: bytes, key: str) -> bool | str:
    """The verdict of both, which must be one; what OpenSSL accepts, xrpl-py must accept as well."""
    expected = oracle(message, signature, key)
    assert ours(message, signature, key) == expected
    if signatures.is_accepted(message, signature, bytes.fromhex(key)):
        assert expected is True
    return expected


# Whole blobs.


def every_blob() -> Iterator[tuple[str, Signed]]:
    """One blob of each kind that the tests of the core sign."""
    asked: dict[str, JsonObject] = {
        "payment": builders.PAYMENT,
        "issued": {**builders.PAYMENT, "Amount": builders.EURO},
        "invoice": {**builders.PAYMENT, "InvoiceID": builders.INVOICE},
        "trust": builders.TRUST,
        "sign-in": builders.SIGN_IN,
    }
    for name, txjson in asked.items():
        for number in (3, 4):
            yield f"{name} {number}", signed(txjson, signer=person(number))
    yield "multisigned", multisigned()


BLOBS: Final = dict(every_blob())


def expected_signatures(blob: str) -> tuple[Signature, ...]:
    """The signatures of a blob by xrpl-py alone."""
    tx = decode(blob)
    if tx.get("Signers") and not tx.get("SigningPubKey"):
        return tuple(
            expected_signature(one, one["Account"], encode_for_multisigning(tx, one["Account"]))
            for one in (entry["Signer"] for entry in tx["Signers"])
        )
    return (expected_signature(tx, tx.get("Account"), encode_for_signing(tx)),)


def expected_signature(part: JsonObject, account: str | None, message: str) -> Signature:
    key, signature = str(part["SigningPubKey"]), bytes.fromhex(str(part["TxnSignature"]))
    valid = oracle(bytes.fromhex(message), signature, key)
    if valid == "raised":
        return Signature(account, None, False)
    return Signature(account, keypairs.derive_classic_address(key), valid is True)


@pytest.mark.parametrize("name", BLOBS)
def test_every_signed_fixture_is_valid_for_both(name: str) -> None:
    blob = BLOBS[name].blob
    found = XrplCodec().read_blob(blob, "TESTNET")
    assert found.valid
    assert found.signatures == expected_signatures(blob)


def with_bit_changed(value: Json, bit: int) -> str:
    assert isinstance(value, str)
    raw = bytearray.fromhex(value)
    raw[bit // 8 % len(raw)] ^= 1 << bit % 8
    return raw.hex().upper()


@given(
    name=st.sampled_from(sorted(BLOBS)),
    field=st.sampled_from(["TxnSignature", "SigningPubKey"]),
    bit=st.integers(0, 8 * 72 - 1),
)
@MODERATE
def test_a_bit_changed_in_a_blob_gives_the_same_finding(name: str, field: str, bit: int) -> None:
    tx = BLOBS[name].tx
    signers = tx.get("Signers")
    entry: Any = signers[0] if isinstance(signers, list) else {"Signer": tx}
    value = entry["Signer"][field]
    blob = BLOBS[name].blob.replace(value, with_bit_changed(value, bit))
    assert XrplCodec().read_blob(blob, "TESTNET").signatures == expected_signatures(blob)


@given(
    who=st.sampled_from([SECP, ED]),
    part=st.sampled_from(["message", "signature", "key"]),
    bit=st.integers(0, 8 * 90 - 1),
)
@MODERATE
def test_a_bit_changed_anywhere(who: Person, part: str, bit: int) -> None:
    case = {"message": MESSAGE.hex(), "signature": signature_of(who).hex(), "key": who.public}
    case[part] = with_bit_changed(case[part], bit)
    agreed(bytes.fromhex(case["message"]), bytes.fromhex(case["signature"]), case["key"])


@pytest.mark.parametrize("at", [0, 1, 2, 3, -1])
def test_every_bit_of_the_structure_of_der(at: int) -> None:
    sound = signature_of(SECP)
    second = 4 + sound[3]  # the tag of S, then its length
    for place in (at, second + at) if at in (0, 1) else (at,):
        for bit in range(8):
            changed = bytearray(sound)
            changed[place] ^= 1 << bit
            agreed(MESSAGE, bytes(changed), SECP.public)


# Forms of one signature.


def whole(number: int) -> bytes:
    """A positive DER integer's content."""
    return number.to_bytes(number.bit_length() // 8 + 1, "big")


def der(r: bytes, s: bytes) -> bytes:
    body = b"\x02" + bytes([len(r)]) + r + b"\x02" + bytes([len(s)]) + s
    return b"\x30" + bytes([len(body)]) + body


R, S = decode_dss_signature(signature_of(SECP))
FORMS: Final[dict[str, bytes]] = {
    "as signed": der(whole(R), whole(S)),
    "high S": der(whole(R), whole(ORDER - S)),
    "a zero too many": der(b"\0" + whole(R), whole(S)),
    "many zeros": der(whole(R), bytes(9) + whole(S)),
    "read as negative": der(R.to_bytes(32, "big"), (ORDER - S).to_bytes(32, "big")),
    "long length": (b"\x30\x81" + der(whole(R), whole(S))[1:2] + der(whole(R), whole(S))[2:]),
    "a byte too many": der(whole(R), whole(S)) + b"\0",
    "a byte too few": der(whole(R), whole(S))[:-1],
    "a third integer": der(whole(R), whole(S) + b"\x02\x01\x01"),
    "R and S exchanged": der(whole(S), whole(R)),
    "R past the order": der(whole(R + ORDER), whole(S)),
    "S past the order": der(whole(R), whole(S + ORDER)),
    "R is zero": der(b"\0", whole(S)),
    "S is zero": der(whole(R), b"\0"),
    "S is the order": der(whole(R), whole(ORDER)),
    "S is empty": der(whole(R), b""),
    "no tag": b"\x31" + der(whole(R), whole(S))[1:],
    "raw": R.to_bytes(32, "big") + S.to_bytes(32, "big"),
    "nothing": b"",
    "a tag alone": b"\x30",
}


@pytest.mark.parametrize("form", FORMS)
def test_der_in_every_form(form: str) -> None:
    agreed(MESSAGE, FORMS[form], SECP.public)


def test_both_take_a_high_s() -> None:
    """The ledger refuses it, but the same key's holder signed the same message."""
    assert agreed(MESSAGE, FORMS["as signed"], SECP.public) is True
    assert agreed(MESSAGE, FORMS["high S"], SECP.public) is True


ED25519_ORDER: Final = 2**252 + 27742317777372353535851937790883648493
E_POINT, E_SCALAR = signature_of(ED)[:32], signature_of(ED)[32:]
ED_FORMS: Final[dict[str, bytes]] = {
    "as signed": E_POINT + E_SCALAR,
    "S past the order": E_POINT
    + (int.from_bytes(E_SCALAR, "little") + ED25519_ORDER).to_bytes(32, "little"),
    "S is zero": E_POINT + bytes(32),
    "a byte too many": E_POINT + E_SCALAR + b"\0",
    "two bytes too few": E_POINT + E_SCALAR[:-2],
    "halves exchanged": E_SCALAR + E_POINT,
    "zeros": bytes(64),
    "ones": b"\xff" * 64,
    "nothing": b"",
}


@pytest.mark.parametrize("form", ED_FORMS)
def test_ed25519_in_every_form(form: str) -> None:
    agreed(MESSAGE, ED_FORMS[form], ED.public)


# Keys.


def uncompressed(key: str) -> str:
    x = int(key[2:], 16)
    y = pow(pow(x, 3, FIELD) + 7, (FIELD + 1) // 4, FIELD)
    if y & 1 != int(key[:2], 16) & 1:
        y = FIELD - y
    return f"{x:064X}{y:064X}"


BAD_KEYS: Final = {
    **{
        f"prefix {p:02X}": f"{p:02X}{SECP.public[2:]}" for p in (0, 1, 2, 3, 4, 5, 6, 7, 0xEC, 0xEE)
    },
    "Ed25519 for secp256k1": f"ED{SECP.public[2:]}",
    "another's": person(4).public,
    "uncompressed": "04" + uncompressed(SECP.public),
    "hybrid": "06" + uncompressed(SECP.public),
    "off the curve": "02" + "FF" * 32,
    "x past the field": f"02{FIELD + 1:064X}",
    "a byte too many": SECP.public + "00",
    "a byte too few": SECP.public[:-2],
    "prefix alone": "02",
    "Ed25519 alone": "ED",
    "nothing": "",
    "zeros": "00" * 33,
}


@pytest.mark.parametrize("name", BAD_KEYS)
def test_keys_that_are_none(name: str) -> None:
    agreed(MESSAGE, signature_of(SECP), BAD_KEYS[name])
    # The same keys with a signature that is Ed25519's in length.
    agreed(MESSAGE, signature_of(ED), BAD_KEYS[name])


@pytest.mark.parametrize("prefix", ["00", "02", "03", "EC", "EE"])
def test_an_ed25519_key_under_another_prefix(prefix: str) -> None:
    agreed(MESSAGE, signature_of(ED), prefix + ED.public[2:])


SMALL: Final = (
    0,
    1,
    ED25519_FIELD - 1,
    2707385501144840649318225287225658788936804267575313519463743609750303021,
    55188659117513257062467267217118295137698188065244968500265048394206261417927,
)


@pytest.mark.parametrize("y", [*SMALL, ED25519_FIELD, ED25519_FIELD + 1])
@pytest.mark.parametrize("sign", [0, 1])
def test_an_ed25519_key_of_small_order_signs_nothing_that_xrpl_py_refuses(
    y: int, sign: int
) -> None:
    key = f"ED{(y | sign << 255).to_bytes(32, 'little').hex().upper()}"
    for point in (1, 0, ED25519_FIELD - 1):
        agreed(MESSAGE, point.to_bytes(32, "little") + bytes(32), key)


# Which library does the work.


def test_a_right_signature_never_costs_pure_python(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*case: object) -> bool:
        raise AssertionError("checked in pure Python")

    monkeypatch.setattr(keypairs, "is_valid_message", never)
    for made in BLOBS.values():
        assert XrplCodec().read_blob(made.blob, "TESTNET").valid


@pytest.mark.parametrize("who", [SECP, ED], ids=["secp256k1", "Ed25519"])
def test_without_the_curve_xrpl_py_decides(who: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(*case: object) -> None:
        raise UnsupportedAlgorithm("this build of OpenSSL lacks the curve")

    from cryptography.hazmat.primitives.asymmetric import ed25519

    monkeypatch.setattr(ec.EllipticCurvePublicKey, "from_encoded_point", missing)
    monkeypatch.setattr(ed25519.Ed25519PublicKey, "from_public_bytes", missing)
    assert signatures.is_valid(MESSAGE, signature_of(who), who.public)
    assert not signatures.is_valid(MESSAGE + b"!", signature_of(who), who.public)
