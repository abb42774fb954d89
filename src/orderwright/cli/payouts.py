"""Import the pay-out files of payment providers."""

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
from orderwright.payments.payouts import PayoutFile, import_payouts, read_payout_file
from orderwright.platform.errors import InvalidRequest
from orderwright.platform.ids import encode_id
from orderwright.platform.outcomes import Outcome

PAYOUTS_MAX = 1_000  # a transaction


def payouts(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="CSV: our columns, or Stripe's report.")],
    merchant: Merchant = None,
    as_json: AsJson = False,
) -> None:
    """Import pay-outs of payment providers: CSV in our columns (provider, payout, paid_on, kind, payment, currency,
    amount, fee), or Stripe's itemized payout reconciliation report. Each capture and refund is matched to ours.

    A pay-out of which a line is wrong is not taken at all. One that was imported before stays as it is.

    Exit code 1 when anything was not taken.
    """
    try:
        with file.open("rb") as stream:
            read = read_payout_file(stream)
    except OSError as error:
        raise InvalidRequest(f"{file} cannot be read: {error.strerror}.") from None
    outcomes = run(_import(merchant, file.name, read))
    if as_json:
        _print_json(read, outcomes)
    else:
        _print(read, outcomes)
    if read.errors or not all(outcome.ok for outcome in outcomes):
        raise typer.Exit(NO)


async def _import(merchant: str | None, name: str, read: PayoutFile) -> list[Outcome]:
    outcomes: list[Outcome] = []
    async with opened_database() as database:
        code = await the_merchant(database, merchant)
        ctx = cli_context(code, reason=f"import of {name}")
        commands = [command for _, command in read.payouts]
        for start in range(0, len(commands), PAYOUTS_MAX):
            async with database.transaction(code) as tx:
                outcomes += await import_payouts(tx, ctx, commands[start : start + PAYOUTS_MAX])
    return outcomes


def _print_json(read: PayoutFile, outcomes: list[Outcome]) -> None:
    done = [
        {
            "line": line, "reference": command.reference, "code": outcome.code,
            "id": None if outcome.id is None else encode_id("pyt", outcome.id), "details": outcome.details,
        }
        for (line, command), outcome in zip(read.payouts, outcomes, strict=True)
    ]  # fmt: skip
    print_json({"payouts": done, "errors": [error._asdict() for error in read.errors]})


def _print(read: PayoutFile, outcomes: list[Outcome]) -> None:
    rows = [
        (command.reference, outcome.code, len(command.lines), _counts(outcome))
        for (_, command), outcome in zip(read.payouts, outcomes, strict=True)
    ]
    if rows:
        print_table(("pay-out", "", "lines", ""), rows)
    for error in read.errors:
        out().print(str(error), markup=False)
    if not rows and not read.errors:
        out().print("The file holds no pay-out.")


def _counts(outcome: Outcome) -> str:
    if outcome.message is not None:
        return outcome.message
    return ", ".join(f"{n} {code}" for code, n in outcome.details.items() if code != "lines")
