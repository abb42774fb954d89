-- How many events have no position yet.
-- in:    nothing
-- locks: nothing
-- uses:  no index: counts the whole of a nearly empty table
SELECT count(*) AS pending FROM event_pending
