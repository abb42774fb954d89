-- Move a subscriber's cursor, which the caller has locked.
-- in:    subscriber text, position bigint
-- locks: none that the caller does not hold
-- uses:  event_cursor_pkey
UPDATE event_cursor AS c SET position = $2, updated_at = now() WHERE c.subscriber = $1
