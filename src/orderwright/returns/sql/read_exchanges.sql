-- Exchanges by their ids, their returns, the payments that they are of their new orders, or the orders that the goods
-- are of.
-- in:    exchange_ids uuid[], return_ids uuid[], payment_ids uuid[], order_ids uuid[]
-- locks: nothing; exact while the caller holds the orders' locks
-- uses:  exchange_pkey, exchange_return_id_key, exchange_payment_id_key, exchange_order_idx
SELECT e.id, e.return_id, e.order_id, e.new_order_id, e.payment_id, e.mode, e.state, e.return_by
FROM exchange AS e
WHERE e.id = ANY ($1::uuid[]) OR e.return_id = ANY ($2::uuid[]) OR e.payment_id = ANY ($3::uuid[])
      OR e.order_id = ANY ($4::uuid[])
ORDER BY e.id
