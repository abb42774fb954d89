"""People who sign in to the screens: add, list, deactivate, reset. For who runs the installation."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable, Sequence
from typing import Annotated, Any

import typer

from orderwright.access import (
    CreatePerson,
    Person,
    PersonCommand,
    check_password,
    create_people,
    deactivate_people,
    erase_people,
    give_password,
    list_people,
    person_id_of,
    reactivate_people,
    remove_second_factors,
    reset_people,
)
from orderwright.catalog import channels_by_code, locations_by_code
from orderwright.cli.running import (
    NO,
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
    settings_now,
    the_merchant,
)
from orderwright.platform.db import Database
from orderwright.platform.errors import InvalidRequest, NotFound
from orderwright.platform.ids import UUID, encode_id
from orderwright.platform.merchants import merchant_codes
from orderwright.platform.outcomes import Outcome
from orderwright.platform.settings import Settings

people = typer.Typer(help="People who sign in: add, list, deactivate and reset them.", no_args_is_help=True)
second_factor = typer.Typer(help="Second factors of people.", no_args_is_help=True)
people.add_typer(second_factor, name="second-factor")
PAGE = 500
HEADINGS = ("e-mail", "name", "role", "state", "second factor", "last seen")

Email = Annotated[str, typer.Argument(metavar="EMAIL", help="The person's e-mail address.")]
ToMany = Callable[..., Awaitable[Sequence[Outcome]]]


@people.command()
def add(
    email: Annotated[str, typer.Option(help="What they sign in with.")],
    role: Annotated[str, typer.Option(help="What they may do, such as administrator, care_agent or warehouse.")],
    name: Annotated[str | None, typer.Option(help="What colleagues call them.", show_default="of the address")] = None,
    merchant: Merchant = None,
    channel: Annotated[
        list[str] | None, typer.Option(metavar="CODE", help="Only for this channel; repeat for several.")
    ] = None,
    location: Annotated[
        list[str] | None, typer.Option(metavar="CODE", help="Only for this location; repeat for several.")
    ] = None,
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read their password from standard input, one line.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Add a person. Without a password, an address is shown once at which they choose one."""
    password = sys.stdin.readline().rstrip("\r\n") if password_stdin else None
    if password is not None:
        check_password(password, about=(email, name or ""))

    async def added() -> tuple[Outcome, str, str | None]:
        async with opened_database() as database:
            code = await the_merchant(database, merchant)
            ctx = cli_context(code)
            channels, locations = await _limits(database, code, channel, location)
            person = CreatePerson(
                email=email,
                name=name or email.partition("@")[0],
                role=role,
                channel_ids=channels,
                location_ids=locations,
            )
            async with database.operator_transaction() as tx:
                [outcome] = await create_people(tx, ctx, [person], everywhere=True)
                if not outcome.ok or outcome.id is None:
                    return outcome, code, None
                path = None
                if password is None and outcome.code == "created":
                    [link] = await reset_people(tx, ctx, [PersonCommand(person_id=outcome.id)])
                    path = link.details["path"]
            if password is not None and outcome.code == "created":
                await give_password(database, ctx, outcome.id, password)
            return outcome, code, path

    outcome, code, path = run(added())
    _check(outcome)
    address = None if path is None else f"{own_url(settings_now())}{path}"
    if as_json:
        print_json(
            {"id": _id(outcome), "email": email, "merchant": code, "role": role, "outcome": outcome.code,
             "address": address}
        )  # fmt: skip
        return
    err().print(f"{email} is {role} at {code} ({outcome.code}).", markup=False)
    if outcome.code == "joined":
        err().print("They have an account at another merchant already, and sign in with what they have there.")
    if address is not None:
        err().print("The address at which they choose a password, once, within 24 hours:")
        print(address)


@people.command("list")
def list_(merchant: Merchant = None, as_json: AsJson = False) -> None:
    """List a merchant's people."""

    async def read() -> list[Person]:
        async with opened_database() as database:
            ctx = cli_context(await the_merchant(database, merchant))
            found: list[Person] = []
            async with database.operator_transaction() as tx:
                while page := await list_people(tx, ctx, after=found[-1].entry.id if found else None, limit=PAGE):
                    found += page
            return found

    found = run(read())
    if as_json:
        print_json({"people": [_object(person) for person in found]})
    else:
        print_table(HEADINGS, [_row(person) for person in found])


@people.command()
def deactivate(email: Email, as_json: AsJson = False) -> None:
    """Let a person sign in no longer, at any merchant. Their sessions end within five seconds."""
    _one(email, deactivate_people, "can sign in no longer", as_json, everywhere=True)


@people.command()
def activate(email: Email, as_json: AsJson = False) -> None:
    """Let a person who was deactivated sign in again."""
    _one(email, reactivate_people, "can sign in again", as_json, everywhere=True)


@people.command()
def erase(email: Email, as_json: AsJson = False) -> None:
    """Erase what is personal of a person who was deactivated, at every merchant, for good. What they did stays."""
    _one(email, erase_people, "is erased", as_json, everywhere=True)


@people.command()
def reset(email: Email, as_json: AsJson = False) -> None:
    """Show an address at which a person chooses a password, once, within 24 hours."""
    outcome = _done(email, reset_people, everywhere=True)
    address = f"{own_url(settings_now())}{outcome.details['path']}"
    if as_json:
        print_json({"id": _id(outcome), "email": email, "address": address})
        return
    err().print(f"The address at which {email} chooses a password, once, within 24 hours:", markup=False)
    print(address)


@second_factor.command()
def off(email: Email, as_json: AsJson = False) -> None:
    """Remove the second factor of a person who lost their device and their recovery codes."""
    _one(email, remove_second_factors, "signs in by password alone now", as_json, everywhere=True)


def own_url(settings: Settings) -> str:
    """The address that people reach this server at, as far as its settings know."""
    return settings.public_url or f"http://{settings.host}:{settings.port}"


def _one(email: str, verb: ToMany, done: str, as_json: bool, **how: Any) -> None:
    outcome = _done(email, verb, **how)
    if as_json:
        print_json({"id": _id(outcome), "email": email, "outcome": outcome.code})
    else:
        out().print(f"{email} {done}.", markup=False)


def _done(email: str, verb: ToMany, **how: Any) -> Outcome:
    """Do something with the person of an e-mail address, as who holds the database itself."""

    async def did() -> Outcome:
        async with opened_database() as database:
            codes = await merchant_codes(database)
            async with database.operator_transaction() as tx:
                person_id = await person_id_of(tx, email)
                if person_id is None:
                    raise NotFound(f"There is nobody of the address {email}. `orderwright user list` shows all.")
                [outcome] = await verb(tx, cli_context(codes[0]), [PersonCommand(person_id=person_id)], **how)
                return outcome

    outcome = run(did())
    _check(outcome)
    return outcome


def _check(outcome: Outcome) -> None:
    if not outcome.ok:
        fail(outcome.message or outcome.code, NO)


async def _limits(
    database: Database, merchant: str, channels: list[str] | None, locations: list[str] | None
) -> tuple[tuple[UUID, ...] | None, tuple[UUID, ...] | None]:
    async with database.transaction(merchant, read_only=True) as tx:
        found = {
            "channel": {code: facts.id for code, facts in (await channels_by_code(tx, channels or [])).items()},
            "location": {code: facts.id for code, facts in (await locations_by_code(tx, locations or [])).items()},
        }
    for what, codes in (("channel", channels), ("location", locations)):
        for code in codes or ():
            if code not in found[what]:
                raise InvalidRequest(f"There is no {what} {code!r}. Create it first, or correct the code.")
    return (
        tuple(found["channel"].values()) if channels else None,
        tuple(found["location"].values()) if locations else None,
    )


def _id(outcome: Outcome) -> str | None:
    return None if outcome.id is None else encode_id("usr", outcome.id)


def _state(person: Person) -> str:
    if person.entry.deactivated_at is not None:
        return "deactivated"
    return "active" if person.entry.has_password or person.entry.seen_at is not None else "invited"


def _row(person: Person) -> tuple[object, ...]:
    entry = person.entry
    limited = " (limited)" if entry.channel_ids is not None or entry.location_ids is not None else ""
    seen = "" if entry.seen_at is None else f"{entry.seen_at:%Y-%m-%d}"
    factor = "yes" if entry.has_second_factor else "no"
    return entry.email, entry.name, f"{person.role_name}{limited}", _state(person), factor, seen


def _object(person: Person) -> dict[str, Any]:
    entry = person.entry
    return {
        "id": encode_id("usr", entry.id),
        "email": entry.email,
        "name": entry.name,
        "role": entry.role,
        "state": _state(person),
        "limited": entry.channel_ids is not None or entry.location_ids is not None,
        "has_second_factor": entry.has_second_factor,
        "created_at": entry.created_at,
        "seen_at": entry.seen_at,
    }
