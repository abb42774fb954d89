-- Which revision the operator schema is at.
-- in:    nothing
-- locks: nothing
-- uses:  one row
SELECT v.version_num AS revision FROM schema_version AS v
