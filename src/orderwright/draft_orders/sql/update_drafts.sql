-- Write draft orders anew.
-- in:    ids uuid[], channel_ids uuid[], bodies text[] (JSON), notes text[], actor text, days int
-- locks: the rows; the caller holds their locks
-- uses:  draft_order_pkey
UPDATE draft_order AS d
SET channel_id = n.channel_id, body = n.body::jsonb, note = n.note, saved_by = $5::text, saved_at = now(),
    revision = d.revision + 1, expires_at = now() + make_interval(days => $6::integer)
FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[]) AS n (id, channel_id, body, note)
WHERE d.id = n.id
