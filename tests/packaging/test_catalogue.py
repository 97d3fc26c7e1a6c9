"""The catalogue finds every message, so each must be written as a literal."""

from __future__ import annotations

import ast
from pathlib import Path

from packaging_program import load_program

ROOT = Path(__file__).resolve().parents[2]
WRAPPERS = ("xumm_desk/core/message.py", "xumm_desk/locale/translation.py")
"""`Message.filled` and `_` hand their own arguments on."""


catalogue = load_program("catalogue")


def test_messages_are_found_with_their_plurals_and_contexts() -> None:
    source = (
        'Message("a {n}", plural="as {n}", n=2)\nx = f(_("b {c}", c=Message("d")))\n_(name)\n'
        '_("e", context="f")\nMessage("g", context="h", plural="gs", n=1)\n'
    )
    assert set(catalogue.messages(source)) == {
        (("a {n}", "as {n}"), None),
        ("b {c}", None),
        ("d", None),
        ("e", "f"),
        (("g", "gs"), "h"),
    }


def test_every_message_is_a_literal() -> None:
    computed = []
    for path in sorted((ROOT / "xumm_desk").rglob("*.py")):
        name = path.relative_to(ROOT).as_posix()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or getattr(node.func, "id", "") not in (
                "Message",
                "_",
            ):
                continue
            words = [
                *node.args[:1],
                *(w.value for w in node.keywords if w.arg in ("plural", "context")),
            ]
            literal = all(isinstance(w, ast.Constant) and isinstance(w.value, str) for w in words)
            if name not in WRAPPERS and not (words and literal):
                computed.append(f"{name}:{node.lineno}")
    assert computed == []


def test_the_catalogue_is_what_the_program_says() -> None:
    assert catalogue.CATALOGUE.read_bytes() == catalogue.extract()
