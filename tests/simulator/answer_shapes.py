"""The shapes of the platform's answers, as the type definitions of the JavaScript SDK 1.11 say.

A shape is a type, a tuple of types (`None` stands for null), a list with the shape of its items, a
dict with the shape of each key (one that ends in "?" may be missing), or `Each` for a dict whose
keys are data. Keys that a shape does not name are allowed, as the platform adds some over time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Each:
    """A dict with any keys, and values of one shape."""

    shape: Any


def misfits(value: object, shape: Any, place: str = "") -> list[str]:
    """What of a value does not have the shape; empty when all of it has."""
    if isinstance(shape, Each):
        if not isinstance(value, dict):
            return [f"{place} is {value!r}, not an object"]
        return [w for k, v in value.items() for w in misfits(v, shape.shape, f"{place}.{k}")]
    if isinstance(shape, dict):
        if not isinstance(value, dict):
            return [f"{place} is {value!r}, not an object"]
        wrong = []
        for key, inner in shape.items():
            name = key.removesuffix("?")
            if name in value:
                wrong += misfits(value[name], inner, f"{place}.{name}")
            elif not key.endswith("?"):
                wrong.append(f"{place}.{name} is missing")
        return wrong
    if isinstance(shape, list):
        if not isinstance(value, list):
            return [f"{place} is {value!r}, not a list"]
        return [w for n, v in enumerate(value) for w in misfits(v, shape[0], f"{place}.{n}")]
    kinds = shape if isinstance(shape, tuple) else (shape,)
    for kind in kinds:
        if kind is None:
            if value is None:
                return []
        elif isinstance(value, kind) and not (isinstance(value, bool) and bool not in kinds):
            return []
    return [f"{place} is {value!r}"]


NUMBER = (int, float)
TEXT = (str, None)
FLAG = (bool, None)
COUNT = (int, None)

CUSTOM_META = {"identifier?": TEXT, "blob?": (dict, list, str, None), "instruction?": TEXT}
PAYLOAD_META = {
    "exists": bool,
    "uuid": str,
    "multisign": bool,
    "submit": bool,
    "pathfinding": bool,
    "pathfinding_fallback": bool,
    "force_network?": TEXT,
    "destination": str,
    "resolved_destination": str,
    "resolved": bool,
    "signed": bool,
    "cancelled": bool,
    "expired": bool,
    "pushed": bool,
    "app_opened": bool,
    "opened_by_deeplink": FLAG,
    "return_url_app": TEXT,
    "return_url_web": TEXT,
    "is_xapp": bool,
    "signers": (list, None),
}
CREATED = {
    "uuid": str,
    "next": {"always": str, "no_push_msg_received?": str},
    "refs": {
        "qr_png": str,
        "qr_matrix": str,
        "qr_uri_quality_opts": [str],
        "websocket_status": str,
    },
    "pushed": bool,
}
PAYLOAD = {
    "meta": PAYLOAD_META,
    "application": {
        "name": str,
        "description": str,
        "disabled": int,
        "uuidv4": str,
        "icon_url": str,
        "issued_user_token": TEXT,
    },
    "payload": {
        "tx_type": str,
        "tx_destination": str,
        "tx_destination_tag": COUNT,
        "request_json": {"TransactionType": str},
        "origintype": TEXT,
        "signmethod": TEXT,
        "created_at": str,
        "expires_at": str,
        "expires_in_seconds": int,
    },
    "response": {
        "hex": TEXT,
        "txid": TEXT,
        "resolved_at": TEXT,
        "dispatched_nodetype": TEXT,
        "dispatched_to": TEXT,
        "dispatched_result": TEXT,
        "dispatched_to_node": FLAG,
        "environment_nodeuri": TEXT,
        "environment_nodetype": TEXT,
        "environment_networkid": COUNT,
        "multisign_account": TEXT,
        "account": TEXT,
        "signer": TEXT,
        "user": TEXT,
    },
    "custom_meta": CUSTOM_META,
}
DELETED = {
    "result": {"cancelled": bool, "reason": str},
    "meta": PAYLOAD_META,
    "custom_meta": CUSTOM_META,
}
RESOLVED = {
    "payload_uuidv4": str,
    "reference_call_uuidv4": str,
    "signed": bool,
    "user_token": bool,
    "return_url": {"app": TEXT, "web": TEXT},
    "custom_meta": CUSTOM_META,
    "txid": str,
}
APPLICATION_DETAILS = {
    "quota?": dict,
    "application": {"uuidv4": str, "name": str, "webhookurl?": str, "disabled?": int},
    "call?": {"uuidv4": str},
}
ASSETS = {
    "issuers": [str],
    "currencies": [str],
    "details": Each(
        {
            "id": int,
            "name": str,
            "domain?": str,
            "avatar?": str,
            "shortlist": int,
            "currencies": Each(
                {
                    "id": int,
                    "issuer_id": int,
                    "currency": str,
                    "name": str,
                    "avatar?": str,
                    "shortlist": int,
                }
            ),
        }
    ),
}
RATES = {
    "USD": NUMBER,
    "XRP": NUMBER,
    "__meta": {"currency": {"en": str, "code": str, "symbol?": str}},
}
RAILS = Each(
    {
        "chain_id": int,
        "color": str,
        "name": str,
        "is_livenet": bool,
        "native_asset": str,
        "endpoints": [{"name": str, "url": str}],
        "explorers": [{"name": str, "url_tx": str, "url_account?": str, "url_ctid?": str}],
        "rpc?": str,
        "definitions?": str,
        "icons": {"icon_square": str, "icon_asset": str},
    }
)
HOOK = {
    "name": str,
    "description": str,
    "creator?": {"name?": str, "mail?": str, "site?": str},
    "xapp?": str,
    "appuuid?": str,
    "icon?": str,
    "verifiedAccounts?": [str],
    "audits?": [str],
}
TRANSACTION = {
    "txid": str,
    "balanceChanges": Each([{"counterparty": str, "currency": str, "value": str}]),
    "node": str,
    "transaction": {"meta": {"TransactionResult": str}, "validated": bool},
}
USER_TOKEN = {"user_token": str, "active": bool, "issued?": int, "expires?": int}
KYC_STATES = ("NONE", "IN_PROGRESS", "REJECTED", "SUCCESSFUL")
TOKEN = {
    "issuer?": TEXT,
    "token?": TEXT,
    "owner?": TEXT,
    "name?": TEXT,
    "image?": TEXT,
}
PUSHED = {"pushed": bool}
EVENT = {"pushed": bool, "uuid": str}
ONE_TIME = {
    "locale?": str,
    "version?": str,
    "account?": str,
    "accountaccess?": str,
    "accounttype?": str,
    "style?": str,
    "origin?": {"type?": str, "data?": {"payload?": str}},
    "user": str,
    "user_device?": {"currency": str, "platform": str},
    "account_info": {
        "account": str,
        "name?": str,
        "domain?": str,
        "blocked": bool,
        "source": str,
        "kycApproved": bool,
        "proSubscription": bool,
        "profile?": {
            "slug": TEXT,
            "profileUrl": TEXT,
            "accountSlug": TEXT,
            "payString": TEXT,
        },
    },
    "nodetype?": str,
    "nodewss?": str,
    "networkid?": int,
    "currency?": str,
    "subscriptions?": [str],
}
XAPP_PONG = {
    "application": {"uuidv4": str, "name": str},
    "jwtData": {
        "pong": bool,
        "ott_uuidv4": str,
        "app_uuidv4": str,
        "app_name": str,
        "iat": int,
        "exp": int,
    },
}
JWT_PONG = {
    "application": {"uuidv4": str, "name": str},
    "jwtData": {
        "pong": bool,
        "client_id": str,
        "state?": str,
        "scope?": str,
        "nonce?": str,
        "aud": str,
        "sub": str,
        "app_uuidv4": str,
        "app_name": str,
        "payload_uuidv4": str,
        "usertoken_uuidv4": str,
        "iat": int,
        "exp": int,
        "iss": str,
    },
}
