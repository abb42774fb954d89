-- Hold the words of contacts against erasure until the transaction ends, beside others who keep some.
-- in:    nothing
-- locks: the advisory lock of words, shared
-- uses:  no index
SELECT pg_advisory_xact_lock_shared(hashtextextended('orderwright words ' || current_schema(), 0)) IS NOT NULL AS waited
