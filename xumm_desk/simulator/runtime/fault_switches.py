"""Which dialects and faults of the platform can be switched on."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, fields
from typing import Any

FRAME_KINDS = frozenset(
    {
        "welcome",
        "expires_in_seconds",
        "expired",
        "opened",
        "devapp_fetched",
        "pre_signed",
        "dispatched",
        "resolved",
        "cancelled",
        "message",
        "pong",
    }
)

_CHOICES: dict[str, tuple[object, ...]] = {
    "resolve_at": ("patch1", "patch2"),
    "unknown_uuid": ("message_close", "silent"),
    "cancel_event": ("none", "cancelled", "expired"),
    "empty_as": ("", None),
    "txid_on_reject": ("absent", "null", ""),
    "ws_blob": ("omit", "include"),
    "http_429_body": ("json", "html", "empty"),
    "webhook_key": ("first", "all"),
    "refuse": ("off", "close", "503"),
    "ledger_refuse": ("off", "close", "503"),
    "ledger_rules": ("rippled", "clio"),
    "rates_fault": ("off", "html", "500", "zero", "negative", "nan", "missing", "text"),
    "odd_frames": ("off", "malformed", "garbage", "array", "binary", "huge"),
}


@dataclass(slots=True)
class FaultSwitches:
    """Every dialect and fault of P§10a "Switches a good simulator offers", and a few more.

    Plain attributes: set them directly in a test, or through ``update`` with checking.
    Times are real milliseconds or seconds except ``late_dispatch_seconds``, which follows the
    practice clock. ``close_after_welcome`` is the code (RFC 6455 §7.4) that every status socket is
    closed with once it was welcomed; 0 for none.
    """

    resolve_at: str = "patch2"
    publish_before_store_ms: int = 0
    late_dispatch_seconds: float = 0.0
    never_dispatch: bool = False
    replay_on_connect: bool = False
    unknown_uuid: str = "message_close"
    cancel_event: str = "none"
    empty_as: str | None = ""
    txid_on_reject: str = "absent"
    ws_blob: str = "omit"
    drop_socket_after: int = 0
    close_after_welcome: int = 0
    http_429_every: int = 0
    http_429_body: str = "json"
    retry_after_seconds: int = 0
    html_502: bool = False
    visibility_delay_ms: int = 0
    expire_cap_minutes: int = 0
    webhook_key: str = "first"
    webhook_loopback: bool = False
    second_payer: bool = False
    force_behaviour: str = ""
    never_validates: bool = False
    ping_reply: str | None = "Right back at you!"
    silent_sockets: bool = False
    no_welcome: bool = False
    repeat_frames: int = 1
    drop_frames: list[str] = field(default_factory=list)
    odd_frames: str = "off"
    close_after_resolve: bool = False
    refuse: str = "off"
    refuse_sockets: bool = False
    slow_response_seconds: float = 0.0
    lose_post_answer: int = 0
    lose_cancel_answer: int = 0
    half_body: bool = False
    rate_headers: bool = True
    rates_fault: str = "off"
    rates_slow_seconds: float = 0.0
    ledger_refuse: str = "off"
    ledger_slow_seconds: float = 0.0
    ledger_history: int = 0
    ledger_behind: int = 0
    ledger_rules: str = "rippled"
    ledger_error: str = ""

    def update(self, changes: dict[str, Any]) -> None:
        """Set several switches at once; ValueError names the first that cannot be so set."""
        for name, value in changes.items():
            self._check(name, value)
        for name, value in changes.items():
            setattr(self, name, value)

    def as_dict(self) -> dict[str, Any]:
        """All switches with their present values, ready for JSON."""
        return asdict(self)

    def _check(self, name: str, value: object) -> None:
        known = {f.name for f in fields(self)}
        if name not in known:
            raise ValueError(f"there is no switch {name!r}")
        if name in _CHOICES:
            if value not in _CHOICES[name]:
                raise ValueError(f"{name} is one of {list(_CHOICES[name])!r}")
            return
        if name == "drop_frames":
            if not isinstance(value, list) or not set(value) <= FRAME_KINDS:
                raise ValueError(f"drop_frames lists any of {sorted(FRAME_KINDS)!r}")
            return
        if name == "ping_reply":
            if value is not None and not isinstance(value, str):
                raise ValueError("ping_reply is a text or null")
            return
        present = getattr(FaultSwitches(), name)
        if isinstance(present, bool):
            fits = isinstance(value, bool)
        elif isinstance(present, str):
            fits = isinstance(value, str)
        else:
            number = int | float if isinstance(present, float) else int
            fits = isinstance(value, number) and not isinstance(value, bool) and value >= 0
        if not fits:
            raise ValueError(f"{name} takes a value like {present!r}")
