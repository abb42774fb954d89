"""Every wrong request gets a problem with a stable code, and changes nothing."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from orderwright.platform.db import Database
from tests.builders.bodies import an_order_body
from tests.builders.catalog import Shop
from tests.helpers.api import Api, problem, serving

GOOD = an_order_body("web", ("MUG", 1))
PATH = "/v1/orders"


@pytest.fixture
def api(shared_api: Api) -> Api:
    """One application for all tests here: nothing of what they send changes anything."""
    return shared_api


@pytest.fixture
def database(shared_database: Database) -> Database:
    """The database of that application."""
    return shared_database


def _with(path: str, value: Any) -> bytes:
    """A good body with one field changed: `lines.0.quantity`."""
    body = json.loads(json.dumps(GOOD))
    *parents, last = path.split(".")
    at = body
    for name in parents:
        at = at[int(name) if name.isdigit() else name]
    at[int(last) if last.isdigit() else last] = value
    return json.dumps(body).encode()


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "malformed_json"),
        (b"{", "malformed_json"),
        (json.dumps(GOOD).encode()[:-20], "malformed_json"),
        (json.dumps(GOOD).encode() + b"}", "malformed_json"),
        (b"\xff\xfe", "malformed_json"),
        (json.dumps(GOOD).encode("utf-16"), "malformed_json"),
        (b"\xef\xbb\xbf{}", "malformed_json"),
        (json.dumps(GOOD).encode().replace(b"Main", b"Ma\xffin"), "malformed_json"),
        (json.dumps(GOOD).encode().replace(b"1999", b"NaN"), "malformed_json"),
        (json.dumps(GOOD).encode().replace(b"Ada Love", b"\\ud800"), "malformed_json"),
        (_with("metadata", {"deep": 1}).replace(b"1}}", b"[" * 5_000 + b"]" * 5_000 + b"}}"), "malformed_json"),
        (b"null", "invalid_request"),
        (b"[]", "invalid_request"),
        (b"{}", "invalid_request"),
    ],
)
async def test_a_body_that_is_no_order(api: Api, body: bytes, code: str) -> None:
    assert problem(await api.raw(PATH, body)) == (400, code)


@pytest.mark.parametrize("depth", [300, 900, 925])
async def test_a_deeply_nested_order_fails_alone(api: Api, depth: int) -> None:
    """Fault: what could still be decoded, and not be encoded, failed all of a bulk call, again and again."""
    deep = _with("metadata", {"deep": 1}).replace(b"1}}", b"[" * depth + b"]" * depth + b"}}")
    body = b'{"data": [' + deep + b"," + json.dumps(GOOD).encode() + b"]}"
    said = await api.raw("/v1/orders/bulk", body)
    assert said.status_code == 200, said.text
    assert [item["code"] for item in said.json()["data"]] == ["invalid_request", "unknown_channel"]
    assert problem(await api.raw(PATH, deep)) == (400, "malformed_json")


@pytest.mark.parametrize(
    ("path", "value", "field"),
    [
        ("channel", 5, "channel"),
        ("channel", "", "channel"),
        ("channel", "a\x00b", "channel"),
        ("channel", "x" * 101, "channel"),
        ("external_id", None, "external_id"),
        ("currency", "usd", "currency"),
        ("placed_at", "yesterday", "placed_at"),
        ("placed_at", "2026-13-45T00:00:00Z", "placed_at"),
        ("lines", [], "lines"),
        ("lines", {}, "lines"),
        ("lines.0.quantity", 0, "lines[0].quantity"),
        ("lines.0.quantity", -1, "lines[0].quantity"),
        ("lines.0.quantity", 1.5, "lines[0].quantity"),
        ("lines.0.quantity", "1", "lines[0].quantity"),
        ("lines.0.quantity", 10**30, "lines[0].quantity"),
        ("lines.0.unit_price.amount", -1, "lines[0].unit_price.amount"),
        ("lines.0.unit_price.amount", 10**40, "lines[0].unit_price.amount"),
        ("lines.0.nonsense", 1, "lines[0].nonsense"),
        ("total.amount", -5, "total.amount"),
        ("total.amount", True, "total.amount"),
        ("kind", "gift", "kind"),
        ("ship_to.latitude", 91, "ship_to.latitude"),
        ("ship_to.country", "usa", "ship_to.country"),
        ("requested_ship_on", "2026-02-30", "requested_ship_on"),
        ("tags", ["a"] * 51, "tags"),
        ("nonsense", 1, "nonsense"),
    ],
)
async def test_a_wrong_field_is_named(api: Api, path: str, value: Any, field: str) -> None:
    answer = await api.raw(PATH, _with(path, value))
    assert problem(answer) == (400, "invalid_request")
    assert answer.json()["details"] == {"field": field}
    assert field in answer.json()["detail"]


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("currency", "usd", "expected three capital letters of ISO 4217 such as USD."),
        ("lines.0.quantity", 1.5, "expected a whole number, got a number with decimals."),
        ("placed_at", "2026-03-02T14:05:09", "expected a time such as 2026-03-01T09:30:00Z, with its zone."),
        ("lines.0.delivery", "fly", "'fly' is none of the words that it takes (see /v1/docs)."),
        ("tags", [""], "expected a text of at least 1 character."),
    ],
)
async def test_what_is_wrong_is_said_in_words_for_people(api: Api, path: str, value: Any, said: str) -> None:
    """Fault: it named types of Python, or "the right form"."""
    detail = (await api.raw(PATH, _with(path, value))).json()["detail"]
    assert detail.endswith(f"is wrong: {said} Correct it and send the request again.")


@pytest.mark.parametrize("text", [r"\ud800", r"x\ud800x", r"\udc00", r"\ud800\u0041"])
async def test_half_a_character_is_told_as_that(api: Api, text: str) -> None:
    """Fault: "The body ends before its JSON does"."""
    answer = await api.raw(PATH, json.dumps(GOOD).encode().replace(b"Ada Love", text.encode()))
    assert problem(answer) == (400, "malformed_json")
    assert answer.json()["detail"].startswith("A text holds half of a surrogate pair")


async def test_a_body_that_was_cut_off_is_told_as_that(api: Api) -> None:
    answer = await api.raw(PATH, json.dumps(GOOD).encode()[:-20])
    assert answer.json()["detail"] == "The body ends before its JSON does. Send it whole."


async def test_of_a_field_that_stands_twice_the_last_one_counts(api: Api) -> None:
    """As the reference says: msgspec does not tell."""
    body = json.dumps(GOOD).encode().replace(b'"channel":', b'"channel": "first", "channel":')
    answer = await api.raw(PATH, body)
    assert answer.json()["details"] == {"channel": "web"}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("lines.0.unit_price.amount", "NaN"),
        ("lines.0.unit_price.amount", "Infinity"),
        ("lines.0.unit_price.amount", "-3.5"),
        ("lines.0.unit_price.amount", "1e400"),
        ("lines.0.unit_price.amount", "1" * 4_000),
        ("lines.0.taxes", [{"amount": {"amount": 0, "currency": "USD"}, "rate": "1e99999"}]),
        ("customer.email", "a\x00b@example.com"),
        ("metadata", {"a": "\x00"}),
        ("metadata", {"a": "x" * 20_000}),
        ("placed_at", "2026-03-02T14:05:09"),
        ("placed_at", "0001-01-01T00:00:00+14:00"),
        ("parent", "ord_nonsense"),
        ("priority", 10**20),
        ("lines.0.location", "nowhere"),
        ("lines.0.delivery", "pickup"),
    ],
)
async def test_an_odd_value_is_refused_whatever_it_is(
    api: Api, shop: Shop, database: Database, path: str, value: Any
) -> None:
    body = json.loads(_with(path, value)) | {"channel": shop.channel.code}
    answer = await api.post(PATH, body)
    status, code = problem(answer)
    assert status in (400, 422), answer.text
    assert code != "internal_error"
    async with database.transaction("acme") as tx:
        assert await tx.fetchval("SELECT count(*) FROM orders") == 0


async def test_media_types(api: Api) -> None:
    body = json.dumps(GOOD).encode()
    for kind in (
        "text/plain",
        "application/xml",
        "multipart/form-data; boundary=x",
        "application/json; charset=utf-16",
    ):
        assert problem(await api.raw(PATH, body, kind)) == (415, "unsupported_media_type")
    assert problem(await api.call("POST", PATH, content=body)) == (415, "unsupported_media_type")
    packed = await api.raw(PATH, body, **{"Content-Encoding": "gzip"})
    assert problem(packed) == (415, "unsupported_media_type")
    good = await api.raw(PATH, body, "application/json; charset=UTF-8")
    assert problem(good) == (422, "unknown_channel")


async def test_a_body_over_the_limit_is_refused_before_it_is_read(database: Database) -> None:
    async with serving(database, request_body_max_bytes=2_000) as small:
        assert problem(await small.raw(PATH, b"[" + b" " * 3_000)) == (413, "body_too_large")

        async def chunks() -> AsyncIterator[bytes]:
            for _ in range(10):
                yield b" " * 500

        answer = await small.call("POST", PATH, content=chunks(), headers={"Content-Type": "application/json"})
        assert problem(answer) == (413, "body_too_large")
        assert answer.json()["details"] == {"limit_bytes": 2_000}


@pytest.mark.parametrize("length", [b"-5", b"abc", b"99999999999999999999"])
async def test_a_strange_content_length_does_no_harm(api: Api, length: bytes) -> None:
    answer = await api.raw(PATH, b"{}", **{"Content-Length": length.decode()})
    assert problem(answer)[0] in (400, 413)


@pytest.mark.parametrize(
    ("path", "parameter"),
    [
        ("/v1/skus?colour=red", "colour"),
        ("/v1/skus?limit=0", "limit"),
        ("/v1/skus?limit=201", "limit"),
        ("/v1/skus?limit=ten", "limit"),
        ("/v1/skus?limit=1&limit=2", "limit"),
        ("/v1/skus?limit=99999999999999999999999", "limit"),
        ("/v1/skus?active=perhaps", "active"),
        ("/v1/stock?after=nonsense", "after"),
        ("/v1/stock?after=%F0%9F%98%80", "after"),
        ("/v1/stock?location=nowhere", "location"),
        ("/v1/availability", "sku"),
        ("/v1/fulfillments?state=lost", "state[0]"),
        ("/v1/fulfillments?order=ord_1", "order"),
        ("/v1/events?after=-1", "after"),
        ("/v1/events?after=x", "after"),
        ("/v1/events?type=Order", "type[0]"),
        ("/v1/orders/ord_01j9zqtf0seqbr9w7r1c4rkz2m?x=1", "x"),
        ("/health/live?x=1", "x"),
    ],
)
async def test_a_wrong_parameter_is_named(api: Api, path: str, parameter: str) -> None:
    answer = await api.get(path)
    assert problem(answer) == (400, "invalid_parameter")
    assert answer.json()["details"]["parameter"] == parameter


async def test_what_cannot_be_stored_is_named_in_an_address_too(api: Api) -> None:
    answer = await api.get("/v1/skus/a%00b")
    assert problem(answer) == (422, "unstorable_value")
    assert answer.json()["details"] == {"field": "code"}


async def test_a_query_that_is_not_utf8(api: Api) -> None:
    for query in ("q=%ff", "q=a%00b", "%00=1"):
        assert problem(await api.get(f"/v1/skus?{query}")) == (400, "invalid_parameter")
    many = "&".join(f"sku=S{i}" for i in range(400))
    assert problem(await api.get(f"/v1/availability?{many}")) == (400, "invalid_parameter")


@pytest.mark.parametrize(
    "path",
    [
        "/v1/orders/nonsense",
        "/v1/orders/ful_01j9zqtf0seqbr9w7r1c4rkz2m",
        "/v1/orders/ord_81j9zqtf0seqbr9w7r1c4rkz2m",
        "/v1/orders/ord_01j9zqtf0seqbr9w7r1c4rkz2",
        "/v1/orders/ord_01j9zqtf0seqbr9w7r1c4rkzil",
        "/v1/orders/ORD_01J9ZQTF0SEQBR9W7R1C4RKZ2M",
        "/v1/fulfillments/1",
        "/v1/shipments/shp_",
    ],
)
async def test_a_malformed_id(api: Api, path: str) -> None:
    assert problem(await api.get(path)) == (400, "invalid_id")


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/v1/orders/ord_01j9zqtf0seqbr9w7r1c4rkz2m", "not_found"),
        ("/v1/orders/ord_01j9zqtf0seqbr9w7r1c4rkz2m/timeline", "not_found"),
        ("/v1/fulfillments/ful_01j9zqtf0seqbr9w7r1c4rkz2m", "not_found"),
        ("/v1/shipments/shp_01j9zqtf0seqbr9w7r1c4rkz2m", "not_found"),
        ("/v1/skus/no-such", "not_found"),
        ("/v1/locations/loc_01j9zqtf0seqbr9w7r1c4rkz2m", "not_found"),
        ("/v1/nothing", "unknown_path"),
        ("/v1/orders/x/y/z", "unknown_path"),
        ("/nothing", "unknown_path"),
        ("/v2/orders", "unknown_path"),
    ],
)
async def test_what_is_not_there(api: Api, path: str, code: str) -> None:
    assert problem(await api.get(path)) == (404, code)


async def test_a_method_that_an_address_does_not_take(api: Api) -> None:
    answer = await api.call("DELETE", PATH)
    assert problem(answer) == (405, "method_not_allowed")
    assert {"GET", "POST"} <= {method.strip() for method in answer.headers["allow"].split(",")}
    assert problem(await api.call("PATCH", "/health/live")) == (405, "method_not_allowed")


async def test_head_is_get_without_its_body(api: Api) -> None:
    answer = await api.call("HEAD", "/health/live")
    assert (answer.status_code, answer.content, answer.headers["content-length"]) == (200, b"", "15")


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("Orderwright-On-Behalf-Of", "ada@example.com"),
        ("Orderwright-On-Behalf-Of", "x" * 101),
        ("Orderwright-Reason", "asked by ada@example.com"),
        ("Orderwright-Reason", "x" * 201),
    ],
)
async def test_a_wrong_header(api: Api, header: str, value: str) -> None:
    answer = await api.get("/v1/skus", headers={header: value})
    assert problem(answer) == (400, "invalid_header")
    assert answer.json()["details"] == {"header": header}


async def test_a_request_id_of_the_caller_comes_back_unless_it_is_strange(api: Api) -> None:
    def id_of(answer: httpx.Response) -> str:
        return answer.headers["x-request-id"]

    assert id_of(await api.get("/v1/skus", headers={"X-Request-Id": "trace-17"})) == "trace-17"
    assert id_of(await api.get("/v1/nothing", headers={"X-Request-Id": "trace-18"})) == "trace-18"
    assert id_of(await api.get("/v1/skus", headers={"X-Request-Id": "a b<script>"})).startswith("req_")


async def test_no_personal_data_of_a_wrong_body_is_repeated(api: Api) -> None:
    answer = await api.raw(PATH, _with("customer.phone", ["Ada Lovelace", "ada@example.com"]))
    assert problem(answer) == (400, "invalid_request")
    assert "ada" not in answer.text.lower()
