"""The demo's catalogue: the products that sell best in the real baskets, a few kits and two gift cards."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import count
from typing import NamedTuple

from orderwright.catalog import KitPart, Price, UpsertSku
from orderwright.demo.journey import product_lines, product_rows, product_sales
from orderwright.demo.names import first_word, product_name, weight_g

CURRENCY = "USD"
SIZE = 4_000  # of 68,000 products: 60 % of all lines

# What is not sent by parcel, not food or goods at all, or needs a licence.
_LEFT_OUT_DEPARTMENTS = frozenset(
    "FUEL|COUPON|MISCELLANEOUS|CNTRL/STORE SUP|POSTAL CENTER|GM MERCH EXP|PROD-WHS SALES|PHOTO & VIDEO|RESTAURANT|"
    "TRAVEL & LEISURE|SPIRITS|CHEF SHOPPE|SALAD BAR|AUTOMOTIVE".split("|")
)
_LEFT_OUT_WORDS = ("BEER", "ALE", "WINE", "LIQUOR", "CIG", "TOBACCO", "MAGAZINE", "NEWSPAPER", "PREPAID", "SALES TRANS",
                   "(HOT)", "LOTTERY", "POSTAGE", "RX ", "PHARMACY", "TICKETS", "DISCONTINUED")  # fmt: skip
# Departments whose goods most states tax; food is mostly exempt.
_TAXED_DEPARTMENTS = frozenset(("DRUG GM", "COSMETICS", "FLORAL", "GARDEN CENTER", "TOYS", "ELECT &PLUMBING"))
_TAXED_WORDS = ("TISSUE", "PAPER", "DETERGENT", "SOFTENER", "BLEACH", "GARBAGE", "STORAGE BAGS", "FREEZER BAGS", "FOIL",
                "SOAP", "CLEAN", "LITTER", "DOG FOOD", "CAT FOOD", "BULBS", "BATTERIES", "CANDY", "SOFT DRINK",
                "SFT DRNK", "PLSTC", "PLASTIC CUPS", "DRINKING CUPS")  # fmt: skip

_KITS: tuple[tuple[str, str, tuple[tuple[str, int], ...]], ...] = (
    ("KIT-BREAKFAST", "Breakfast box for four", (
        ("FLUID MILK WHITE ONLY", 1), ("EGGS - LARGE", 1), ("MAINSTREAM WHITE BREAD", 1), ("BUTTER", 1),
        ("DAIRY CASE 100% PURE JUICE - O", 1))),
    ("KIT-PASTA", "Pasta night", (("SPAGHETTI DRY", 1), ("TOMATO SAUCE", 2), ("GRATED CHEESE", 1))),
    ("KIT-TACO", "Taco night", (
        ("MEXICAN SOFT TORTILLAS AND WRA", 1), ("MEXICAN SEASONING MIXES", 2), ("SHREDDED CHEESE", 1),
        ("MEXICAN SAUCESSALSAPICANTEE", 1))),
    ("KIT-LUNCH", "School lunch set", (("MAINSTREAM WHITE BREAD", 2), ("PEANUT BUTTER", 1), ("JELLY", 1))),
    ("KIT-BAKING", "Birthday cake set", (("LAYER CAKE MIX", 1), ("FROSTING", 1), ("EGGS - LARGE", 1))),
    ("KIT-MOVING-IN", "Moving-in set", (
        ("TOILET TISSUE", 1), ("PAPER TOWELS & HOLDERS", 1), ("LIQUID DISH DETERGENT", 1))),
)  # fmt: skip
_KIT_DISCOUNT_PERCENT = 8
_GIFT_CARDS_CENTS = (2_500, 5_000)


class Product(NamedTuple):
    """A product of the catalogue: `price` in cents, `lines` and `units` as sold in all real baskets."""

    product_id: int
    code: str
    name: str
    kind: str  # the data's product_type
    price: int
    weight: int | None  # grams
    taxed: bool
    lines: int
    units: int


class Extra(NamedTuple):
    """A kit or a gift card: no real basket has it. `parts` are codes and quantities; none for a gift card."""

    code: str
    name: str
    price: int  # cents
    parts: tuple[tuple[str, int], ...]
    taxed: bool = False


class Catalogue:
    """Products by the data's id, best seller first, with the kits and gift cards made of and beside them."""

    def __init__(self, products: list[Product]) -> None:
        self.products = {product.product_id: product for product in products}
        self.kits = tuple(_kits(products))
        self.gift_cards = tuple(
            Extra(f"GIFT-{cents // 100}", f"Gift card, ${cents // 100}", cents, ()) for cents in _GIFT_CARDS_CENTS
        )

    def skus(self) -> Iterator[UpsertSku]:
        """Everything as it is upserted: components before the kits that they make up."""
        for product in self.products.values():
            yield UpsertSku(
                code=product.code,
                name=product.name,
                gtin=_gtin(product.product_id),
                weight_g=product.weight,
                price=Price(product.price, CURRENCY),
                tax_class="general" if product.taxed else "food",
                attributes={"category": product.kind.lower()},
            )
        for kit in self.kits:
            yield UpsertSku(
                code=kit.code,
                name=kit.name,
                kind="kit",
                components=[KitPart(code, quantity) for code, quantity in kit.parts],
                price=Price(kit.price, CURRENCY),
                tax_class="general" if kit.taxed else "food",
            )
        for card in self.gift_cards:
            yield UpsertSku(
                code=card.code, name=card.name, kind="digital", price=Price(card.price, CURRENCY), tax_class="exempt"
            )


@lru_cache(maxsize=2)
def catalogue(size: int = SIZE) -> Catalogue:
    """The `size` products that are in the most baskets (about 0.3 s; kept for the next call)."""
    lines = product_lines()
    # Some of the best sellers are not sellable here: twice as many are enough, and rows are large.
    ranks = sorted(lines.values(), reverse=True)
    lines_min = ranks[min(2 * size + 200, len(ranks) - 1)]
    rows = [row for row in product_rows() if lines.get(row["product_id"], 0) >= lines_min and _sellable(row)]
    rows.sort(key=lambda row: (-lines[row["product_id"]], row["product_id"]))
    del rows[size:]
    sales = product_sales(row["product_id"] for row in rows)
    names: set[str] = set()
    return Catalogue([_product(row, names, lines[row["product_id"]], *sales[row["product_id"]]) for row in rows])


def _product(row: dict[str, str | int | None], names: set[str], lines: int, units: int, gross: int) -> Product:
    """`names` are taken already; this product's is added."""
    texts = {key: value if isinstance(value, str) else None for key, value in row.items()}
    product_id, manufacturer_id = int(row["product_id"] or 0), int(row["manufacturer_id"] or 0)
    kind, department = texts["product_type"] or "", texts["department"] or ""
    said = f"{kind} {texts['product_category']}"
    tries = (product_name(texts, product_id, manufacturer_id, n) for n in count())
    name = next(name for name in tries if name not in names)
    names.add(name)
    return Product(
        product_id=product_id,
        code=f"{first_word(kind)}-{product_id}",
        name=name,
        kind=kind,
        price=max(1, (gross + units // 2) // units),
        weight=weight_g(texts["package_size"], department, kind),
        taxed=department in _TAXED_DEPARTMENTS or any(word in said for word in _TAXED_WORDS),
        lines=lines,
        units=units,
    )


def _sellable(row: dict[str, str | None]) -> bool:
    if row["department"] in _LEFT_OUT_DEPARTMENTS or not row["product_type"]:
        return False
    said = f"{row['product_type']} {row['product_category']}"
    return not any(word in said for word in _LEFT_OUT_WORDS)


def _kits(products: list[Product]) -> Iterator[Extra]:
    """Kits of the best seller of each kind; one whose kinds are not all there is left out."""
    best: dict[str, Product] = {}
    for product in products:
        best.setdefault(product.kind, product)
    for code, name, kinds in _KITS:
        if all(kind in best for kind, _ in kinds):
            full = sum(best[kind].price * quantity for kind, quantity in kinds)
            parts = tuple((best[kind].code, quantity) for kind, quantity in kinds)
            taxed = all(best[kind].taxed for kind, _ in kinds)
            yield Extra(code, name, full * (100 - _KIT_DISCOUNT_PERCENT) // 100, parts, taxed)


def _gtin(product_id: int) -> str:
    """A number for a shop's own use (GS1 prefix 20-29) with its check digit, so that scanners take it."""
    digits = f"2{product_id:011d}"
    weighted = sum(int(digit) * (3 if i % 2 else 1) for i, digit in enumerate(digits))
    return f"{digits}{-weighted % 10}"
