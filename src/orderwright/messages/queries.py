"""Statements on messages, wrapped by type."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from orderwright.messages.commands import Medium
from orderwright.platform.ids import UUID
from orderwright.platform.queries import query, statement


class IdRow(NamedTuple):
    """A message that is new."""

    id: UUID


class KnownRow(NamedTuple):
    """A message that came before, and what it is known by."""

    id: UUID
    medium: str
    reference_hash: bytes


class CountRow(NamedTuple):
    """How many messages an order or customer has, how many a shopper wrote lately, and when the first that waits for an
    answer was recorded."""

    subject_id: UUID
    messages: int
    lately: int
    waiting_since: datetime | None


class StateRow(NamedTuple):
    """A message, and whether it waits for an answer."""

    id: UUID
    order_id: UUID | None
    customer_id: UUID | None
    direction: str
    answer: str
    version: int
    erased: bool


class ErasableRow(NamedTuple):
    """How many messages with words an order or customer has."""

    subject_id: UUID
    messages: int


class MessageRow(NamedTuple):
    """A message, with the number of its order. `words` and `reference` are None once erased; `metadata` is JSON."""

    id: UUID
    order_id: UUID | None
    order_number: int | None
    customer_id: UUID | None
    direction: str
    medium: str
    author: str
    recorded_by: str
    words: str | None
    reference: str | None
    metadata: str
    delivery: str
    answer: str
    answered_by: str | None
    answered_at: datetime | None
    said_at: datetime
    recorded_at: datetime
    version: int


class WaitingRow(NamedTuple):
    """A message that waits for an answer, with the beginning of its words and who wrote it, where that is known."""

    id: UUID
    order_id: UUID | None
    order_number: int | None
    channel: str | None
    customer_id: UUID | None
    name: str | None
    medium: Medium
    beginning: str
    said_at: datetime
    recorded_at: datetime


class WaitingCount(NamedTuple):
    """How many messages wait, and how many of them longer than they may."""

    waiting: int
    late: int


INSERT_MESSAGES = query(__package__, "insert_messages", IdRow)
MESSAGES_BY_REFERENCE = query(__package__, "messages_by_reference", KnownRow)
COUNT_MESSAGES = query(__package__, "count_messages", CountRow)
ANSWER_MESSAGES = statement(__package__, "answer_messages")
READ_STATES = query(__package__, "read_states", StateRow)
SETTLE_MESSAGES = statement(__package__, "settle_messages")
COUNT_ERASABLE = query(__package__, "count_erasable", ErasableRow)
ERASE_MESSAGES = statement(__package__, "erase_messages")
GIVE_MESSAGES = statement(__package__, "give_messages")
MESSAGES_OF_ORDER = query(__package__, "messages_of_order", MessageRow)
MESSAGES_OF_CUSTOMER = query(__package__, "messages_of_customer", MessageRow)
MESSAGES_TO_HAND_OVER = query(__package__, "messages_to_hand_over", MessageRow)
WAITING_MESSAGES = query(__package__, "waiting_messages", WaitingRow)
COUNT_WAITING = query(__package__, "count_waiting", WaitingCount)
READ_MESSAGE = query(__package__, "read_message", MessageRow)
