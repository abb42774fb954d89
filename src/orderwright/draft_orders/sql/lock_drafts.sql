-- Lock draft orders by their ids.
-- in:    ids uuid[]
-- locks: draft_order (id order), FOR UPDATE
-- uses:  draft_order_pkey
SELECT d.id, d.external_id, d.owner, d.channel_id, d.body::text AS body, d.note, d.revision, d.saved_by, d.order_id,
       d.deleted_at IS NOT NULL AS deleted, d.created_at, d.saved_at, d.expires_at
FROM draft_order AS d
WHERE d.id = ANY ($1::uuid[]) AND d.expires_at > now()
ORDER BY d.id
FOR UPDATE
