-- How many runs are under way, up to a most.
-- in:    most integer
-- locks: nothing
-- uses:  bulk_run_unfinished_idx
SELECT count(*)::integer AS unfinished
FROM (SELECT 1 FROM bulk_run AS r WHERE r.finished_at IS NULL LIMIT $1::integer) AS u
