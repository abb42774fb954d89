"""Import rates of taxes from CSV files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from orderwright.cli.running import (
    NO,
    AsJson,
    Merchant,
    cli_context,
    opened_database,
    out,
    print_json,
    print_table,
    run,
    the_merchant,
)
from orderwright.payments.taxes.contract import PutTaxRate
from orderwright.payments.taxes.csv_rates import TaxRateCsvRow, read_rate_rows
from orderwright.payments.taxes.put_tax_rates import put_tax_rates
from orderwright.platform.errors import InvalidRequest
from orderwright.platform.ids import encode_id
from orderwright.platform.outcomes import Outcome

RATES_MAX = 20_000  # a transaction, in which what ends makes room for what begins


def tax_rates(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="CSV, one rate a row.")],
    merchant: Merchant = None,
    as_json: AsJson = False,
) -> None:
    """Import rates of taxes: CSV with the columns country, name, rate (0.19 or 19 %) and valid_from, and if needed
    region, postal_prefix, tax_class, valid_to, applies_to_shipping, compound, remove (yes or no).

    Each row makes a rate be as the row says. Rows that are wrong are told by line; the others are taken. Up to 20,000
    rows are one transaction, so a file may end a rate and begin the one after it in any order.

    Exit code 1 when anything was not taken.
    """
    try:
        with file.open("rb") as stream:
            rows = list(read_rate_rows(stream))
    except OSError as error:
        raise InvalidRequest(f"{file} cannot be read: {error.strerror}.") from None
    good = [(row.line, row.command) for row in rows if row.command is not None]
    outcomes = run(_import(merchant, file.name, [command for _, command in good]))
    if as_json:
        _print_json(rows, good, outcomes)
    else:
        _print(rows, good, outcomes)
    if len(good) < len(rows) or not all(outcome.ok for outcome in outcomes):
        raise typer.Exit(NO)


async def _import(merchant: str | None, name: str, commands: list[PutTaxRate]) -> list[Outcome]:
    outcomes: list[Outcome] = []
    async with opened_database() as database:
        code = await the_merchant(database, merchant)
        ctx = cli_context(code, reason=f"import of {name}")
        for start in range(0, len(commands), RATES_MAX):
            async with database.transaction(code) as tx:
                outcomes += await put_tax_rates(tx, ctx, commands[start : start + RATES_MAX])
    return outcomes


def _print_json(rows: list[TaxRateCsvRow], good: list[tuple[int, PutTaxRate]], outcomes: list[Outcome]) -> None:
    done = [
        {
            "line": line, "code": outcome.code, "id": None if outcome.id is None else encode_id("txr", outcome.id),
            "message": outcome.message,
        }
        for (line, _), outcome in zip(good, outcomes, strict=True)
    ]  # fmt: skip
    print_json({"rates": done, "errors": [error._asdict() for row in rows for error in row.errors]})


def _print(rows: list[TaxRateCsvRow], good: list[tuple[int, PutTaxRate]], outcomes: list[Outcome]) -> None:
    counts: dict[str, int] = {}
    for outcome in outcomes:
        counts[outcome.code] = counts.get(outcome.code, 0) + 1
    if counts:
        print_table(("rates", "how many"), [(code, f"{count:,}") for code, count in counts.items()])
    for error in (error for row in rows for error in row.errors):
        out().print(str(error), markup=False)
    for (line, _), outcome in zip(good, outcomes, strict=True):
        if not outcome.ok:
            out().print(f"{outcome.code} line {line}: {outcome.message}", markup=False)
    if not rows:
        out().print("The file holds no rate.")
