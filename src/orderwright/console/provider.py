"""Signing in by a provider of identities: there and back again."""

from __future__ import annotations

from orderwright.access import (
    FLOW_GOOD_FOR_S,
    Provider,
    ProviderRefused,
    ProviderSettings,
    SignInRefused,
    sign_in_by_provider,
)
from orderwright.api import Answer
from orderwright.console.guests import GuestScreen, come_from, next_of
from orderwright.platform.errors import NotFound
from orderwright.platform.merchants import merchant_codes
from orderwright.screens import Header, Incoming, Page, cookie, page

_COOKIE = "ow_provider"
_PATH = "/sign-in/provider"


def provider_name(incoming: Incoming) -> str | None:
    """What people call the provider; None where there is none."""
    settings = incoming.settings
    return settings.oidc_name if settings.oidc_issuer and settings.oidc_client_id else None


def provider_of(incoming: Incoming) -> Provider:
    """The provider of this process, made at the first use. Raises NotFound where there is none."""
    settings, state = incoming.settings, incoming.state
    if settings.oidc_issuer is None or settings.oidc_client_id is None:
        raise NotFound("There is no such page.")
    made: Provider | None = state.get("identity_provider")
    if made is None:
        about = ProviderSettings(
            settings.oidc_issuer, settings.oidc_client_id, settings.oidc_client_secret, settings.oidc_scopes
        )
        made = state["identity_provider"] = Provider(about, state.database.hash_key)
    return made


@page("GET", _PATH)
async def to_provider(screen: GuestScreen) -> Answer:
    """Send somebody to the provider."""
    provider = provider_of(screen.incoming)
    following = next_of(screen.incoming.asked("next", "/"))
    try:
        address, sealed = await provider.begin(_back(screen.incoming), following)
    except ProviderRefused as error:
        return _refused(screen, error)
    kept = _remember(screen.incoming, sealed, FLOW_GOOD_FOR_S)
    return Answer(b"", 303, [kept, (b"location", address.encode())])


@page("GET", f"{_PATH}/back")
async def from_provider(screen: GuestScreen) -> Answer:
    """Take somebody back from the provider."""
    incoming = screen.incoming
    provider = provider_of(incoming)
    said = {name: values[0] for name, values in incoming.query.items()}
    screen.add_header(_remember(incoming, "", 0))
    try:
        identity, following = await provider.finish(_back(incoming), incoming.cookies.get(_cookie_name(incoming)), said)
        session = await sign_in_by_provider(
            screen.database, identity, new_people_role=incoming.settings.oidc_new_people_role,
            merchants=await merchant_codes(screen.database), come_from=come_from(screen),
        )  # fmt: skip
    except (ProviderRefused, SignInRefused) as error:
        return _refused(screen, error)
    return screen.go_as(session, next_of(following))


def _cookie_name(incoming: Incoming) -> str:
    return f"__Host-{_COOKIE}" if incoming.secure else _COOKIE


def _remember(incoming: Incoming, sealed: str, max_age_s: int) -> Header:
    """The cookie of who is on the way there. By https no neighbour of the same domain can set one, to have somebody
    come back into an account that is not theirs: that prefix asks for the whole path."""
    path = "/" if incoming.secure else _PATH
    return cookie(_cookie_name(incoming), sealed, secure=incoming.secure, max_age_s=max_age_s, path=path)


def _back(incoming: Incoming) -> str:
    """Our own whole address that the provider sends people back to."""
    public = incoming.settings.public_url
    here = public or f"{'https' if incoming.secure else 'http'}://{incoming.header('host')}"
    return f"{here}{_PATH}/back"


def _refused(screen: GuestScreen, error: Exception) -> Answer:
    return screen.show("sign_in/refused.html", status=403, text=str(error))


PROVIDER: tuple[Page, ...] = (to_provider, from_provider)
