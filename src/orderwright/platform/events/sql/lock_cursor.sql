-- Where a subscriber stands, locked for the batch; no row when another process serves it, or when it is new.
-- in:    subscriber text
-- locks: event_cursor row; never waits
-- uses:  event_cursor_pkey
SELECT c.position FROM event_cursor AS c WHERE c.subscriber = $1 FOR UPDATE SKIP LOCKED
