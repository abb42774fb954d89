-- The returns of orders, oldest first.
-- in:    order_ids uuid[]
-- locks: nothing; exact while the caller holds the orders' locks
-- uses:  customer_return_order_idx
SELECT r.id, r.order_id, r.location_id, r.state, r.method, r.tracking_number, r.policy_version, r.terms::text AS terms,
       r.label_fee_minor, r.scanned_at, r.refund_to
FROM customer_return AS r
WHERE r.order_id = ANY ($1::uuid[])
ORDER BY r.order_id, r.id
