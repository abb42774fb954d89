"""The first merchant of an installation: made by the first administrator, who then belongs to it."""

from __future__ import annotations

from orderwright.access.errors import InvalidMerchant
from orderwright.access.new_people import put_memberships
from orderwright.access.people_commands import CreatePerson
from orderwright.access.queries import COUNT_BELONGINGS, LOCK_CREDENTIALS, LOCK_MERCHANT
from orderwright.access.roles import ADMINISTRATOR
from orderwright.access.sessions import SignedIn
from orderwright.platform.db import Database, Transaction
from orderwright.platform.errors import PermissionDenied
from orderwright.platform.migrate import create_merchant
from orderwright.platform.operator_acts import record_operator_act


async def may_make_first_merchant(database: Database, signed_in: SignedIn) -> bool:
    """Whether nobody belongs to a merchant yet: then whoever has signed in is the first administrator."""
    if signed_in.memberships:
        return False
    async with database.operator_transaction() as tx:
        return await _nobody_belongs(tx)


async def make_first_merchant(
    database: Database, signed_in: SignedIn, code: str, *, name: str, time_zone: str, currency: str, number_format: str
) -> bool:
    """Make the first merchant, and its administrator of whoever has signed in. False: that was done before.

    A merchant of this code to which nobody belongs is taken over as it is, so that a call that broke off can be made
    again. Locks: the person, the merchant. Raises PermissionDenied where somebody belongs to another merchant,
    InvalidMerchant.
    """
    async with database.operator_transaction() as tx:
        await LOCK_CREDENTIALS.first(tx, signed_in.person_id)  # pressed twice: the second waits for the first
        if not await _nobody_belongs(tx):
            raise PermissionDenied(
                "There is a merchant already. Further ones are made by whoever runs the installation, with"
                " `orderwright merchant create`."
            )
        try:
            made = await create_merchant(
                database, code, name=name, time_zone=time_zone, reporting_currency=currency,
                order_number_format=number_format,
            )  # fmt: skip
        except ValueError as error:
            text = str(error)
            raise InvalidMerchant(f"{text[:1].upper()}{text[1:]}.", field=_field(text)) from error
        await LOCK_MERCHANT.first(tx, code)
        person = CreatePerson(email=signed_in.email, name=signed_in.name, role=ADMINISTRATOR)
        await put_memberships(tx, code, {signed_in.person_id: person})
        await record_operator_act(
            tx, "make_first_merchant", merchant=code, actor=signed_in.actor, origin=signed_in.origin,
            subject_kind="person", subject_id=signed_in.person_id, after={"role": ADMINISTRATOR, "merchant": code},
        )  # fmt: skip
    return made


async def _nobody_belongs(tx: Transaction) -> bool:
    [found] = await COUNT_BELONGINGS.fetch(tx)
    return not found.people


def _field(text: str) -> str:
    """Which field a refusal is about."""
    for word, field in (("zone", "time_zone"), ("currency", "currency"), ("order numbers", "number_format")):
        if word in text:
            return field
    return "name" if "name" in text else "code"
