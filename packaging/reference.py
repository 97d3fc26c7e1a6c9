"""Write the help pages on what other programs call: from the docstrings, and from the examples.

    .venv/bin/python packaging/reference.py
    .venv/bin/python packaging/reference.py --check

The pages are reference.md and examples.md in resources/help; `--check` compares them.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple

ROOT: Final = Path(__file__).resolve().parent.parent
PAGE: Final = ROOT / "resources" / "help" / "reference.md"
EXAMPLES: Final = ROOT / "resources" / "examples"
EXAMPLES_PAGE: Final = ROOT / "resources" / "help" / "examples.md"

_HEAD: Final = """# Reference for programs

What a program can count on. This page is made from the docstrings of the code.
[For programs](programs.md) begins with examples.
"""

_EXAMPLES_HEAD: Final = """# Examples

Programs that the tests run as they stand here. They are files in the folder `resources/examples`,
and come with the wheel. [For programs](programs.md) says what to count on.
"""

_WIDTH: Final = 96
_SECTION: Final = re.compile(r" ?\(P§[^)]*\)")
"""A pointer to our own notes on the platform, which readers of the page do not have."""


class Part(NamedTuple):
    """A function or a class, what stands before a call of it or of its members, and which members
    are for programs; `("*",)` are the values of an enumeration."""

    module: str
    name: str
    owner: str = ""
    members: Sequence[str] = ()


CHAPTERS: Final[dict[str, tuple[Part, ...]]] = {
    "Functions of xumm_desk": (
        Part("api", "open_desk", "xumm_desk"),
        Part("api", "charge", "xumm_desk"),
        Part("api", "wait_final", "xumm_desk"),
        Part("api", "subscribe", "xumm_desk"),
        Part("api", "RequestError"),
    ),
    "The desk": (
        Part(
            "engine/desk",
            "Desk",
            "desk",
            (
                "rows",
                "row",
                "on_rows",
                "load",
                "cancel",
                "close",
                "resend",
                "refresh",
                "subscribe",
                "facts",
                "wait_caught_up",
                "on_hint",
                "watch_account",
                "unmatched",
                "on_unmatched",
                "assign",
                "ping",
                "health",
            ),
        ),
    ),
    "What a row says": (
        Part(
            "engine/runtime/registry",
            "RequestRow",
            "row",
            ("request", "verdict", "socket_state", "deadline", "last_heard_at", "identifier"),
        ),
        Part(
            "core/state/lifecycle",
            "Request",
            "row.request",
            (
                "spec",
                "created_at",
                "uuid",
                "qr_link",
                "step",
                "step_times",
                "platform",
                "ledger",
                "payments",
                "decisions",
                "txid",
            ),
        ),
        Part(
            "core/verdict/check",
            "Verdict",
            "row.verdict",
            ("status", "final", "checks", "foreign_network", "failed"),
        ),
        Part(
            "core/verdict/check",
            "Check",
            "check",
            ("name", "state", "expected", "actual", "advice"),
        ),
        Part("core/status", "Status", members=("*",)),
        Part("core/status", "Step", members=("*",)),
    ),
    "Subscriptions": (
        Part("engine/subscription", "Subscription", "subscription", ("resolve", "close")),
        Part(
            "engine/subscription",
            "Event",
            "event",
            ("uuid", "data", "payload", "subscription", "recovered", "resolve"),
        ),
        Part("engine/subscription", "reference"),
        Part("engine/subscription", "UnknownRequestError"),
    ),
    "The pytest fixture xumm_simulator": (
        Part(
            "testing/running_simulator",
            "RunningSimulator",
            "xumm_simulator",
            (
                "scan",
                "sign",
                "decline",
                "walk_off",
                "settle",
                "set_customers",
                "behaviours",
                "set_faults",
                "faults",
                "set_webhook",
                "advance",
                "environment",
                "payloads",
                "report",
                "call",
                "redirect_official_sdk",
            ),
        ),
        Part("testing/running_simulator", "SimulatorError"),
    ),
}


def make_page() -> str:
    """The whole page."""
    blocks = [_HEAD]
    for chapter, parts in CHAPTERS.items():
        blocks.append(f"## {chapter}\n")
        for part in parts:
            blocks += _describe(part)
    return "\n".join(blocks)


def make_examples_page() -> str:
    """The examples, each with what it says of itself and its code below that."""
    blocks = [_EXAMPLES_HEAD]
    for path in sorted(EXAMPLES.glob("*.py")):
        source = path.read_text("utf-8")
        said = ast.get_docstring(ast.parse(source)) or ""
        code = source[source.index('"""', 3) + 3 :].strip("\n").splitlines()
        blocks.append(f"## {path.name}\n\n{said}\n")
        blocks.append("".join(f"    {line}".rstrip() + "\n" for line in code))
    return "\n".join(blocks)


def _describe(part: Part) -> Iterator[str]:
    node = _find(part)
    if isinstance(node, ast.ClassDef):
        yield f"### {part.name}\n"
        yield prose(ast.get_docstring(node) or "")
        if part.members == ("*",):
            yield _values(node)
            return
        members = _members(node)
        fields = [name for name in part.members if isinstance(members.get(name), ast.AnnAssign)]
        if fields:
            yield "\n".join(_field(members[name]) for name in fields) + "\n"
        for name in part.members:
            if name not in fields:
                member = members[name]
                assert isinstance(member, ast.FunctionDef | ast.AsyncFunctionDef)
                yield f"#### {part.name}.{name}\n"
                yield _signature(member, part.owner)
                yield prose(ast.get_docstring(member) or "")
    else:
        yield f"### {part.name}\n"
        yield _signature(node, part.owner)
        yield prose(ast.get_docstring(node) or "")


def _find(part: Part) -> ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef:
    path = ROOT / "xumm_desk" / f"{part.module}.py"
    for node in ast.parse(path.read_text("utf-8")).body:
        if (
            isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
            and node.name == part.name
        ):
            return node
    raise LookupError(f"{part.name} is not in {path.name}")


def _members(node: ast.ClassDef) -> dict[str, ast.stmt]:
    found: dict[str, ast.stmt] = {}
    for member in node.body:
        if isinstance(member, ast.FunctionDef | ast.AsyncFunctionDef):
            found[member.name] = member
        elif isinstance(member, ast.AnnAssign) and isinstance(member.target, ast.Name):
            found[member.target.id] = member
    return found


def _field(node: ast.stmt) -> str:
    assert isinstance(node, ast.AnnAssign)
    return f"* `{ast.unparse(node.target)}: {ast.unparse(node.annotation)}`"


def _values(node: ast.ClassDef) -> str:
    """The members of an enumeration with their values."""
    lines = [
        f"* `{node.name}.{ast.unparse(member.targets[0])}`: `{member.value.value!s}`"
        for member in node.body
        if isinstance(member, ast.Assign) and isinstance(member.value, ast.Constant)
    ]
    return "\n".join(lines) + "\n"


def _signature(node: ast.FunctionDef | ast.AsyncFunctionDef, owner: str) -> str:
    """How it is called, as a block of code; one argument a line where it is long."""
    decorators = {ast.unparse(decorator) for decorator in node.decorator_list}
    returned = ast.unparse(node.returns) if node.returns is not None else "None"
    if "property" in decorators:
        return f"    {owner}.{node.name}: {returned}\n"
    start = f"{owner}.{node.name}".lstrip(".")
    if "asynccontextmanager" in decorators:
        start = f"async with {start}"
        returned = returned.removeprefix("AsyncIterator[").removesuffix("]")
    elif isinstance(node, ast.AsyncFunctionDef):
        start = f"await {start}"
    arguments = _arguments(node.args)
    line = f"{start}({', '.join(arguments)}) -> {returned}"
    if len(line) > _WIDTH:
        line = "\n".join([f"{start}(", *(f"    {one}," for one in arguments), f") -> {returned}"])
    return "".join(f"    {one}\n" for one in line.splitlines())


def _arguments(given: ast.arguments) -> list[str]:
    first = [one for one in (*given.posonlyargs, *given.args) if one.arg != "self"]
    defaults = [None] * (len(first) - len(given.defaults)) + list(given.defaults)
    found = [_argument(one, default) for one, default in zip(first, defaults, strict=True)]
    if given.vararg is not None:
        found.append("*" + _argument(given.vararg, None))
    elif given.kwonlyargs:
        found.append("*")
    pairs = zip(given.kwonlyargs, given.kw_defaults, strict=True)
    found += [_argument(one, default) for one, default in pairs]
    if given.kwarg is not None:
        found.append("**" + _argument(given.kwarg, None))
    return found


def _argument(one: ast.arg, default: ast.expr | None) -> str:
    text = one.arg if one.annotation is None else f"{one.arg}: {ast.unparse(one.annotation)}"
    return text if default is None else f"{text} = {ast.unparse(default).replace(chr(39), chr(34))}"


def prose(docstring: str) -> str:
    """A docstring as Markdown: what is raised becomes a list."""
    text, _, raised = _SECTION.sub("", docstring).partition("\nRaises:\n")
    blocks = [" ".join(block.split()) for block in text.split("\n\n") if block.strip()]
    page = "\n\n".join(blocks) + "\n" if blocks else ""
    if raised:
        lines = re.sub(r"\n {8,}", " ", raised.rstrip()).splitlines()
        named = (line.strip().partition(": ") for line in lines if line.strip())
        page += "\nRaises:\n\n" + "".join(f"* `{name}`: {why}\n" for name, _, why in named)
    return page


def main(arguments: list[str]) -> int:
    """Write the pages, or say whether they are what the code says."""
    pages = {PAGE: make_page(), EXAMPLES_PAGE: make_examples_page()}
    if arguments != ["--check"]:
        for path, page in pages.items():
            path.write_text(page, "utf-8")
        return 0
    stale = [path.name for path, page in pages.items() if path.read_text("utf-8") != page]
    if stale:
        print(f"Stale: {', '.join(stale)}. Make it again with: python packaging/reference.py")
    return 1 if stale else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
