-- Payments that their providers know by a reference.
-- in:    payment_ids uuid[]
-- locks: nothing
-- uses:  payment_pkey, orders_pkey
SELECT p.id, p.provider, p.reference, o.currency, p.amount_minor
FROM payment AS p
JOIN orders AS o ON o.id = p.order_id
WHERE p.id = ANY ($1::uuid[]) AND p.provider IS NOT NULL AND p.reference IS NOT NULL
ORDER BY p.id
