"""The lock of the JavaScript SDK, and what happens where npm cannot get it."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest
from javascript_sdk import FOLDER, NotHereError, WrongLockError, install, node


def test_the_lock_has_a_hash_of_every_package_and_no_address() -> None:
    text = (FOLDER / "package-lock.json").read_text(encoding="utf-8")
    assert "://" not in text
    packages = json.loads(text)["packages"]
    own = packages.pop("")
    assert own["dependencies"] == json.loads((FOLDER / "package.json").read_text())["dependencies"]
    assert own["dependencies"] == {"xumm-sdk": packages["node_modules/xumm-sdk"]["version"]}
    for name, package in packages.items():
        assert package["integrity"].startswith("sha512-"), name
        assert "resolved" not in package, name


def test_without_node_or_npm_it_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NotHereError, match=r"no Node\.js on this computer"):
        node()
    with pytest.raises(NotHereError, match="no npm on this computer"):
        install(tmp_path / "there")


@pytest.mark.skipif(shutil.which("npm") is None, reason="there is no npm on this computer")
def test_a_registry_that_nobody_reaches_is_reported(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("npm_config_registry", "http://127.0.0.1:9/")
    monkeypatch.setenv("npm_config_cache", str(tmp_path / "cache"))
    with pytest.raises(NotHereError, match="npm could not get the SDK: npm error"):
        install(tmp_path / "there")
    assert os.listdir(tmp_path / "there") == []


def test_a_package_that_does_not_fit_its_hash_is_an_error(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    npm = tmp_path / "npm"
    npm.write_text("#!/bin/sh\necho 'npm error code EINTEGRITY' >&2\nexit 1\n")
    npm.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    with pytest.raises(WrongLockError, match="EINTEGRITY"):
        install(tmp_path / "there")
