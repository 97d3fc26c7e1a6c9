"""Control calls to the simulator: what its phones and customers do. Practice mode only."""

from __future__ import annotations

from typing import Final

import httpx

from xumm_desk.core.message import Message
from xumm_desk.core.wire import json_fields
from xumm_desk.core.wire.api_answers import SimulatorNews

_MANUAL: Final = "manual"
_MIX: Final = "mix"


class SimulatorClient:
    """The customer's phone of practice mode. Every method returns "" or a sentence."""

    def __init__(self, control: str) -> None:
        self._control = control
        self._client = httpx.AsyncClient(timeout=30.0, trust_env=False)

    async def close(self) -> None:
        """Close the connection."""
        await self._client.aclose()

    async def phone_action(self, uuid: str, verb: str) -> str:
        """Let the phone "scan", "sign", "decline" or "walk_off" the request."""
        return await self._send("POST", f"phone/{uuid}/{verb}", {})

    async def set_customers(self, choice: str) -> str:
        """What customers do by themselves: "manual", "mix", or a behaviour's name."""
        body: json_fields.JsonObject
        if choice == _MANUAL:
            body = {"mode": "manual"}
        elif choice == _MIX:
            mix: json_fields.JsonObject = {
                "pays": 60,
                "declines": 15,
                "walks_off": 10,
                "pays_late": 5,
                "never": 10,
            }
            body = {"mode": "auto", "mix": mix}
        else:
            body = {"mode": "auto", "behaviour": choice}
        return await self._send("PUT", "customers", body)

    async def news(self, after: int) -> SimulatorNews | str:
        """What customers do by themselves now, and what they did after the act `after`."""
        try:
            response = await self._client.get(f"{self._control}/acts/{after}")
            value = json_fields.parse_object(response.text)
        except httpx.HTTPError as error:
            return Message(
                "The practice platform does not answer ({error_type}).",
                error_type=type(error).__name__,
            )
        if isinstance(value, str):
            return Message(
                "The practice platform's answer cannot be read: {problem}.", problem=value
            )
        script, listed = json_fields.object_at(value, "customers"), value.get("acts")
        choice = (
            _MIX
            if json_fields.object_at(script, "mix")
            else json_fields.string_at(script, "behaviour") or _MANUAL
        )
        acts = [act for act in listed if isinstance(act, dict)] if isinstance(listed, list) else []
        return SimulatorNews(
            choice=choice if json_fields.string_at(script, "mode") == "auto" else _MANUAL,
            last=json_fields.int_at(value, "last") or 0,
            acts=tuple(
                f"{json_fields.string_at(act, 'what')} {json_fields.string_at(act, 'reference')}"
                for act in acts
            ),
        )

    async def _send(self, method: str, path: str, body: json_fields.JsonObject) -> str:
        try:
            response = await self._client.request(method, f"{self._control}/{path}", json=body)
        except httpx.HTTPError as error:
            return Message(
                "The practice platform does not answer ({error_type}).",
                error_type=type(error).__name__,
            )
        if response.is_success:
            return ""
        value = json_fields.parse_object(response.text)
        words = json_fields.string_at(value, "error") if isinstance(value, dict) else None
        return Message("The phone says: {reason}.", reason=words or f"HTTP {response.status_code}")
