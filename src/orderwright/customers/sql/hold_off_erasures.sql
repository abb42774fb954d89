-- Until the transaction ends, erasures wait for what it brings of the customers that it finds. Waits for an erasure.
-- in:    nothing
-- locks: the advisory lock of erasures, shared
-- uses:  no index
SELECT pg_advisory_xact_lock_shared(hashtextextended('orderwright erasure ' || current_schema(), 0))
