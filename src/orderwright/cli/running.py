"""What all commands share: settings, the database, output for people and for programs, errors and exit codes."""

from __future__ import annotations

import contextlib
import getpass
import os
import sys
from collections.abc import AsyncIterator, Coroutine, Iterable, Sequence
from typing import Annotated, Any, NoReturn, TypeVar

import msgspec
import typer
import uvloop
from rich.console import Console
from rich.table import Table

from orderwright.access import UnknownMerchant
from orderwright.platform.context import Context, system_context
from orderwright.platform.db import Database
from orderwright.platform.embedded_home import EmbeddedServerError
from orderwright.platform.errors import InvalidRequest, OrderwrightError
from orderwright.platform.logs import configure_logging
from orderwright.platform.merchants import merchant_codes
from orderwright.platform.settings import Settings, SettingsError, load_settings
from orderwright.platform.startup import open_system

T = TypeVar("T")
NO = 1  # the answer is no: violations, rejected rows, not found
CANNOT = 2  # it could not be done as asked: usage, settings, database
STOPPED = 130  # by Ctrl-C
_NO_STATUSES = (403, 404, 409)
_WIDTH_UNKNOWN = 160  # where output goes to a file or a pipe

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object, for programs.")]
Merchant = Annotated[
    str | None, typer.Option("--merchant", "-m", metavar="CODE", help="Which merchant; needed when there are several.")
]


def out() -> Console:
    """Where results go."""
    return Console(highlight=False, width=None if sys.stdout.isatty() else _WIDTH_UNKNOWN)


def err() -> Console:
    """Where progress and errors go, so that results can be piped on."""
    return Console(stderr=True, highlight=False, soft_wrap=True)


def say(text: str) -> None:
    """Tell people what goes on."""
    err().print(text, style="dim", markup=False)


def print_json(value: Any) -> None:
    """One JSON value, on a line of its own."""
    sys.stdout.write(msgspec.json.encode(value).decode() + "\n")
    sys.stdout.flush()


def print_table(headings: Sequence[str], rows: Iterable[Sequence[object]], title: str | None = None) -> None:
    """A table for people."""
    table = Table(*headings, title=title, title_justify="left")
    for row in rows:
        table.add_row(*("" if cell is None else str(cell) for cell in row))
    out().print(table)


def fail(message: str, code: int = CANNOT) -> NoReturn:
    """End with a sentence on standard error."""
    err().print(f"[red]orderwright:[/red] {_plain(message)}")
    raise typer.Exit(code)


def _plain(text: str) -> str:
    return text.replace("[", "\\[")


@contextlib.contextmanager
def told() -> Any:
    """Turn errors that people can do something about into a sentence and an exit code."""
    try:
        yield
    except (SettingsError, EmbeddedServerError) as error:
        fail(str(error))
    except OrderwrightError as error:
        fail(str(error), NO if error.http_status in _NO_STATUSES else CANNOT)


def settings_now(**overrides: Any) -> Settings:
    """The settings, with what the command line says instead where it does, and logs set up after them."""
    given = {name: value for name, value in overrides.items() if value is not None}
    variables = {f"ORDERWRIGHT_{name.upper()}": str(value) for name, value in given.items()}
    settings = load_settings({**os.environ, **variables})
    configure_logging(settings)
    return settings


def quiet_settings() -> Settings:
    """The settings of a command that says itself what it did: logs begin with warnings."""
    settings = settings_now()
    if settings.log_level == "info":
        settings = msgspec.structs.replace(settings, log_level="warning")
        configure_logging(settings)
    return settings


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run a command's coroutine to its end."""
    return uvloop.run(work)


@contextlib.asynccontextmanager
async def opened_database() -> AsyncIterator[Database]:
    """The database, started, migrated and connected, for a command that comes and goes."""
    settings = quiet_settings()
    async with contextlib.AsyncExitStack() as stack:
        with err().status("opening the database") as status:
            database = await stack.enter_async_context(open_system(settings, progress=status.update))
        yield database


async def the_merchant(database: Database, code: str | None) -> str:
    """The merchant that is meant: the one that is named, or the only one there is."""
    codes = await merchant_codes(database)
    if code is not None:
        if code not in codes:
            raise UnknownMerchant(f"There is no merchant {code!r}. {_there_are(codes)}")
        return code
    if len(codes) != 1:
        raise InvalidRequest(f"Name the merchant: --merchant CODE. {_there_are(codes)}")
    return codes[0]


def _there_are(codes: Sequence[str]) -> str:
    if not codes:
        return "There is none yet: `orderwright merchant create CODE --name NAME` makes one."
    return f"There are: {', '.join(codes)}."


def cli_context(merchant: str, reason: str | None = None) -> Context:
    """Who acts on the command line: may do everything, since they hold the database itself."""
    return system_context(merchant, f"cli:{_user()}", reason=reason)


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return str(os.getuid())
