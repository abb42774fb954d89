"""Settings: where they come from, which wins, and what a wrong one says."""

import multiprocessing
import stat
from pathlib import Path

import pytest

from orderwright.platform.settings import Settings, SettingsError, load_settings, secret_key_bytes


def toml(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "settings.toml"
    file.write_text(text)
    return file


def test_defaults(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    settings = load_settings({"HOME": "/home/ada"})

    assert settings == Settings(
        database_url=None,
        data_dir=Path("/home/ada/.local/share/orderwright"),
        host="127.0.0.1",
        port=8000,
        log_level="info",
        log_format="auto",
        secret_key=None,
        pool_size=12,
        statement_timeout_ms=30_000,
        lock_timeout_ms=10_000,
        idle_in_transaction_timeout_ms=30_000,
        coalesce=True,
        coalesce_batch_max=500,
        coalesce_queue_max=5_000,
        coalesce_lanes=2,
        run_workers=True,
        pump_batch=200,
        pump_workers=2,
        pump_lease_s=60,
        request_body_max_bytes=10_000_000,
        otel_enabled=False,
    )


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({"HOME": "/home/ada", "XDG_DATA_HOME": "/data"}, "/data/orderwright"),
        ({"HOME": "/home/ada", "XDG_DATA_HOME": "relative"}, "/home/ada/.local/share/orderwright"),
        ({"HOME": "/home/ada", "ORDERWRIGHT_DATA_DIR": "/srv/ow"}, "/srv/ow"),
    ],
)
def test_data_dir(environ: dict[str, str], expected: str) -> None:
    assert load_settings(environ).data_dir == Path(expected)


def test_environment_wins_over_file(tmp_path: Path) -> None:
    file = toml(tmp_path, 'port = 9000\nhost = "0.0.0.0"\ncoalesce = false\n')

    settings = load_settings({"ORDERWRIGHT_PORT": "9001", "ORDERWRIGHT_HOST": ""}, file)

    assert (settings.port, settings.host, settings.coalesce) == (9001, "0.0.0.0", False)


def test_file_is_named_by_variable_or_lies_in_the_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "orderwright.toml").write_text("port = 9000\n")
    named = toml(tmp_path, "port = 9002\n")

    assert load_settings({}).port == 9000
    assert load_settings({"ORDERWRIGHT_CONFIG": str(named)}).port == 9002


def test_own_database_variable_wins_over_the_common_one() -> None:
    common = {"DATABASE_URL": "postgresql://h/common"}

    assert load_settings(common).database_url == "postgresql://h/common"
    own = load_settings({"ORDERWRIGHT_DATABASE_URL": "postgres://h/own", **common})
    assert own.database_url == "postgres://h/own"


@pytest.mark.parametrize(
    ("variable", "value", "message"),
    [
        ("PORT", "eighty", "'eighty' is not allowed; allowed: a whole number from 1 to 65535"),
        ("PORT", "65536", "'65536' is not allowed; allowed: a whole number from 1 to 65535"),
        ("PORT", "8000.5", "'8000.5' is not allowed; allowed: a whole number from 1 to 65535"),
        ("POOL_SIZE", "0", "'0' is not allowed; allowed: a whole number from 1 to 1000"),
        ("LOG_LEVEL", "loud", "'loud' is not allowed; allowed: debug, info, warning, error"),
        ("COALESCE", "perhaps", "'perhaps' is not allowed; allowed: true, false"),
        ("SECRET_KEY", "hunter2", "the value is not allowed; allowed: a text of 32 characters or more"),
        (
            "DATABASE_URL",
            "mysql://u:pw@h/d",
            "the value is not allowed; allowed: a PostgreSQL URL such as postgresql://user:password@host:5432/name",
        ),
    ],
)
def test_wrong_value_names_key_source_and_what_is_allowed(variable: str, value: str, message: str) -> None:
    with pytest.raises(SettingsError) as raised:
        load_settings({f"ORDERWRIGHT_{variable}": value})

    source = f"environment variable ORDERWRIGHT_{variable}"
    assert str(raised.value) == f"{variable.lower()} ({source}): {message}"


def test_wrong_value_in_file_is_not_converted_silently(tmp_path: Path) -> None:
    file = toml(tmp_path, 'port = "8000"\n')

    with pytest.raises(SettingsError) as raised:
        load_settings({}, file)

    expected = f"port (file {file}): '8000' is not allowed; allowed: a whole number from 1 to 65535"
    assert str(raised.value) == expected


def test_unknown_key_is_refused_with_the_nearest_one(tmp_path: Path) -> None:
    file = toml(tmp_path, "prot = 8000\n")

    with pytest.raises(SettingsError) as from_file:
        load_settings({}, file)
    with pytest.raises(SettingsError) as from_environment:
        load_settings({"ORDERWRIGHT_POOLSIZE": "3"})

    assert str(from_file.value) == f"prot (file {file}): there is no such setting; did you mean port?"
    expected = "ORDERWRIGHT_POOLSIZE (environment): there is no such setting; did you mean pool_size?"
    assert str(from_environment.value) == expected


@pytest.mark.parametrize(
    ("content", "message"),
    [(b"port = \n", "is not TOML"), (b"\xff\xfe", "is not UTF-8 text (byte 0)"), (None, "cannot be read")],
)
def test_unreadable_file(tmp_path: Path, content: bytes | None, message: str) -> None:
    file = tmp_path / "settings.toml"
    if content is not None:
        file.write_bytes(content)

    with pytest.raises(SettingsError) as raised:
        load_settings({}, file)

    assert str(raised.value).startswith(f"file {file}: {message}")


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql://ada:s3cret@h/d", "postgresql://ada:***@h/d"),
        ("postgresql://ada:s/3@c:ret@h:5432/d", "postgresql://ada:***@h:5432/d"),
        ("postgresql://ada@/d?host=/run&password=s3cret", "postgresql://ada@/d?host=/run&password=***"),
        ("postgresql://h:5432/d", "postgresql://h:5432/d"),
    ],
)
def test_repr_shows_no_secret(url: str, shown: str) -> None:
    settings = load_settings({"DATABASE_URL": url, "ORDERWRIGHT_SECRET_KEY": "k" * 32})

    assert f"database_url='{shown}'" in repr(settings)
    assert "secret_key='***'" in repr(settings)
    assert ("database_url", shown) in list(settings.__rich_repr__())


def test_given_secret_key_is_used() -> None:
    assert secret_key_bytes(load_settings({"ORDERWRIGHT_SECRET_KEY": "k" * 32})) == b"k" * 32


def test_secret_key_is_made_once_for_its_owner_only(tmp_path: Path) -> None:
    settings = load_settings({"ORDERWRIGHT_DATA_DIR": str(tmp_path / "data")})

    first = secret_key_bytes(settings)

    file = tmp_path / "data" / "secret.key"
    assert len(first) == 32
    assert secret_key_bytes(settings) == first == file.read_bytes()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in file.parent.iterdir()] == ["secret.key"]


def test_processes_that_start_together_agree_on_the_secret_key(tmp_path: Path) -> None:
    settings = load_settings({"ORDERWRIGHT_DATA_DIR": str(tmp_path / "data")})

    with multiprocessing.get_context("spawn").Pool(2) as pool:
        keys = pool.map(secret_key_bytes, [settings] * 8, chunksize=1)

    assert set(keys) == {(tmp_path / "data" / "secret.key").read_bytes()}


@pytest.mark.parametrize(("content", "mode", "word"), [(b"short", 0o600, "is damaged"), (b"k" * 32, 0o644, "others")])
def test_bad_secret_key_file_is_refused(tmp_path: Path, content: bytes, mode: int, word: str) -> None:
    file = tmp_path / "secret.key"
    file.write_bytes(content)
    file.chmod(mode)

    with pytest.raises(SettingsError, match=word):
        secret_key_bytes(load_settings({"ORDERWRIGHT_DATA_DIR": str(tmp_path)}))
