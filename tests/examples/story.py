"""A day of a small shop, told by HTTP to the real application: every operation is called once at least.

What is sent are the examples that the operations have themselves, with the ids that there are. What nobody does by HTTP
(verifying, labels, failures) is done beside it.
"""

from __future__ import annotations

import copy
import json
import re
from typing import Any

import msgspec

from orderwright.access import start_session
from orderwright.api.calls import PATH_IDS
from orderwright.api.operations import Operation
from orderwright.api.table import OPERATIONS
from orderwright.connect.payment_providers import builtin_webhook_secret
from orderwright.customers import index_contact_words
from orderwright.flows.buy_labels import buy_labels
from orderwright.flows.issue_documents import issue_documents
from orderwright.flows.verify_orders import verify_orders
from orderwright.flows.work_bulk_runs import work_bulk_runs
from orderwright.fulfillment.carriers.builtin import BuiltinCarrier
from orderwright.payments.providers.builtin import sign_notice
from orderwright.platform.clock import utc_now
from orderwright.platform.context import Context
from orderwright.platform.db import Database, Transaction
from orderwright.platform.events import StoredEvent, Subscriber, sequence_events
from orderwright.platform.events.subscribers import deliver
from orderwright.platform.ids import decode_id, encode_id
from orderwright.platform.jobs import enqueue_job
from orderwright.platform.limits import Limits
from tests.builders.customers import placed
from tests.examples.steady import steady
from tests.helpers.api import Api, a_key
from tests.helpers.contexts import a_context
from tests.helpers.databases import until

EXAMPLES: dict[str, Operation] = {made.id: made for made in OPERATIONS}
Answers = dict[str, dict[str, Any]]
_PLACEHOLDER = re.compile(r"\b([a-z]{3})_01j9zqtf0seqbr9w7r1c4rkz2m\b")
_AS_EXAMPLE: Any = object()


class Teller:
    """Calls operations and keeps what they answer, by operation and status."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self.answers: Answers = {}

    async def ask(self, name: str, *ids: str, body: Any = _AS_EXAMPLE, query: str = "", code: str = "") -> Any:
        """Call an operation and keep its answer; what it says as it was said. `ids` fill its path and its example."""
        answer = await self.say(name, *ids, body=body, query=query, code=code)
        made = EXAMPLES[name]
        said = answer.json()
        assert answer.status_code in {made.status, *made.also}, (name, answer.text)
        for outcome in said["data"] if made.item is not None else []:
            assert outcome.get("ok", True), (name, outcome)
        self.answers.setdefault(name, {}).setdefault(str(answer.status_code), steady(said))
        return said

    async def say(self, name: str, *ids: str, body: Any = _AS_EXAMPLE, query: str = "", code: str = "") -> Any:
        """Call an operation; its answer."""
        made = EXAMPLES[name]
        known = {real.partition("_")[0]: real for real in ids}
        path = made.path.replace("{code:path}", code).replace("{key_prefix}", code)
        for parameter, prefix in PATH_IDS.items():
            path = path.replace(f"{{{parameter}}}", known.get(prefix, ""))
        sent = example_of(name, *ids) if body is _AS_EXAMPLE else body
        if query:
            path = f"{path}?{query}"
        return await self._api.call(made.method, path, **({} if made.method == "GET" else {"json": sent}))


def example_of(name: str, *ids: str) -> Any:
    """The example of an operation's body, with real ids in place of made-up ones."""
    known = {real.partition("_")[0]: real for real in ids}
    text = msgspec.json.encode(EXAMPLES[name].example).decode()
    return json.loads(_PLACEHOLDER.sub(lambda found: known.get(found[1], found[0]), text))


def an_order(n: int, **fields: Any) -> dict[str, Any]:
    """The example of an order with another number and from another customer."""
    body: dict[str, Any] = copy.deepcopy(EXAMPLES["place_order"].example)
    customer = {"external_id": f"c-{n}", "name": "Grace Hopper", "email": f"grace{n}@example.com"}
    return body | {"external_id": f"W-{100042 + n}", "customer": customer} | fields


class Story(Teller):
    """The whole of it, in the order in which it must be told."""

    def __init__(self, api: Api, database: Database) -> None:
        super().__init__(api)
        self._database = database
        self._orders = 0

    async def tell(self) -> Answers:
        """Tell everything; the answers."""
        await self._catalogue()
        await self._stock()
        first = await self._first_order()
        await self._in_bulk()
        await self._exceptions()
        await self._money()
        await self._returns()
        await self._exchanges()
        await self._withdrawals()
        await self._claims()
        await self._shoppers(first)
        await self._staff()
        await self._papers(first)
        await self._taxes()
        await self._refused()
        await self._searches(first)
        await self._messages(first)
        await self._annotations(first)
        await self._people(first)
        await self._approvals()
        await self._keys_and_trail()
        await self._events()
        await self._failures()
        await self._waits()
        for name in ("health_live", "health_ready"):
            await self.ask(name)
        await self._document()
        return {name: self.answers[name] for name in (*EXAMPLES, "read_openapi") if name in self.answers}

    async def _document(self) -> None:
        """The OpenAPI document, of which an example shows the beginning."""
        whole = (await self._api.get("/v1/openapi.json")).json()
        shown = {
            path: {"get": {"operationId": whole["paths"][path]["get"]["operationId"]}} for path in ("/health/live",)
        }
        info = {name: whole["info"][name] for name in ("title", "summary")}
        self.answers["read_openapi"] = {"200": {"openapi": whole["openapi"], "info": info, "paths": shown}}

    async def _catalogue(self) -> None:
        for one in ("pool", "location", "channel", "sku"):
            many = f"{one}s"
            for method in ("put", "post"):
                await self.ask(f"{method}_{many}")
            content = EXAMPLES[f"put_{one}"].example
            other = content | {"code": f"{content['code']}-2"}
            for _ in ("created", "unchanged"):
                await self.ask(f"put_{one}", code=other["code"], body=other)
            await self.ask(f"read_{one}", code=content["code"])
            await self.ask(f"list_{many}", query="limit=1")

    async def _stock(self) -> None:
        await self.ask("receive_stock")
        await self.ask("receive_stock_in_bulk")
        await self.ask("adjust_stock")
        await self.ask("adjust_stock_in_bulk")
        supply = (await self.ask("expect_supply"))["id"]
        await self.ask("expect_supply_in_bulk")
        await self.ask("list_supplies", query="limit=1")
        await self.ask("read_supply", supply)
        await self.ask("change_supply", supply)
        await self.ask("change_supply_in_bulk", supply, body={"data": [{"supply_id": supply, "quantity": 180}]})
        await self.ask("list_stock")
        await self._stock_card()
        await self.ask("read_availability", query="sku=MUG-BLUE")
        await self._places()
        await self._imports()

    async def _imports(self) -> None:
        """A file of SKUs of which one row is refused, watched until it is done."""
        rows = b"code,name,gtin\nMUG-TALL,Tall mug,\nMUG-WIDE,Wide mug,12345678\n"
        begun = await self._api.raw("/v1/imports?kind=skus", rows, "text/csv")
        import_id = begun.json()["id"]
        self.answers["start_import"] = {"202": steady(begun.json())}

        async def done() -> bool:
            return bool((await self.say("read_import", import_id)).json()["state"] != "working")

        await until(done)
        await self.ask("read_import", import_id)
        await self.ask("list_imports")
        assert (await self.say("read_import_refused", import_id)).status_code == 200

    async def _places(self) -> None:
        """The location closes for a moment, and goes to another pool and back."""
        for verb, preview in (("close", "closing"), ("open", "opening")):
            await self.ask(f"preview_location_{preview}")
            await self.ask(f"preview_location_{preview}_in_bulk")
            await self.ask(f"{verb}_location")
        await self.ask("close_location_in_bulk")
        await self.ask("open_location_in_bulk")
        there, back = ({"location": "DC-COLUMBUS", "pool": pool} for pool in ("EAST-2", "EAST"))
        await self.ask("preview_location_move", body=there)
        await self.ask("preview_location_move_in_bulk", body={"data": [there]})
        await self.ask("move_location", body=there)
        await self.ask("move_location_in_bulk", body={"data": [back]})

    async def _first_order(self) -> str:
        """The order that everybody reads of: placed and brought to a doorstep."""
        order: str = (await self.ask("place_order"))["id"]
        await self.ask("place_order")
        await self._verify(order)
        await self.ask("source_order", order)
        work = (await self.ask("list_fulfillments", query=f"order={order}"))["data"][0]["id"]
        await self._floor(work)
        for step in ("release", "start_pick"):
            await self.ask(f"{step}_fulfillment", work)
        await self.say("pick_fulfillment", work, body={})
        await self.ask("pack_fulfillment", work)
        number = await self._label(work)
        await self.ask("ship_fulfillment", work)
        await self.ask("record_tracking", body=EXAMPLES["record_tracking"].example | {"tracking_number": number})
        full = (await self.ask("read_fulfillment", work))["shipment"]
        await self.ask("read_shipment", full["id"])
        await self._own_label(full["parcels"][0]["id"])
        return order

    async def _own_label(self, parcel: str) -> None:
        """A label that is brought, and another number; of a parcel on its way."""
        answer = await self._api.raw(f"/v1/parcels/{parcel}/label", b"%PDF-1.7\n%%EOF\n", method="PUT")
        self.answers["keep_label"] = {"200": steady(answer.json())}
        other = EXAMPLES["change_tracking"].example
        await self.ask("change_tracking", parcel)
        bulk = [{"parcel_id": parcel, **other, "tracking_number": "1Z999AA10123456785"}]
        await self.ask("change_tracking_in_bulk", body={"data": bulk})

    async def _in_bulk(self) -> None:
        body = {"data": [an_order(1)]}
        order = (await self.ask("place_orders_in_bulk", body=body))["data"][0]["id"]
        await self._verify(order)
        await self.ask("source_order_in_bulk", order)
        work = await self._work(order)
        for step in ("release", "start_pick", "pick", "pack"):
            await self.ask(f"{step}_fulfillment_in_bulk", work)
        number = await self._label(work)
        await self.ask("ship_fulfillment_in_bulk", work)
        said = [EXAMPLES["record_tracking"].example | {"tracking_number": number}]
        await self.ask("record_tracking_in_bulk", body={"data": said})

    async def _exceptions(self) -> None:
        """Short picks, rejections, holds, cancellations."""
        work = await self._work(await self._sourced())
        await self.say("release_fulfillment", work)
        await self.ask("pick_fulfillment", work)
        for many in ("", "_in_bulk"):
            rejected = await self._sourced()
            await self.ask(f"reject_fulfillment{many}", await self._work(rejected))
            await self.say("source_order", rejected, body={})
            await self.ask("list_poor_decisions", query="limit=1")
            order = await self._order()
            await self._verify(order)
            await self.ask(f"preview_move_units{many}", order)
            await self.ask(f"move_units{many}", order)
            order = await self._order()
            await self.ask(f"hold_order{many}", order)
            await self.say("hold_order", order, body={"type": "address_invalid"})
            await self.ask("list_open_holds", query="limit=1")
            await self.ask("count_holds")
            await self.ask(f"release_hold{many}", order)
            order = await self._order()
            await self.ask(f"preview_cancel{many}", order)
            await self.ask(f"cancel_order{many}", order)
            order = await self._order()
            await self.ask(f"preview_edit{many}", order)
            await self.ask(f"edit_order{many}", order)

    async def _papers(self, first: str) -> None:
        """Pay-outs, companies, and the documents of the first order."""
        await self.ask("post_payouts")
        payout = (await self.ask("list_payouts", query="limit=1"))["data"][0]["id"]
        await self.ask("read_payout", payout)
        [told] = EXAMPLES["post_payouts"].example["data"]
        await self.say("post_payouts", body={"data": [told | {"provider": "builtin", "reference": "po_2"}]})
        await self.ask("list_missing_from_payouts", query="days=0&limit=1")
        await self.ask("put_legal_entities_in_bulk")
        await self.ask("put_channel_invoicing_in_bulk")
        await self.ask("list_legal_entities")
        await self.ask("list_channel_invoicing")
        async with self._database.transaction("acme") as tx:
            await issue_documents(tx, a_context(actor="pump:document"), [decode_id("ord", first)])
        document = (await self.ask("list_documents_of_order", first))["data"][0]["id"]
        await self.ask("read_document", document)
        customer = (await self.say("read_order", first)).json()["customer"]
        await self.ask("read_customer_statement", customer)

    async def _taxes(self) -> None:
        """Rates, the engine that goes by them, and what it would charge."""
        for many in ("", "_in_bulk"):
            await self.ask(f"put_tax_rate{many}")
            await self.ask(f"put_channel_tax{many}")
            await self.ask(f"quote_taxes{many}")
        await self.ask("list_tax_rates", query="limit=1")
        await self.ask("list_taxes_of_channels")

    async def _money(self) -> None:
        """An order that was paid; one that nobody paid, and that is listed for it."""
        card = {"method": "card", "state": "captured", "provider": "builtin", "reference": "bp_1"}
        paid = await self._order(payments=[card | {"amount": {"amount": 2995, "currency": "USD"}}])
        for many in ("", "_in_bulk"):
            await self.ask(f"refund_order{many}", paid)
            owing = await self._order()
            await self.ask(f"record_payment{many}", owing)
            await self.ask(f"write_off_balance{many}", owing)
            payment = await self._refused_payment(paid)
            await self.ask(f"retry_payment{many}", payment)
        customer = (await self.say("read_order", paid)).json()["customer"]
        for many in ("", "_in_bulk"):
            credit = await self.ask(f"issue_store_credit{many}", customer)
            account = (credit["data"][0] if many else credit)["id"]
            await self.ask(f"adjust_store_credit{many}", account)
        await self.ask("list_store_credits", query="limit=1")
        await self.ask("list_store_credit_entries", account, query="limit=1")
        await self.ask("read_order_money", paid)
        await self.ask("read_money_entries", paid, query="limit=2")
        owing = await self._order(payments=[])
        await self.say("cancel_order", owing, body={"lines": [{"line": 1, "quantity": 1}]})
        await self._settled_as_if_shipped(owing)
        await self.ask("list_open_balances", query="limit=1")
        notice = sign_notice(builtin_webhook_secret(self._database), "evt_1", "payment.captured", "bp_1", utc_now())
        answer = await self._api.call(
            "POST", "/v1/webhooks/payments/builtin/acme", content=notice.body, headers=dict(notice.headers)
        )
        assert answer.status_code == 202, answer.text
        self.answers["receive_payment_webhook"] = {"202": steady(answer.json())}
        for many in ("", "_in_bulk"):
            await self._unknown_payment(f"bp_unknown{many}")
            listed = await self.ask("list_unmatched_webhooks", query="limit=1")
            await self.ask(f"look_for_payment{many}", listed["data"][0]["id"])
            await self.ask(f"dismiss_webhook{many}", listed["data"][0]["id"])

    async def _unknown_payment(self, reference: str) -> None:
        """A provider tells of a payment that no order names."""
        secret = builtin_webhook_secret(self._database)
        notice = sign_notice(secret, f"evt_{reference}", "payment.captured", reference, utc_now())
        address = "/v1/webhooks/payments/builtin/acme"
        answer = await self._api.call("POST", address, content=notice.body, headers=dict(notice.headers))
        assert answer.status_code == 202, answer.text
        async with self._database.transaction("acme") as tx:  # the one of before is known
            await tx.execute("UPDATE payment_webhook SET handled_at = now() WHERE event_id = 'evt_1'")

    async def _refused_payment(self, order: str) -> str:
        async with self._database.transaction("acme") as tx:
            found = await tx.fetchval(
                "UPDATE payment SET refused_code = 'declined' WHERE order_id = $1 RETURNING id",
                decode_id("ord", order),
            )
        return encode_id("pay", found)

    async def _settled_as_if_shipped(self, order: str) -> None:
        async with self._database.transaction("acme") as tx:
            await tx.execute("INSERT INTO open_balance (order_id, why) VALUES ($1, 'unpaid')", decode_id("ord", order))

    async def _returns(self) -> None:
        """Two units that were sent: announced, cancelled; announced again, and dealt with."""
        for many in ("", "_in_bulk"):
            await self.ask(f"put_return_policy{many}")
            order = await self._shipped()
            await self.ask(f"quote_return{many}", order)
            await self.ask(f"request_return{many}", order)
            await self.ask(f"cancel_return{many}", await self._return(order))
            coming = await self._return(order)
            for step in ("scan", "receive", "inspect"):
                await self.ask(f"{step}_return{many}", coming)
            await self.say("request_return", order)
            await self.ask(f"close_return{many}", await self._return(order))
            for _ in range(2):
                await self.ask(f"park_return{many}")
            parked = (await self.say("list_unexpected", query="limit=1")).json()["data"][0]["id"]
            await self.ask(f"resolve_unexpected{many}", parked, order)
        await self.ask("list_returns", query="limit=1")
        await self.ask("read_return", coming)
        await self.ask("list_unexpected", query="limit=1")
        await self.ask("list_return_policies")

    async def _exchanges(self) -> None:
        """A unit that was sent is to come back for one of another SKU; and is not, after all."""
        other = EXAMPLES["put_sku"].example | {"code": "MUG-RED", "name": "Mug, red"}
        await self.say("put_sku", code="MUG-RED", body=other)
        await self.say("receive_stock", body=EXAMPLES["receive_stock"].example | {"sku": "MUG-RED"})
        for many in ("", "_in_bulk"):
            order = await self._shipped()
            await self.ask(f"quote_exchange{many}", order)
            made = await self.ask(f"request_exchange{many}", order)
            exchange = (made["data"][0] if many else made)["id"]
            await self.ask("list_exchanges", query=f"order={order}")
            await self.ask("read_exchange", exchange)
            await self.ask(f"cancel_exchange{many}", exchange)

    async def _claims(self) -> None:
        """Units that were sent: claimed and rejected; claimed again, filed with the carrier, and refunded."""
        for many in ("", "_in_bulk"):
            order = await self._shipped()
            await self.ask(f"open_claim{many}", order)
            await self.ask(f"reject_claim{many}", await self._claim_of(order))
            await self.say("open_claim", order)
            claim = await self._claim_of(order)
            for step in ("file_carrier", "settle_carrier", "resolve"):
                await self.ask(f"{step}_claim{many}", claim)
        await self.ask("list_claims", query="limit=1")
        await self.ask("read_claim", claim)

    async def _claim_of(self, order: str) -> str:
        """The order's newest claim."""
        found = (await self.say("list_claims", query=f"order={order}&state=open")).json()["data"]
        return str(found[-1]["id"])

    async def _withdrawals(self) -> None:
        """Consumers in the EU withdraw: from what was sent, and from what was not."""
        terms = {"withdrawal": {"enabled": True, "standard_shipping_minor": 490, "time_zone": "Europe/Berlin"}}
        await self.say("put_return_policy", body={"channel": "web", "terms": terms})
        for many in ("", "_in_bulk"):
            await self.ask(f"withdraw_order{many}", await self._shipped())
        kept = (await self.ask("list_withdrawals", query="limit=1"))["data"][0]["id"]
        await self.ask("read_withdrawal", kept)

    async def _shoppers(self, first: str) -> None:
        """A brand, links, a look-up, and answers to delays."""
        body = {"data": [EXAMPLES["put_brands_in_bulk"].example["data"][0]]}
        await self.ask("put_brands_in_bulk", body=body)
        await self.ask("list_brands")
        order = (await self.say("read_order", first)).json()
        asked = {"number": order["number_text"], "email": order["buyer"]["email"]}
        await self.ask("look_up_order", body=asked)
        for many in ("", "_in_bulk"):
            await self.ask(f"make_portal_link{many}", first)
            await self.ask(f"withdraw_portal_link{many}", first)
            late = await self._late_order("MUG-RED" if many else "MUG-BLUE")
            await self.ask(f"answer_delay{many}", late)
            await self.ask("list_delay_answers", late)

    async def _staff(self) -> None:
        """Staff: made, given roles, helped, and roles of the merchant's own."""
        boss = {"email": "ada@example.com", "name": "Ada Berg", "role": "administrator"}
        await self.say("create_person", body=boss)
        for many in ("", "_in_bulk"):
            await self.ask(f"put_role{many}")
            await self.ask("list_roles")
            await self.ask(f"remove_role{many}")
            made = await self.ask(f"create_person{many}")
            person = (made["data"][0] if many else made)["id"]
            await self.ask("list_people_page", query="limit=1")
            await self.ask("list_names_of_people")
            await self.ask(f"change_person{many}", person)
            await self.ask(f"set_membership{many}", person)
            await self.ask("read_person", person)
            async with self._database.operator_transaction() as tx:
                device = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
                await start_session(tx, decode_id("usr", person), "password", address="203.0.113.7", device=device)
            await self.ask("list_person_sessions", person)
            for verb in ("end_person_sessions", "remove_second_factor", "reset_person", "deactivate_person"):
                await self.ask(f"{verb}{many}", person)
            await self.ask(f"reactivate_person{many}", person)
            await self.ask(f"end_membership{many}", person)
            lea = {"email": "lea@example.com", "name": "Lea Lind", "role": "planner"}
            gone = (await self.say("create_person", body=lea)).json()["id"]
            await self.say("deactivate_person", gone)
            await self.ask(f"erase_person{many}", gone)

    async def _late_order(self, sku: str) -> str:
        """An order of more than there is; its id."""
        await self.say("receive_stock", body=EXAMPLES["receive_stock"].example | {"sku": sku})
        lines = [{"sku": sku, "quantity": 900, "unit_price": {"amount": 1250, "currency": "USD"}}]
        total = {"amount": 1_125_000, "currency": "USD"}
        return await self._order(lines=lines, shipping=[], payments=[], total=total)

    async def _refused(self) -> None:
        for n, many in ((81, ""), (82, "_in_bulk")):
            await self.say("place_order", body=an_order(n, total={"amount": 2959, "currency": "USD"}))
            refused = (await self.ask("list_refused_orders", query="limit=1"))["data"][0]["id"]
            await self.ask("read_refused_order", refused)
            mended = {"order": an_order(n)}
            body = {"data": [{"refused_id": refused} | mended]} if many else mended
            await self.ask(f"send_refused_order{many}", refused, body=body)

    async def _people(self, first: str) -> None:
        for many in ("", "_in_bulk"):
            customer = (await self.say("read_order", await self._order())).json()["customer"]
            await self.ask(f"erase_customer{many}", customer)
            await self.ask(f"erase_guest{many}", await self._order(customer=None))
        customer = (await self.say("read_order", first)).json()["customer"]
        await self.ask("read_customer", customer)
        await self.ask("list_orders_of_customer", customer)
        await self.ask("list_buyers", query="limit=1")
        await self.ask("read_customer_totals", customer)
        await self.ask("read_customer_data", customer)
        twins = [
            await self._order(customer={"name": "Ada Twin", "email": email, "phone": "+1 614 555 0177"})
            for email in ("ada@example.com", "twin@example.com")
        ]
        twin = (await self.say("read_order", twins[0])).json()["customer"]
        await self.ask("list_same_people", twin)
        for many in ("", "_in_bulk"):
            note = await self.ask(f"add_customer_note{many}", customer)
            note_id = note["data"][0]["id"] if many else note["id"]
            await self.ask("list_customer_notes", customer)
            await self.ask(f"change_customer_note{many}", note_id)
            await self.ask(f"remove_customer_note{many}", note_id)
            await self.ask(f"set_consent{many}", customer)
            await self.ask("read_consents", customer)
            await self.ask(f"say_consent{many}", first)
            await self.ask("read_consents_of_order", first)
            twin = {"name": "A. Lovelace", "email": f"twin{many}@example.com"}
            other = (await self.say("read_order", await self._order(customer=twin))).json()["customer"]
            body = {"merge": other}
            body = {"data": [{"customer_id": customer} | body]} if many else body
            await self.ask(f"preview_merge_customer{many}", customer, body=body)
            await self.ask(f"merge_customer{many}", customer, body=body)
        await self.ask("search_customers")

    async def _searches(self, first: str) -> None:
        async with self._database.transaction("acme") as tx:
            ids = [row["id"] for row in await tx.fetch("SELECT id FROM orders")]
            await index_contact_words(tx, a_context(), placed(*ids))
        await self.ask("read_order", first)
        await self.ask("read_timeline", first)
        await self.ask("read_sourcing", first)
        await self.ask("list_all_orders", query="limit=1")
        await self.ask("search_orders", body=EXAMPLES["search_orders"].example | {"limit": 1})

    async def _messages(self, first: str) -> None:
        """What is said with customers."""
        customer = (await self.say("read_order", first)).json()["customer"]
        asked = {"direction": "in", "medium": "e_mail", "words": "When does it come?"}
        message = (await self.say("record_message", first, body=asked)).json()["id"]
        await self.ask("list_waiting_messages")
        for many in ("", "_in_bulk"):
            await self.ask(f"record_message{many}", first)
            await self.ask(f"record_customer_message{many}", customer)
            await self.say("settle_message", message, body={"answer": "awaited"})
            await self.ask(f"settle_message{many}", message)
        await self.ask("read_message", message)
        await self.ask("list_messages_of_order", first, query="limit=1")
        await self.ask("list_messages_of_customer", customer, query="limit=1")

    async def _annotations(self, first: str) -> None:
        """What people add to an order, and the lists that they keep."""
        await self.ask("quote_order_promise")
        draft = (await self.ask("save_draft_order"))["id"]
        await self.ask("save_draft_order_in_bulk")
        await self.ask("list_draft_orders", query="limit=1")
        await self.ask("read_draft_order", draft)
        for many in ("", "_in_bulk"):
            await self.ask(f"delete_draft_order{many}", draft)
            await self.ask(f"restore_draft_order{many}", draft)
        await self.ask("place_draft_order", draft, body={})
        await self.ask("place_draft_order_in_bulk", draft, body={"data": [{"draft_id": draft}]})
        note = (await self.ask("add_note", first))["id"]
        other = (await self.ask("add_note_in_bulk", first))["data"][0]["id"]
        await self.ask("list_notes", first)
        await self.ask("change_note", note)
        await self.ask("change_note_in_bulk", note)
        await self.ask("remove_note", note)
        await self.ask("remove_note_in_bulk", other)
        await self.ask("tag_order", first)
        await self.ask("tag_order_in_bulk", first)
        await self.ask("list_order_tags")
        files = []
        for _ in range(2):
            path = f"/v1/orders/{first}/attachments?kind=letter"
            answer = await self._api.raw(path, b"The mug came broken.", **{"Orderwright-File-Name": "letter.txt"})
            files.append(answer.json()["id"])
        self.answers["attach_file"] = {"200": steady(answer.json())}
        await self.ask("list_attachments", first)
        await self.ask("remove_attachment", files[0])
        await self.ask("remove_attachment_in_bulk", files[1])
        await self.ask("count_orders")
        await self.ask("sum_orders", body={})
        await self._bulk_runs(first)
        await self.ask("find", body={"text": "lovelace", "limit": 2})
        view = (await self.ask("put_saved_view"))["id"]
        await self.ask("put_saved_view_in_bulk")
        await self.ask("list_saved_views", query="subject=orders")
        await self.ask("remove_saved_view", view)
        again = (await self.say("put_saved_view")).json()["id"]
        await self.ask("remove_saved_view_in_bulk", again)

    async def _bulk_runs(self, order: str) -> None:
        """Something is done to many orders: started by name, done by the workers, read; another is ended."""
        body = {"action": "tag", "order_ids": [order], "tag": "fair"}
        run = (await self.ask("start_bulk_run", body=body))["id"]
        [other] = (await self.ask("start_bulk_run_in_bulk", body={"data": [body]}))["data"]
        await self.ask("cancel_bulk_run", other["id"])
        third = (await self.say("start_bulk_run", body=body)).json()["id"]
        await self.ask("cancel_bulk_run_in_bulk", third)
        for _ in range(2):
            await work_bulk_runs(self._database, "acme", [decode_id("blk", run)])
        await self.ask("read_run", run)
        await self.ask("list_runs", query="limit=1")
        await self.ask("list_results_of_run", run)
        await self.ask("put_preference")
        await self.ask("put_preference_in_bulk")
        await self.ask("list_preferences")

    async def _approvals(self) -> None:
        """Somebody with a limit asks; somebody without decides."""
        for many in ("", "_in_bulk"):
            await self.ask(f"set_limit{many}")
        await self.ask("read_limits")
        self._api, whole = self._api.using(await a_key(self._database, limits=Limits(adjust_max_units=5))), self._api
        count = {"sku": "MUG-BLUE", "location": "DC-COLUMBUS", "delta": 20, "reason": "count"}
        body = {"operation": "adjust_stock", "body": count, "reason": "found behind the shelf"}
        asked = [(await self.ask("ask_approval", body=body))["id"]]
        many = (await self.ask("ask_approval_in_bulk", body={"data": [body] * 3}))["data"]
        self._api = whole
        asked += [one["id"] for one in many]
        await self.ask("list_approvals", query="limit=1")
        await self.ask("read_approval", asked[0])
        await self.ask("approve", asked[0])
        await self.ask("approve_in_bulk", asked[1])
        await self.ask("reject_approval", asked[2])
        await self.ask("reject_approval_in_bulk", asked[3])

    async def _keys_and_trail(self) -> None:
        """Keys, and who did what."""
        made = (await self.ask("make_key"))["key"]
        await self.ask("list_keys", query="limit=1")
        await self.ask("rotate_key", code=made["prefix"])
        await self.ask("revoke_key", code=made["prefix"], body=None)
        await self.ask("list_acts", query="limit=1&verb=upsert_pools")
        pool = (await self._api.get("/v1/pools?limit=1")).json()["data"][0]["id"]
        await self.ask("read_history", query=f"subject={pool}&kind=pool")

    async def _events(self) -> None:
        async with self._database.transaction("acme") as tx:
            await sequence_events(tx)
        page = await self.ask("list_events", query="type=order.placed&limit=1")
        # The stream never ends; it sends what the list has.
        self.answers["stream_events"] = {"200": steady(page["data"][0])}

    async def _failures(self) -> None:
        one, two = await self._order(), await self._order()
        await self._set_aside(one)
        await self.ask("list_stuck", query="limit=1")
        await self.ask("read_flow_of_work")
        await self.ask("read_pace_of_work", query="by=day")
        await self.ask("list_what_was_set_aside", query="limit=1")
        await self.ask("retry_what_was_set_aside", one)
        await self._park()
        await self.ask("list_parked_events", query="limit=1")
        await self.ask("retry_parked_events", one)
        await self.ask("skip_parked_events", two)
        job = await self._failed_job()
        await self.ask("list_jobs_that_failed", query="limit=1")
        await self.ask("retry_jobs_that_failed", body={"ids": [job]})

    # ---- what is not done by HTTP ----

    async def _order(self, **fields: Any) -> str:
        self._orders += 1
        found: str = (await self.say("place_order", body=an_order(self._orders + 1, **fields))).json()["id"]
        return found

    async def _sourced(self) -> str:
        order = await self._order()
        await self._verify(order)
        assert (await self.say("source_order", order)).json()["code"] == "sourced"
        return order

    async def _shipped(self) -> str:
        order = await self._sourced()
        work = await self._work(order)
        await self.say("release_fulfillment", work)
        await self.say("pick_fulfillment", work, body={})
        await self.say("pack_fulfillment", work)
        await self._label(work)
        await self.say("ship_fulfillment", work)
        return order

    async def _return(self, order: str) -> str:
        """The newest open return of an order; a new one if there is none."""
        query = f"order={order}&state=requested"
        found = (await self.say("list_returns", query=query)).json()["data"]
        if not found:
            await self.say("request_return", order)
            found = (await self.say("list_returns", query=query)).json()["data"]
        made: str = found[-1]["id"]
        return made

    async def _stock_card(self) -> None:
        """What the stock grid and a stock card are made of."""
        [row, *_] = (await self.ask("list_stock_balances"))["data"]
        await self.ask("read_stock_trends", query=f"sku={row['sku']}&days=2")
        await self.ask("list_stock_movements", query=f"sku={row['sku']}")

    async def _waits(self) -> None:
        """An order that waits for what nobody has."""
        await self.say("put_sku", code="VASE-TALL", body={"code": "VASE-TALL", "name": "Vase, tall"})
        price = {"amount": 1250, "currency": "USD"}
        await self._order(lines=[{"sku": "VASE-TALL", "quantity": 2, "unit_price": price}])
        await self.ask("list_stock_waits", query="sku=VASE-TALL")

    async def _floor(self, work: str) -> None:
        """What the floor of the location that has the work sees of it."""
        made = (await self.say("read_fulfillment", work)).json()
        await self.ask("list_floor_work", query=f"location={made['location']}")
        await self.ask("scan_for_work", query=f"location={made['location']}&text={made['order_number']}")

    async def _work(self, order: str) -> str:
        found: str = (await self.say("list_fulfillments", query=f"order={order}")).json()["data"][0]["id"]
        return found

    async def _verify(self, order: str) -> None:
        async with self._database.transaction("acme") as tx:
            await verify_orders(tx, a_context(actor="pump:verify"), [decode_id("ord", order)])

    async def _label(self, work: str) -> str:
        """Buy the label of a packed fulfillment; its tracking number."""
        shipment = (await self.say("read_fulfillment", work)).json()["shipment"]["id"]
        await buy_labels(
            self._database, a_context(actor="pump:label"), [decode_id("shp", shipment)], {"builtin": BuiltinCarrier()}
        )
        parcels = (await self.say("read_shipment", shipment)).json()["parcels"]
        number: str = parcels[0]["tracking_number"]
        return number

    async def _set_aside(self, order: str) -> None:
        async with self._database.transaction("acme") as tx:
            await tx.execute(
                "UPDATE work SET set_aside_at = now(), attempts = 8, error = 'TimeoutError',"
                " entered_at = now() - interval '1 day' WHERE stage = 'verify' AND subject_id = $1",
                decode_id("ord", order),
            )

    async def _park(self) -> None:
        """A subscriber that fails on everything: the first event of every order is parked."""

        async def fail(tx: Transaction, ctx: Context, events: list[StoredEvent]) -> None:
            raise TimeoutError

        async with self._database.transaction("acme") as tx:
            await sequence_events(tx)
        while await deliver(self._database, "acme", Subscriber("contact_words", fail, frozenset({"order.placed"}))):
            pass

    async def _failed_job(self) -> int:
        async with self._database.transaction("acme") as tx:
            await enqueue_job(tx, "send", {"report": 7})
        async with self._database.operator_transaction() as tx:
            job: int = await tx.fetchval("UPDATE pgqueuer SET status = 'failed', attempts = 3 RETURNING id")
            await tx.execute(
                "INSERT INTO pgqueuer_log (job_id, status, priority, entrypoint, traceback)"
                " VALUES ($1, 'failed', 0, 'send', '{\"exception_message\": \"TimeoutError\"}')",
                job,
            )
        return job
