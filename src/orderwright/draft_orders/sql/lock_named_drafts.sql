-- Lock draft orders by the external ids that their orders will have; those too old count until they are pruned.
-- in:    external_ids text[]
-- locks: draft_order (id order), FOR UPDATE
-- uses:  draft_order_external_id_key
SELECT d.id, d.external_id, d.owner, d.channel_id, d.body::text AS body, d.note, d.revision, d.saved_by, d.order_id,
       d.deleted_at IS NOT NULL AS deleted, d.created_at, d.saved_at, d.expires_at
FROM draft_order AS d
WHERE d.external_id = ANY ($1::text[])
ORDER BY d.id
FOR UPDATE
