-- Plan a trouble.
-- in:    kind text, mode text, code text, after int, times int
-- locks: nothing beyond the row
-- uses:  nothing
INSERT INTO builtin_trouble (kind, mode, code, after, times)
VALUES ($1, $2, $3, $4, $5)
