"""Merchants: create, list."""

from __future__ import annotations

from typing import Annotated

import typer

from orderwright import insights
from orderwright.cli.running import NO, AsJson, fail, opened_database, out, print_json, print_table, run
from orderwright.platform.errors import InvalidRequest
from orderwright.platform.merchants import merchant_codes
from orderwright.platform.migrate import create_merchant

merchants = typer.Typer(help="Owners of stock and money: create and list them.", no_args_is_help=True)


@merchants.command()
def create(
    code: Annotated[str, typer.Argument(help="Short and for ever: a-z, 0-9 and _, beginning with a letter.")],
    name: Annotated[str, typer.Option(help="What people call it.")],
    time_zone: Annotated[str, typer.Option(help="Where its days begin and end, such as Europe/Zurich.")] = "UTC",
    currency: Annotated[str, typer.Option(help="The currency of its reports (ISO 4217).")] = "USD",
    number_format: Annotated[str, typer.Option(help="What its order numbers look like.")] = "#{number}",
    as_json: AsJson = False,
) -> None:
    """Create a merchant: the owner of a catalogue, stock, orders and money. Next: `orderwright key create`."""

    async def created() -> bool:
        async with opened_database() as database:
            try:
                return await create_merchant(
                    database,
                    code,
                    name=name,
                    time_zone=time_zone,
                    reporting_currency=currency,
                    order_number_format=number_format,
                )
            except ValueError as error:
                raise InvalidRequest(f"{str(error)[:1].upper()}{str(error)[1:]}.") from error

    if not run(created()):
        fail(f"There is a merchant {code} already; nothing was changed.", NO)
    if as_json:
        print_json({"code": code, "name": name})
    else:
        out().print(f"Merchant {code} is there. A key to its API: orderwright key create --merchant {code} --name NAME")


@merchants.command("list")
def list_(as_json: AsJson = False) -> None:
    """List the merchants."""

    async def rows() -> list[insights.MerchantRow]:
        async with opened_database() as database:
            found = [await insights.merchant(database, code) for code in await merchant_codes(database)]
            return [row for row in found if row is not None]

    found = run(rows())
    if as_json:
        print_json({"merchants": [row._asdict() for row in found]})
    else:
        print_table(("code", "name", "time zone", "currency", "order numbers"), found)
