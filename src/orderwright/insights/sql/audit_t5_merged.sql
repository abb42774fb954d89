-- Law T5: nothing belongs to a customer who was merged, so that an erasure reaches all of a person: no order, contact,
-- message or note, and no open account of store credit; and who was merged leads to one who was not.
-- in:    nothing
-- locks: nothing
-- uses:  whole tables: an audit reads everything
WITH gone AS (
    SELECT m.id, m.merged_into FROM customer AS m WHERE m.merged_into IS NOT NULL
)
SELECT format('%s %s', r.what, r.id) AS subject, format('belongs to customer %s, who was merged', r.customer_id) AS detail
FROM (
    SELECT 'order' AS what, o.id, o.customer_id FROM orders AS o
    UNION ALL SELECT 'contact', c.id, c.customer_id FROM contact AS c
    UNION ALL SELECT 'message', m.id, m.customer_id FROM message AS m
    UNION ALL SELECT 'note', n.id, n.customer_id FROM customer_note AS n
    UNION ALL SELECT 'account', a.id, a.customer_id FROM credit_account AS a WHERE a.moved_into IS NULL
) AS r
JOIN gone AS g ON g.id = r.customer_id
UNION ALL
SELECT format('customer %s', g.id), 'was merged into one who is not there, or was merged too'
FROM gone AS g
WHERE NOT EXISTS (SELECT 1 FROM customer AS k WHERE k.id = g.merged_into AND k.merged_into IS NULL)
LIMIT 100
