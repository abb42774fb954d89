-- Point draft orders to the orders that they became, and empty them.
-- in:    ids uuid[], order_ids uuid[]
-- locks: the rows; the caller holds their locks
-- uses:  draft_order_pkey
UPDATE draft_order AS d
SET order_id = n.order_id, body = '{}', note = NULL, deleted_at = NULL, revision = d.revision + 1
FROM unnest($1::uuid[], $2::uuid[]) AS n (id, order_id)
WHERE d.id = n.id
