-- Wait for the orders that are being placed just now; those that come meanwhile wait until the transaction ends.
-- in:    nothing
-- locks: the advisory lock of erasures
-- uses:  no index
SELECT pg_advisory_xact_lock(hashtextextended('orderwright erasure ' || current_schema(), 0)) IS NOT NULL AS waited
