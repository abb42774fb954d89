-- The time at the built-in provider: when the transaction began.
-- in:    nothing
-- locks: nothing
-- uses:  nothing
SELECT now() AS at
