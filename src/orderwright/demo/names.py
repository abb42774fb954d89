"""Readable product names and weights from a grocer's abbreviations."""

from __future__ import annotations

import re
from fractions import Fraction

from orderwright.demo.people import mix
from orderwright.demo.words import BRANDS, VARIETIES

HOUSE_BRAND = "Prairie & Pine"
_TYPE_LENGTH_MAX = 30  # the data cuts its texts there, often within a word

_WORDS = dict(
    pair.split("=")
    for pair in (
        "asst=assorted bl=blue bnls=boneless brkfst=breakfast btl=bottle bttl=bottle carb=sparkling "
        "catsup=ketchup chix=chicken choc=chocolate cnd=canned cond=condensed crbntd=carbonated crmd=creamed "
        "dnr=dinner dnrs=dinners drnk=drink drnks=drinks drssng=dressing evap=evaporated flvr=flavored "
        "flvrd=flavored fre=fresh frsh=fresh frz=frozen frzn=frozen gds=goods grnd=ground hnd=hand instore=fresh "
        "iws=wrapped jce=juice lndry=laundry ltr=liter misc=mixed miscellaneous=mixed mlk=milk mlt=multi "
        "mnrl=mineral mxs=mixes non-carb=still pk=pack pkg=pack pkt=packet plstc=plastic pnch=punch prep=prepared "
        "pwdrs=powders rcts=crackers refrgratd=chilled refrig=chilled refrigerated=chilled rtd=ready-to-drink "
        "rts=ready-to-serve rw=raw sft=soft sgl=single snd=sandwich sngl=single spec=special srv=serve "
        "ss=single-serve sv=serve sw=sweet veg=vegetable vegt=vegetable vit=vitamin w=with whl=whole whp=whipped "
        "xmas=holiday "
    ).split()
)
_NAMES = {
    "BEANS GREEN: FS/WHL/CUT": "green beans",
    "CANISTER POTATO/TORT CHIPS": "potato chips, canister",
    "DAIRY CASE 100% PURE JUICE - O": "orange juice",
    "DAIRY CASE 100% PURE JUICE OTH": "fruit juice",
    "DAIRY CASE CITRUS PNCH/OJ SUBS": "citrus punch",
    "DAIRY CASE JUICE DRNK UNDER 10": "juice drink",
    "FACIAL TISSUE & PAPER HANDKE": "facial tissue",
    "FLUID MILK": "milk",
    "FLUID MILK WHITE ONLY": "milk",
    "FRZN BRD WHOLE FILLETS": "frozen breaded fillets",
    "FRZN BREADED PREPARED CHICK": "frozen breaded chicken",
    "GARBAGE KITCHEN COMPACTOR BA": "garbage bags",
    "IWS SINGLE CHEESE": "cheese slices",
    "MAINSTREAM WHEAT/MULTIGRAIN BR": "multigrain bread",
    "MAINSTREAM WHITE BREAD": "white bread",
    "MEXICAN SAUCESSALSAPICANTEE": "salsa",
    "MEXICAN SOFT TORTILLAS AND WRA": "soft tortillas",
    "NATURAL CHEESE EXACT WT CHUNKS": "cheese block",
    "NATURAL CHEESE EXACT WT SLICES": "natural cheese slices",
    "NON-CARB FLVRD DRNKNG/MNRL WAT": "flavored water",
    "NON-CARB WATER FLVR - DRNK/MNR": "flavored water",
    "NON-CRBNTD DRNKING/MNERAL WATE": "drinking water",
    "PLSTC CTLRYTBLCLTHSTTHPKSST": "party tableware",
    "PREMIUM PINTS": "premium ice cream, pint",
    "REFRIGERATED SPECILATY ROLLS": "chilled rolls",
    "SEMI-SOLID SALAD DRESSING MAY": "mayonnaise",
    "SFT DRNK 2 LITER BTL CARB INCL": "soft drink, bottle",
    "SFT DRNK MLT-PK BTL CARB (EXCP": "soft drinks, bottles",
    "SFT DRNK SNGL SRV BTL CARB (EX": "soft drink, small bottle",
    "SGL SV/VEND MACH SNACKS CHIP/P": "small bag of chips",
    "SOFT DRINKS 12/18&15PK CAN CAR": "soft drinks, cans",
    "SOFT DRINKS 20PK&24PK CAN CARB": "soft drinks, case of cans",
    "SOFT DRINKS 6PK/4PK CAN CARB (": "soft drinks, six cans",
    "SUPER PREMIUM PINTS": "super premium ice cream, pint",
    "TABLE SALT POPCORN SALTICE C": "table salt",
    "VARIETY BEANS - KIDNEY PINTO": "kidney and pinto beans",
    "WAFFLES/PANCAKES/FRENCH TOAST": "waffles",
    "YOGURT NOT MULTI-PACKS": "yogurt",
}
# Types that say nothing without their category ("PREMIUM" ice cream).
_VAGUE = frozenset(
    "ANGUS|BETTER FOR YOU|BLENDS|BUTTS|CORN|CUPS/PUSH UPS/OTHER|DRY|ECONOMY|ECONOMY - MEAT|ENHANCED|ENTREES|FRESH|"
    "GARDEN PLUS|HAM|INTERNAL|KITS|KOSHER/SPECIALTY|LEAN|LOAVE|MAINSTREAM|MICROWAVE|MISCELLANEOUS|OTHER|PAILS|PATTIES|"
    "POULTRY|PRE-COOKED|PREMIUM|PREMIUM - BEEF|PREMIUM - MEAT|PRIMAL|PROCESSED OTHER|RED|REGULAR GARDEN|RIBS|SELECT|"
    "SMOKED/COOKED|STICKS/ENROBED|TRADITIONAL|VALUE|VARIETY PACK".split("|")
)
_CATEGORIES = {"ICE CREAM/MILK/SHERBTS": "ice cream", "PREPARED/PKGD FOODS": "ready meals"}
_LAST_WORDS = frozenset(("all", "and", "bulk", "other", "others", "under", "with", "a", "by", "or", "n", "c"))

_GRAMS = {
    "OZ": Fraction(2835, 100), "LB": Fraction(45359, 100), "LBS": Fraction(45359, 100), "G": Fraction(1),
    "GR": Fraction(1), "KG": Fraction(1000), "ML": Fraction(1), "L": Fraction(1000), "LTR": Fraction(1000),
    "LITER": Fraction(1000), "PT": Fraction(473), "QT": Fraction(946), "GA": Fraction(3785), "GAL": Fraction(3785),
}  # fmt: skip
_SIZE = re.compile(r"(?:(?P<pack>\d+)\s*(?:PK|CT|/)\s*/?\s*)?(?P<number>\d*\.?\d+)?\s*(?P<unit>[A-Z]+)\Z")
# "1/2 GAL" and "8 1/2 OZ", but neither "24/16.9 OZ" (a case of 24) nor "6/2 OZ".
_FRACTION = re.compile(r"(?P<whole>\d+ )?(?P<part>1/2|[12]/3|[13]/4|[1357]/8)\s*(?P<unit>[A-Z]+)\Z")
_CANS = {
    "SOFT DRINKS 12/18&15PK CAN CAR": 12,
    "SOFT DRINKS 20PK&24PK CAN CARB": 24,
    "SOFT DRINKS 6PK/4PK CAN CARB (": 6,
}
_CAN_G = 355  # the package size of cases is often that of one can
_PRODUCE_CASE_G = 4_000  # heavier "packages" of fruit and vegetables are the crates they came in
_WEIGHT_MAX_G = 25_000  # more is a slip of the data: "750 L"


def weight_g(package_size: str | None, department: str, product_type: str = "") -> int | None:
    """Grams from "16 OZ", "1/2 GAL", "12 PK/12 OZ", "GAL"; None for counts, lengths and what cannot be read.

    Liquids weigh as water. Packing is not counted.
    """
    size = (package_size or "").strip().upper()
    if broken := _FRACTION.match(size):
        unit, number = broken["unit"], Fraction(broken["whole"] or 0) + Fraction(broken["part"])
    elif plain := _SIZE.match(size):
        unit, number = plain["unit"], Fraction(plain["number"] or 1) * int(plain["pack"] or 1)
    else:
        return None
    if unit not in _GRAMS:
        return None
    grams = round(number * _GRAMS[unit])
    if product_type in _CANS and grams < 2 * _CAN_G:
        grams *= _CANS[product_type]
    limit = _PRODUCE_CASE_G if department == "PRODUCE" else _WEIGHT_MAX_G
    return grams if 1 <= grams <= limit else None


def product_name(row: dict[str, str | None], product_id: int, manufacturer_id: int, attempt: int = 0) -> str:
    """Brand, variety, what it is, and size: "Northfield Classic potato chips, 11 oz".

    The data knows no varieties: they are made up, another at each `attempt` to find a name that is free.
    """
    kind = _kind(row["product_type"] or "", row["product_category"] or "")
    brand = HOUSE_BRAND if row["brand"] == "Private" else BRANDS[mix(manufacturer_id) % len(BRANDS)]
    size = _size(row["package_size"], row["department"] or "")
    variety = VARIETIES[(mix(product_id, 5) + attempt) % len(VARIETIES)]
    if attempt >= len(VARIETIES):
        variety = f"{variety} no. {1 + attempt // len(VARIETIES)}"
    if row["department"] in ("PRODUCE", "MEAT", "SEAFOOD", "FLORAL"):
        return f"{kind[0].upper()}{kind[1:]}, {brand}{f' {variety}' if attempt else ''}{size}"
    return f"{brand} {variety} {kind}{size}"


def first_word(product_type: str) -> str:
    """The first word of what it is, in capitals: for codes that people can tell apart."""
    found = re.search(r"[a-z]{3,}", _kind(product_type, ""))
    return (found[0] if found else "item").upper()[:8]


def _kind(product_type: str, category: str) -> str:
    """What it is, in small letters: "ONIONS SWEET (BULK&BAG)" becomes "onions sweet", "EGGS - LARGE" "large eggs"."""
    if product_type in _NAMES:
        return _NAMES[product_type]
    text = re.sub(r"\(.*", "", product_type.lower()).removeprefix("dairy case ").removeprefix("sw gds:")
    if text.startswith("seafood-"):
        text = text.replace("-", " ").removeprefix("seafood ")
    head, colon, tail = re.sub(r" ?- | ?: ?|(?<=^pizza)/", " : ", text).partition(" : ")
    if colon and len(head.split()) == 1:  # the noun stands first
        text = f"{tail} {head}"
    words = re.findall(r"[a-z0-9%'-]+", re.sub(r"[/&:]", " ", text).replace(" - ", " "))
    if len(product_type) >= _TYPE_LENGTH_MAX - 1 and "(" not in product_type and not colon and len(words) > 2:
        words = words[:-1]  # probably cut off
    said = list(dict.fromkeys(_WORDS.get(word.strip("-"), word.strip("-")) for word in words if word.strip("-")))
    while len(said) > 1 and said[-1] in _LAST_WORDS:
        said.pop()
    if said[-1:] == ["dry"]:
        said.insert(0, said.pop())
    if product_type in _VAGUE:
        said.append(_CATEGORIES.get(category) or _kind(category, ""))
    return " ".join(said) or "goods"


def _size(package_size: str | None, department: str) -> str:
    text = (package_size or "").strip()
    crate = department == "PRODUCE" and weight_g(text, "") is not None and weight_g(text, department) is None
    if not text or crate or not re.fullmatch(r"[\d ./]*\d[\d ./]*[A-Z ]+", text):
        return ""
    return f", {text.lower()}"
