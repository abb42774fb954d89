"""The command line: `orderwright`. Thin: each command reads its options, calls what does the work, prints the result.

Exit codes: 0 it is done, 1 the answer is no (violations, rejected rows, not found), 2 it could not be done as asked.
"""

from orderwright.cli.commands import app, main

__all__ = ["app", "main"]
