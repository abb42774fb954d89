"""What may be done about exchanges, each for one and for a thousand."""

from __future__ import annotations

from orderwright.api.verbs import VerbRoute, operations_of
from orderwright.flows.end_exchanges import cancel_exchanges
from orderwright.flows.request_exchanges import quote_exchanges, request_exchanges
from orderwright.returns import ExchangeCommand, RequestExchange

_EVEN = {
    "lines": [{"line": 1, "quantity": 1, "reason": "too_small"}],
    "new_lines": [{"sku": "MUG-RED", "quantity": 1, "in_place_of": 1}],
}

_ROUTES = [
    VerbRoute(
        id="quote_exchange",
        verb=quote_exchanges,
        command=RequestExchange,
        one="/v1/orders/{order_id}/exchanges/quote",
        many="/v1/exchanges/quote",
        tag="Exchanges",
        scope="returns.write",
        prefix="ord",
        does="Quote what an exchange would come to",
        does_many="Quote what up to 1,000 exchanges would come to",
        more="What the new goods cost, what those that come back bring, what is to be paid, and the day that would be"
        " promised. It is done and undone: nothing is kept.",
        subject="order_id",
        natural_key=True,
        example=_EVEN,
    ),
    VerbRoute(
        id="request_exchange",
        verb=request_exchanges,
        command=RequestExchange,
        one="/v1/orders/{order_id}/exchanges",
        many="/v1/exchanges/request",
        tag="Exchanges",
        scope="returns.write",
        prefix="exc",
        does="Take goods of an order back for others",
        does_many="Take goods of up to 1,000 orders back for others",
        more="Makes a return, and an order of the new goods, which are promised at once. They leave when what comes"
        " back has paid for them; with `mode` `advance` at once, with all of their price set aside.",
        subject="order_id",
        example=_EVEN,
    ),
    VerbRoute(
        id="cancel_exchange",
        verb=cancel_exchanges,
        command=ExchangeCommand,
        one="/v1/exchanges/{exchange_id}/cancel",
        many="/v1/exchanges/cancel",
        tag="Exchanges",
        scope="returns.write",
        prefix="exc",
        does="Cancel an exchange",
        does_many="Cancel up to 1,000 exchanges",
        more="The new goods are cancelled, and the return with them. Not once either is on its way.",
        subject="exchange_id",
        example={},
    ),
]

EXCHANGE_VERBS = [operation for route in _ROUTES for operation in operations_of(route)]
