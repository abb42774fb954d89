-- Remove the old bodies of refused orders.
-- in:    limit int
-- locks: inbox rows
-- uses:  inbox_received_at_idx, inbox_pkey
DELETE FROM inbox AS i
WHERE i.id = ANY (ARRAY(
    SELECT k.id FROM inbox AS k WHERE k.received_at < now() - interval '90 days' ORDER BY k.received_at LIMIT $1))
RETURNING i.id
