"""Logs: one chain for all loggers, bound context, and nothing personal in them."""

import io
import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog

from orderwright.platform.logs import configure_logging, is_sensitive, log_context
from orderwright.platform.settings import load_settings


@pytest.fixture(autouse=True)
def _restored_logging() -> Iterator[None]:
    """Other tests keep the logging they had."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()


def configured(tmp_path: Path, **environ: str) -> io.StringIO:
    stream = io.StringIO()
    configure_logging(load_settings({"HOME": str(tmp_path), **environ}), stream)
    return stream


def only_line(stream: io.StringIO) -> dict[str, Any]:
    [line] = stream.getvalue().splitlines()
    record: dict[str, Any] = json.loads(line)
    return record


def test_json_line_carries_context_and_values(tmp_path: Path) -> None:
    # given logs that do not go to a terminal
    stream = configured(tmp_path)

    # when a request logs
    with log_context(request_id="req_1", merchant="acme"):
        structlog.get_logger("orderwright.test").info("order held", order_id="ord_1", attempts=2)

    # then the line is JSON with all of it, and nothing else
    record = only_line(stream)
    timestamp = record.pop("timestamp")
    assert timestamp.endswith("Z")
    assert record == {
        "event": "order held",
        "level": "info",
        "logger": "orderwright.test",
        "request_id": "req_1",
        "merchant": "acme",
        "order_id": "ord_1",
        "attempts": 2,
    }


def test_context_ends_with_its_block(tmp_path: Path) -> None:
    stream = configured(tmp_path)
    with log_context(request_id="req_1"):
        pass

    structlog.get_logger().info("after")

    assert "request_id" not in only_line(stream)


def test_standard_library_loggers_take_the_same_way(tmp_path: Path) -> None:
    stream = configured(tmp_path)

    with log_context(request_id="req_2"):
        logging.getLogger("granian").warning("worker %d left", 3, extra={"email": "a@example.org"})

    record = only_line(stream)
    assert (record["event"], record["level"], record["logger"]) == ("worker 3 left", "warning", "granian")
    assert (record["request_id"], record["email"]) == ("req_2", "[redacted]")


def test_sensitive_values_are_hidden_at_any_depth(tmp_path: Path) -> None:
    stream = configured(tmp_path)

    structlog.get_logger().info(
        "request",
        headers={"Authorization": "Bearer k", "X-Api-Key": "k", "Accept": "*/*"},
        customer={"name": "Ada", "contacts": [{"email": "ada@example.org", "email_hash": "9f"}]},
        password=None,
        stage_name="pick",
    )

    record = only_line(stream)
    assert record["headers"] == {"Authorization": "[redacted]", "X-Api-Key": "[redacted]", "Accept": "*/*"}
    assert record["customer"] == {"name": "[redacted]", "contacts": [{"email": "[redacted]", "email_hash": "9f"}]}
    assert record["password"] is None
    assert record["stage_name"] == "pick"


@pytest.mark.parametrize(
    "key",
    ["authorization", "api_key", "apiKey", "password", "email", "customer_email", "phoneNumber", "name", "first_name",
     "lastName", "address", "shipping_address", "secret_key", "access_token", "set-cookie", "postal_code"],
)  # fmt: skip
def test_key_is_sensitive(key: str) -> None:
    assert is_sensitive(key) is True


@pytest.mark.parametrize(
    "key",
    ["event", "order_id", "address_id", "email_hash", "phone_count", "hostname", "file_name", "stage_name", "sku",
     "idempotency_key", "position", ""],
)  # fmt: skip
def test_key_is_harmless(key: str) -> None:
    assert is_sensitive(key) is False


def test_exception_text_is_scrubbed(tmp_path: Path) -> None:
    # given an error as PostgreSQL's driver words it
    stream = configured(tmp_path)

    # when it is logged with its traceback
    try:
        raise ValueError(
            "duplicate key\nDETAIL:  Key (email)=(ada@example.org) exists\nfor bob@example.org at postgresql://u:pw@h/d"
        )
    except ValueError:
        structlog.get_logger().exception("failed")

    # then the error is there, the person and the password are not
    text = only_line(stream)["exception"]
    assert text.splitlines()[-3:] == [
        "ValueError: duplicate key",
        "DETAIL: [redacted]",
        "for [redacted] at postgresql://[redacted]@h/d",
    ]


def test_level_is_respected(tmp_path: Path) -> None:
    stream = configured(tmp_path, ORDERWRIGHT_LOG_LEVEL="warning")

    structlog.get_logger().info("quiet")
    logging.getLogger("library").info("quiet")

    assert stream.getvalue() == ""


def test_console_format_is_for_people(tmp_path: Path) -> None:
    stream = configured(tmp_path, ORDERWRIGHT_LOG_FORMAT="console")

    structlog.get_logger("orderwright.test").info("order held", order_id="ord_1", email="a@example.org")

    [line] = stream.getvalue().splitlines()
    assert "order held" in line
    assert "order_id=ord_1" in line
    assert "a@example.org" not in line
