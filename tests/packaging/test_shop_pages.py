"""What the pages for a shop's owner and operator tell to type works as it stands there."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from postgres_cluster import PostgresCluster
from postgres_shop import PATIENCE, JoinedTill, PostgresShop

from xumm_desk.cli.parser import build_parser
from xumm_desk.core.replication.shop_error import Unreachable
from xumm_desk.store.replication import joining, shop_owner, shop_schema

ROOT = Path(__file__).parents[2]
OWNER_PAGE = ROOT / "resources" / "help" / "shop.md"
OPERATOR_PAGE = ROOT / "resources" / "help" / "shop-database.md"
README = ROOT / "README.md"


def blocks(page: Path) -> list[str]:
    """The indented blocks of a page."""
    found: list[str] = []
    open_block = False
    for line in page.read_text("utf-8").splitlines():
        if line.startswith("    "):
            found = (
                [*found[:-1], f"{found[-1]}\n{line.strip()}"]
                if open_block
                else [*found, line.strip()]
            )
        open_block = line.startswith("    ")
    return found


def block_with(start: str) -> str:
    """The one block of the operators' page that begins so."""
    [found] = [block for block in blocks(OPERATOR_PAGE) if block.startswith(start)]
    return found


def commands() -> Iterator[list[str]]:
    """Every command of this program in a block, or quoted in a sentence."""
    for page in (OWNER_PAGE, OPERATOR_PAGE, README):
        text = page.read_text("utf-8")
        joined = "\n".join(blocks(page)).replace("\\\n", " ").splitlines()
        quoted = re.findall(r"`(xumm-desk shop [^`]+)`", text)
        for line in (*joined, *quoted):
            if line.startswith("xumm-desk shop ") and "|" not in line and "[" not in line:
                yield shlex.split(line)[1:]


@pytest.mark.parametrize("command", list(commands()), ids=" ".join)
def test_a_command_of_the_pages_is_understood(command: list[str]) -> None:
    assert build_parser().parse_args(command).command == "shop"


def test_the_statements_for_a_new_database_are_enough_for_an_owner_and_a_till(
    postgres: PostgresCluster,
) -> None:
    for statement in block_with("CREATE ROLE").replace("\n", "").split(";"):
        if statement:
            postgres.execute(statement)
    try:
        where = postgres.where("shop", "shop_owner")
        with closing(shop_owner.open_owner(where, patience=PATIENCE)) as owner:
            owner.create("Corner shop", hosts=["127.0.0.1"], ports=[postgres.port])
            code = joining.read_code(owner.add_till("Till 1"))
            JoinedTill(*joining.join(code, patience=PATIENCE)).connect().close()
        assert shop_schema.group_roles("shop") == ("shop_shop_tills", "shop_shop_monitors")
    finally:
        postgres.execute("DROP DATABASE IF EXISTS shop WITH (FORCE)")
        for (role,) in postgres.execute("SELECT rolname FROM pg_roles WHERE rolname ~ '^shop_'"):
            postgres.execute(f"DROP ROLE {role}")


def test_a_role_for_monitoring_may_ask_every_query_of_the_page(shop: PostgresShop) -> None:
    till, database = shop.opened()
    database.ship(till.facts(3))
    database.report_state(0, "test")
    cluster = shop.cluster
    cluster.execute("CREATE ROLE watcher LOGIN")
    grant = block_with("GRANT shop_shop_monitors").replace(
        "shop_shop_monitors", shop_schema.group_roles(shop.database)[1]
    )
    cluster.execute(grant)
    queries = [
        query
        for block in blocks(OPERATOR_PAGE)
        if block.startswith("SELECT")
        for query in block.split(";")
        if query.strip()
    ]
    try:
        with psycopg.connect(cluster.where(shop.database, "watcher"), autocommit=True) as watcher:
            for query in queries:
                watcher.execute(query.encode()).fetchall()
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                watcher.execute("DELETE FROM xumm_desk.facts")
    finally:
        cluster.execute("DROP ROLE watcher")
    assert len(queries) == 6


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not on this computer")
def test_the_certificate_of_the_page_is_verified_by_its_names(tmp_path: Path) -> None:
    subprocess.run(
        ["sh", "-e", "-c", block_with("printf")], cwd=tmp_path, check=True, capture_output=True
    )
    cluster = PostgresCluster()
    for name in ("server.crt", "server.key"):
        shutil.copy(tmp_path / name, cluster.folder / name)
        cluster.make_private(cluster.folder / name)
    lines = [line.split(" = ") for line in block_with("ssl = on").splitlines()]
    cluster.settings |= {
        name: str(cluster.folder / value.strip("'")) if name.endswith("_file") else value
        for name, value in lines
    }
    try:
        cluster.create()
        cluster.execute("CREATE ROLE patron LOGIN PASSWORD 'the patron''s own'")
        for host in ("db1.example", "db2.example"):
            open_at(cluster, host, tmp_path / "ca.crt").close()
        with pytest.raises(Unreachable, match="did not prove"):
            open_at(cluster, "db3.example", tmp_path / "ca.crt")
    finally:
        cluster.remove()


def open_at(cluster: PostgresCluster, host: str, authority: Path) -> shop_owner.ShopOwner:
    """Connect under a name that leads to this computer."""
    where = f"host={host} hostaddr=127.0.0.1 port={cluster.port} dbname=postgres user=patron"
    return shop_owner.open_owner(
        where, "the patron's own", patience=PATIENCE, certificate_file=str(authority)
    )


def test_the_rules_for_connections_let_a_till_in() -> None:
    rules = (
        block_with("hostssl").replace("hostssl", "host").replace("192.168.7.0/24", "127.0.0.1/32")
    )
    cluster = PostgresCluster()
    try:
        cluster.create()
        cluster.execute("CREATE DATABASE shop")
        with closing(shop_owner.open_owner(cluster.where("shop"), patience=PATIENCE)) as owner:
            owner.create("Corner shop", hosts=["127.0.0.1"], ports=[cluster.port])
            hba = cluster.data / "pg_hba.conf"
            local = [line for line in hba.read_text().splitlines() if line.startswith("local")]
            hba.write_text("\n".join([*local, rules, ""]))
            cluster.execute("SELECT pg_reload_conf()")
            assert cluster.execute(
                "SELECT count(*) FROM pg_hba_file_rules WHERE error IS NOT NULL"
            ) == [(0,)]
            code = joining.read_code(owner.add_till("Till 1"))
            address, _ = joining.join(code, patience=PATIENCE)
            assert address.database == "shop"
    finally:
        cluster.remove()


def test_a_dump_of_the_page_holds_the_shop(shop: PostgresShop, tmp_path: Path) -> None:
    till, database = shop.opened()
    database.ship(till.facts(5))
    cluster = shop.cluster
    lines = block_with("pg_dumpall").splitlines()
    assert lines[0].startswith("pg_dumpall --roles-only")
    place = ["-h", str(cluster.folder), "-p", str(cluster.port), "-U", "owner"]
    dump = shlex.split(lines[1].replace("=shop.dump", f"={tmp_path}/shop.dump"))
    programs = cluster._binaries
    subprocess.run([str(programs / dump[0]), *place, *dump[1:-1], shop.database], check=True)
    cluster.execute(f"CREATE DATABASE {shop.database}_copy")
    try:
        subprocess.run(
            [
                str(programs / "pg_restore"),
                *place,
                "-d",
                f"{shop.database}_copy",
                str(tmp_path / "shop.dump"),
            ],
            check=True,
        )
        assert cluster.execute(
            "SELECT count(*), max(number) FROM xumm_desk.facts", f"{shop.database}_copy"
        ) == [(5, 5)]
    finally:
        cluster.execute(f"DROP DATABASE {shop.database}_copy")
