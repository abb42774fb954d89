-- Payments of orders whose authorization was refused.
-- in:    order_ids uuid[]
-- locks: nothing: the verb locks and decides by what it finds
-- uses:  payment_order_idx
SELECT p.id, p.order_id
FROM payment AS p
WHERE p.order_id = ANY ($1::uuid[]) AND p.refused_code IS NOT NULL AND p.reference IS NULL
ORDER BY p.order_id, p.n
