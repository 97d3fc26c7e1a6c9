"""The web pages and pictures of a payload; counts page views."""

from __future__ import annotations

import asyncio
import html
import io
import json
from typing import Any

import qrcode
import qrcode.constants
from aiohttp import web
from PIL import Image

from .http_shapes import fatal
from .payload import payload_state
from .platform import Platform

_LEVELS = {
    "m": qrcode.constants.ERROR_CORRECT_M,
    "q": qrcode.constants.ERROR_CORRECT_Q,
    "h": qrcode.constants.ERROR_CORRECT_H,
}
_PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Practice sign request</title></head>
<body style="font-family: sans-serif; max-width: 40em; margin: 3em auto">
<h1>Practice sign request</h1>
<p>This is not the real platform: nothing here moves money.</p>
<p>State: <b>{state}</b></p><pre>{request}</pre>
<p><img alt="QR code" src="{picture}"></p></body></html>
"""


class Pages:
    """``/sign/{uuid}``, its QR picture and its QR matrix (P§8)."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform

    async def handle(self, request: web.Request, name: str) -> web.StreamResponse:
        """Answer one GET below ``/sign/``."""
        uuid, _, quality = name.removesuffix(".png").removesuffix(".json").partition("_")
        payload = self._platform.payloads.get(uuid.lower().removesuffix("/qr"))
        if payload is None:
            return fatal(request, 404, "Payload not found")
        address = f"{self._platform.base}/sign/{payload.uuid}"
        if quality:
            if quality not in _LEVELS:
                return fatal(request, 404, "Unknown quality")
            if name.endswith(".json"):
                return web.json_response({"matrix": matrix(address, quality)})
            loop = asyncio.get_running_loop()
            picture = await loop.run_in_executor(None, png, address, quality)
            return web.Response(body=picture, content_type="image/png")
        payload.web_open_count += 1
        self._platform.save(payload)
        text = _PAGE.format(
            state=html.escape(payload_state(payload, self._platform.clock.now())),
            request=html.escape(json.dumps(payload.request_json, indent=2)),
            picture=html.escape(f"{address}_q.png"),
        )
        return web.Response(text=text, content_type="text/html")


async def icon(_: web.Request) -> web.StreamResponse:
    """The practice application's picture."""
    buffer = io.BytesIO()
    Image.new("RGB", (64, 64), "#2a6f97").save(buffer, "PNG")
    return web.Response(body=buffer.getvalue(), content_type="image/png")


def matrix(text: str, quality: str) -> list[list[bool]]:
    """The modules of the QR code, true = dark, without a margin."""
    code = _code(text, quality, border=0)
    return [[bool(cell) for cell in row] for row in code.get_matrix()]


def png(text: str, quality: str) -> bytes:
    """The QR code as a PNG with a margin of one module."""
    image = _code(text, quality, border=1).make_image()
    buffer = io.BytesIO()
    image.save(buffer)
    return buffer.getvalue()


def _code(text: str, quality: str, border: int) -> Any:
    code = qrcode.QRCode(error_correction=_LEVELS[quality], box_size=7, border=border)
    code.add_data(text)
    code.make(fit=True)
    return code
