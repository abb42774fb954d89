-- Give a new subscriber its cursor; no row when it has one.
-- in:    subscriber text, position bigint
-- locks: the new row; waits for a concurrent transaction that makes the same one
-- uses:  event_cursor_pkey
INSERT INTO event_cursor (subscriber, position) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING position
