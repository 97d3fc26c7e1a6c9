"""Read the bodies and paths of calls, and write answers and errors as the platform does (P§1.3)."""

from __future__ import annotations

import asyncio
import json
from urllib.parse import unquote

from aiohttp import web

from .create_validation import NO_BODY, RefusedError

BODY_LIMIT = 100_000


async def read_json(request: web.Request) -> object:
    """The body of a call; RefusedError(599) when it is not JSON, and 413 above 100 kB (P§1.2)."""
    if request.content_type != "application/json":
        raise RefusedError(NO_BODY)
    raw = await request.read()
    if len(raw) > BODY_LIMIT:
        raise web.HTTPRequestEntityTooLarge(BODY_LIMIT, len(raw))
    await asyncio.sleep(0)
    try:
        body: object = json.loads(raw)
    except ValueError:
        raise RefusedError(NO_BODY) from None
    return body


def path_parts(request: web.Request, prefix: str) -> list[str]:
    """The path below a prefix, cut at its slashes and decoded; a slash at its end is ignored."""
    tail = request.raw_path.split("?")[0][len(prefix) :].strip("/")
    return [unquote(part) for part in tail.split("/")]


def json_answer(body: object, headers: dict[str, str]) -> web.Response:
    """An answer as the platform writes it: UTF-8, no spaces."""
    return web.json_response(body, headers=headers, dumps=_dumps)


def soft_error(
    reference: str, code: int, status: int, headers: dict[str, str] | None = None
) -> web.Response:
    """A refusal: the platform understood the call and will not do it."""
    body = {"error": {"reference": reference, "code": code}}
    return web.json_response(body, status=status, headers=headers)


def fatal(request: web.Request, status: int, message: str, reference: str = "") -> web.Response:
    """No such route or method, or an error inside the platform."""
    body = {
        "error": True,
        "message": message,
        "reference": reference,
        "code": status,
        "req": request.path_qs.removeprefix("/api"),
        "method": request.method,
    }
    return web.json_response(body, status=status)


def _dumps(body: object) -> str:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"))
