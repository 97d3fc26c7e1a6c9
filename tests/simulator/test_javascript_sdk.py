"""The official JavaScript SDK, under Node, drives the practice platform: every call that it has.

Where there is no Node, or no registry from which npm gets the SDK, these tests are skipped and say
so. `tests/javascript` has the lock and the script that makes the calls.
"""

from __future__ import annotations

import ast
import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from javascript_sdk import FOLDER, NotHereError, install, node

from . import answer_shapes
from .answer_shapes import Each, misfits

pytestmark = pytest.mark.timeout(240)  # the first test waits for npm
PATIENCE = 240.0
STRANGER = "00000000-0000-4000-8000-000000000000"

INTERNAL = {
    "Meta._inject",
    "Meta.authPromiseResolve",
    "Meta.authorize",
    "Meta.call",
    "_jwtStore",
    "caught",
    "getEnv",
    "ottResolved.catch",
    "ottResolved.finally",
    "ottResolved.then",
    "payload.resolvePayload",
    "reject",
    "resolve",
    "setEndpoint",
    "Meta.setEndpoint",
}
"""What the SDK calls itself; `setEndpoint` has been called when the first test begins."""


class SdkError(Exception):
    """The SDK threw; the text is its message."""


class Sdk:
    """The SDK in a Node process."""

    def __init__(self, child: subprocess.Popen[str], platform: dict[str, Any]) -> None:
        self._child = child
        self._number = 0
        self.keys = [platform["key"], platform["secret"]]
        self.control = platform["control"]

    def __call__(
        self,
        call: str,
        *args: Any,
        kind: str = "XummSdk",
        given: list[str] | None = None,
        live: Callable[[str], None] | None = None,
    ) -> Any:
        """Make one call; `live` is told the uuid of a subscription that has begun to hear."""
        self._number += 1
        asked = {"id": self._number, "class": kind, "with": given or self.keys}
        asked |= {"call": call, "args": args}
        assert self._child.stdin is not None
        assert self._child.stdout is not None
        self._child.stdin.write(json.dumps(asked) + "\n")
        self._child.stdin.flush()
        for line in self._child.stdout:
            said = json.loads(line)
            if "live" in said:
                assert live is not None
                live(said["live"])
            elif said["id"] == self._number:
                if "error" in said:
                    raise SdkError(said["error"])
                return said["value"]
        raise AssertionError("Node has ended")

    def practise(self, path: str, **body: Any) -> Any:
        """A control call of the simulator."""
        with httpx.Client(timeout=PATIENCE) as client:
            answer = client.post(f"{self.control}/{path}", json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()


@pytest.fixture(scope="module")
def sdk(platform: dict[str, Any]) -> Iterator[Sdk]:
    """The SDK, pointed at the child process by its own setter."""
    try:
        program, folder = node(), install()
    except NotHereError as why:
        pytest.skip(f"the JavaScript SDK was not tried: {why}")
    base = platform["api"].removesuffix("/api/v1/platform")
    command = [program, str(FOLDER / "sdk_calls.mjs"), str(folder), base]
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, text=True, **pipes) as child:
        yield Sdk(child, platform)
        assert child.stdin is not None
        child.stdin.close()
        assert child.wait(PATIENCE) == 0


def payment(platform: dict[str, Any], **more: Any) -> dict[str, Any]:
    """The body of a create call."""
    txjson = {
        "TransactionType": "Payment",
        "Destination": platform["shop"]["address"],
        "DestinationTag": 7,
        "Amount": "1500000",
    }
    return {"txjson": txjson, "options": {"expire": 5}, **more}


def paid(sdk: Sdk, platform: dict[str, Any]) -> str:
    """Let a customer pay a request; returns the transaction's id."""
    uuid = sdk("payload.create", payment(platform))["uuid"]
    return str(sdk.practise(f"phone/{uuid}/sign", customer="Ada")["txids"][0])


@pytest.mark.parametrize(
    ("call", "args", "shape"),
    [
        ("ping", (), answer_shapes.APPLICATION_DETAILS),
        ("getCuratedAssets", (), answer_shapes.ASSETS),
        ("getRails", (), answer_shapes.RAILS),
        ("getRates", ("eur",), answer_shapes.RATES),
        ("getHookHashes", (), Each(answer_shapes.HOOK)),
    ],
)
@pytest.mark.parametrize("part", ["", "Meta."])
def test_what_the_platform_knows(
    sdk: Sdk, part: str, call: str, args: tuple[str, ...], shape: Any
) -> None:
    answer = sdk(part + call, *args)
    assert answer
    assert misfits(answer, shape) == []


@pytest.mark.parametrize("part", ["", "Meta."])
def test_one_hook(sdk: Sdk, part: str) -> None:
    known = sdk("getHookHashes")
    for hash_, hook in known.items():
        assert sdk(f"{part}getHookHash", hash_.lower()) == hook
    assert sdk(f"{part}getHookHash", "0" * 64)["error"]["code"] == 404
    with pytest.raises(SdkError, match="64 char hex"):
        sdk(f"{part}getHookHash", "17")


@pytest.mark.parametrize("part", ["", "Meta."])
def test_a_transaction(sdk: Sdk, part: str, platform: dict[str, Any]) -> None:
    txid = paid(sdk, platform)
    answer = sdk(f"{part}getTransaction", txid.lower())
    assert misfits(answer, answer_shapes.TRANSACTION) == []
    assert answer["txid"] == txid
    transaction, changes = answer["transaction"], answer["balanceChanges"]
    assert transaction["Destination"] == platform["shop"]["address"]
    assert transaction["hash"] == txid
    assert changes[platform["shop"]["address"]] == [
        {"counterparty": "", "currency": "XRP", "value": "1.5"}
    ]
    assert changes[transaction["Account"]] == [
        {"counterparty": "", "currency": "XRP", "value": "-1.500012"}
    ]


def test_storage(sdk: Sdk) -> None:
    assert sdk("storage.delete") is True
    assert sdk("storage.get") is None
    kept = {"name": "Ada’s shop", "tills": [1, 2], "open": True}
    assert sdk("storage.set", kept) is True
    assert sdk("storage.get") == kept
    assert sdk("storage.set", {"only": "this"}) is True
    assert sdk("storage.get") == {"only": "this"}
    assert sdk("storage.delete") is True
    assert sdk("storage.get") is None
    with pytest.raises(SdkError, match="Error code 413"):
        sdk("storage.set", {"much": "x" * 60_000})
    with pytest.raises(SdkError, match="Error code 599"):
        sdk("storage.set", "no JSON")


def test_a_request_from_creation_to_cancellation(sdk: Sdk, platform: dict[str, Any]) -> None:
    created = sdk("payload.create", payment(platform, custom_meta={"blob": {"till": 3}}))
    assert misfits(created, answer_shapes.CREATED) == []
    got = sdk("payload.get", created["uuid"])
    assert misfits(got, answer_shapes.PAYLOAD) == []
    assert got["custom_meta"]["blob"] == {"till": 3}
    deleted = sdk("payload.cancel", got)
    assert misfits(deleted, answer_shapes.DELETED) == []
    assert deleted["result"] == {"cancelled": True, "reason": "OK"}
    assert sdk("payload.cancel", created["uuid"])["result"]["reason"] == "ALREADY_CANCELLED"
    direct = sdk("payload.create", payment(platform)["txjson"])
    assert misfits(direct, answer_shapes.CREATED) == []
    assert sdk("payload.get", STRANGER) is None
    with pytest.raises(SdkError, match="Error code 602"):
        sdk("payload.create", {"txjson": {"TransactionType": "Nothing"}}, True)


@pytest.mark.parametrize("call", ["payload.subscribe", "payload.createAndSubscribe"])
def test_a_subscription_gets_the_signature(sdk: Sdk, platform: dict[str, Any], call: str) -> None:
    body = payment(platform)
    asked: Any = sdk("payload.create", body)["uuid"] if call == "payload.subscribe" else body
    heard = sdk(call, asked, live=lambda uuid: sdk.practise(f"phone/{uuid}/sign"))
    uuid = heard["resolved"]["payload_uuidv4"]
    assert heard["address"] == f"{platform['ledger_ws'].removesuffix('/ledger')}/sign/{uuid}"
    kinds = [next(iter(event)) for event in heard["events"]]
    assert kinds[:2] == ["message", "expires_in_seconds"]
    assert {"opened", "pre_signed", "dispatched"} <= set(kinds)
    assert misfits(heard["resolved"], answer_shapes.RESOLVED) == []
    assert misfits(heard["payload"], answer_shapes.PAYLOAD) == []
    assert heard["payload"]["meta"]["signed"] is True
    if call == "payload.createAndSubscribe":
        assert misfits(heard["created"], answer_shapes.CREATED) == []


def test_tokens_pushes_and_identities(sdk: Sdk, platform: dict[str, Any]) -> None:
    uuid = sdk("payload.create", payment(platform))["uuid"]
    sdk.practise(f"phone/{uuid}/sign", customer="Ada")
    got = sdk("payload.get", uuid)
    token, account = got["application"]["issued_user_token"], got["response"]["account"]
    for answer in (
        sdk("verifyUserTokens", [token])[0],
        sdk("verifyUserToken", token),
        sdk("Meta.verifyUserTokens", token)[0],
    ):
        assert misfits(answer, answer_shapes.USER_TOKEN) == []
        assert answer["active"] is True
    assert sdk("verifyUserToken", STRANGER) == {"user_token": STRANGER, "active": False}
    for call in ("getKycStatus", "Meta.getKycStatus"):
        assert sdk(call, token) == sdk(call, account) == "SUCCESSFUL"
        assert sdk(call, STRANGER) == sdk(call, platform["shop"]["address"]) == "NONE"
    message = {"subtitle": "Your order", "body": "It is ready."}
    for name in ({"user_token": token}, {"user_account": account}):
        pushed = sdk("Push.notification", name | message)
        assert misfits(pushed, answer_shapes.PUSHED) == []
        assert pushed["pushed"] is True
    event = sdk("Push.event", {"user_token": token, "data": {"order": 5}} | message)
    assert misfits(event, answer_shapes.EVENT) == []
    assert event["pushed"] is True
    assert sdk("Push.notification", {"user_token": STRANGER} | message) == {"pushed": False}


def test_a_one_time_token_works_once(sdk: Sdk) -> None:
    ott = sdk.practise("xapp", customer="Ben")["ott"]
    data = sdk("xApp.get", ott)
    assert misfits(data, answer_shapes.ONE_TIME) == []
    with pytest.raises(SdkError, match="Error code 404"):
        sdk("xApp.get", ott)


def test_an_xapp(sdk: Sdk, platform: dict[str, Any]) -> None:
    opened = sdk.practise("xapp", customer="Cleo")
    as_user: dict[str, Any] = {"kind": "XummSdkJwt", "given": [platform["key"], opened["ott"]]}
    pong = sdk("ping", **as_user)
    assert misfits(pong, answer_shapes.XAPP_PONG) == []
    data = sdk("getOttData", **as_user)
    assert misfits(data, answer_shapes.ONE_TIME) == []
    assert data["account"] == opened["account"]
    raw: dict[str, Any] = {"kind": "XummSdkJwt", "given": [sdk("getJwt", **as_user)]}
    for here in (as_user, raw):
        assert misfits(sdk("getRates", "usd", **here), answer_shapes.RATES) == []
        assert misfits(sdk("getRails", **here), answer_shapes.RAILS) == []
        assert misfits(sdk("getCuratedAssets", **here), answer_shapes.ASSETS) == []
        assert misfits(sdk("getHookHashes", **here), Each(answer_shapes.HOOK)) == []
        created = sdk("payload.create", payment(platform), **here)
        assert misfits(sdk("payload.get", created["uuid"], **here), answer_shapes.PAYLOAD) == []
        for call in ("getNftokenDetail", "Meta.getNftokenDetail"):
            assert misfits(sdk(call, "0A" * 32, **here), answer_shapes.TOKEN) == []
        assert (
            misfits(sdk("getTransaction", paid(sdk, platform), **here), answer_shapes.TRANSACTION)
            == []
        )
    stranger = [platform["key"], STRANGER]
    with pytest.raises(SdkError, match="Error code 404"):
        sdk("getOttData", kind="XummSdkJwt", given=stranger)


def test_data_of_a_signed_in_user(sdk: Sdk, platform: dict[str, Any]) -> None:
    def user(name: str) -> dict[str, Any]:
        ott = sdk.practise("xapp", customer=name)["ott"]
        return {"kind": "XummSdkJwt", "given": [platform["key"], ott]}

    dan, eve = user("Dan"), user("Eve")
    assert sdk("jwtUserdata.set", "basket", {"tea": 2}, **dan) is True
    assert sdk("jwtUserdata.set", "seat", [4], **dan) is True
    assert sdk("jwtUserdata.list", **dan) == ["basket", "seat"]
    assert sdk("jwtUserdata.get", "basket", **dan) == {"tea": 2}
    assert sdk("jwtUserdata.get", ["basket", "seat"], **dan) == {"basket": {"tea": 2}, "seat": [4]}
    assert sdk("jwtUserdata.list", **eve) == []
    assert sdk("jwtUserdata.delete", "basket", **dan) is True
    assert sdk("jwtUserdata.list", **dan) == ["seat"]


def test_wrong_keys(sdk: Sdk, platform: dict[str, Any]) -> None:
    with pytest.raises(SdkError, match="Error code 813"):
        sdk("ping", given=[platform["key"], STRANGER])
    with pytest.raises(SdkError, match="Error code 813"):
        sdk("ping", kind="XummSdkJwt", given=["no.real.token"])


def test_every_call_of_the_sdk_is_tried_here(sdk: Sdk) -> None:
    """A newer SDK may have calls that no test makes: then this fails, and names them."""
    ott = sdk.practise("xapp")["ott"]
    of_user = sdk("methods", kind="XummSdkJwt", given=[sdk.keys[0], ott])
    methods = {*sdk("methods"), *of_user} - INTERNAL
    source = ast.parse(Path(__file__).read_text(encoding="utf-8"))
    tried = {node.value for node in ast.walk(source) if isinstance(node, ast.Constant)}
    assert {name for name in methods if name.removeprefix("Meta.") not in tried} == set()
