"""TLS, deadlines, several hosts, and what a person reads when the database is out of reach."""

from __future__ import annotations

import dataclasses
import socket
import time
import traceback
from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme
from postgres_cluster import PostgresCluster
from postgres_shop import PATIENCE, JoinedTill, PostgresShop

from xumm_desk.core.message import Message
from xumm_desk.core.replication.shop_address import ShopAddress
from xumm_desk.core.replication.shop_error import AccessRefused, ShopDatabaseError, Unreachable
from xumm_desk.store.replication import shop_database, shop_owner

HOST = "db.shop.example"
SECRET = "correct-horse-battery"


@pytest.fixture
def closed_port() -> Iterator[int]:
    """A port of this computer that refuses connections."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield held.getsockname()[1]


def at(port: int, *, host: str = "127.0.0.1") -> JoinedTill:
    return JoinedTill(ShopAddress((host,), (port,), "shop", "till", "a-till", "Shop"), SECRET)


def all_words(error: BaseException) -> str:
    """Whatever a log or a report of an error could hold of it."""
    return "".join(traceback.format_exception(error)) + repr(error) + repr(error.__context__)


def test_a_server_that_is_not_there_is_unreachable(closed_port: int) -> None:
    with pytest.raises(Unreachable, match="does not answer") as caught:
        at(closed_port).connect()
    assert isinstance(caught.value.args[0], Message)
    assert "kept on its till" in str(caught.value)
    assert SECRET not in all_words(caught.value)


def test_a_name_that_nobody_knows_is_unreachable(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> object:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(Unreachable, match="Name or service not known") as caught:
        at(5432, host=HOST).connect()
    assert SECRET not in all_words(caught.value)


def test_a_server_that_never_answers_is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        begin = time.monotonic()
        with pytest.raises(Unreachable):
            at(silent.getsockname()[1]).connect(patience=2.0)
        assert time.monotonic() - begin >= 1.9


def test_a_server_that_hangs_in_the_middle_of_a_call_is_given_up(postgres: PostgresCluster) -> None:
    shop = PostgresShop(postgres)
    try:
        till = shop.join()
        database = till.connect(patience=2.0)
        facts = till.facts(3)
        database.ship(facts[:1])
        postgres.pause()
        try:
            with pytest.raises(Unreachable, match="no answer within 2 s"):
                database.ship(facts)
        finally:
            postgres.resume()
        assert not database.is_open
        again = shop.open(till)
        again.ship(facts)
        assert again.own_end() == till.end
    finally:
        shop.remove()


def test_a_wrong_password_is_refused_and_named_nowhere(shop: PostgresShop) -> None:
    till = shop.join()
    wrong = JoinedTill(till.address, SECRET)
    with pytest.raises(AccessRefused, match="one-time code") as caught:
        wrong.connect()
    assert SECRET not in all_words(caught.value)
    assert SECRET not in shop.cluster.words()


def test_a_login_or_a_database_that_is_unknown_is_refused(shop: PostgresShop) -> None:
    till = shop.join()
    for address in (
        dataclasses.replace(till.address, login="nobody_knows"),
        dataclasses.replace(till.address, database="nobody_knows"),
    ):
        stranger = JoinedTill(address, till.password)
        with pytest.raises(AccessRefused):
            stranger.connect()


def test_a_database_without_a_shop_says_so(shop: PostgresShop, postgres: PostgresCluster) -> None:
    till = shop.join()
    elsewhere = dataclasses.replace(till.address, database="postgres")
    with pytest.raises(ShopDatabaseError, match="no shop in this database"):
        JoinedTill(elsewhere, till.password).connect()


def test_no_password_is_in_the_repr_of_what_holds_a_connection(shop: PostgresShop) -> None:
    till = shop.join()
    database = shop.open(till)
    for thing in (database, vars(database), till.address, shop.owner, vars(shop.owner)):
        assert till.password not in repr(thing)


def test_a_connection_string_that_makes_no_sense_is_not_quoted() -> None:
    for where in (
        f"postgresql//owner:{SECRET}@host/shop",
        f"postgresql://owner:{SECRET}%zz@host/shop",
        f"host=x password='{SECRET}",
        f"password={SECRET} sslmode=x host",
    ):
        with pytest.raises(ShopDatabaseError) as caught:
            shop_owner.open_owner(where)
        assert SECRET not in all_words(caught.value)


def test_variables_of_the_environment_lead_a_till_nowhere_else(
    shop: PostgresShop, monkeypatch: pytest.MonkeyPatch, closed_port: int
) -> None:
    till = shop.join()
    for name, value in {
        "PGHOST": "db.elsewhere.example", "PGHOSTADDR": "192.0.2.1", "PGPORT": str(closed_port),
        "PGDATABASE": "other", "PGUSER": "other", "PGPASSWORD": "other", "PGSSLMODE": "disable",
        "PGTARGETSESSIONATTRS": "standby", "PGAPPNAME": "other",
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    database = shop.open(till)
    assert database.ends() == {}


# --- Several hosts --------------------------------------------------------------------------------


def test_the_host_that_answers_is_found_among_several(shop: PostgresShop, closed_port: int) -> None:
    till = shop.join()
    several = dataclasses.replace(
        till.address,
        hosts=("127.0.0.1", "localhost", "127.0.0.1"),
        ports=(closed_port, closed_port, shop.cluster.port),
    )
    database = JoinedTill(several, till.password).connect()
    database.close()


def test_a_refusal_among_hosts_that_are_down_is_told_as_a_refusal(
    shop: PostgresShop, closed_port: int
) -> None:
    till = shop.join()
    several = dataclasses.replace(
        till.address, hosts=("127.0.0.1",) * 2, ports=(shop.cluster.port, closed_port)
    )
    with pytest.raises(AccessRefused):
        JoinedTill(several, SECRET).connect()


# --- TLS ------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def tls_server(
    authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[PostgresCluster]:
    """A server with a certificate for `HOST`."""
    cluster = PostgresCluster()
    certificate = authority.issue_cert(HOST)
    for name, blobs in (
        ("crt", certificate.cert_chain_pems),
        ("key", [certificate.private_key_pem]),
    ):
        path = cluster.folder / f"server.{name}"
        path.write_bytes(b"".join(blob.bytes() for blob in blobs))
        cluster.make_private(path)
    cluster.settings |= {
        "ssl": "on",
        "ssl_cert_file": str(cluster.folder / "server.crt"),
        "ssl_key_file": str(cluster.folder / "server.key"),
    }
    cluster.create()
    yield cluster
    cluster.remove()


@pytest.fixture
def tls_shop(tls_server: PostgresCluster) -> Iterator[PostgresShop]:
    made = PostgresShop(tls_server)
    yield made
    made.remove()


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """Names of other computers lead to this one."""
    plain = socket.getaddrinfo

    def here(host: str | None, *rest: object, **named: object) -> object:
        local = "127.0.0.1" if host and host.endswith(".example") else host
        return plain(local, *rest, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "getaddrinfo", here)


def reached_as(till: JoinedTill, host: str, certificate: str) -> JoinedTill:
    address = dataclasses.replace(till.address, hosts=(host,), root_certificate=certificate)
    return JoinedTill(address, till.password)


@pytest.mark.usefixtures("elsewhere")
def test_another_computer_is_reached_when_it_proves_its_name(
    tls_shop: PostgresShop, authority: trustme.CA
) -> None:
    till = tls_shop.join()
    trusted = authority.cert_pem.bytes().decode()
    database = reached_as(till, HOST, trusted).connect()
    assert database.own_end().number == 0
    database.close()
    login = till.address.login
    assert f"user={login} database={tls_shop.database} application_name=xumm-desk SSL enabled" in (
        tls_shop.cluster.words()
    )


@pytest.mark.usefixtures("elsewhere")
def test_another_computer_with_a_strange_certificate_gets_no_password(
    tls_shop: PostgresShop, authority: trustme.CA
) -> None:
    till = tls_shop.join()
    trusted = authority.cert_pem.bytes().decode()
    stranger = trustme.CA().cert_pem.bytes().decode()
    before = tls_shop.cluster.words().count(till.address.login)
    for host, certificate in (
        (HOST, stranger),
        ("other.example", trusted),
        (HOST, ""),
        (HOST, "no certificate"),
    ):
        with pytest.raises(Unreachable, match="did not prove"):
            reached_as(till, host, certificate).connect()
    assert tls_shop.cluster.words().count(till.address.login) == before


@pytest.mark.usefixtures("elsewhere")
def test_another_computer_without_tls_gets_no_password(shop: PostgresShop) -> None:
    till = shop.join()
    before = shop.cluster.words().count(till.address.login)
    with pytest.raises(Unreachable, match="did not prove"):
        reached_as(till, HOST, "").connect()
    mixed = dataclasses.replace(
        till.address, hosts=("127.0.0.1", HOST), ports=(shop.cluster.port,) * 2
    )
    with pytest.raises(Unreachable, match="did not prove"):
        JoinedTill(mixed, till.password).connect()
    assert shop.cluster.words().count(till.address.login) == before


@pytest.mark.usefixtures("elsewhere")
def test_the_authorities_of_this_computer_are_used_where_a_code_names_none(
    tls_shop: PostgresShop,
    authority: trustme.CA,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    till = tls_shop.join()
    known = tmp_path / "authorities.pem"
    authority.cert_pem.write_to_path(str(known))
    monkeypatch.setenv("SSL_CERT_FILE", str(known))
    reached_as(till, HOST, "").connect().close()


@pytest.mark.usefixtures("elsewhere")
@pytest.mark.parametrize("mode", ["disable", "allow", "prefer", "require", "verify-ca"])
def test_an_owner_asks_for_no_less_than_a_verified_name(mode: str, shop: PostgresShop) -> None:
    port = shop.cluster.port
    for where in (
        f"postgresql://owner:{SECRET}@{HOST}:{port}/shop?sslmode={mode}",
        f"host=localhost,{HOST} port={port} sslmode={mode}",
        f"hostaddr=192.0.2.1 port={port} sslmode={mode}",
    ):
        with pytest.raises(ShopDatabaseError, match="was not opened") as caught:
            shop_owner.open_owner(where)
        assert SECRET not in all_words(caught.value)


@pytest.mark.usefixtures("elsewhere")
def test_an_owners_certificate_goes_into_the_codes(
    tls_shop: PostgresShop, authority: trustme.CA, tmp_path: Path
) -> None:
    file = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(str(file))
    cluster, login = tls_shop.cluster, tls_shop.owner_login
    cluster.execute(f"ALTER ROLE {login} PASSWORD '{SECRET}'")
    owner = shop_owner.open_owner(
        f"postgresql://{login}@{HOST}:{cluster.port}/{tls_shop.database}?sslrootcert={file}",
        SECRET,
        patience=PATIENCE,
    )
    owner.create("Corner shop")
    from xumm_desk.store.replication import joining

    code = joining.read_code(owner.add_till("Till 1"))
    owner.close()
    assert code.address.hosts == (HOST,)
    assert code.address.root_certificate == file.read_text("ascii")
    JoinedTill(*joining.join(code, patience=PATIENCE)).connect().close()


def test_a_file_of_authorities_is_gone_after_the_log_in(
    tls_shop: PostgresShop, authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import tempfile

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    till = reached_as(tls_shop.join(), "localhost", authority.cert_pem.bytes().decode())
    with pytest.raises(Unreachable, match="did not prove"):
        shop_database.connect(till.address, till.password, instance="x", patience=PATIENCE)
    assert list(tmp_path.iterdir()) == []
