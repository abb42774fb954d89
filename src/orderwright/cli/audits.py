"""Check the books."""

from __future__ import annotations

from collections.abc import Callable

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from orderwright import insights
from orderwright.cli.running import (
    NO,
    AsJson,
    Merchant,
    err,
    opened_database,
    out,
    print_json,
    print_table,
    run,
    the_merchant,
)
from orderwright.insights import CHECKS, Violation
from orderwright.platform.merchants import merchant_codes


def audit(merchant: Merchant = None, as_json: AsJson = False) -> None:
    """Check every law of the books (stock, money, events) of all merchants, or of one. The system may go on meanwhile.

    Exit code 1 when anything is wrong.
    """
    codes, found = run(_audit(merchant))
    if as_json:
        violations = [{"merchant": code, **violation._asdict()} for code, violation in found]
        print_json({"merchants": codes, "checks": len(CHECKS), "violations": violations})
    elif found:
        rows = [(code, *violation) for code, violation in found]
        print_table(("merchant", "law", "check", "what", "how"), rows, title=f"{len(found)} violations")
    else:
        out().print(f"The books are right: {len(CHECKS)} checks of {', '.join(codes) or 'no merchant'}.")
    if found:
        raise typer.Exit(NO)


async def _audit(merchant: str | None) -> tuple[list[str], list[tuple[str, Violation]]]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    async with opened_database() as database:
        codes = await merchant_codes(database) if merchant is None else [await the_merchant(database, merchant)]
        found: list[tuple[str, Violation]] = []
        with Progress(*columns, console=err(), transient=True) as bar:
            task = bar.add_task("audit", total=len(CHECKS) * len(codes))
            for code in codes:
                async with database.transaction(code) as tx:
                    found += [(code, violation) for violation in await insights.audit(tx, _step(bar, task, code))]
        return codes, found


def _step(bar: Progress, task: TaskID, code: str) -> Callable[[str], None]:
    def step(check: str) -> None:
        bar.update(task, description=f"{code}: {check}", advance=1)

    return step
