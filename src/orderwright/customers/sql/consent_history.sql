-- What a customer said of purposes, under this id and those that were merged into it; the newest first, with who wrote
-- it down.
-- in:    customer_id uuid, limit integer
-- locks: nothing
-- uses:  consent_pkey, customer_merged_idx, act_pkey
SELECT s.id, s.customer_id, s.purpose, s.given, s.source, s.order_id, s.said_at, a.actor, a.reason
FROM (
    SELECT $1::uuid AS id
    UNION ALL
    SELECT m.id FROM customer AS m WHERE m.merged_into = $1::uuid
) AS f
JOIN consent AS s ON s.customer_id = f.id
JOIN act AS a ON a.id = s.act_id
ORDER BY s.id DESC
LIMIT $2
