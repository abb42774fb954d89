-- Let one call at a time import a merchant's pay-outs: so what moved with us is matched to one line.
-- in:    nothing
-- locks: an advisory lock of the schema's pay-outs, until the transaction ends; readers are not held up
-- uses:  nothing
SELECT pg_advisory_xact_lock(hashtextextended(current_schema() || '.payout', 0))
