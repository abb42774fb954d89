-- The first SKUs from a code on that a pool owes, has none of, has few of, or that somebody waits for.
-- in:    alarm text (short, out, low, waited_for), low_units integer, after text (inclusive), limit integer
-- locks: nothing
-- uses:  no index of availability: quantities have none on purpose, and it has a row a SKU and pool; sku_pkey
SELECT k.id
FROM (
    SELECT DISTINCT a.sku_id
    FROM availability AS a
    WHERE ($1::text = 'short' AND a.available_to_promise < 0)
       OR ($1::text = 'out' AND a.available_to_promise = 0)
       OR ($1::text = 'low' AND a.available_to_promise BETWEEN 1 AND $2::integer)
       OR ($1::text = 'waited_for' AND a.backordered > 0)
) AS w
JOIN sku AS k ON k.id = w.sku_id
WHERE k.code >= $3::text
ORDER BY k.code
LIMIT $4::integer
