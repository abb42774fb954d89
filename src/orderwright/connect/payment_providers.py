"""The payment providers of this installation: those that it has credentials for."""

from __future__ import annotations

import contextlib
import hmac
import secrets
from collections.abc import AsyncIterator, Mapping

from orderwright.connect.stripe import StripeProvider
from orderwright.payments import PaymentProvider
from orderwright.payments.providers.builtin import BuiltinProvider
from orderwright.payments.store_credit import StoreCreditProvider
from orderwright.platform.db import Database
from orderwright.platform.settings import Settings


@contextlib.asynccontextmanager
async def payment_providers(settings: Settings, database: Database) -> AsyncIterator[Mapping[str, PaymentProvider]]:
    """The providers by code, closed on the way out. The built-in one moves no real money, so it is there only where
    the setting `test_payments` says. Store credit needs no credentials: it is our own."""
    credit = StoreCreditProvider(database)
    providers: dict[str, PaymentProvider] = {credit.code: credit}
    async with contextlib.AsyncExitStack() as stack:
        if settings.test_payments:
            providers["builtin"] = BuiltinProvider(database, webhook_secret=builtin_webhook_secret(database))
        if settings.stripe_api_key:
            # Without a secret of its own it has one that nobody knows: every webhook is refused.
            secret = settings.stripe_webhook_secret or secrets.token_hex()
            stripe = StripeProvider(settings.stripe_api_key, secret)
            stack.push_async_callback(stripe.close)
            providers[stripe.code] = stripe
        yield providers


def builtin_webhook_secret(database: Database) -> bytes:
    """What the built-in provider signs its webhooks with: from the installation's own secret."""
    return hmac.digest(database.hash_key, b"builtin payment provider: webhooks", "sha256")
