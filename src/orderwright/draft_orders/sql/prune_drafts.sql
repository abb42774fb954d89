-- Remove draft orders that are too old, and those that were deleted a day ago.
-- in:    limit int
-- locks: draft_order rows
-- uses:  draft_order_expires_at_idx, draft_order_deleted_at_idx, draft_order_pkey
DELETE FROM draft_order AS d
WHERE d.id = ANY (ARRAY(
    SELECT k.id
    FROM draft_order AS k
    WHERE k.expires_at < now() OR k.deleted_at < now() - interval '1 day'
    ORDER BY k.expires_at
    LIMIT $1))
RETURNING d.id
