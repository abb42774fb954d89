"""Import orders and the catalogue from files."""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Annotated, Any, NamedTuple, NoReturn
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import typer
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from orderwright import insights
from orderwright.cli.payouts import payouts
from orderwright.cli.running import (
    NO,
    STOPPED,
    AsJson,
    Merchant,
    cli_context,
    err,
    fail,
    opened_database,
    out,
    print_json,
    print_table,
    run,
    the_merchant,
)
from orderwright.cli.tax_rates import tax_rates
from orderwright.connect import files
from orderwright.connect.files import KINDS, Defaults, Format, ImportReport, Options, Source, describe_columns
from orderwright.platform.db import Database
from orderwright.platform.errors import DatabaseUnavailable, InvalidRequest, OutcomeUnknown
from orderwright.platform.pumps.hints import Hints

imports = typer.Typer(
    help="Import orders and the catalogue from CSV, JSON lines or Parquet; pay-outs and rates of taxes from CSV.",
    no_args_is_help=True,
)

File = Annotated[Path, typer.Argument(metavar="FILE", help="CSV, JSON lines or Parquet; may be gzipped (.gz).")]
FormatOption = Annotated[
    str | None, typer.Option("--format", help="csv, jsonl or parquet.", show_default="what the file's name says")
]
Ignore = Annotated[
    list[str] | None, typer.Option(metavar="COLUMN", help="A column that does not count; repeat for several.")
]
Again = Annotated[bool, typer.Option("--again", help="From the beginning, whatever was imported of this file before.")]
RejectedFile = Annotated[
    Path | None,
    typer.Option("--rejected", help="Where to write what is not taken.", show_default="FILE.rejected.csv"),
]
_RESUMES = (
    "\n\nCtrl-C stops it; the same command goes on where it was. What is not taken is told in FILE.rejected.csv: mend "
    "those rows and import again, what was taken is recognised.\n\nExit code 1 when anything was rejected."
)


class _Job(NamedTuple):
    """What the command line asks for."""

    kind: str
    source: Source
    merchant: str | None
    channel: str | None
    zone: str | None
    ignored: tuple[str, ...]
    report_path: Path
    again: bool


def orders(
    file: File,
    merchant: Merchant = None,
    channel: Annotated[
        str | None, typer.Option("--channel", "-c", metavar="CODE", help="Channel of orders that name none.")
    ] = None,
    time_zone: Annotated[
        str | None, typer.Option(help="Zone of times without an offset.", show_default="the merchant's")
    ] = None,
    format_: FormatOption = None,
    ignore: Ignore = None,
    rejected: RejectedFile = None,
    again: Again = False,
    as_json: AsJson = False,
) -> None:
    source = _source(file, format_)
    job = _Job("orders", source, merchant, channel, time_zone, _lower(ignore), _report_path(source, rejected), again)
    _finish(job, run(_import(job, as_json=as_json)), as_json=as_json)


orders.__doc__ = (
    "Import orders: CSV and Parquet with one row a line of an order (`orderwright import columns orders` lists the "
    "columns), or JSON lines with one order each, as the API takes it." + _RESUMES
)
imports.command()(orders)
imports.command()(payouts)
imports.command("tax-rates")(tax_rates)


def _catalogue_command(kind: str, what: str) -> None:
    def command(
        file: File,
        merchant: Merchant = None,
        format_: FormatOption = None,
        ignore: Ignore = None,
        rejected: RejectedFile = None,
        again: Again = False,
        as_json: AsJson = False,
    ) -> None:
        source = _source(file, format_)
        job = _Job(kind, source, merchant, None, None, _lower(ignore), _report_path(source, rejected), again)
        _finish(job, run(_import(job, as_json=as_json)), as_json=as_json)

    command.__doc__ = (
        f"Import {what}. Each row makes one be as the row says: it is created, changed, or left as it is. "
        f"`orderwright import columns {kind}` lists the columns." + _RESUMES
    )
    imports.command(kind)(command)


_catalogue_command("pools", "pools: sets of locations that promise together")
_catalogue_command("locations", "locations that hold stock; their pools come first")
_catalogue_command("channels", "channels that sell; their pools come first")
_catalogue_command("skus", "SKUs; what kits are made of comes before the kits")


@imports.command()
def columns(
    kind: Annotated[str, typer.Argument(help="orders, skus, pools, locations or channels")],
    as_json: AsJson = False,
) -> None:
    """List the columns that a file of a kind may have."""
    if kind not in KINDS:
        raise InvalidRequest(f"There is no kind {kind!r}. There are: {', '.join(KINDS)}.")
    rows = describe_columns(kind)
    if as_json:
        print_json({"columns": [row._asdict() for row in rows]})
        return
    shown = [(row.name, "needed" if row.required else "", row.allowed, row.help) for row in rows]
    width = 4 if kind == "orders" else 3  # of the catalogue the names say it all
    print_table(("column", "", "what to write", "what it is")[:width], [row[:width] for row in shown])
    if kind == "orders":
        out().print("Amounts may also stand in whole minor units (1999): add _minor to the column's name.")


def _source(file: Path, format_: str | None) -> Source:
    formats: dict[str, Format] = {"csv": "csv", "jsonl": "jsonl", "parquet": "parquet"}
    if format_ is not None and format_ not in formats:
        raise InvalidRequest(f"There is no format {format_!r}. There are: {', '.join(formats)}.")
    return files.find_source(file, formats[format_] if format_ else None)


def _report_path(source: Source, rejected: Path | None) -> Path:
    return rejected or source.path.with_name(source.path.name + ".rejected.csv")


def _lower(names: list[str] | None) -> tuple[str, ...]:
    return tuple(name.strip().lower() for name in names or ())


async def _import(job: _Job, *, as_json: bool) -> ImportReport:
    async with opened_database() as database:
        merchant = await the_merchant(database, job.merchant)
        options = Options(Defaults(job.channel, await _zone(database, merchant, job.zone)), job.ignored)
        ctx = cli_context(merchant, reason=f"import of {job.source.path.name}")
        hints = Hints(database)
        database.on_work = hints.on_work  # workers elsewhere need not wait for their next poll
        with _stop_on_ctrl_c() as stop, _bar(job.source, hidden=as_json) as bar:
            try:
                return await files.import_file(
                    database, ctx, KINDS[job.kind], job.source, options,
                    report_path=job.report_path, again=job.again, stop=stop, progress=bar.show,
                )  # fmt: skip
            except (DatabaseUnavailable, OutcomeUnknown):
                fail("The database went away. What was imported stays; the same command goes on once it is back.")
            finally:
                await hints.aclose()


async def _zone(database: Database, merchant: str, name: str | None) -> ZoneInfo:
    row = await insights.merchant(database, merchant)
    try:
        return ZoneInfo(name or (row.time_zone if row else "UTC"))
    except (ValueError, ZoneInfoNotFoundError):
        raise InvalidRequest(f"{name!r} is not a time zone such as Europe/Zurich.") from None


@contextmanager
def _stop_on_ctrl_c() -> Iterator[asyncio.Event]:
    """An event that the first Ctrl-C sets; the second one ends the process at once, which loses nothing either."""
    stop, loop = asyncio.Event(), asyncio.get_running_loop()

    def first() -> None:
        err().print("stopping after this batch ...", style="dim")
        stop.set()
        loop.remove_signal_handler(signal.SIGINT)

    if threading.current_thread() is not threading.main_thread():
        yield stop
        return
    loop.add_signal_handler(signal.SIGINT, first)
    loop.add_signal_handler(signal.SIGTERM, stop.set)
    try:
        yield stop
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            with suppress(ValueError):
                loop.remove_signal_handler(number)


class _Bar(NamedTuple):
    """The progress bar of a file."""

    bar: Progress
    task: Any
    size_bytes: int

    def show(self, progress: files.Progress) -> None:
        """Move it to where the import is."""
        counts = ", ".join(f"{count:,} {code}" for code, count in sorted(progress.counts.items()))
        self.bar.update(self.task, completed=progress.done * self.size_bytes, counts=counts)


@contextmanager
def _bar(source: Source, *, hidden: bool) -> Iterator[_Bar]:
    shown = (
        TextColumn("{task.description}", markup=False), BarColumn(), TaskProgressColumn(), TimeElapsedColumn(),
        TimeRemainingColumn(), TextColumn("{task.fields[counts]}", markup=False),
    )  # fmt: skip
    console = err()
    with Progress(*shown, console=console, transient=True, disable=hidden or not console.is_terminal) as bar:
        task = bar.add_task(source.path.name, total=source.size_bytes, counts="")
        yield _Bar(bar, task, source.size_bytes)


def _finish(job: _Job, report: ImportReport, *, as_json: bool) -> NoReturn:
    """Print the result and leave with its exit code."""
    if as_json:
        print_json(
            {
                "file": str(job.source.path),
                "kind": job.kind,
                "finished": report.finished,
                "counts": report.counts,
                "rejected": report.rejected,
                "rejected_file": None if report.rejected_file is None else str(report.rejected_file),
                "resumed_at_line": report.resumed_at_line,
                "items": report.items,
                "seconds": round(report.seconds, 3),
            }
        )
    else:
        _print(job, report)
    if not report.finished:
        raise typer.Exit(STOPPED)
    raise typer.Exit(NO if report.rejected else 0)


def _print(job: _Job, report: ImportReport) -> None:
    console = out()
    name = job.source.path.name
    if report.finished and not report.items and report.counts:
        console.print(f"{name} was imported before; nothing was changed. --again reads it once more.", markup=False)
    elif report.resumed_at_line is not None:
        console.print(f"Went on at line {report.resumed_at_line:,}.")
    rows = [(code, f"{count:,}") for code, count in report.counts.items()]
    print_table((job.kind, "how many"), rows, title=name)
    if report.items:
        per_s = report.items / max(report.seconds, 0.001)
        console.print(f"{report.items:,} {job.kind} in {report.seconds:,.1f} s: {per_s:,.0f} a second.")
    if report.rejected_file is not None:
        console.print(f"{report.rejected:,} were rejected; which and why: {report.rejected_file}", markup=False)
    if not report.finished:
        console.print("Stopped before the end. The same command goes on from here.")
