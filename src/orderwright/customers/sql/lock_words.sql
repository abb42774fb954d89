-- Wait until no words of contacts are being kept; those who would keep some wait until the transaction ends.
-- in:    nothing
-- locks: the advisory lock of words
-- uses:  no index
SELECT pg_advisory_xact_lock(hashtextextended('orderwright words ' || current_schema(), 0)) IS NOT NULL AS waited
