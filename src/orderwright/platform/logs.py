"""Logs: structlog and the standard library's loggers through one chain, to standard error, as JSON lines or for people.

Logs hold ids and keyed hashes, never personal data or secrets. `redact` hides values by the name of their key, at any
depth; `scrub_exception` takes rows and e-mail addresses out of error texts. Neither can see into a sentence: log values
as keys (`log.info("order held", order_id=…)`), not inside the text.
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Mapping
from contextlib import AbstractContextManager
from itertools import pairwise
from typing import Any, TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from orderwright.platform.settings import Settings

REDACTED = "[redacted]"
_DEPTH_MAX = 6

_SENSITIVE_WORDS = frozenset(
    "address addresses authorization birthday city cookie email emails mail passphrase passwd password phone phones"
    " postcode recipient secret signature street token zip".split()
)
# "name" alone is a person's; with another word before it, only these are (not hostname, file_name, stage_name).
_NAME_OWNERS = frozenset(
    "billing contact customer display family first full given last middle person recipient shipping user".split()
)
_SENSITIVE_PAIRS = frozenset({("api", "key"), ("secret", "key"), ("private", "key"), ("postal", "code")})
# What is said about a thing is not the thing: email_hash, address_id, phone_count.
_HARMLESS_LAST = frozenset({"id", "ids", "hash", "hashes", "count", "kind", "state", "type", "valid"})
_WORDS = re.compile(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])")
_EMAIL = re.compile(r"[^\s@<>\"'(),;:=]+@[^\s@<>\"'(),;:=]+\.[^\s@<>\"'(),;:=]+")
_URL_CREDENTIALS = re.compile(r"://[^/\s]*@")
_ROW_DETAIL = re.compile(r"^(\s*DETAIL:).*$", re.MULTILINE)  # PostgreSQL quotes the offending row there


def configure_logging(settings: Settings, stream: TextIO | None = None) -> None:
    """Send every log of this process to `stream` (default: standard error). Call once at start; again replaces it."""
    out = stream or sys.stderr
    as_json = settings.log_format == "json" or (settings.log_format == "auto" and not out.isatty())
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.stdlib.ExtraAdder(),  # `extra=` of the standard library's loggers
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,  # without the values of local variables
        scrub_exception,
        redact,
    ]
    renderer: Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if as_json
        else structlog.dev.ConsoleRenderer(colors=out.isatty())
    )
    handler = logging.StreamHandler(out)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
            # Rendered by the chain above already, and scrubbed.
            keep_exc_info=False,
        )
    )
    level = logging.getLevelNamesMapping()[settings.log_level.upper()]
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    # Alembic says at INFO what nobody needs at every start; `orderwright migrate` prints its own progress.
    logging.getLogger("alembic").setLevel(max(level, logging.WARNING))
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,  # loggers live at module level; tests configure anew
    )


def log_context(*, request_id: str, merchant: str | None = None) -> AbstractContextManager[Any]:
    """Within it, every log of this task and the tasks it starts carries the request id and the merchant's code."""
    bound = {"request_id": request_id} if merchant is None else {"request_id": request_id, "merchant": merchant}
    return structlog.contextvars.bound_contextvars(**bound)


def redact(_logger: WrappedLogger, _method: str, event_dict: EventDict) -> EventDict:
    """structlog processor: hide the values of sensitive keys, however deep."""
    for key, value in event_dict.items():
        if not key.startswith("_"):  # structlog's own
            event_dict[key] = _hidden(key, value, 0)
    return event_dict


def scrub_exception(_logger: WrappedLogger, _method: str, event_dict: EventDict) -> EventDict:
    """structlog processor: take rows, e-mail addresses and passwords in URLs out of a rendered exception."""
    text = event_dict.get("exception")
    if isinstance(text, str):
        text = _ROW_DETAIL.sub(rf"\1 {REDACTED}", text)
        event_dict["exception"] = _EMAIL.sub(REDACTED, _URL_CREDENTIALS.sub(f"://{REDACTED}@", text))
    return event_dict


def is_sensitive(key: str) -> bool:
    """Whether a key names personal data or a secret: `customer_email`, `X-Api-Key`, `name`; but not `email_hash`."""
    words = [word.lower() for word in _WORDS.findall(key)]
    if not words or words[-1] in _HARMLESS_LAST:
        return False
    if words[-1] in ("name", "names") and (len(words) == 1 or words[-2] in _NAME_OWNERS):
        return True
    if "apikey" in words or not _SENSITIVE_PAIRS.isdisjoint(pairwise(words)):
        return True
    return not _SENSITIVE_WORDS.isdisjoint(words)


def _hidden(key: str, value: Any, depth: int) -> Any:
    if value is None or isinstance(value, bool):
        return value
    if is_sensitive(key):
        return REDACTED
    if isinstance(value, Mapping):
        if depth >= _DEPTH_MAX:
            return REDACTED
        return {str(inner): _hidden(str(inner), item, depth + 1) for inner, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        # Items have no name of their own; only what they contain has.
        return REDACTED if depth >= _DEPTH_MAX else [_hidden("", item, depth + 1) for item in value]
    return value
