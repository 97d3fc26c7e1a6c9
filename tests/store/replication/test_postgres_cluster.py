"""The throw-away server of these tests: found, or missed in one sentence; gone with its process."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import postgres_cluster
import pytest


def test_where_postgresql_is_missing_one_sentence_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres_cluster, "DEBIAN", tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv(postgres_cluster.VARIABLE, raising=False)
    with pytest.raises(postgres_cluster.NoPostgresError, match="Debian's package `postgresql`"):
        postgres_cluster.binaries()


def test_the_newest_version_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(postgres_cluster.VARIABLE, raising=False)
    monkeypatch.setattr(postgres_cluster, "DEBIAN", tmp_path)
    for version in ("9", "13", "17"):
        folder = tmp_path / version / "bin"
        folder.mkdir(parents=True)
        for name in ("initdb", "postgres"):
            (folder / name).touch()
    assert postgres_cluster.binaries() == tmp_path / "17" / "bin"


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel ends the server on Linux only")
def test_a_server_ends_with_a_test_run_that_was_killed() -> None:
    code = (
        "import sys, time; from postgres_cluster import PostgresCluster\n"
        "cluster = PostgresCluster(); cluster.create()\n"
        "pid = (cluster.data / 'postmaster.pid').read_text().split()[0]\n"
        "print(cluster.folder, pid, flush=True)\n"
        "time.sleep(600)"
    )
    run = subprocess.Popen(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert run.stdout is not None
    with run:
        folder, pid = run.stdout.readline().split()
        run.send_signal(signal.SIGKILL)
    with suppress(OSError):  # read to its end, the file is gone
        while "postgres" in Path(f"/proc/{pid}/cmdline").read_text(errors="replace"):
            pass
    shutil.rmtree(folder, ignore_errors=True)
