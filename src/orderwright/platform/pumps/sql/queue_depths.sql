-- How many items wait for each stage, and how many were set aside.
-- in:    nothing
-- locks: nothing
-- uses:  no index: counts the whole of a narrow table
SELECT w.stage,
       count(*) FILTER (WHERE w.set_aside_at IS NULL) AS waiting,
       count(*) FILTER (WHERE w.set_aside_at IS NOT NULL) AS set_aside
FROM work AS w
GROUP BY w.stage
ORDER BY w.stage
