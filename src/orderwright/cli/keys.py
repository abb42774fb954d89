"""API keys: create, list, rotate, revoke, and what they may be allowed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated

import msgspec
import typer

from orderwright.access import SCOPES, ApiKey, create_api_key, list_api_keys, revoke_api_key, rotate_api_key
from orderwright.catalog import channels_by_code, locations_by_code
from orderwright.cli.key_rows import HEADINGS, Codes, object_of, read_limits, row_of
from orderwright.cli.running import (
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
from orderwright.platform.clock import utc_now
from orderwright.platform.db import Database
from orderwright.platform.errors import InvalidRequest, NotFound
from orderwright.platform.ids import UUID
from orderwright.platform.limits import Limits
from orderwright.platform.money import CURRENCIES

keys = typer.Typer(help="Keys to the HTTP API: create, list, rotate and revoke them.", no_args_is_help=True)
PAGE = 500
_DAYS = re.compile(r"([0-9]{1,5})d\Z")
_AMOUNT = re.compile(r"([A-Z]{3})=([0-9]{1,15})\Z")
_OVERLAP = re.compile(r"([0-9]{1,6})([hd])\Z")


@keys.command()
def create(
    name: Annotated[str, typer.Option(help="What the key is for, such as 'web shop'.")],
    merchant: Merchant = None,
    scope: Annotated[
        list[str] | None,
        typer.Option(help="What it may do; repeat for several. `orderwright key scopes` lists them.", show_default="*"),
    ] = None,
    expires: Annotated[
        str | None, typer.Option(metavar="WHEN", help="Until when: 90d, or a time such as 2027-01-31T00:00:00Z.")
    ] = None,
    channel: Annotated[
        list[str] | None, typer.Option(metavar="CODE", help="Only for this channel; repeat for several.")
    ] = None,
    location: Annotated[
        list[str] | None, typer.Option(metavar="CODE", help="Only for this location; repeat for several.")
    ] = None,
    refund_max: Annotated[
        list[str] | None, typer.Option(metavar="CUR=MINOR", help="Of an order's money a day: USD=5000 is $50.00.")
    ] = None,
    credit_max: Annotated[
        list[str] | None, typer.Option(metavar="CUR=MINOR", help="Of store credit to a customer a day.")
    ] = None,
    adjust_max: Annotated[
        int | None, typer.Option(metavar="UNITS", help="Of a SKU at a location a day, found or lost.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Create a key. Its text is shown now and never again."""
    until = _parse_expiry(expires) if expires is not None else None
    limits = _parse_limits(refund_max, credit_max, adjust_max)

    async def created() -> tuple[ApiKey, Codes, str]:
        async with opened_database() as database:
            code = await the_merchant(database, merchant)
            channels, locations = await _limits(database, code, channel, location)
            async with database.operator_transaction() as tx:
                made = await create_api_key(
                    tx,
                    code,
                    name,
                    scope or ["*"],
                    expires_at=until,
                    channel_ids=channels,
                    location_ids=locations,
                    limits=limits,
                )
            async with database.transaction(code, read_only=True) as tx:
                return made.key, await read_limits(tx, [made.key]), str(made.text)

    key, codes, text = run(created())
    if as_json:
        print_json({**object_of(key, codes), "key": text})
    else:
        err().print(f"The key of {key.merchant} for {key.name!r} ({', '.join(key.scopes)}); keep it, it is shown once:")
        print(text)


@keys.command("list")
def list_(merchant: Merchant = None, as_json: AsJson = False) -> None:
    """List a merchant's keys with what they are limited to and when they expire, without their secrets."""

    async def read() -> tuple[list[ApiKey], Codes]:
        async with opened_database() as database:
            code = await the_merchant(database, merchant)
            found: list[ApiKey] = []
            async with database.operator_transaction() as tx:
                while page := await list_api_keys(tx, code, after=found[-1].id if found else None, limit=PAGE):
                    found += page
            async with database.transaction(code, read_only=True) as tx:
                return found, await read_limits(tx, found)

    found, codes = run(read())
    if as_json:
        print_json({"keys": [object_of(key, codes) for key in found]})
    else:
        print_table(HEADINGS, [row_of(key, codes) for key in found])


@keys.command()
def rotate(
    prefix: Annotated[str, typer.Argument(help="The key's prefix, as `orderwright key list` shows it.")],
    merchant: Merchant = None,
    overlap: Annotated[
        str, typer.Option(metavar="TIME", help="How long the old secret works too: 0, or as 12h or 7d (at most).")
    ] = "1d",
    as_json: AsJson = False,
) -> None:
    """Give a key a new secret; name, scopes and limits stay. Its text is shown now and never again."""
    overlap_s = _parse_overlap(overlap)

    async def rotated() -> tuple[ApiKey, Codes, str]:
        async with opened_database() as database:
            code = await the_merchant(database, merchant)
            async with database.operator_transaction() as tx:
                made = await rotate_api_key(tx, code, prefix, overlap_s=overlap_s)
            async with database.transaction(code, read_only=True) as tx:
                return made.key, await read_limits(tx, [made.key]), str(made.text)

    key, codes, text = run(rotated())
    if as_json:
        print_json({**object_of(key, codes), "key": text})
    else:
        until = f"works until {key.old_until:%Y-%m-%d %H:%M:%S} UTC" if key.old_until else "stops now"
        err().print(f"The new key for {key.name!r}; keep it, it is shown once. The old one {until}:")
        print(text)


@keys.command()
def revoke(
    prefix: Annotated[str, typer.Argument(help="The key's prefix, as `orderwright key list` shows it.")],
    merchant: Merchant = None,
    as_json: AsJson = False,
) -> None:
    """Stop a key from working, on every server within five seconds."""

    async def revoked() -> tuple[ApiKey, Codes]:
        async with opened_database() as database:
            code = await the_merchant(database, merchant)
            async with database.operator_transaction() as tx:
                key = await revoke_api_key(tx, code, prefix)
            async with database.transaction(code, read_only=True) as tx:
                return key, await read_limits(tx, [key])

    key, codes = run(revoked())
    if as_json:
        print_json(object_of(key, codes))
    else:
        out().print(f"Key {key.prefix} ({key.name}) is revoked.", markup=False)


@keys.command()
def scopes(as_json: AsJson = False) -> None:
    """List what a key may be allowed to do."""
    if as_json:
        print_json({"scopes": SCOPES})
    else:
        print_table(("scope", "what it allows"), SCOPES.items())


async def _limits(
    database: Database, merchant: str, channels: list[str] | None, locations: list[str] | None
) -> tuple[list[UUID] | None, list[UUID] | None]:
    """The ids of the channels and locations that a key is limited to; None without a limit."""
    async with database.transaction(merchant, read_only=True) as tx:
        found_channels = await channels_by_code(tx, channels or [])
        found_locations = await locations_by_code(tx, locations or [])
    return (
        _ids("channel", channels, {code: facts.id for code, facts in found_channels.items()}),
        _ids("location", locations, {code: facts.id for code, facts in found_locations.items()}),
    )


def _ids(what: str, codes: list[str] | None, known: Mapping[str, UUID]) -> list[UUID] | None:
    for code in codes or ():
        if code not in known:
            raise NotFound(f"There is no {what} {code!r}. Create it first, or correct the code.")
    return list(known.values()) if codes else None


def _parse_limits(refund: list[str] | None, credit: list[str] | None, adjust: int | None) -> Limits:
    """How much may be done without approval."""
    said = {"refund_max_minor": _parse_amounts(refund), "credit_max_minor": _parse_amounts(credit),
            "adjust_max_units": adjust}  # fmt: skip
    try:
        return msgspec.convert({name: value for name, value in said.items() if value is not None}, Limits)
    except msgspec.ValidationError as error:
        raise InvalidRequest(f"The limits cannot be so: {error}. Write smaller ones.") from None


def _parse_amounts(texts: list[str] | None) -> dict[str, int] | None:
    amounts: dict[str, int] = {}
    for text in texts or ():
        found = _AMOUNT.match(text)
        if found is None or found[1] not in CURRENCIES:
            raise InvalidRequest(f"{text!r} is no amount. Write a currency and minor units, such as USD=5000.")
        amounts[found[1]] = int(found[2])
    return amounts or None


def _parse_overlap(text: str) -> int:
    """A span as seconds."""
    if text == "0":
        return 0
    if found := _OVERLAP.match(text):
        return int(found[1]) * (3_600 if found[2] == "h" else 86_400)
    raise InvalidRequest(f"{text!r} is no span of time. Write 0, or one as 12h or 7d.")


def _parse_expiry(text: str) -> datetime:
    if days := _DAYS.match(text):
        return utc_now() + timedelta(days=int(days[1]))
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise InvalidRequest(f"{text!r} is no time. Write 90d, or a time such as 2027-01-31T00:00:00Z.") from None
    if moment.tzinfo is None:
        raise InvalidRequest(f"{text!r} has no offset from UTC. Write one, such as {text}Z.")
    return moment
