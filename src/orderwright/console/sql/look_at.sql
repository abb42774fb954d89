-- Somebody looks at a thing; who has not for a minute begins anew.
-- in:    order_id uuid, person_id uuid
-- locks: the row
-- uses:  presence_pkey
INSERT INTO presence AS p (order_id, person_id) VALUES ($1, $2)
ON CONFLICT (order_id, person_id) DO UPDATE
SET seen_at = now(),
    since = CASE WHEN p.seen_at < now() - interval '1 minute' THEN now() ELSE p.since END
