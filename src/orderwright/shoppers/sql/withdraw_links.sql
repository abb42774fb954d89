-- Raise the versions of orders' links: those that were made before lead nowhere.
-- in:    order_ids uuid[]
-- locks: the rows written; the orders are locked
-- uses:  order_link_pkey
INSERT INTO order_link (order_id, version)
SELECT i.order_id, 2
FROM unnest($1::uuid[]) AS i (order_id)
ORDER BY i.order_id
ON CONFLICT (order_id) DO UPDATE SET version = order_link.version + 1, updated_at = now()
