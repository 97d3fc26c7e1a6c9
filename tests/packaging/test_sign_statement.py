"""A release's signer makes a key, signs, and reads what a desk would read."""

from __future__ import annotations

import stat
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from packaging_program import load_program
from release_statements import KEYS, OLD_KEY, STATEMENT, WRONG_KEY, statement

from xumm_desk.core.updates.release_keys import RELEASES, ReleaseKey
from xumm_desk.net.updates.statement_signature import verify

ROOT = Path(__file__).resolve().parents[2]


signing = load_program("sign_statement")
GIVEN = ("--version", "9.2.0", "--notes", "https://releases.example/9", "--minimum-safe", "9.0")


def public_of(line: str) -> ReleaseKey:
    """The key of the line that is to be copied."""
    made = eval(line.strip().rstrip(","), {"ReleaseKey": ReleaseKey, "bytes": bytes})
    assert isinstance(made, ReleaseKey)
    return made


def test_a_new_key_signs_what_a_desk_that_names_it_believes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    key, output = tmp_path / "release.pem", tmp_path / "latest.json"
    assert signing.main(["make-key", str(key), "--id", "2027a"]) == 0
    if sys.platform != "win32":
        assert stat.S_IMODE(key.stat().st_mode) == 0o600
    public = public_of(capsys.readouterr().out)
    assert public.id == "2027a"
    given = [*GIVEN, "--key", f"2027a={key}", "--output", str(output)]
    assert signing.main(["sign", *given]) == 0
    found = verify(output.read_bytes(), [public])
    assert not isinstance(found, str)
    assert (found.version, found.minimum_safe) == ("9.2.0", "9.0")
    assert abs(found.issued - datetime.now(UTC)) < timedelta(hours=1)
    assert found.expires - found.issued == timedelta(days=120)
    assert isinstance(verify(output.read_bytes(), KEYS), str)


def test_a_key_with_a_password_comes_from_the_environment(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    key = tmp_path / "release.pem"
    secret = {signing.PASSWORD: "häagen dazs"}
    signing.main(["make-key", str(key), "--id", "a"], secret)
    public = public_of(capsys.readouterr().out)
    environment = secret | {signing.KEY: key.read_text()}
    assert signing.main(["sign", *GIVEN, "--key", "a"], environment) == 0
    assert not isinstance(verify(capsys.readouterr().out.encode(), [public]), str)
    assert signing.main(["sign", *GIVEN, "--key", "a"], {signing.KEY: key.read_text()}) == 1
    assert "cannot be read" in capsys.readouterr().err


def test_two_keys_sign_one_statement_while_they_are_exchanged() -> None:
    body = signing.sign(STATEMENT, {"2026a": OLD_KEY, "lost": WRONG_KEY})
    assert signing.check(body, KEYS) == STATEMENT
    assert signing.check(body, KEYS[:1]) == STATEMENT


def test_a_key_is_never_written_over_another_one(tmp_path: Path) -> None:
    key = tmp_path / "release.pem"
    key.write_text("precious")
    assert signing.main(["make-key", str(key), "--id", "a"]) == 1
    assert key.read_text() == "precious"


def test_what_no_desk_would_believe_is_not_signed() -> None:
    with pytest.raises(signing.SigningError, match="not safe"):
        signing.sign(statement(minimum_safe="9.9"), {"2026a": OLD_KEY})
    with pytest.raises(signing.SigningError, match="no key"):
        signing.sign(STATEMENT, {})


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        (["--released", "yesterday"], "no date"),
        (["--key", "a"], "XUMM_DESK_RELEASE_KEY is not set"),
        (["--key", "a=/nowhere/release.pem"], "No such file"),
        ([], "There is no key"),
    ],
)
def test_what_is_missing_is_said(
    capsys: pytest.CaptureFixture[str], changed: list[str], words: str
) -> None:
    assert signing.main(["sign", *GIVEN, *changed], {}) == 1
    told = capsys.readouterr()
    assert words in told.err
    assert told.out == ""


def test_check_says_that_a_desk_of_this_checkout_ignores_a_foreign_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "latest.json"
    file.write_bytes(signing.sign(STATEMENT, {"2026a": OLD_KEY}))
    assert signing.main(["check", str(file)]) == 1
    assert "ignores it" in capsys.readouterr().err


def test_the_keys_of_the_tests_sign_no_release() -> None:
    own = {key.public for key in RELEASES.keys}
    assert own.isdisjoint(key.public for key in KEYS)
