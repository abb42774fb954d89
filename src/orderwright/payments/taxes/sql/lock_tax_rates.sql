-- Let one call at a time write a merchant's rates of taxes: so a rate that does not exist yet can be locked too.
-- in:    nothing
-- locks: an advisory lock of the schema's rates, until the transaction ends; readers are not held up
-- uses:  nothing
SELECT pg_advisory_xact_lock(hashtextextended(current_schema() || '.tax_rate', 0))
