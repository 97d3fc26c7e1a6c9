"""What the status socket sends, message by message, and everything that is none of its messages."""

from __future__ import annotations

import json

import pytest

from core.builders import OTHER_UUID, UUID
from xumm_desk.core.wire import frames
from xumm_desk.core.wire.frames import (
    Cancelled,
    DeveloperFetched,
    Dispatched,
    Expired,
    Frame,
    Opened,
    PayloadUnknown,
    Pong,
    PreSigned,
    Resolved,
    SecondsLeft,
    UnknownFrame,
    UnreadableFrame,
    Welcome,
)

TXID = "2F0F" * 16
RESOLVE = {
    "payload_uuidv4": UUID,
    "reference_call_uuidv4": "969b0000-0000-4000-8000-000000000000",
    "signed": True,
    "user_token": True,
    "return_url": {"app": None, "web": None},
    "txid": TXID,
    "opened_by_deeplink": True,
    "custom_meta": {"identifier": None, "instruction": None},
}


@pytest.mark.parametrize(
    ("message", "meant"),
    [
        (f'{{"message":"Welcome {UUID}"}}', Welcome()),
        ('{"message":"welcome"}', Welcome()),
        ('{"expires_in_seconds":895}', SecondsLeft(895)),
        ('{"expires_in_seconds":0}', SecondsLeft(0)),
        ('{"expires_in_seconds":-15}', SecondsLeft(-15)),
        ('{"expires_in_seconds":"895"}', SecondsLeft(895)),
        ('{"expires_in_seconds":895.0}', SecondsLeft(895)),
        ('{"expired":true}', Expired()),
        ('{"expired":"true"}', Expired()),
        ('{"expired":1}', Expired()),
        ('{"opened":true}', Opened()),
        ('{"devapp_fetched":true}', DeveloperFetched()),
        ('{"pre_signed":true}', PreSigned()),
        ('{"dispatched":true}', Dispatched()),
        ('{"cancelled":true}', Cancelled()),
        ('{"message":"Right back at you!"}', Pong()),
        ('{"message":"Invalid payload!"}', PayloadUnknown("Invalid payload!")),
        ('{"opened":true,"something":{"new":[1]}}', Opened()),
        ('{"expires_in_seconds":5,"expired":false}', SecondsLeft(5)),
        ('{"something":"new"}', UnknownFrame()),
        ("{}", UnknownFrame()),
        ('{"opened":false}', UnknownFrame()),
        ('{"opened":null}', UnknownFrame()),
        ('{"opened":""}', UnknownFrame()),
        ('{"message":null}', UnknownFrame()),
        ('{"message":""}', UnknownFrame()),
    ],
)
def test_each_message_is_known_by_its_keys(message: str, meant: Frame) -> None:
    assert frames.parse_frame(message, UUID) == meant


def resolve(**changed: object) -> str:
    return json.dumps({**RESOLVE, **changed})


@pytest.mark.parametrize(
    ("message", "meant"),
    [
        (resolve(), Resolved(True, TXID)),
        (resolve(signed="true"), Resolved(True, TXID)),
        (resolve(signed=1), Resolved(True, TXID)),
        (resolve(payload_uuidv4=UUID.upper()), Resolved(True, TXID)),
        (resolve(payload_uuidv4=None), Resolved(True, TXID)),
        (resolve(txid=None), Resolved(True, None)),
        (resolve(signed=False, txid=None), Resolved(False, None)),
        (resolve(signed=False, txid=""), Resolved(False, None)),
        (resolve(signed=False, txid=TXID), Resolved(False, None)),
        ('{"signed":false}', Resolved(False, None)),
        ('{"signed":true,"expired":true,"opened":true}', Resolved(True, None)),
    ],
)
def test_the_resolve_message_in_all_its_dialects(message: str, meant: Frame) -> None:
    assert frames.parse_frame(message, UUID) == meant


@pytest.mark.parametrize(
    ("message", "why"),
    [
        (resolve(payload_uuidv4=OTHER_UUID), "another request"),
        (resolve(signed=None), "does not say whether it was signed"),
        (resolve(signed="perhaps"), "does not say whether it was signed"),
        (f'{{"payload_uuidv4":"{UUID}"}}', "does not say whether it was signed"),
        ('{"expires_in_seconds":null}', "no number"),
        ('{"expires_in_seconds":"soon"}', "no number"),
        ('{"expires_in_seconds":1.5}', "no number"),
        ('{"expires_in_seconds":NaN}', "no number"),
        ('{"expires_in_seconds":true}', "no number"),
        ("", "not JSON"),
        ("hello", "not JSON"),
        ('{"expired":true"}', "not JSON"),
        ('{"opened":', "not JSON"),
        ("<html><body>502</body></html>", "not JSON"),
        ("[]", "a list where an object belongs"),
        ('[{"opened":true}]', "a list where an object belongs"),
        ("null", "a NoneType where an object belongs"),
        ("true", "a bool where an object belongs"),
        ("7", "a int where an object belongs"),
        ('"opened"', "a str where an object belongs"),
        ("[" * 60_000, "not JSON"),
        ('{"a":' * 200 + "1" + "}" * 200, "nested too deeply"),
        ('{"expires_in_seconds":' + "9" * 5000 + "}", "not JSON"),
        ('{"opened":true,"x":"' + "y" * (1 << 20) + '"}', "a frame of 1048598 characters"),
        (b'{"opened":true}', "a binary frame of 15 bytes"),
        (b"\xff\xfe", "a binary frame of 2 bytes"),
    ],
)
def test_what_is_no_message_is_unreadable_and_says_why(message: str | bytes, why: str) -> None:
    read = frames.parse_frame(message, UUID)
    assert isinstance(read, UnreadableFrame)
    assert why in read.reason


def test_without_a_known_request_any_resolve_is_read() -> None:
    assert frames.parse_frame(resolve(payload_uuidv4=OTHER_UUID)) == Resolved(True, TXID)


def test_the_longest_frame_that_is_parsed() -> None:
    shell = '{"opened":true,"x":""}'
    fits = shell.replace('""', '"' + "y" * (frames.MAX_FRAME - len(shell)) + '"')
    assert frames.parse_frame(fits) == Opened()
    assert isinstance(frames.parse_frame(fits + " "), UnreadableFrame)


def test_a_refusal_keeps_an_excerpt() -> None:
    assert frames.parse_frame(json.dumps({"message": "x" * 5000})) == PayloadUnknown("x" * 200)
