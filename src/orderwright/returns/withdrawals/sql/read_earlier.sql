-- What was said before by those who withdrew from orders, oldest first.
-- in:    order_ids uuid[]
-- locks: nothing; exact while the caller holds the orders' locks
-- uses:  withdrawal_order_idx
SELECT w.id, w.order_id, w.content_hash, w.code, w.received_at
FROM withdrawal AS w
WHERE w.order_id = ANY ($1::uuid[])
ORDER BY w.order_id, w.id
