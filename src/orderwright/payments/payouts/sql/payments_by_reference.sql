-- Payments by what their providers call them; of several the oldest.
-- in:    providers text[], refs text[]
-- locks: nothing
-- uses:  payment_reference_idx, orders_pkey
SELECT DISTINCT ON (p.provider, p.reference) p.provider, p.reference, p.id, p.order_id, o.currency
FROM unnest($1::text[], $2::text[]) AS k (provider, reference)
JOIN payment AS p ON p.reference = k.reference AND p.provider = k.provider
JOIN orders AS o ON o.id = p.order_id
ORDER BY p.provider, p.reference, p.id
