-- How many draft orders somebody has, that are neither placed nor deleted.
-- in:    owner text
-- locks: nothing
-- uses:  draft_order_owner_idx
SELECT count(*)::integer AS drafts
FROM draft_order AS d
WHERE d.owner = $1::text AND d.order_id IS NULL AND d.deleted_at IS NULL
