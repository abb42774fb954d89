"""Tillpay, the provider of the example adapter, in memory: it answers HTTP requests without a network."""

from __future__ import annotations

import itertools
import json
from typing import Any

import httpx

from orderwright.payments.providers import Ask, AskKind
from orderwright.payments.providers.builtin_calls import decide_call
from orderwright.payments.providers.builtin_queries import OperationRow
from orderwright.payments.providers.builtin_rules import PaymentRow
from orderwright.payments.providers.builtin_trouble import Troubles
from orderwright.platform.clock import utc_now
from tests.payments.example_adapter import CODES, PATHS

_KINDS = {path: kind for kind, path in PATHS.items()}
_WORDS = {code: word for word, code in CODES.items()}


class Tillpay:
    """A handler for `httpx.MockTransport`. `then`, when set, becomes of the next request that was done: a status, or
    an exception in the place of an answer."""

    def __init__(self) -> None:
        self._payments: dict[str, PaymentRow] = {}
        self._operations: dict[str, OperationRow] = {}
        self._numbers = itertools.count(1)
        self.then: int | Exception | None = None
        self.accounts: set[str] = set()

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.accounts.add(request.headers["tillpay-account"])
        parts = request.url.path.strip("/").split("/")
        answer = self._get(*parts) if request.method == "GET" else self._post(request, parts)
        failure, self.then = self.then, None
        if isinstance(failure, Exception):
            raise failure
        return answer if failure is None else httpx.Response(failure)

    def _get(self, what: str, name: str) -> httpx.Response:
        if what == "payments" and name in self._payments:
            return httpx.Response(200, json=self._shown(name))
        if what == "requests" and name in self._operations:
            operation = self._operations[name]
            return self._said(operation.code, operation.reference)
        return httpx.Response(404)

    def _post(self, request: httpx.Request, parts: list[str]) -> httpx.Response:
        body = json.loads(request.content)
        reference, kind = (parts[1], _KINDS[parts[2]]) if len(parts) == 3 else (None, AskKind.AUTHORIZE)
        ask = Ask(
            request.headers["idempotency-key"], body["our_id"], kind, body["amount"], body["currency"], reference,
            body.get("source"), body.get("last", False),
        )  # fmt: skip
        made = [f"till_{next(self._numbers):08}"]
        decided = decide_call([ask], self._payments, self._operations, Troubles([]), made, utc_now())
        self._operations |= {operation.key: operation for operation in decided.operations}
        self._payments |= {payment.reference: payment for payment in decided.created + decided.moved}
        [answer] = decided.answers
        return self._said(answer.code, answer.standing.reference if answer.standing else None)

    def _said(self, code: str | None, reference: str | None) -> httpx.Response:
        payment = self._shown(reference) if reference else None
        said = {"error": code and _WORDS.get(code, code), "payment": payment}
        return httpx.Response(402 if code else 200, json=said)

    def _shown(self, reference: str) -> dict[str, Any]:
        row = self._payments[reference]
        return {
            "id": row.reference, "currency": row.currency, "held": row.authorized_minor, "taken": row.captured_minor,
            "returned": row.refunded_minor, "let_go": row.released_minor, "hold_ends": row.expires_at.isoformat(),
        }  # fmt: skip
