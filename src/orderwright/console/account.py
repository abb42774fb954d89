"""People's own accounts: name and looks, password, second factor, and where they are signed in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any
from zoneinfo import available_timezones

import msgspec
from msgspec import Meta

from orderwright.access import (
    CodeRefused,
    ConfirmationNeeded,
    InvalidPerson,
    Locale,
    Own,
    PasswordRefused,
    SessionEntry,
    SignInRefused,
    Theme,
    TooManyAttempts,
    change_account,
    change_password,
    confirm,
    confirm_second_factor,
    end_other_sessions,
    end_own_session,
    list_own_sessions,
    read_account,
    remove_second_factor,
    renew_own_recovery_codes,
    require_confirmed,
    session_cookie_name,
    set_up_second_factor,
    sign_out,
)
from orderwright.api import Answer
from orderwright.console.devices import device_name
from orderwright.console.guests import AccountScreen, come_from, next_of, session_cookie, with_next
from orderwright.console.provider import provider_name
from orderwright.console.sign_in import raw
from orderwright.platform.errors import InvalidId
from orderwright.platform.ids import decode_id, encode_id
from orderwright.screens import Filled, Page, blank, page

_REFUSED, _TOO_MANY = 422, 429
LOCALES = (("en", "English"), ("en_GB", "English (United Kingdom)"), ("de", "Deutsch"), ("es", "Español"))
THEMES = (("auto", "As the device says"), ("light", "Light"), ("dark", "Dark"))


class OwnForm(msgspec.Struct, frozen=True, kw_only=True):
    """What people choose for themselves."""

    name: Annotated[str, Meta(min_length=1, max_length=200)]
    locale: Locale
    theme: Theme
    time_zone: Annotated[str, Meta(max_length=60)] | None = None


class NewPasswordForm(msgspec.Struct, frozen=True, kw_only=True):
    """Another password."""

    password: Annotated[str, Meta(min_length=1, max_length=1_000)]


class ConfirmForm(msgspec.Struct, frozen=True, kw_only=True):
    """The password, asked for again."""

    password: Annotated[str, Meta(min_length=1, max_length=1_000)]
    next: str = "/me"


class FirstCodeForm(msgspec.Struct, frozen=True, kw_only=True):
    """The first code of a device."""

    code: Annotated[str, Meta(min_length=1, max_length=100)]


@page("GET", "/me")
async def account_page(screen: AccountScreen) -> Answer:
    """Somebody's own account."""
    person = screen.person
    form = blank(name=person.name, time_zone=person.time_zone, locale=person.locale, theme=person.theme)
    return await _show_account(screen, form)


@page("POST", "/me")
async def take_own(screen: AccountScreen) -> Answer:
    """Keep what somebody chose for themselves."""
    form = await screen.form(OwnForm)
    if form.value is None:
        return await _show_account(screen, form, _REFUSED)
    value = form.value
    try:
        await change_account(
            screen.database, screen.person, Own(value.name, value.time_zone, value.locale, value.theme)
        )
    except InvalidPerson as error:
        return await _show_account(screen, form.with_errors({error.details["field"]: str(error)}), _REFUSED)
    screen.forget()
    screen.say("Your account was changed.")
    return screen.go("/me")


@page("GET", "/me/confirm")
async def confirm_page(screen: AccountScreen) -> Answer:
    """Ask for the password again, before what matters most."""
    return await _show_confirm(screen, blank(next=_mine(screen.incoming.asked("next"))))


@page("POST", "/me/confirm")
async def take_confirmation(screen: AccountScreen) -> Answer:
    """Take the password again."""
    form = await screen.form(ConfirmForm)
    if form.value is None:
        return await _show_confirm(screen, form, _REFUSED)
    try:
        token = await confirm(screen.database, screen.person, await raw(screen, "password"), come_from(screen))
    except SignInRefused as error:
        return await _show_confirm(screen, form.with_errors({"password": str(error)}), _REFUSED)
    except TooManyAttempts as error:
        return await _show_confirm(screen, form.with_errors({"password": str(error)}), _TOO_MANY)
    screen.forget()
    screen.add_header(session_cookie(screen.incoming, token))
    return screen.go(_mine(form.value.next))


@page("GET", "/me/password")
async def password_page(screen: AccountScreen) -> Answer:
    """Choose another password."""
    return _unconfirmed(screen) or screen.show("sign_in/password.html", form=blank())


@page("POST", "/me/password")
async def take_new_password(screen: AccountScreen) -> Answer:
    """Keep another password."""
    form = await screen.form(NewPasswordForm)
    if (first := _unconfirmed(screen)) is not None:
        return first
    if form.value is not None:
        try:
            ended = await change_password(screen.database, screen.person, await raw(screen, "password"))
        except PasswordRefused as error:
            form = form.with_errors({"password": str(error)})
        else:
            screen.forget()
            others = f" {ended} other {'session' if ended == 1 else 'sessions'} ended." if ended else ""
            screen.say(f"Your password was changed.{others}")
            return screen.go("/me")
    return screen.show("sign_in/password.html", status=_REFUSED, form=form)


@page("GET", "/me/second-factor")
async def second_factor_page(screen: AccountScreen) -> Answer:
    """Set up a device: a picture to scan, and the field for its first code."""
    if (first := _unconfirmed(screen)) is not None:
        return first
    setup = await set_up_second_factor(screen.database, screen.person)
    return screen.show("sign_in/set_up.html", form=blank(), setup=setup)


@page("POST", "/me/second-factor")
async def take_first_code(screen: AccountScreen) -> Answer:
    """Take the first code of a device, and show the recovery codes once."""
    form = await screen.form(FirstCodeForm)
    if (first := _unconfirmed(screen)) is not None:
        return first
    if form.value is not None:
        try:
            codes = await confirm_second_factor(screen.database, screen.person, form.value.code, come_from(screen))
        except CodeRefused as error:
            form = form.with_errors({"code": str(error)})
        except TooManyAttempts as error:
            form = form.with_errors({"code": str(error)})
        else:
            return screen.show("sign_in/codes.html", codes=codes, fresh=True)
    setup = await set_up_second_factor(screen.database, screen.person)
    return screen.show("sign_in/set_up.html", status=_REFUSED, form=form, setup=setup)


@page("POST", "/me/second-factor/remove")
async def take_removal(screen: AccountScreen) -> Answer:
    """Sign in by password alone again."""
    if (first := _unconfirmed(screen, "/me")) is not None:
        return first
    await remove_second_factor(screen.database, screen.person)
    screen.say("Your second factor was removed. You sign in by password alone.", "amber")
    return screen.go("/me")


@page("POST", "/me/recovery-codes")
async def take_renewal(screen: AccountScreen) -> Answer:
    """New recovery codes, shown once."""
    if (first := _unconfirmed(screen, "/me")) is not None:
        return first
    codes = await renew_own_recovery_codes(screen.database, screen.person)
    return screen.show("sign_in/codes.html", codes=codes, fresh=False)


@page("POST", "/me/sessions/end")
async def take_end_of_others(screen: AccountScreen) -> Answer:
    """End all other sessions."""
    ended = await end_other_sessions(screen.database, screen.person)
    screen.forget()
    screen.say(f"{ended} other {'session' if ended == 1 else 'sessions'} ended.")
    return screen.go("/me")


@page("POST", "/me/sessions/{session_id}/end")
async def take_end(screen: AccountScreen) -> Answer:
    """End one session."""
    try:
        session_id = decode_id("ses", screen.param("session_id"))
    except InvalidId:
        ended = False
    else:
        ended = await end_own_session(screen.database, screen.person, session_id)
    screen.forget()
    screen.say("The session ended." if ended else "This session had ended before.")
    return screen.go("/me")


@page("POST", "/sign-out")
async def take_sign_out(screen: AccountScreen) -> Answer:
    """End this session."""
    await sign_out(screen.database, screen.incoming.cookies.get(session_cookie_name(screen.incoming.secure), ""))
    screen.forget()
    screen.add_header(session_cookie(screen.incoming, ""))
    screen.add_header((b"clear-site-data", b'"cache"'))  # pages that the browser kept to go back to
    return screen.go("/sign-in")


async def _show_account(screen: AccountScreen, form: Filled[Any], status: int = 200) -> Answer:
    sessions = await list_own_sessions(screen.database, screen.person.person_id)
    return screen.show(
        "sign_in/account.html",
        status=status,
        form=form,
        account=await read_account(screen.database, screen.person),
        sessions=_rows(sessions),
        this=encode_id("ses", screen.person.session_id),
        zones=[(zone, zone.replace("_", " ")) for zone in sorted(available_timezones()) if "/" in zone],
        locales=LOCALES,
        themes=THEMES,
    )


def _rows(sessions: Sequence[SessionEntry]) -> list[dict[str, Any]]:
    return [
        {
            "id": encode_id("ses", row.id),
            "device": device_name(row.seen_with or row.made_with),
            "address": row.seen_from or row.made_from or "",
            "made_at": row.created_at,
            "seen_at": row.seen_at,
        }
        for row in sessions
    ]


async def _show_confirm(screen: AccountScreen, form: Filled[Any], status: int = 200) -> Answer:
    account = await read_account(screen.database, screen.person)
    return screen.show(
        "sign_in/confirm.html",
        status=status,
        form=form,
        has_password=account.password_hash is not None,
        provider=provider_name(screen.incoming),
        provider_url=with_next("/sign-in/provider", _mine(form.text("next"))),
    )


def _unconfirmed(screen: AccountScreen, then: str | None = None) -> Answer | None:
    """To the page that asks for the password again, unless it was just typed."""
    try:
        require_confirmed(screen.person)
    except ConfirmationNeeded:
        return screen.go(f"/me/confirm?next={then or screen.incoming.path}")
    return None


def _mine(text: str) -> str:
    following = next_of(text or "/me")
    return "/me" if following == "/" else following


ACCOUNT_PAGES: tuple[Page, ...] = (
    account_page, take_own, confirm_page, take_confirmation, password_page, take_new_password, second_factor_page,
    take_first_code, take_removal, take_renewal, take_end_of_others, take_end, take_sign_out,
)  # fmt: skip
