-- The newest event's position, 0 before the first.
-- in:    nothing
-- locks: nothing
-- uses:  event_position_pkey
SELECT coalesce(max(p.position), 0) AS position FROM event_position AS p
