"""Texts of people, keys, limits and approvals that PostgreSQL cannot store are refused, and fail no server."""

from __future__ import annotations

from typing import Any

import pytest

from tests.helpers.api import Api, problem

NO, DEEP = (400, "invalid_request"), (400, "malformed_json")
REFUND = {"operation": "refund_order", "subject": "ord_00000000000000000000000000"}


@pytest.mark.parametrize(
    ("path", "body", "expected"),
    [
        ("/v1/keys", {"name": "x", "scopes": ["orders\0read"]}, NO),
        ("/v1/roles", {"code": "x", "name": "x", "permissions": ["orders\0read"]}, NO),
        ("/v1/limits", {"person": "a\0b", "limits": None}, NO),
        ("/v1/approvals", REFUND | {"subject": "a\0b", "body": {}}, NO),
        ("/v1/approvals", REFUND | {"body": {"reason": "x\0"}}, (422, "not_approvable")),
        ("/v1/approvals", REFUND | {"body": {"a\0": 1}}, (422, "not_approvable")),
    ],
)
async def test_a_text_with_a_nul_is_refused(api: Api, path: str, body: dict[str, Any], expected: Any) -> None:
    assert problem(await api.post(path, body)) == expected


@pytest.mark.parametrize("depth", [100, *range(400, 720, 20), 5_000])
async def test_what_is_nested_too_deep_is_refused(api: Api, depth: int) -> None:
    """Whether it is what cannot be read any more, or what could be read and not be written again."""
    nested = b"[" * depth + b"]" * depth
    ask = b'{"operation":"refund_order","subject":"ord_00000000000000000000000000","body":{"reason":%b}}' % nested
    assert problem(await api.raw("/v1/approvals", ask)) in (DEEP, NO, (422, "not_approvable"))
    view = b'{"subject":"orders","name":"x","filters":{"tag":%b}}' % nested
    assert problem(await api.raw("/v1/saved_views", view)) in (DEEP, NO)
