"""API keys over HTTP: made, shown once, rotated with an overlap, revoked; never more than oneself may."""

from __future__ import annotations

import asyncio
import itertools
from typing import Any

import pytest

from orderwright.access import Authenticator, create_api_key, rotate_api_key
from orderwright.platform.db import Database
from orderwright.platform.errors import NotAuthenticated, NotFound
from orderwright.platform.limits import Limits
from tests.builders.catalog import Shop
from tests.builders.people import a_person, signed_in
from tests.helpers.api import Api, a_key, problem

NEW = {"name": "Web shop", "scopes": ["stock.read", "orders.place"]}


async def _make(api: Api, **fields: Any) -> dict[str, Any]:
    answer = await api.post("/v1/keys", {**NEW, **fields})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def test_a_key_is_made_shown_once_listed_and_works(api: Api, shop: Shop) -> None:
    made = await _make(api, channels=[shop.channel.code], limits={"adjust_max_units": 5})
    key = made["key"]
    assert (key["name"], key["scopes"], key["channels"], key["locations"], key["limits"], key["state"]) == (
        "Web shop", ["orders.place", "stock.read"], [shop.channel.code], None, {"adjust_max_units": 5}, "works",
    )  # fmt: skip
    assert made["secret"].startswith(f"ow_{key['prefix']}_")
    assert (await api.using(made["secret"]).get("/v1/stock")).status_code != 401
    listed = (await api.get("/v1/keys")).json()
    assert listed["data"][-1] | {"last_used_at": None} == key
    assert made["secret"] not in (await api.get("/v1/keys")).text


async def test_a_repetition_makes_no_second_key_and_shows_no_secret(api: Api) -> None:
    headers = {"Idempotency-Key": "once"}
    first = (await api.post("/v1/keys", NEW, headers=headers)).json()
    again = await api.post("/v1/keys", NEW, headers=headers)
    assert again.headers["idempotent-replayed"] == "true"
    assert again.json() == {"key": first["key"], "secret": None}
    assert [k["name"] for k in (await api.get("/v1/keys")).json()["data"]].count("Web shop") == 1


async def test_the_secret_is_kept_nowhere(api: Api, database: Database) -> None:
    made = await _make(api)
    secret = made["secret"].rpartition("_")[2]
    async with database.transaction("acme") as tx:
        kept = [str(row) for row in await tx.fetch("SELECT convert_from(answer, 'UTF8') FROM idempotency")]
    async with database.operator_transaction() as tx:
        kept += [str(row) for row in await tx.fetch("SELECT * FROM operator_act")]
        kept += [str(row) for row in await tx.fetch("SELECT * FROM api_key")]
    assert len(kept) > 3
    assert not [row for row in kept if secret in row]


@pytest.mark.parametrize(
    ("mine", "asked", "field"),
    [
        ({"scopes": ("keys.write", "stock.read")}, {"scopes": ["stock.write"]}, "stock.write"),
        ({"scopes": ("keys.write", "stock.read")}, {"scopes": ["*"]}, "*"),
        ({"limits": Limits(adjust_max_units=5)}, {}, "limits"),
        ({"limits": Limits(adjust_max_units=5)}, {"limits": {"adjust_max_units": 6}}, "limits"),
        (
            {"limits": Limits(refund_max_minor={"USD": 5})},
            {"limits": {"refund_max_minor": {"USD": 5, "EUR": 1}}},
            "limits",
        ),
    ],
)
async def test_nobody_makes_a_key_that_may_more_than_themselves(
    api: Api, database: Database, mine: dict[str, Any], asked: dict[str, Any], field: str
) -> None:
    scopes = mine.pop("scopes", ("*",))
    own = api.using(await a_key(database, *scopes, **mine))
    answer = await own.post("/v1/keys", {**NEW, **asked})
    assert problem(answer) == (403, "too_much_for_key")
    assert field in answer.text
    assert [k for k in (await api.get("/v1/keys")).json()["data"] if k["name"] == "Web shop"] == []


async def test_nobody_sees_the_new_secret_of_a_key_that_may_more(api: Api, database: Database) -> None:
    mighty = await a_key(database)
    prefix = mighty.split("_")[1]
    own = api.using(await a_key(database, "keys.write", "stock.read"))
    assert problem(await own.post(f"/v1/keys/{prefix}/rotate", {})) == (403, "too_much_for_key")
    assert (await api.using(mighty).get("/v1/keys")).status_code == 200


async def test_a_key_limited_to_some_channels_makes_none(api: Api, database: Database, shop: Shop) -> None:
    own = api.using(await a_key(database, "*", channel_ids=[shop.channel.id]))
    assert problem(await own.post("/v1/keys", NEW)) == (403, "permission_denied")


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"scopes": ["everything"]}, "unknown_scope"),
        ({"scopes": []}, "invalid_request"),
        ({"name": "a\nb"}, "invalid_key_name"),
        ({"expires_at": "2020-01-01T00:00:00Z"}, "invalid_key_expiry"),
        ({"channels": ["nowhere"]}, "invalid_request"),
        ({"limits": {"refund_max_minor": {"usd": 1}}}, "invalid_request"),
        ({"limits": {"adjust_max_units": -1}}, "invalid_request"),
    ],
)
async def test_what_cannot_be_is_refused(api: Api, wrong: dict[str, Any], code: str) -> None:
    assert problem(await api.post("/v1/keys", {**NEW, **wrong}))[1] == code


async def test_after_a_rotation_both_secrets_work_for_the_overlap_and_then_one(database: Database) -> None:
    async with database.operator_transaction() as tx:
        first = await create_api_key(tx, "acme", "Key", ["orders.place"])
        second = await rotate_api_key(tx, "acme", first.key.prefix, overlap_s=3_600)
    assert (second.key.id, second.key.prefix, second.key.scopes) == (first.key.id, first.key.prefix, ["orders.place"])
    assert second.key.old_until is not None
    assert second.text.secret != first.text.secret
    clock = itertools.count(0, 100).__next__  # nothing is believed twice
    checks = Authenticator(database, clock=clock)  # type: ignore[arg-type]
    for text in (first.text, second.text):
        assert (await checks.authenticate(f"Bearer {text}")).prefix == first.key.prefix
    assert (await checks.authenticate(f"Bearer {first.text}")).expires_at == second.key.old_until
    async with database.operator_transaction() as tx:
        third = await rotate_api_key(tx, "acme", first.key.prefix)
    for text in (first.text, second.text):
        with pytest.raises(NotAuthenticated):
            await checks.authenticate(f"Bearer {text}")
    assert (await checks.authenticate(f"Bearer {third.text}")).expires_at is None
    await checks.close()


async def test_an_overlap_that_is_over_is_over(database: Database) -> None:
    async with database.operator_transaction() as tx:
        first = await create_api_key(tx, "acme", "Key", ["orders.place"])
        second = await rotate_api_key(tx, "acme", first.key.prefix, overlap_s=1)
        await tx.execute("UPDATE api_key SET old_until = now() - interval '1 second'")
    checks = Authenticator(database)
    with pytest.raises(NotAuthenticated, match="expired"):
        await checks.authenticate(f"Bearer {first.text}")
    assert await checks.authenticate(f"Bearer {second.text}")
    await checks.close()


async def test_of_two_rotations_at_once_both_are_told_and_the_last_one_works(database: Database) -> None:
    async with database.operator_transaction() as tx:
        first = await create_api_key(tx, "acme", "Key", ["orders.place"])

    async def rotate() -> str:
        async with database.operator_transaction() as tx:
            return str((await rotate_api_key(tx, "acme", first.key.prefix, overlap_s=60)).text)

    texts = await asyncio.gather(rotate(), rotate())
    checks = Authenticator(database)
    for text in texts:  # the later one, and the one before it for its overlap
        assert await checks.authenticate(f"Bearer {text}")
    with pytest.raises(NotAuthenticated):
        await checks.authenticate(f"Bearer {first.text}")
    await checks.close()


async def test_a_revoked_key_is_not_rotated_and_neither_secret_works(api: Api, database: Database) -> None:
    made = await _make(api)
    prefix = made["key"]["prefix"]
    rotated = (await api.post(f"/v1/keys/{prefix}/rotate", {"overlap_s": 60})).json()
    assert (await api.post(f"/v1/keys/{prefix}/revoke")).json()["state"] == "revoked"
    assert (await api.post(f"/v1/keys/{prefix}/revoke")).json()["state"] == "revoked"
    for text in (made["secret"], rotated["secret"]):
        assert problem(await api.using(text).get("/v1/stock")) == (401, "not_authenticated")
    assert problem(await api.post(f"/v1/keys/{prefix}/rotate", {})) == (404, "not_found")
    async with database.operator_transaction() as tx:
        with pytest.raises(NotFound):
            await rotate_api_key(tx, "bolt", prefix)


@pytest.mark.parametrize("overlap_s", [-1, 604_801])
async def test_an_overlap_has_bounds(api: Api, overlap_s: int) -> None:
    made = await _make(api)
    answer = await api.post(f"/v1/keys/{made['key']['prefix']}/rotate", {"overlap_s": overlap_s})
    assert problem(answer) == (422, "invalid_overlap")


async def test_what_is_done_to_keys_is_in_the_audit_trail(api: Api) -> None:
    made = await _make(api)
    key = made["key"]
    await api.post(f"/v1/keys/{key['prefix']}/rotate", {"overlap_s": 60})
    await api.post(f"/v1/keys/{key['prefix']}/revoke")
    acts = (await api.get("/v1/audit", params={"subject": key["id"]})).json()["data"]
    assert [act["verb"] for act in acts] == ["revoke_api_key", "rotate_api_key", "create_api_key"]
    assert acts[0]["changes"] == [
        {"kind": "api_key", "subject": key["id"], "before": {"revoked": False}, "after": {"revoked": True}}
    ]
    assert acts[1]["changes"][0]["after"] == {"overlap_s": 60}
    assert acts[2]["changes"][0]["after"]["scopes"] == ["orders.place", "stock.read"]


async def test_who_made_a_key_or_rotated_it_answers_for_it(api: Api, database: Database) -> None:
    ann = await signed_in(database, (await a_person(database)).id)
    joe = await signed_in(database, (await a_person(database)).id)
    async with database.operator_transaction() as tx:
        of_nobody = await create_api_key(tx, "acme", "Made at the installation", ["*"])
        made = await create_api_key(tx, "acme", "Ann's", ["*"], by=ann.context("acme"))
    checks = Authenticator(database)
    caller = (await checks.authenticate(f"Bearer {made.text}")).context()
    assert (caller.held_by, caller.answerable) == (ann.actor, ann.actor)
    assert (await checks.authenticate(f"Bearer {of_nobody.text}")).context().answerable == f"key:{of_nobody.key.prefix}"
    async with database.operator_transaction() as tx:
        second = await create_api_key(tx, "acme", "Made by hers", ["orders.place"], by=caller)
        kept = await rotate_api_key(tx, "acme", made.key.prefix)  # at the installation: nobody else sees it
        taken = await rotate_api_key(tx, "acme", made.key.prefix, by=joe.context("acme"))
    assert [k.key.held_by for k in (second, kept, taken)] == [ann.actor, ann.actor, joe.actor]
    listed = {k["prefix"]: k["held_by"] for k in (await api.get("/v1/keys")).json()["data"]}
    assert (listed[of_nobody.key.prefix], listed[made.key.prefix]) == (None, joe.actor)
    await checks.close()
