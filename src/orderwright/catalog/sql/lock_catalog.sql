-- Let one upsert at a time write a merchant's catalogue. Upserts are seldom and brief, and this way a code that does
-- not exist yet can be locked too: two callers that create the same entry get `created` and `unchanged`.
-- in:    nothing
-- locks: an advisory lock of the schema's catalogue, until the transaction ends; readers are not held up
-- uses:  nothing
SELECT pg_advisory_xact_lock(hashtextextended(current_schema() || '.catalog', 0))
