-- Become this merchant's one sequencer until the transaction ends, unless another process is. The queue it will read
-- is empty one moment and full the next, so its statistics lie: nested loops are off for this transaction.
-- in:    nothing
-- locks: an advisory lock of the schema; never waits
-- uses:  no index
SELECT pg_try_advisory_xact_lock(hashtextextended('orderwright sequencer ' || current_schema(), 0)) AS taken,
       set_config('enable_nestloop', 'off', true) AS nested_loops
