-- Returns that are to go by a label of ours, and have none yet.
-- in:    return_ids uuid[]
-- locks: nothing; exact while the caller holds the orders' locks
-- uses:  customer_return_pkey
SELECT r.id, r.order_id, coalesce(r.terms ->> 'label_carrier', 'builtin') AS carrier,
       coalesce(r.terms ->> 'label_service', 'standard') AS service
FROM customer_return AS r
WHERE r.id = ANY ($1::uuid[]) AND r.method = 'label' AND r.tracking_number IS NULL AND r.state = 'requested'
ORDER BY r.id
