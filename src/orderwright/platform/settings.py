"""Settings: one frozen, typed object, read once at start.

Each field is read from the environment variable `ORDERWRIGHT_<FIELD>` or from the key of the same name in a TOML file
(`ORDERWRIGHT_CONFIG`, else `./orderwright.toml` where there is one). The environment wins; an empty variable counts as
not set. `DATABASE_URL` is read too, behind `ORDERWRIGHT_DATABASE_URL`. An unknown name or wrong value is an error.
"""

from __future__ import annotations

import contextlib
import difflib
import os
import re
import secrets
import tempfile
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_origin, get_type_hints

import msgspec
from msgspec import Meta

PREFIX = "ORDERWRIGHT_"
CONFIG_VARIABLE = "ORDERWRIGHT_CONFIG"
DEFAULT_FILE = "orderwright.toml"
SECRET_KEY_BYTES = 32

_SECRET_FIELDS = frozenset(
    {"database_url", "secret_key", "stripe_api_key", "stripe_webhook_secret", "oidc_client_secret"}
)
_URL_PASSWORD = re.compile(r"(?<=://)([^:/@?#]*):.*(?=@)")  # up to the last @: passwords are not always encoded
_QUERY_PASSWORD = re.compile(r"([?&](?:ssl)?password=)[^&#]*", re.IGNORECASE)


class SettingsError(Exception):
    """A setting is unknown or wrong. The message names the key, where its value came from, and what is allowed."""


def _whole(low: int, high: int) -> Meta:
    return Meta(ge=low, le=high, description=f"a whole number from {low} to {high}")


_Port = Annotated[int, _whole(1, 65_535)]
_Milliseconds = Annotated[int, _whole(1, 86_400_000)]
_Count = Annotated[int, _whole(1, 100_000)]
_Few = Annotated[int, _whole(1, 64)]
_DatabaseUrl = Annotated[
    str,
    Meta(
        pattern=r"^postgres(ql)?://", description="a PostgreSQL URL such as postgresql://user:password@host:5432/name"
    ),
]
_SecretKey = Annotated[str, Meta(min_length=32, description="a text of 32 characters or more")]
_StripeKey = Annotated[str, Meta(pattern=r"^[sr]k_\S+$", description="a secret or restricted key (sk_..., rk_...)")]
_StripeSecret = Annotated[str, Meta(pattern=r"^whsec_\S+$", description="a signing secret of Stripe (whsec_...)")]

_WebAddress = Annotated[
    str,
    Meta(
        pattern=r"\Ahttps?://[^\s/?#@]+\Z", description="an address such as https://orders.example.com, without a path"
    ),
]
_Issuer = Annotated[
    str,
    Meta(pattern=r"\Ahttps?://[^\s?#@]+\Z", max_length=500, description="the address of an OpenID Connect provider"),
]
_RoleCode = Annotated[str, Meta(pattern=r"\A[a-z][a-z0-9_]{0,49}\Z", description="the code of a built-in role")]
_Text = Annotated[str, Meta(min_length=1, max_length=500, description="a text of 1 to 500 characters")]


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that may differ between two installations. Made by `load_settings`; names end in their unit."""

    database_url: _DatabaseUrl | None = None  # None: the embedded server in data_dir
    data_dir: Path
    host: Annotated[str, Meta(min_length=1, description="a host name or an IP address")] = "127.0.0.1"
    port: _Port = 8000
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["auto", "console", "json"] = "auto"  # auto: console on a terminal, JSON elsewhere
    secret_key: _SecretKey | None = None  # None: made once, kept in data_dir/secret.key
    public_url: _WebAddress | None = None  # what people type; None: as the request says

    oidc_issuer: _Issuer | None = None  # None: people sign in by password alone
    oidc_client_id: _Text | None = None
    oidc_client_secret: _Text | None = None  # None: a public client, by PKCE alone
    oidc_name: _Text = "single sign-on"
    oidc_scopes: _Text = "openid email profile"
    oidc_new_people_role: _RoleCode | None = None  # None: whom the provider knows and we do not is refused

    pool_size: Annotated[int, _whole(1, 1_000)] = 12
    statement_timeout_ms: _Milliseconds = 30_000
    lock_timeout_ms: _Milliseconds = 10_000
    idle_in_transaction_timeout_ms: _Milliseconds = 30_000

    coalesce: bool = True
    coalesce_batch_max: _Count = 500
    coalesce_queue_max: _Count = 5_000
    coalesce_lanes: _Few = 2

    run_workers: bool = True
    work_host: Annotated[str, Meta(min_length=1, description="a host name or an IP address")] = "127.0.0.1"
    work_port: _Port | None = None  # None: `orderwright work` listens nowhere
    pump_batch: _Count = 200
    pump_workers: _Few = 2
    pump_lease_s: Annotated[int, _whole(1, 3_600)] = 60

    stripe_api_key: _StripeKey | None = None  # None: no payments with Stripe
    stripe_webhook_secret: _StripeSecret | None = None

    exclusion_h: Annotated[int, _whole(1, 8_760)] = 24
    carrier_claim_d: Annotated[int, _whole(1, 365)] = 60
    draft_order_d: Annotated[int, _whole(1, 365)] = 30

    stuck_held_h: Annotated[int, _whole(1, 8_760)] = 24
    stuck_message_h: Annotated[int, _whole(1, 8_760)] = 24
    stuck_backordered_d: Annotated[int, _whole(1, 365)] = 14
    stuck_to_collect_d: Annotated[int, _whole(1, 365)] = 7
    stuck_silent_d: Annotated[int, _whole(1, 365)] = 3
    test_payments: bool = False
    stuck_unsettled_d: Annotated[int, _whole(1, 365)] = 7

    attachment_max_bytes: Annotated[int, _whole(1_024, 104_857_600)] = 10_000_000
    attachments_of_order_max: Annotated[int, _whole(1, 1_000)] = 20
    attachments_of_order_max_bytes: Annotated[int, _whole(1_024, 1_073_741_824)] = 50_000_000
    request_body_max_bytes: Annotated[int, _whole(1_024, 1_073_741_824)] = 10_000_000
    otel_enabled: bool = False

    def __repr__(self) -> str:
        """Every field but the secrets, so that settings may be printed and logged."""
        return f"Settings({', '.join(f'{name}={value!r}' for name, value in self._shown())})"

    def __rich_repr__(self) -> Any:
        yield from self._shown()

    def _shown(self) -> list[tuple[str, object]]:
        shown: list[tuple[str, object]] = []
        for name in self.__struct_fields__:
            value = getattr(self, name)
            if name == "database_url" and value is not None:
                value = redact_url(value)
            elif name in _SECRET_FIELDS and value is not None:
                value = "***"
            shown.append((name, value))
        return shown


def load_settings(environ: Mapping[str, str] = os.environ, file: Path | None = None) -> Settings:
    """Read and check the settings. `file` goes before `ORDERWRIGHT_CONFIG`; either must exist if named.

    Relative paths are taken from the working directory; `~` is the home directory.
    Raises SettingsError with one sentence about the first thing that is wrong.
    """
    types = get_type_hints(Settings, include_extras=True)
    found = {"data_dir": (str(_default_data_dir(environ)), "default", False)}
    path = _settings_file(environ, file)
    if path is not None:
        for key, raw in _read_toml(path).items():
            _check_known(key, key, f"file {path}", types)
            found[key] = (raw, f"file {path}", True)
    if environ.get("DATABASE_URL"):
        found["database_url"] = (environ["DATABASE_URL"], "environment variable DATABASE_URL", False)
    for variable, text in environ.items():
        if not variable.startswith(PREFIX) or variable == CONFIG_VARIABLE or not text:
            continue
        key = variable.removeprefix(PREFIX).lower()
        _check_known(key, variable, "environment", types)
        found[key] = (text, f"environment variable {variable}", False)
    return Settings(**{key: _convert(key, types[key], *value) for key, value in found.items()})


def secret_key_bytes(settings: Settings) -> bytes:
    """The key that signs cursors, sessions and keyed hashes: `secret_key`, else 32 random bytes kept in data_dir.

    The file is made once, whole and readable by its owner only; processes that start at the same time agree on it.
    Raises SettingsError if the file is damaged or open to others.
    """
    if settings.secret_key is not None:
        return settings.secret_key.encode()
    path = settings.data_dir / "secret.key"
    if not path.exists():
        create_data_dir(settings.data_dir)
        _write_once(path, secrets.token_bytes(SECRET_KEY_BYTES))
    if path.stat().st_mode & 0o077:
        raise SettingsError(f"{path} may be read by others: `chmod 600` it, or set ORDERWRIGHT_SECRET_KEY")
    key = path.read_bytes()
    if len(key) != SECRET_KEY_BYTES:
        raise SettingsError(f"{path} is damaged: {len(key)} bytes, not {SECRET_KEY_BYTES}. Restore it from a backup")
    return key


def create_data_dir(path: Path) -> None:
    """Make a data directory for its owner alone. Root's may be passed through, since PostgreSQL never runs as root."""
    with contextlib.suppress(FileExistsError):
        path.mkdir(parents=True)
        path.chmod(0o711 if os.geteuid() == 0 else 0o700)  # mkdir's mode is subject to the umask


def redact_url(url: str) -> str:
    """The database URL with every password in it replaced by `***`."""
    return _QUERY_PASSWORD.sub(r"\1***", _URL_PASSWORD.sub(r"\1:***", url))


def _default_data_dir(environ: Mapping[str, str]) -> Path:
    # The XDG base directory specification says to ignore a relative path.
    base = Path(environ.get("XDG_DATA_HOME", ""))
    if not base.is_absolute():
        base = Path(environ.get("HOME") or Path.home()) / ".local" / "share"
    return base / "orderwright"


def _settings_file(environ: Mapping[str, str], file: Path | None) -> Path | None:
    if file is not None:
        return file
    if environ.get(CONFIG_VARIABLE):
        return Path(environ[CONFIG_VARIABLE]).expanduser()
    default = Path(DEFAULT_FILE)
    return default if default.is_file() else None


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(f"file {path}: cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise SettingsError(f"file {path}: is not UTF-8 text (byte {error.start})") from error
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"file {path}: is not TOML ({error})") from error


def _check_known(key: str, name: str, source: str, types: Mapping[str, Any]) -> None:
    if key in types:
        return
    near = difflib.get_close_matches(key, types, n=1)
    hint = f"did you mean {near[0]}?" if near else f"allowed: {', '.join(sorted(types))}"
    raise SettingsError(f"{name} ({source}): there is no such setting; {hint}")


def _convert(key: str, wanted: Any, raw: object, source: str, strict: bool) -> Any:
    """`strict` for TOML, which has types of its own; texts from the environment are parsed."""
    try:
        value = msgspec.convert(raw, wanted, strict=strict, dec_hook=_decode)
    except (msgspec.ValidationError, TypeError, ValueError):
        shown = "the value" if key in _SECRET_FIELDS else repr(raw)
        # `from None`: the library's message may quote a secret
        raise SettingsError(f"{key} ({source}): {shown} is not allowed; allowed: {_allowed(wanted)}") from None
    return value.expanduser().absolute() if isinstance(value, Path) else value


def _decode(wanted: type, raw: object) -> object:
    if wanted is Path and isinstance(raw, str) and raw and "\0" not in raw:
        return Path(raw)
    raise ValueError(raw)


def _allowed(wanted: Any) -> str:
    """What a type accepts, for people."""
    if get_origin(wanted) is Annotated:
        return str(get_args(wanted)[1].description)
    if get_origin(wanted) is Literal:
        return ", ".join(get_args(wanted))
    if wanted is bool:
        return "true, false"
    if wanted is Path:
        return "a path"
    return next(_allowed(part) for part in get_args(wanted) if part is not type(None))


def _write_once(path: Path, content: bytes) -> None:
    """Create `path` durably with mode 0600, whole or not at all; leave it alone if another process was first."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".secret-")  # mkstemp gives 0600
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        try:
            path.hardlink_to(temporary)
        except FileExistsError:
            return
        directory = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)
    finally:
        temporary.unlink()
