-- Have no other caller save views meanwhile: two that save the first of a name would both believe to have made it, and
-- one of their ids would be of nothing.
-- in:    nothing
-- locks: an advisory lock of the schema's saved views, until the transaction ends; readers are not held up
-- uses:  nothing
SELECT pg_advisory_xact_lock(hashtextextended(current_schema() || '.saved_view', 0))
