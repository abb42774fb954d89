"""The HTTP interface `/v1`: routes over the verbs of all slices, and what is read of them."""

from orderwright.api.answers import Answer
from orderwright.api.app_parts import api_handlers, close_streams, create_app, create_watch_app, exception_handlers
from orderwright.api.bodies import read_body
from orderwright.api.headers import request_id_of
from orderwright.api.inside import Said, call_inside, operations_by_id, stream_of
from orderwright.api.problems import Problem, problem_of, problem_said

__all__ = [
    "Answer",
    "Problem",
    "Said",
    "api_handlers",
    "call_inside",
    "close_streams",
    "create_app",
    "create_watch_app",
    "exception_handlers",
    "operations_by_id",
    "problem_of",
    "problem_said",
    "read_body",
    "request_id_of",
    "stream_of",
]
