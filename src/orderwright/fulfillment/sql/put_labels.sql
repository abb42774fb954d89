-- Keep files of labels, each instead of what was kept before.
-- in:    parcel_ids uuid[], order_ids uuid[], media_types text[], contents bytea[], actors text[]
-- locks: rows of orders that the caller holds locked
-- uses:  parcel_label_pkey
INSERT INTO parcel_label (parcel_id, order_id, media_type, content, actor)
SELECT t.parcel_id, t.order_id, t.media_type, t.content, t.actor
FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::bytea[], $5::text[])
     AS t (parcel_id, order_id, media_type, content, actor)
ON CONFLICT (parcel_id) DO UPDATE
SET media_type = excluded.media_type, content = excluded.content, actor = excluded.actor, created_at = now()
