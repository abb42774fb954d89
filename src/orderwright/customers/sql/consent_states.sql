-- The newest word of customers on each purpose, said under their id or one that was merged into it.
-- in:    customer_ids uuid[]
-- locks: nothing; exact while the caller holds the customers' locks
-- uses:  consent_pkey, customer_merged_idx
SELECT DISTINCT ON (f.asked_id, s.purpose) f.asked_id, s.purpose, s.given, s.said_at
FROM (
    SELECT i.id AS asked_id, i.id FROM unnest($1::uuid[]) AS i (id)
    UNION ALL
    SELECT m.merged_into, m.id FROM customer AS m WHERE m.merged_into = ANY ($1::uuid[])
) AS f
JOIN consent AS s ON s.customer_id = f.id
ORDER BY f.asked_id, s.purpose, s.id DESC
