"""The static checks of SQL files: each fault is named, and a good file passes."""

from pathlib import Path

import pytest

from orderwright.platform.sqlcheck import check, check_file, sql_files

HEAD = "-- Do a thing.\n-- in:    ids uuid[]\n-- locks: thing (id order)\n-- uses:  thing_pkey\n"
GOOD = "SELECT t.id FROM thing AS t WHERE t.id = ANY ($1::uuid[]) ORDER BY t.id FOR UPDATE\n"


def problems(tmp_path: Path, text: str) -> list[str]:
    file = tmp_path / "thing.sql"
    file.write_text(text, encoding="utf-8")
    return check_file(file)


@pytest.mark.parametrize(
    "sql",
    [
        GOOD,
        "SELECT t.id FROM thing AS t LIMIT 5 FOR UPDATE SKIP LOCKED",
        "SELECT * FROM unnest($1::uuid[]) AS k (id)",
        "SELECT k.* FROM unnest($1::uuid[]) AS k (id) JOIN thing AS t ON t.id = k.id",
        "WITH found AS (SELECT t.id FROM thing AS t) SELECT * FROM found",
        "SELECT count(*) FROM thing",
        "UPDATE thing SET due = now() WHERE id = $1",
        "INSERT INTO thing (id) VALUES ($1) ON CONFLICT DO NOTHING RETURNING id",
    ],
)
def test_a_good_statement_passes(tmp_path: Path, sql: str) -> None:
    assert problems(tmp_path, HEAD + sql) == []


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("SELECT * FROM thing", "selects * from a table: name the columns"),
        (
            "SELECT t.* FROM unnest($1::uuid[]) AS k (id) JOIN thing AS t ON t.id = k.id",
            "selects * from a table: name the columns",
        ),
        ("DELETE FROM thing RETURNING *", "returns *: name the columns"),
        ("SELECT id FROM thing ORDER BY id LIMIT 5 OFFSET 5", "uses OFFSET: page by key"),
        ("SELECT id FROM thing FOR UPDATE", "locks rows that it may wait for without ORDER BY"),
        ("SELECT id FROM thing FOR NO KEY UPDATE NOWAIT", "locks rows that it may wait for without ORDER BY"),
        (
            "UPDATE thing SET n = 1 WHERE id IN (SELECT id FROM thing FOR UPDATE)",
            "locks rows that it may wait for without ORDER BY",
        ),
        (
            "UPDATE thing SET due = clock_timestamp()",
            "calls clock_timestamp(): hand the value in, or use now() for the transaction's start",
        ),
        (
            "UPDATE thing SET day = CURRENT_DATE",
            "uses CURRENT_DATE: use now(), or hand the date in (it depends on the session's zone)",
        ),
        ("UPDATE thing SET due = 'tomorrow'::timestamptz", "casts 'tomorrow': use now(), or hand the value in"),
        ("SELECT id FROM m_acme.thing", "names the schema of thing: search_path chooses it"),
        (
            "WITH gone AS (DELETE FROM thing RETURNING id) SELECT id FROM gone",
            "writes inside WITH gone: make it a statement of its own",
        ),
        ("SELECT 1; SELECT 2", "holds 2 statements: put each in a file of its own"),
        ("SELECT FROM WHERE", 'does not parse: syntax error at or near "WHERE"'),
    ],
)
def test_a_fault_is_named(tmp_path: Path, sql: str, said: str) -> None:
    assert problems(tmp_path, HEAD + sql) == [said]


def test_a_head_says_what_for_and_in_and_locks_and_uses(tmp_path: Path) -> None:
    assert problems(tmp_path, "SELECT 1") == [
        "does not begin with a comment that says what it is for",
        "its head does not say `in:`",
        "its head does not say `locks:`",
        "its head does not say `uses:`",
    ]
    assert problems(tmp_path, HEAD.replace("-- uses:  thing_pkey", "-- uses:") + GOOD) == [
        "its head does not say `uses:`"
    ]
    assert problems(tmp_path, HEAD.removeprefix("-- Do a thing.\n") + GOOD) == [
        "does not begin with a comment that says what it is for"
    ]
    assert problems(tmp_path, HEAD.replace("thing (id order)", "nothing") + GOOD) == [
        "locks rows, and its head says that it does not"
    ]


def test_a_migration_may_hold_many_statements(tmp_path: Path) -> None:
    (tmp_path / "migrations").mkdir()
    file = tmp_path / "migrations" / "0001_first.sql"
    file.write_text("-- The first tables.\nCREATE TABLE a (id int);\nCREATE TABLE b (id int);\n")

    assert check_file(file) == []


def test_a_problem_is_one_line_with_the_file(tmp_path: Path) -> None:
    file = tmp_path / "thing.sql"
    file.write_text(HEAD + "SELECT * FROM thing")

    assert check([file], tmp_path) == ["thing.sql: selects * from a table: name the columns"]


def test_this_projects_sql_is_clean() -> None:
    files = sql_files()
    assert len(files) > 50
    assert check(files) == []
