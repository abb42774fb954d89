"""Signing in: password, second factor, the first administrator, and addresses at which a password is chosen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from orderwright.access import (
    CodeRefused,
    InvalidPerson,
    PasswordRefused,
    SignInRefused,
    TooManyAttempts,
    check_first_link,
    choose_password,
    finish_sign_in,
    make_first_person,
    read_password_link,
    session_cookie_name,
    sign_in,
)
from orderwright.api import Answer
from orderwright.console.demo_people import demo_people, enter_demo
from orderwright.console.guests import GuestScreen, come_from, next_of, signed_in, with_next
from orderwright.console.provider import provider_name
from orderwright.platform.merchants import merchant_codes
from orderwright.screens import Filled, Page, blank, page

_TOO_MANY, _REFUSED = 429, 422
_Typed = Annotated[str, Meta(min_length=1, max_length=1_000)]


class SignInForm(msgspec.Struct, frozen=True, kw_only=True):
    """What is typed to sign in. A password keeps its blanks."""

    email: _Typed
    password: _Typed
    next: str = "/"


class CodeForm(msgspec.Struct, frozen=True, kw_only=True):
    """A code of a device, or a recovery code."""

    code: Annotated[str, Meta(min_length=1, max_length=100)]
    next: str = "/"


class FirstForm(msgspec.Struct, frozen=True, kw_only=True):
    """The first administrator."""

    token: _Typed
    name: Annotated[str, Meta(min_length=1, max_length=200)]
    email: Annotated[str, Meta(min_length=3, max_length=254)]
    password: _Typed


class PasswordForm(msgspec.Struct, frozen=True, kw_only=True):
    """A password that is chosen at an address that works once."""

    token: _Typed
    password: _Typed


@page("GET", "/sign-in")
async def sign_in_page(screen: GuestScreen) -> Answer:
    """Sign in, or go on where somebody has."""
    following = next_of(screen.incoming.asked("next", "/"))
    if await signed_in(screen.incoming) is not None:
        return screen.go(following)
    return _show_sign_in(screen, blank(next=following))


@page("POST", "/sign-in")
async def take_password(screen: GuestScreen) -> Answer:
    """Take an e-mail address and a password."""
    form = await screen.form(SignInForm)
    if form.value is None:
        return _show_sign_in(screen, form, _REFUSED)
    following = next_of(form.value.next)
    try:
        session = await sign_in(screen.database, form.value.email, await raw(screen, "password"), come_from(screen))
    except SignInRefused as error:
        return _show_sign_in(screen, form.with_errors({"": str(error)}), _REFUSED)
    except TooManyAttempts as error:
        return _show_sign_in(screen, form.with_errors({"": str(error)}), _TOO_MANY)
    if session.awaits is not None:
        return screen.go_as(session, with_next("/sign-in/second", following))
    return screen.go_as(session, following)


@page("GET", "/sign-in/second")
async def second_page(screen: GuestScreen) -> Answer:
    """Ask for the second factor."""
    return screen.show("sign_in/second.html", form=blank(next=next_of(screen.incoming.asked("next", "/"))))


@page("POST", "/sign-in/second")
async def take_second(screen: GuestScreen) -> Answer:
    """Take a code of a device, or a recovery code."""
    form = await screen.form(CodeForm)
    if form.value is None:
        return screen.show("sign_in/second.html", status=_REFUSED, form=form)
    token = screen.incoming.cookies.get(session_cookie_name(screen.incoming.secure), "")
    try:
        session = await finish_sign_in(screen.database, token, form.value.code, come_from(screen))
    except CodeRefused as error:
        return screen.show("sign_in/second.html", status=_REFUSED, form=form.with_errors({"code": str(error)}))
    except TooManyAttempts as error:
        return screen.show("sign_in/second.html", status=_TOO_MANY, form=form.with_errors({"code": str(error)}))
    except SignInRefused as error:
        return _show_sign_in(screen, blank(next=next_of(form.value.next)).with_errors({"": str(error)}), _REFUSED)
    return screen.go_as(session, next_of(form.value.next))


@page("GET", "/first")
async def first_page(screen: GuestScreen) -> Answer:
    """Make the first administrator, at the address that `orderwright serve` told."""
    token = screen.incoming.asked("token")
    await check_first_link(screen.database, token)
    return await _show_first(screen, blank(token=token))


@page("POST", "/first")
async def take_first(screen: GuestScreen) -> Answer:
    """Make the first administrator."""
    form = await screen.form(FirstForm)
    if form.value is None:
        return await _show_first(screen, form, _REFUSED)
    value = form.value
    try:
        session = await make_first_person(
            screen.database, value.token, await merchant_codes(screen.database), email=value.email, name=value.name,
            password=await raw(screen, "password"), come_from=come_from(screen),
        )  # fmt: skip
    except PasswordRefused as error:
        return await _show_first(screen, form.with_errors({"password": str(error)}), _REFUSED)
    except InvalidPerson as error:
        return await _show_first(screen, form.with_errors({error.details["field"]: str(error)}), _REFUSED)
    return screen.go_as(session, "/")


@page("GET", "/reset")
async def reset_page(screen: GuestScreen) -> Answer:
    """Choose a password, at an address that an administrator made."""
    token = screen.incoming.asked("token")
    link = await read_password_link(screen.database, token)
    return screen.show("sign_in/reset.html", form=blank(token=token), email=link.email)


@page("POST", "/reset")
async def take_reset(screen: GuestScreen) -> Answer:
    """Keep the password that was chosen, and sign in."""
    form = await screen.form(PasswordForm)
    token = form.text("token")
    link = await read_password_link(screen.database, token)
    if form.value is not None:
        try:
            session = await choose_password(screen.database, token, await raw(screen, "password"), come_from(screen))
        except PasswordRefused as error:
            form = form.with_errors({"password": str(error)})
        else:
            return screen.go_as(session, "/" if session.awaits is None else "/sign-in/second")
    return screen.show("sign_in/reset.html", status=_REFUSED, form=form, email=link.email)


@page("POST", "/sign-in/demo")
async def take_demo(screen: GuestScreen) -> Answer:
    """Sign in as one of the demo's people."""
    session = await enter_demo(screen, (await screen.incoming.form()).first("email"))
    return screen.go_as(session, "/")


async def raw(screen: Any, name: str) -> str:
    """A field exactly as it was typed, blanks and all: a password."""
    text: str = (await screen.incoming.form()).first(name)
    return text


def _show_sign_in(screen: GuestScreen, form: Filled[Any], status: int = 200) -> Answer:
    following = next_of(form.text("next"))
    facts: Mapping[str, Any] = {
        "provider": provider_name(screen.incoming),
        "provider_url": with_next("/sign-in/provider", following),
        "people": demo_people(screen.incoming),
    }
    return screen.show("sign_in/sign_in.html", status=status, form=form, following=following, **facts)


async def _show_first(screen: GuestScreen, form: Filled[Any], status: int = 200) -> Answer:
    codes = await merchant_codes(screen.database)
    return screen.show("sign_in/first.html", status=status, form=form, merchants=codes)


SIGN_IN: tuple[Page, ...] = (
    sign_in_page, take_password, second_page, take_second, first_page, take_first, reset_page, take_reset, take_demo,
)  # fmt: skip
