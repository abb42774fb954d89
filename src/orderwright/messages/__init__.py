"""Messages: what was said with a customer, about an order or about none, and what still waits for an answer."""

from orderwright.messages.commands import (
    SHOPPER,
    SHOPPER_PER_HOUR_MAX,
    SYSTEM,
    WORDS_MAX,
    Delivery,
    Direction,
    Medium,
    RecordCustomerMessage,
    RecordMessage,
    SettleMessage,
)
from orderwright.messages.drafts import MESSAGE_PREFIX
from orderwright.messages.erase import erasable_messages, erase_messages
from orderwright.messages.give import give_messages
from orderwright.messages.queries import MessageRow, WaitingCount, WaitingRow
from orderwright.messages.read import (
    WAITING_COUNTED_MAX,
    Place,
    count_waiting_messages,
    messages_of_customer,
    messages_of_order,
    messages_to_hand_over,
    read_message,
    waiting_messages,
)
from orderwright.messages.record import record_customer_messages, record_messages
from orderwright.messages.settle import settle_messages
from orderwright.messages.states import ANSWER_TRANSITIONS, AnswerState

__all__ = [
    "ANSWER_TRANSITIONS",
    "MESSAGE_PREFIX",
    "SHOPPER",
    "SHOPPER_PER_HOUR_MAX",
    "SYSTEM",
    "WAITING_COUNTED_MAX",
    "WORDS_MAX",
    "AnswerState",
    "Delivery",
    "Direction",
    "Medium",
    "MessageRow",
    "Place",
    "RecordCustomerMessage",
    "RecordMessage",
    "SettleMessage",
    "WaitingCount",
    "WaitingRow",
    "count_waiting_messages",
    "erasable_messages",
    "erase_messages",
    "give_messages",
    "messages_of_customer",
    "messages_of_order",
    "messages_to_hand_over",
    "read_message",
    "record_customer_messages",
    "record_messages",
    "settle_messages",
    "waiting_messages",
]
