"""What payment providers tell us: verified, kept once, and looked up anew by a worker."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from orderwright.api.answers import Answer, json_answer
from orderwright.api.calls import Call
from orderwright.api.operations import operation
from orderwright.flows.receive_webhooks import receive_webhook
from orderwright.payments import PaymentProvider
from orderwright.platform.context import system_context
from orderwright.platform.errors import NotFound
from orderwright.platform.merchants import merchant_codes


class Kept(msgspec.Struct, frozen=True):
    """`kept`: it is new. Otherwise it came before, and nothing is done again."""

    kept: bool


@operation(
    "POST", "/v1/webhooks/payments/{provider}/{merchant}", tag="Money", scope=None, answer=Kept, status=202,
    refusals=(400, 404), media_type="application/json",
)  # fmt: skip
async def receive_payment_webhook(call: Call) -> Answer:
    """Take a payment provider's webhook.

    Give this address to the provider. Its signature is checked, its event id is kept once, and the payment that it is
    about is then fetched from the provider: what the body says is not believed. One about a payment that is not known
    yet is kept and looked at again.
    """
    providers: Mapping[str, PaymentProvider] = call.state.payment_providers
    provider, merchant = providers.get(call.params["provider"]), call.params["merchant"]
    if provider is None:
        raise NotFound("There is no such payment provider here. Check the address of the webhook.")
    body = await call.any_body()
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in call.headers.items()}
    notice = provider.parse_webhook(merchant, headers, body)
    if merchant not in await merchant_codes(call.database):  # only its provider learns that
        raise NotFound("There is no such merchant here. Check the address of the webhook.")
    call.ctx = system_context(merchant, f"provider:{provider.code}", reason="webhook")
    kept = await call.write(lambda tx: receive_webhook(tx, call.ctx, provider.code, notice))
    return json_answer(Kept(kept), status=202)


PAYMENT_WEBHOOKS = [receive_payment_webhook]
