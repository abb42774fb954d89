-- What was said before of orders by those who withdrew from them, and still stands, oldest first: not that whose return
-- ended without any goods.
-- in:    order_ids uuid[]
-- locks: nothing; exact while the caller holds the orders' locks
-- uses:  withdrawal_order_idx, customer_return_pkey, returned_goods_pkey
SELECT w.id, w.order_id, w.content_hash, w.code, w.received_at
FROM withdrawal AS w
WHERE w.order_id = ANY ($1::uuid[])
  AND NOT EXISTS (
      SELECT FROM customer_return AS r
      WHERE r.id = w.return_id AND r.state IN ('cancelled', 'closed')
            AND NOT EXISTS (SELECT FROM returned_goods AS g WHERE g.return_id = r.id))
ORDER BY w.order_id, w.id
