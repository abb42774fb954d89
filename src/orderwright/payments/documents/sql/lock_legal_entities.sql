-- Let one call at a time change a merchant's companies and what they invoice for: a code that does not exist yet can be
-- locked too. Who issues documents is not held up.
-- in:    nothing
-- locks: an advisory lock of the schema, until the transaction ends
-- uses:  nothing
SELECT pg_advisory_xact_lock(hashtextextended(current_schema() || '.legal_entity', 0))
