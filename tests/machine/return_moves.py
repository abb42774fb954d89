"""Moves of the money machine on goods that come back, for money or for others, or that are only complained about."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from orderwright.flows.carrier_claims import file_carrier_claims, settle_carrier_claims
from orderwright.flows.end_exchanges import cancel_exchanges
from orderwright.flows.end_returns import cancel_returns, close_returns, scan_returns
from orderwright.flows.inspect_returns import inspect_returns
from orderwright.flows.open_claims import open_claims
from orderwright.flows.park_returns import park_returns, resolve_parked
from orderwright.flows.receive_returns import receive_returns
from orderwright.flows.request_exchanges import quote_exchanges, request_exchanges
from orderwright.flows.request_returns import quote_returns, request_returns
from orderwright.flows.resolve_claims import reject_claims, resolve_claims
from orderwright.orders.contract import ReportedPayment, UnitPrice
from orderwright.platform.ids import UUID, encode_id
from orderwright.returns import (
    ClaimedLine,
    CloseReturn,
    CountedItem,
    ExchangeCommand,
    FileCarrierClaim,
    InspectedItem,
    InspectReturn,
    NewLine,
    OpenClaim,
    ParkReturn,
    PutReturnPolicy,
    QuoteReturn,
    ReceiveReturn,
    RejectClaim,
    RequestedLine,
    RequestExchange,
    RequestReturn,
    ResolveClaim,
    ResolveParked,
    ReturnCommand,
    ReturnTerms,
    SettleCarrierClaim,
    put_return_policies,
)
from orderwright.returns.policy import WithdrawalTerms
from tests.builders.orders import a_payment, usd
from tests.machine.machines import move
from tests.machine.order_moves import NTH, PRICE, TOKEN, OrderMoves

OPEN = "('requested', 'in_transit', 'received', 'inspected')"
_SENT = """
SELECT c.order_id, c.line_n, min(c.shipped / (c.ordered / l.quantity)) - b.units AS units
FROM component AS c
JOIN order_line AS l ON l.order_id = c.order_id AND l.n = c.line_n
JOIN orders AS o ON o.id = c.order_id
CROSS JOIN LATERAL (
    SELECT coalesce(sum(k.quantity), 0) AS units
    FROM return_line AS k
    JOIN customer_return AS r ON r.id = k.return_id
    WHERE k.order_id = l.order_id AND k.line_n = l.n AND r.state <> 'cancelled'
) AS b
WHERE c.shipped > 0
GROUP BY o.number, c.order_id, c.line_n, b.units
HAVING min(c.shipped / (c.ordered / l.quantity)) > b.units
ORDER BY o.number DESC, c.line_n
"""
_EXPECTED = """
SELECT s.code, r.quantity * (c.ordered / l.quantity) AS units
FROM return_line AS r
JOIN order_line AS l ON l.order_id = r.order_id AND l.n = r.line_n
JOIN component AS c ON c.order_id = l.order_id AND c.line_n = l.n
JOIN sku AS s ON s.id = c.sku_id
WHERE r.return_id = $1 AND c.shipped > 0
ORDER BY r.line_n, c.n
"""
_UNSEEN = """
SELECT s.code, l.code AS location, g.received - g.inspected AS units
FROM returned_goods AS g
JOIN sku AS s ON s.id = g.sku_id
JOIN location AS l ON l.id = g.location_id
WHERE g.return_id = $1 AND g.received > g.inspected
ORDER BY g.line_n, g.component_n, g.location_id
"""
RATE = st.sampled_from(("0", "0.1", "0.333333"))
TERMS = st.fixed_dictionaries(
    {
        "refund_on": st.sampled_from(("inspection", "inspection", "receipt", "scan")),
        "keep": st.booleans(),
        "most": st.sampled_from((None, None, 3, 400)),
        "restocking": RATE,
        "label": st.sampled_from((0, 0, 5, 300)),
        "bonus": RATE,
        "worn": st.sampled_from((None, "0.5", "0.333333", "0")),
        "fees": st.booleans(),
    }
)
REASON = st.sampled_from(("changed_mind", "changed_mind", "damaged"))
TOO_MANY = 4
PARTS = st.lists(st.tuples(NTH, st.sampled_from((1, 1, 2, 2, 3, TOO_MANY))), min_size=1, max_size=2)
NEW = st.lists(st.tuples(st.integers(0, 4), st.integers(1, 2), st.none() | PRICE), min_size=1, max_size=2)
OFF = st.sampled_from((0, 0, 0, 0, -1, 1))
GRADE = st.sampled_from(("a", "a", "a", "b", "c", "d"))
KINDS = st.sampled_from(("damaged", "missing", "wrong", "late", "lost"))
HOW = st.sampled_from(("refund", "refund", "allowance", "reship", "replace", "reject"))


class ReturnMoves(OrderMoves):
    """Returns, exchanges and claims."""

    # ---- returns ----

    @move(terms=TERMS)
    def set_terms(self, terms: dict[str, Any]) -> None:
        """The channel takes goods back at other terms from now on."""
        made = ReturnTerms(
            refund_on=terms["refund_on"], keep_outbound_shipping=terms["keep"],
            outbound_shipping_max_minor=terms["most"], restocking_rate=Decimal(terms["restocking"]),
            label_fee_minor=terms["label"], store_credit_bonus_rate=Decimal(terms["bonus"]),
            grade_rates={} if terms["worn"] is None else {"c": Decimal(terms["worn"])},
            exchange_fees=terms["fees"], withdrawal=WithdrawalTerms(enabled=True),
        )  # fmt: skip
        command = PutReturnPolicy(channel=self.world.shop.channel.code, terms=made)
        [outcome] = self.world.run(put_return_policies, [command])
        assert outcome.ok, outcome

    @move(3, parts=PARTS, reason=REASON, label=st.booleans(), credit=st.booleans())
    def announce(self, parts: list[tuple[int, int]], reason: str, label: bool, credit: bool) -> None:
        """Goods that left are to come back."""
        lines = self.sent(parts, reason)
        if lines:
            order_id, named = lines
            method: Any = "label" if label else "drop_off"
            to: Any = "store_credit" if credit else "payment"
            quote = QuoteReturn(order_id=order_id, lines=named, method=method, refund_to=to)
            self.world.run(quote_returns, [quote])
            self.world.run(
                request_returns, [RequestReturn(order_id=order_id, lines=named, method=method, refund_to=to)]
            )

    @move(3, nth=NTH, off=OFF, other=st.sampled_from((None, None, None, 0, 1)), seen=st.booleans())
    def arrive(self, nth: int, off: int, other: int | None, seen: bool) -> None:
        """A parcel comes back: with too little or too much in it, at times, or with something else. At times somebody
        looks at it at once."""
        for row in self.pick(f"SELECT id FROM customer_return ORDER BY state NOT IN {OPEN}, id DESC", nth):
            self.receive(row["id"], off, other)
            if seen:
                self.look_at(row["id"], "a")

    @move(3, nth=NTH, grade=GRADE, one=st.booleans(), accepted=st.sampled_from((True, True, True, False)))
    def inspect(self, nth: int, grade: str, one: bool, accepted: bool) -> None:
        """Somebody looks at what came, or at one unit of it."""
        sql = "SELECT DISTINCT return_id AS id FROM returned_goods WHERE received > inspected ORDER BY 1"
        for row in self.pick(sql, nth):
            self.look_at(row["id"], grade, one=one, accepted=accepted)

    @move(2, nth=NTH, how=st.sampled_from(("scan", "scan", "cancel", "close", "waive")))
    def step_return(self, nth: int, how: str) -> None:
        """The carrier scans it; or it will not come, or no more of it."""
        for row in self.pick(f"SELECT id FROM customer_return WHERE state IN {OPEN} ORDER BY id DESC", nth):
            if how in ("close", "waive"):
                command = CloseReturn(return_id=row["id"], waive_missing=how == "waive")
                self.world.run(close_returns, [command])
            else:
                verb = scan_returns if how == "scan" else cancel_returns
                self.world.run(verb, [ReturnCommand(return_id=row["id"])])

    @move(nth=NTH, sku=st.integers(0, 2), units=st.integers(1, 2), order=st.none() | NTH)
    def park(self, nth: int, sku: int, units: int, order: int | None) -> None:
        """A parcel of nobody comes; it turns out whose it is, or is put on the shelf."""
        items = [CountedItem(sku=self.world.skus[sku], quantity=units)]
        location = self.world.shop.locations[nth % 2].code
        self.world.run(park_returns, [ParkReturn(location=location, items=items)])
        of = self.pick("SELECT id FROM orders ORDER BY number DESC", order) if order is not None else []
        for row in self.pick("SELECT id FROM unexpected_return WHERE state = 'parked' ORDER BY id", nth):
            named = encode_id("ord", of[0]["id"]) if of else None
            self.world.run(resolve_parked, [ResolveParked(unexpected_id=row["id"], order_id=named)])

    # ---- exchanges ----

    @move(3, parts=PARTS, new=NEW, advance=st.booleans(), paying=st.sampled_from(("card", "later", "not")), token=TOKEN)
    def exchange(self, parts: list[tuple[int, int]], new: list[Any], advance: bool, paying: str, token: str) -> None:
        """Goods come back for others, cheaper or dearer, after or before these leave; it comes to what was quoted."""
        lines = self.sent(parts, "changed_mind")
        if lines:
            order_id, named = lines
            goods = [
                NewLine(sku=self.world.skus[sku], quantity=units, unit_price=UnitPrice(price, "USD"))
                if price is not None
                else NewLine(sku=self.world.skus[sku], quantity=named[0].quantity, in_place_of=named[0].line)
                for sku, units, price in new
            ]
            mode: Any = "advance" if advance else "on_return"

            def command(**more: Any) -> RequestExchange:
                return RequestExchange(order_id=order_id, lines=named, new_lines=goods, mode=mode, **more)

            [quoted] = self.world.run(quote_exchanges, [command()])
            needed = quoted.details.get("needed_minor", 0)
            how = self.for_exchange(paying, token, needed) if needed else {}
            [made] = self.world.run(request_exchanges, [command(**how)])
            if made.code == "requested":
                same = {n: quoted.details[n] for n in ("total_minor", "brought_minor", "needed_minor")}
                assert made.details | same == made.details, (made, quoted)
            else:
                assert made.code == quoted.code, (made, quoted)

    @move(nth=NTH)
    def cancel_exchange(self, nth: int) -> None:
        """The customer keeps what there was."""
        for row in self.pick("SELECT id FROM exchange ORDER BY state <> 'open', id DESC", nth):
            self.world.run(cancel_exchanges, [ExchangeCommand(exchange_id=row["id"])])

    @move(nth=NTH)
    def lapse(self, nth: int) -> None:
        """The goods of an exchange did not come back in time."""
        for row in self.pick("SELECT id FROM exchange WHERE state = 'open' ORDER BY id DESC", nth):
            self.world.execute("UPDATE exchange SET return_by = now() WHERE id = $1", row["id"])
            self.world.make_due("exchange")
            self.world.stage("exchange")

    # ---- claims ----

    @move(2, parts=PARTS, kind=KINDS)
    def complain(self, parts: list[tuple[int, int]], kind: Any) -> None:
        """Something was wrong with what left."""
        lines = self.sent(parts, "damaged")
        if lines:
            order_id, named = lines
            claimed = [ClaimedLine(line=line.line, quantity=line.quantity) for line in named]
            self.world.run(open_claims, [OpenClaim(order_id=order_id, kind=kind, lines=claimed)])

    @move(2, nth=NTH, how=HOW, cents=st.sampled_from((1, 99, 333)), shipping=st.none() | st.booleans(), sku=NTH)
    def decide(self, nth: int, how: Any, cents: int, shipping: bool | None, sku: int) -> None:
        """Somebody decides a claim: money back, an allowance, the goods again or others, or nothing."""
        for row in self.pick("SELECT id FROM claim WHERE state = 'open' ORDER BY id", nth):
            if how == "reject":
                self.world.run(reject_claims, [RejectClaim(claim_id=row["id"])])
            else:
                items = [CountedItem(sku=self.world.skus[sku % 4], quantity=1)] if how == "replace" else []
                command = ResolveClaim(
                    claim_id=row["id"], resolution=how, with_shipping=shipping, items=items,
                    amount=usd(cents) if how == "allowance" else None,
                )  # fmt: skip
                self.world.run(resolve_claims, [command])

    @move(nth=NTH, cents=st.none() | st.integers(1, 500))
    def ask_carrier(self, nth: int, cents: int | None) -> None:
        """What the carrier broke or lost is asked of it, and it pays or does not."""
        for row in self.pick("SELECT id FROM claim WHERE carrier_state <> 'none' ORDER BY id", nth):
            self.world.run(file_carrier_claims, [FileCarrierClaim(claim_id=row["id"], amount=usd(333))])
            paid = None if cents is None else usd(cents)
            self.world.run(settle_carrier_claims, [SettleCarrierClaim(claim_id=row["id"], paid=paid)])

    # ---- helpers ----

    def sent(self, parts: list[tuple[int, int]], reason: str) -> tuple[UUID, list[RequestedLine]] | None:
        """Units of lines of one order that are with the customer, or more: the order of the first part, and what of the
        others is of it."""
        found = self.world.rows(_SENT)
        if not found:
            return None
        chosen = [(found[nth % len(found)], units) for nth, units in parts]
        order_id = chosen[0][0]["order_id"]
        lines = {
            row["line_n"]: units if units == TOO_MANY else min(units, row["units"])
            for row, units in chosen
            if row["order_id"] == order_id
        }
        return order_id, [RequestedLine(line=n, quantity=units, reason=reason) for n, units in lines.items()]

    def receive(self, return_id: UUID, off: int = 0, other: int | None = None) -> None:
        """What was announced of a return arrives, `off` units more of each SKU, and perhaps another SKU."""
        items: dict[str, int] = {}
        for row in self.world.rows(_EXPECTED, return_id):
            items[row["code"]] = items.get(row["code"], 0) + row["units"]
        items = {code: units + off for code, units in items.items() if units + off > 0}
        if other is not None:
            items[self.world.skus[other]] = items.get(self.world.skus[other], 0) + 1
        counted = [CountedItem(sku=code, quantity=units) for code, units in items.items()]
        if counted:
            self.world.run(receive_returns, [ReceiveReturn(return_id=return_id, items=counted)])

    def look_at(self, return_id: UUID, grade: Any, *, one: bool = False, accepted: bool = True) -> None:
        """What of a return waits to be looked at is."""
        for row in self.world.rows(_UNSEEN, return_id):
            units = 1 if one else row["units"]
            item = InspectedItem(sku=row["code"], quantity=units, grade=grade, accepted=accepted)
            command = InspectReturn(return_id=return_id, items=[item], location=row["location"])
            self.world.run(inspect_returns, [command])

    def for_exchange(self, paying: str, token: str, needed: int) -> dict[str, Any]:
        """How what goods do not bring is paid: set aside at once, to be set aside, or not at all."""
        if paying == "not":
            return {"override": True}
        payment: ReportedPayment = (
            self.checkout(needed, "tok_expires_0" if token == "tok_expires_0" else "tok_ok")
            if paying == "card"
            else a_payment(needed, state="pending", provider="builtin", reference=token)
        )
        return {"payments": [payment]}
