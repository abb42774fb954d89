"""The command line: `orderwright`. Thin: each command reads its options, calls what does the work, prints the result.

Exit codes: 0 it is done, 1 the answer is no (violations, rejected rows, not found), 2 it could not be done as asked,
130 stopped by Ctrl-C.
"""

from __future__ import annotations

import sys
from typing import Any


def main() -> None:
    """The console script."""
    try:
        from orderwright.cli.commands import app  # noqa: PLC0415 (Ctrl-C may come while half the system is loaded)

        app()
    except KeyboardInterrupt:
        sys.exit(130)


def __getattr__(name: str) -> Any:
    """`app`: the Typer application, loaded when it is asked for."""
    if name == "app":
        from orderwright.cli.commands import app  # noqa: PLC0415

        return app
    raise AttributeError(name)
