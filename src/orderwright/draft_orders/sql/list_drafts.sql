-- Draft orders that somebody sees, saved last first: their own, and others' of the channels that they may touch.
-- in:    owner text, mine boolean (their own alone), others boolean (whether they see any of others), channels uuid[]
--        (null: of all, and of none), before timestamptz, below uuid, limit int
-- locks: nothing
-- uses:  draft_order_saved_at_idx
SELECT d.id, d.external_id, d.owner, d.channel_id, d.body::text AS body, d.note, d.revision, d.saved_by, d.order_id,
       d.deleted_at IS NOT NULL AS deleted, d.created_at, d.saved_at, d.expires_at
FROM draft_order AS d
WHERE d.order_id IS NULL AND d.deleted_at IS NULL AND d.expires_at > now()
  AND (d.owner = $1::text
       OR (NOT $2::boolean AND $3::boolean AND ($4::uuid[] IS NULL OR d.channel_id = ANY ($4::uuid[]))))
  AND (d.saved_at, d.id) < ($5::timestamptz, $6::uuid)
ORDER BY d.saved_at DESC, d.id DESC
LIMIT $7::integer
