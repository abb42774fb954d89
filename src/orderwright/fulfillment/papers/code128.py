"""Code 128 (ISO/IEC 15417): a text as the widths of bars and spaces. Pure.

Code set B holds printable ASCII, code set C two digits a symbol: runs of digits are written in C where that is shorter.
The check symbol is the sum of the values, each times its place, modulo 103.
"""

from __future__ import annotations

import re

_START_B, _START_C, _TO_C, _TO_B, _STOP = 104, 105, 99, 100, "2331112"
# The widths of three bars and three spaces by turns, of the symbols 0 to 105.
_WIDTHS = (
    "212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212 112232 122132 122231 "
    "113222 123122 123221 223211 221132 221231 213212 223112 312131 311222 321122 321221 312212 322112 322211 "
    "212123 212321 232121 111323 131123 131321 112313 132113 132311 211313 231113 231311 112133 112331 132131 "
    "113123 113321 133121 313121 211331 231131 213113 213311 213131 311123 311321 331121 312113 312311 332111 "
    "314111 221411 431111 111224 111422 121124 121421 141122 141221 112214 112412 122114 122411 142112 142211 "
    "241211 221114 413111 241112 134111 111242 121142 121241 114212 124112 124211 411212 421112 421211 212141 "
    "214121 412121 111143 111341 131141 114113 114311 411113 411311 113141 114131 311141 411131 211412 211214 "
    "211232"
).split()
_PRINTABLE = re.compile(r"[ -~]+")
_DIGITS_WORTH_C = 4  # fewer are as long in B, with the change to C and back


def code128(text: str) -> list[int]:
    """The widths of bars and spaces by turns, in modules, a bar first; without the quiet zones of 10 modules.

    Raises ValueError for what Code 128 does not hold here: anything but printable ASCII, or nothing.
    """
    if not _PRINTABLE.fullmatch(text):
        raise ValueError("Code 128 is made of printable ASCII")
    values = _values(text)
    check = (values[0] + sum(i * value for i, value in enumerate(values[1:], 1))) % 103
    return [int(width) for symbol in (*values, check) for width in _WIDTHS[symbol]] + [int(w) for w in _STOP]


def _values(text: str) -> list[int]:
    values: list[int] = []
    in_c = False
    i = 0
    while i < len(text):
        run = len(text[i:]) - len(text[i:].lstrip("0123456789"))
        if run >= _DIGITS_WORTH_C:
            if not in_c and run % 2:  # an odd run: its first digit stays in B
                values += [] if values else [_START_B]
                values.append(ord(text[i]) - 32)
                i += 1
                run -= 1
            if not in_c:
                values.append(_TO_C if values else _START_C)
                in_c = True
            values += [int(text[k : k + 2]) for k in range(i, i + run - run % 2, 2)]
            i += run - run % 2
        else:
            if in_c or not values:
                values.append(_TO_B if values else _START_B)
                in_c = False
            values.append(ord(text[i]) - 32)
            i += 1
    return values
