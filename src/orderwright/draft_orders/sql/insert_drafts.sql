-- Write new draft orders. Where others were faster with one of the same external id, theirs stays, and no row is told.
-- in:    ids uuid[], external_ids text[], channel_ids uuid[], bodies text[] (JSON), notes text[], actor text, days int
-- locks: the new rows
-- uses:  draft_order_external_id_key
INSERT INTO draft_order (id, external_id, owner, channel_id, body, note, saved_by, expires_at)
SELECT n.id, n.external_id, $6::text, n.channel_id, n.body::jsonb, n.note, $6::text, now() + make_interval(days => $7::integer)
FROM unnest($1::uuid[], $2::text[], $3::uuid[], $4::text[], $5::text[]) AS n (id, external_id, channel_id, body, note)
ORDER BY n.external_id
ON CONFLICT (external_id) DO NOTHING
RETURNING id
