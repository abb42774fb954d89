"""The demo's world: orders that add up, are the same each time, and name only what exists."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from itertools import islice

import msgspec
import pytest

from orderwright.catalog.contract import UpsertSku
from orderwright.catalog.gtin import gtin_is_valid
from orderwright.demo.baskets import orders
from orderwright.demo.checkout import Options
from orderwright.demo.names import weight_g
from orderwright.demo.places import places
from orderwright.demo.products import Catalogue, catalogue
from orderwright.demo.stock import is_scarce, stock, supplies
from orderwright.demo.world import CHANNELS, POOLS, locations
from orderwright.orders.contract import PlaceOrder
from orderwright.orders.verification import check_email, check_phone
from orderwright.orders.verification.address import address_faults

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def goods() -> Catalogue:
    return catalogue(2_000)


def taken(goods: Catalogue, **how: object) -> list[PlaceOrder]:
    return list(orders(goods, clock=lambda: NOON, **how))  # type: ignore[arg-type]


def cents_by_hand(order: PlaceOrder) -> int:
    """The total, added up from the parts with decimals: nothing of the demo's own arithmetic."""
    total = Decimal(0)
    for line in order.lines:
        total += (Decimal(str(line.unit_price.amount)) * line.quantity).quantize(Decimal(1), ROUND_HALF_UP)
        total -= sum(discount.amount.amount for discount in line.discounts)
        total += sum(tax.amount.amount for tax in line.taxes)
    for charge in (*order.shipping, *order.fees):
        total += charge.amount.amount + sum(tax.amount.amount for tax in charge.taxes)
    total += sum(tax.amount.amount for tax in order.taxes)
    total -= sum(discount.amount.amount for discount in order.discounts)
    return int(total)


def test_totals_and_payments_of_2000_orders_add_up_to_the_cent(goods: Catalogue) -> None:
    found = taken(goods, limit=2_000)

    assert len(found) == 2_000
    assert [order.external_id for order in found if cents_by_hand(order) != order.total.amount] == []
    assert [
        order.external_id
        for order in found
        if sum(payment.amount.amount for payment in order.payments) != order.total.amount
    ] == []
    assert {order.rounding for order in found} == {None}


def test_line_discounts_never_exceed_the_line_and_taxes_follow_their_rate(goods: Catalogue) -> None:
    for order in taken(goods, limit=2_000):
        for line in order.lines:
            net = Decimal(line.unit_price.amount) * line.quantity - sum(d.amount.amount for d in line.discounts)
            assert net >= 0
            for tax in line.taxes:
                assert tax.rate is not None
                assert tax.amount.amount == (net * tax.rate).quantize(Decimal(1), ROUND_HALF_UP)


def test_the_same_seed_gives_the_same_orders_from_any_start(goods: Catalogue) -> None:
    whole = taken(goods, limit=500, seed=3, mean_lines=2.2)

    assert taken(goods, limit=500, seed=3, mean_lines=2.2) == whole
    assert taken(goods, start=333, limit=167, seed=3, mean_lines=2.2) == whole[333:]
    assert taken(goods, limit=500, seed=4, mean_lines=2.2) != whole


def test_external_ids_are_unique_over_laps_through_the_data(goods: Catalogue) -> None:
    small = Catalogue(list(goods.products.values())[:1])
    found = [(order.channel, order.external_id) for order in taken(small, limit=40_000)]

    assert len(set(found)) == 40_000


def test_every_code_exists_but_the_unknown_skus_that_are_meant(goods: Catalogue) -> None:
    skus = {sku.code for sku in goods.skus()}
    channels = {channel.code for channel in CHANNELS}
    found = taken(goods, limit=5_000, mean_lines=2.2)

    unknown = [line.sku for order in found for line in order.lines if line.sku not in skus]
    assert all(code.startswith("OLD-") for code in unknown)
    assert {order.channel for order in found} == channels
    clean = taken(goods, limit=5_000, mean_lines=2.2, wrong_one_in=0)
    assert [line.sku for order in clean for line in order.lines if line.sku not in skus] == []


def test_one_order_in_200_has_something_wrong(goods: Catalogue) -> None:
    clean = taken(goods, limit=6_000, wrong_one_in=0)
    found = taken(goods, limit=6_000)

    unknown = sum(any(line.sku.startswith("OLD-") for line in order.lines) for order in found)
    postal = sum(order.ship_to is not None and order.ship_to.postal_code == "00000" for order in found)
    again = [i for i, order in enumerate(found) if order.external_id.endswith("-2")]
    assert (unknown, postal, len(again)) == (12, 9, 9)  # 30 of 6,000
    for i in again:
        assert (found[i].lines, found[i].total, found[i].customer) == (
            clean[i - 1].lines,
            clean[i - 1].total,
            clean[i - 1].customer,
        )


@pytest.mark.parametrize("start", [0, 10_000, 75_000])
def test_baskets_are_cut_to_the_wanted_mean(goods: Catalogue, start: int) -> None:
    found = taken(goods, start=start, limit=2_000, mean_lines=2.2)

    assert sum(len(order.lines) for order in found) / 2_000 == pytest.approx(2.2, abs=0.05)
    assert max(len(order.lines) for order in found) > 6


def test_a_mean_below_one_line_is_refused(goods: Catalogue) -> None:
    with pytest.raises(ValueError, match="at least one line"):
        taken(goods, limit=1, mean_lines=0.5)


def test_kits_gift_cards_and_pick_ups_happen_as_often_as_asked(goods: Catalogue) -> None:
    never = Options(kits_one_in=0, gift_cards_one_in=0, marketplace_ships_one_in=0)
    deliveries = {line.delivery for order in taken(goods, limit=1_000, options=never) for line in order.lines}
    assert deliveries == {"ship"}

    often = Options(kits_one_in=2, gift_cards_one_in=2, pickups_one_in=2, marketplace_ships_one_in=2)
    found = taken(goods, limit=1_000, options=often)
    codes = {line.sku for order in found for line in order.lines}
    assert {kit.code for kit in goods.kits} <= codes
    assert {card.code for card in goods.gift_cards} <= codes
    assert {line.delivery for order in found for line in order.lines} == {"ship", "pickup", "digital", "channel"}
    stores = {place.code for place in locations(NOON.date()) if place.pool == "stores"}
    assert {line.location for order in found for line in order.lines} == {None, *stores}
    assert [order for order in found if cents_by_hand(order) != order.total.amount] == []


def test_the_merchants_own_channels_pay_by_cards_of_which_one_in_150_is_refused(goods: Catalogue) -> None:
    found = taken(goods, limit=6_000)
    ours = [(order.channel, p) for order in found for p in order.payments if p.provider == "builtin"]

    assert {channel for channel, _ in ours} == {"web", "app", "assistant"}
    assert {p.state for _, p in ours} == {"pending"}
    by_token = Counter(p.reference for _, p in ours)
    assert set(by_token) == {"tok_ok", "tok_declined", "tok_insufficient_funds"}
    refused = by_token["tok_declined"] + by_token["tok_insufficient_funds"]
    assert refused / len(ours) == pytest.approx(1 / 150, rel=0.3)
    assert [p for order in found if order.channel == "web" for p in order.payments if p.provider != "builtin"] == []
    never = taken(goods, limit=2_000, options=Options(refused_one_in=0))
    assert {p.reference for order in never for p in order.payments if p.provider == "builtin"} == {"tok_ok"}


def test_the_orders_survive_their_own_contract(goods: Catalogue) -> None:
    found = taken(goods, limit=1_000)

    assert msgspec.json.decode(msgspec.json.encode(found), type=list[PlaceOrder]) == found


def test_people_can_be_verified(goods: Catalogue) -> None:
    for order in taken(goods, limit=2_000, wrong_one_in=0):
        buyer, to = order.customer, order.ship_to
        assert buyer is not None
        assert check_email(buyer.email) is None
        assert check_phone(buyer.phone, "US", field="customer.phone") is None
        if to is not None:
            assert address_faults(to.country, to.line1, to.city, to.region, to.postal_code) == {}


def test_every_postal_area_lies_in_its_state() -> None:
    everywhere = places()
    states = {everywhere[i].state.code for i in range(len(everywhere))}

    wrong = [
        place.zip
        for place in (everywhere[i] for i in range(len(everywhere)))
        if address_faults("US", "1 Main St", "Town", place.state.code, place.zip)
    ]
    assert wrong == []
    assert len(states) == 49  # the 48 contiguous states and DC


def test_the_catalogue_holds_what_it_says(goods: Catalogue) -> None:
    skus = list(goods.skus())

    assert (len(goods.kits), len(goods.gift_cards)) == (5, 2)  # the cake set needs a product of rank 2,000 to 4,000
    assert len(skus) == 2_000 + 5 + 2
    assert len({sku.code for sku in skus}) == len(skus)
    assert len({sku.name for sku in skus}) == len(skus)
    assert msgspec.json.decode(msgspec.json.encode(skus), type=list[UpsertSku]) == skus
    assert all(gtin_is_valid(sku.gtin) for sku in skus if sku.gtin)
    codes = {sku.code for sku in skus if sku.kind == "stocked"}
    assert {part.sku for sku in skus for part in sku.components} <= codes


@pytest.mark.parametrize(
    ("size", "department", "grams"),
    [
        ("16 OZ", "GROCERY", 454),
        ("1/2 GAL", "GROCERY", 1_892),
        ("8 1/2 OZ", "GROCERY", 241),
        ("GAL", "GROCERY", 3_785),
        ("2 L", "GROCERY", 2_000),
        (".5 L", "GROCERY", 500),
        ("12 PK/12 OZ", "GROCERY", 4_082),
        ("24/16.9 OZ", "GROCERY", 11_499),
        ("40 LB", "PRODUCE", None),
        ("83.5 SQ FT", "GROCERY", None),
        ("750 L", "GROCERY", None),
        ("12 CT", "GROCERY", None),
        (None, "GROCERY", None),
    ],
)
def test_weights_are_read_from_package_sizes(size: str | None, department: str, grams: int | None) -> None:
    assert weight_g(size, department) == grams


def test_the_world_refers_only_to_itself() -> None:
    pools = {pool.code for pool in POOLS}
    sites = locations(date(2026, 11, 23))

    assert {place.pool for place in sites} == pools
    assert {pool for channel in CHANNELS for pool in channel.pools} == pools
    assert (len(sites), sum(place.kind == "warehouse" for place in sites)) == (14, 2)
    assert len({channel.kind for channel in CHANNELS}) == len(CHANNELS) == 6
    assert date(2026, 11, 26) in sites[0].holidays  # Thanksgiving
    assert [
        place.code
        for place in sites
        if address_faults(place.country, place.line1, place.city, place.region, place.postal_code)
    ] == []


def test_stock_is_deep_but_for_a_few_skus(goods: Catalogue) -> None:
    rows = list(stock(goods))
    codes = {sku.code for sku in goods.skus() if sku.kind == "stocked"}
    scarce = {product.code for product in goods.products.values() if is_scarce(product)}

    assert {row.sku for row in rows} == codes
    assert {row.location for row in rows} == {place.code for place in locations(NOON.date())}
    at_centres = dict.fromkeys(codes, 0)
    for row in rows:
        if row.location.startswith("DC-"):
            at_centres[row.sku] += row.quantity
    assert {code for code, units in at_centres.items() if units <= 14} == scarce
    assert 20 <= len(scarce) <= 50
    assert {supply.sku for supply in supplies(goods, NOON.date())} <= scarce
    assert list(stock(goods)) == rows


def test_streaming_needs_little_memory_and_no_pandas() -> None:
    script = """
import sys
import pyarrow.parquet
def resident_mb():
    return int(open("/proc/self/statm").read().split()[1]) * 4 / 1024
from orderwright.demo.baskets import orders
from orderwright.demo.products import catalogue
before = resident_mb()
for order in orders(catalogue(), mean_lines=2.2, limit=20_000):
    pass
print(resident_mb() - before, "pandas" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    grown_mb, pandas = done.stdout.split()
    assert float(grown_mb) < 80
    assert pandas == "False"


def test_a_stream_has_no_end(goods: Catalogue) -> None:
    small = Catalogue(list(goods.products.values())[:1])

    assert len(list(islice(orders(small), 30_000))) == 30_000
