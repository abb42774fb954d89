"""Tokens of forms, toasts, and addresses that lead nowhere else."""

from __future__ import annotations

import base64

import pytest

from orderwright.screens import ForgedForm, Toast, check_csrf, csrf_token, is_local
from orderwright.screens.flash import sealed, unsealed

KEY, OTHER = b"k" * 32, b"o" * 32


def test_a_token_differs_each_time_and_is_good_for_its_session_alone() -> None:
    one, other = csrf_token(KEY), csrf_token(KEY)
    assert one != other
    check_csrf(KEY, one)
    check_csrf(KEY, other)
    with pytest.raises(ForgedForm):
        check_csrf(OTHER, one)


@pytest.mark.parametrize("token", ["", "x", "é", "AAAA", base64.urlsafe_b64encode(bytes(32)).decode(), "A" * 44, "\0"])
def test_what_is_no_token_is_refused(token: str) -> None:
    with pytest.raises(ForgedForm):
        check_csrf(KEY, token)


def test_a_toast_survives_the_way_and_nobody_else_makes_one() -> None:
    said = [Toast("Held: #100234.", "amber", "/m/acme/orders/1/release", "Release it")]
    value = sealed(said, KEY)
    assert unsealed(value, KEY) == said
    assert unsealed(value, OTHER) == []
    assert unsealed(value[:-2] + "AA", KEY) == []
    assert unsealed("no", KEY) == []
    assert unsealed(None, KEY) == []


@pytest.mark.parametrize("address", ["/m/acme/", "/orders?view=open", "/a#b"])
def test_a_page_of_ours_is_local(address: str) -> None:
    assert is_local(address)


@pytest.mark.parametrize(
    "address", ["", "//evil.example", "https://evil.example", "/\\evil.example", "evil", "/a\nb", "javascript:alert(1)"]
)
def test_what_leads_elsewhere_is_not(address: str) -> None:
    assert not is_local(address)
