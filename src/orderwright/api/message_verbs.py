"""What may be done about messages, each for one and for a thousand."""

from __future__ import annotations

from orderwright.api.verbs import VerbRoute, operations_of
from orderwright.messages import (
    MESSAGE_PREFIX,
    RecordCustomerMessage,
    RecordMessage,
    SettleMessage,
    record_customer_messages,
    record_messages,
    settle_messages,
)

_ROUTES = [
    VerbRoute(
        id="record_message",
        verb=record_messages,
        command=RecordMessage,
        one="/v1/orders/{order_id}/messages",
        many="/v1/messages/record",
        tag="Messages",
        scope="messages.write",
        prefix=MESSAGE_PREFIX,
        does="Record what was said about an order",
        does_many="Record up to 1,000 messages about orders",
        more="What goes out to the `portal` is shown to the shopper there; nothing is sent by e-mail. With a"
        " `reference` it is kept once (`already_recorded`).",
        subject="order_id",
        example={"direction": "out", "medium": "portal", "words": "Your mug leaves tomorrow."},
    ),
    VerbRoute(
        id="record_customer_message",
        verb=record_customer_messages,
        command=RecordCustomerMessage,
        one="/v1/customers/{customer_id}/messages",
        many="/v1/messages/record_of_customers",
        tag="Messages",
        scope="messages.write",
        prefix=MESSAGE_PREFIX,
        does="Record what was said with a customer about no order",
        does_many="Record up to 1,000 messages of customers about no order",
        more="By a key that is not limited to channels or locations. With a `reference` it is kept once"
        " (`already_recorded`).",
        subject="customer_id",
        example={"direction": "in", "medium": "phone", "words": "Asked whether we have the mug in green."},
    ),
    VerbRoute(
        id="settle_message",
        verb=settle_messages,
        command=SettleMessage,
        one="/v1/messages/{message_id}/settle",
        many="/v1/messages/settle",
        tag="Messages",
        scope="messages.write",
        prefix=MESSAGE_PREFIX,
        does="Say whether a message waits for an answer",
        does_many="Say of up to 1,000 messages whether they wait for an answer",
        more="`not_needed`: nobody has to answer; `answered`: somebody did, elsewhere; `awaited`: somebody has to.",
        subject="message_id",
        natural_key=True,
        example={"answer": "not_needed"},
    ),
]
MESSAGE_VERBS = [made for spec in _ROUTES for made in operations_of(spec)]
