-- Let one caller at a time give parcels tracking numbers that it did not buy, so that no two get the same.
-- in:    nothing
-- locks: an advisory lock of the schema's tracking numbers, until the transaction ends; readers are not held up
-- uses:  nothing
SELECT pg_advisory_xact_lock(hashtextextended(current_schema() || '.tracking', 0))
