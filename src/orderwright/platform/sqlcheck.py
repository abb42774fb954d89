"""Static checks of every `.sql` file: `python -m orderwright.platform.sqlcheck`, part of `make lint`.

A query file is one statement under a comment head (purpose, `in:`, `locks:`, `uses:`). It names columns, pages by key,
locks in an order, leaves the schema to `search_path`, and reads the clock only by `now()`, the transaction's start.
Migrations need a head that says what they are for, and must parse.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from pglast import ast, parse_sql
from pglast.enums import LockWaitPolicy
from pglast.parser import ParseError
from pglast.visitors import Visitor

SOURCE = Path(__file__).resolve().parents[1]
_HEAD_KEYS = ("in", "locks", "uses")
_HEAD_KEY = re.compile(r"^-- (in|locks|uses):[ \t]*(.*)$")
# What these return changes within a transaction, or with the session's time zone, or at random.
_SURPRISES = frozenset(
    "clock_timestamp statement_timestamp transaction_timestamp timeofday random gen_random_uuid uuidv4 uuidv7"
    " pg_sleep".split()
)
_MOVING_WORDS = frozenset({"now", "today", "tomorrow", "yesterday"})
_WRITES = (ast.InsertStmt, ast.UpdateStmt, ast.DeleteStmt, ast.MergeStmt)


def sql_files(source: Path = SOURCE) -> list[Path]:
    """Every `.sql` file under the package, sorted."""
    return sorted(source.rglob("*.sql"))


def check_file(path: Path) -> list[str]:
    """What is wrong with a file, a sentence each."""
    text = path.read_text(encoding="utf-8")
    is_migration = "migrations" in path.parts
    problems = list(_check_head(text, is_migration=is_migration))
    try:
        statements = parse_sql(text)
    except ParseError as error:
        return [*problems, f"does not parse: {error.args[0]}"]
    if is_migration:
        return problems
    if len(statements) != 1:
        return [*problems, f"holds {len(statements)} statements: put each in a file of its own"]
    statement: Any = statements[0].stmt
    found = _Inspector(_names_of_ctes(statement))
    found(statement)
    if found.locks_rows and re.search(r"^-- locks: (nothing|none)\s*$", text, re.MULTILINE):
        found.problems.append("locks rows, and its head says that it does not")
    return problems + found.problems


def check(files: Iterable[Path], root: Path = SOURCE) -> list[str]:
    """One line a problem: `path: what is wrong`."""
    return [f"{path.relative_to(root)}: {problem}" for path in files for problem in check_file(path)]


def main() -> int:
    """Print the problems; 1 if there are any."""
    files = sql_files()
    problems = check(files)
    for problem in problems:
        sys.stdout.write(f"{problem}\n")
    sys.stdout.write(f"sqlcheck: {len(problems)} problems in {len(files)} files\n" if problems else "")
    return 1 if problems else 0


def _check_head(text: str, *, is_migration: bool) -> Iterator[str]:
    lines = text.splitlines()
    if not lines or not re.match(r"-- \S", lines[0]) or _HEAD_KEY.match(lines[0]):
        yield "does not begin with a comment that says what it is for"
    if is_migration:
        return
    head = []
    for line in lines:
        if not line.startswith("--"):
            break
        head.append(line)
    said = {match[1]: match[2] for match in map(_HEAD_KEY.match, head) if match}
    for key in _HEAD_KEYS:
        if not said.get(key, "").strip():
            yield f"its head does not say `{key}:`"


def _names_of_ctes(statement: Any) -> frozenset[str]:
    clause = getattr(statement, "withClause", None)
    return frozenset(cte.ctename for cte in clause.ctes) if clause else frozenset()


class _Inspector(Visitor):
    """Walks one statement and collects problems."""

    def __init__(self, ctes: frozenset[str]) -> None:
        self.problems: list[str] = []
        self.locks_rows = False
        self._ctes = ctes

    def visit_SelectStmt(self, _ancestors: Any, node: Any) -> None:  # noqa: N802 (pglast's naming)
        if node.limitOffset is not None:
            self.problems.append("uses OFFSET: page by key")
        for clause in node.lockingClause or ():
            self.locks_rows = True
            if clause.waitPolicy != LockWaitPolicy.LockWaitSkip and not node.sortClause:
                self.problems.append("locks rows that it may wait for without ORDER BY")
        tables = set(self._tables(node.fromClause))
        for target in node.targetList or ():
            star_of = _star(target.val)
            if star_of is not None and (star_of in tables if star_of else tables):
                self.problems.append("selects * from a table: name the columns")

    def visit_ReturningClause(self, _ancestors: Any, node: Any) -> None:  # noqa: N802
        if any(_star(target.val) is not None for target in node.exprs or ()):
            self.problems.append("returns *: name the columns")

    def visit_CommonTableExpr(self, _ancestors: Any, node: Any) -> None:  # noqa: N802
        if isinstance(node.ctequery, _WRITES):
            self.problems.append(f"writes inside WITH {node.ctename}: make it a statement of its own")

    def visit_RangeVar(self, _ancestors: Any, node: Any) -> None:  # noqa: N802
        if node.schemaname not in (None, "pg_catalog"):
            self.problems.append(f"names the schema of {node.relname}: search_path chooses it")

    def visit_FuncCall(self, _ancestors: Any, node: Any) -> None:  # noqa: N802
        name = node.funcname[-1].sval
        if name in _SURPRISES:
            self.problems.append(f"calls {name}(): hand the value in, or use now() for the transaction's start")

    def visit_SQLValueFunction(self, _ancestors: Any, node: Any) -> None:  # noqa: N802
        name = node.op.name.removeprefix("SVFOP_")
        if name.startswith(("CURRENT_DATE", "CURRENT_TIME", "LOCALTIME")):
            self.problems.append(f"uses {name}: use now(), or hand the date in (it depends on the session's zone)")

    def visit_TypeCast(self, _ancestors: Any, node: Any) -> None:  # noqa: N802
        value = getattr(getattr(node.arg, "val", None), "sval", None)
        if isinstance(value, str) and value.strip().lower() in _MOVING_WORDS:
            self.problems.append(f"casts {value!r}: use now(), or hand the value in")

    def _tables(self, items: Any) -> Iterator[str]:
        """The names by which a FROM clause knows its tables (not functions, subqueries and WITH names)."""
        for item in items or ():
            if isinstance(item, ast.JoinExpr):
                yield from self._tables((item.larg, item.rarg))
            elif isinstance(item, ast.RangeVar) and item.relname not in self._ctes:
                yield str(item.alias.aliasname if item.alias else item.relname)


def _star(value: Any) -> str | None:
    """`""` for `*`, `a` for `a.*`, None for anything else."""
    fields: tuple[Any, ...] = (value.fields or ()) if isinstance(value, ast.ColumnRef) else ()
    if not fields or not isinstance(fields[-1], ast.A_Star):
        return None
    return str(fields[0].sval) if len(fields) > 1 else ""


if __name__ == "__main__":
    sys.exit(main())
