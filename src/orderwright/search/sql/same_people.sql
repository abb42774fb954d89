-- Customers who may be the same person as one: who bought with the same e-mail address or telephone number, or under
-- the same name with the same postal code; each with what is the same, and their newest such order. Who was given a
-- present counts not.
-- in:    customer_id uuid, order_ids uuid[] (that one's: those that are looked at), limit integer,
--        names text[], keys text[] (the pair of words that each is found by)
-- locks: nothing
-- uses:  orders_pkey, contact_order_idx, contact_email_idx, contact_phone_idx, contact_word_pkey, contact_pkey
WITH mine AS MATERIALIZED (
    SELECT DISTINCT lower(b.email) AS email, lower(b.name) AS name, c.postal_code, k.key,
           right(translate(b.phone, translate(b.phone, '0123456789', ''), ''), 8) AS ending
    FROM orders AS o
    JOIN contact AS b ON b.id = o.buyer_contact_id
    LEFT JOIN contact AS c ON c.order_id = o.id AND c.postal_code IS NOT NULL AND lower(c.name) = lower(b.name)
    LEFT JOIN unnest($4::text[], $5::text[]) AS k (name, key) ON k.name = b.name
    WHERE o.id = ANY ($2::uuid[])
    LIMIT 20
), alike AS (
    SELECT e.order_id, e.id AS contact_id, 'email' AS same
    FROM (SELECT DISTINCT m.email FROM mine AS m WHERE m.email IS NOT NULL) AS m
    CROSS JOIN LATERAL (
        SELECT c.order_id, c.id FROM contact AS c WHERE lower(c.email) = m.email AND c.order_id IS NOT NULL
        ORDER BY c.order_id DESC LIMIT 200) AS e
    UNION ALL
    SELECT p.order_id, p.id, 'phone'
    FROM (SELECT DISTINCT m.ending FROM mine AS m WHERE length(m.ending) = 8) AS m
    CROSS JOIN LATERAL (
        SELECT c.order_id, c.id
        FROM contact AS c
        WHERE c.phone IS NOT NULL AND right(translate(c.phone, translate(c.phone, '0123456789', ''), ''), 8) = m.ending
              AND c.order_id IS NOT NULL
        ORDER BY c.order_id DESC LIMIT 200) AS p
    UNION ALL
    SELECT b.order_id, b.id, 'name'
    FROM (SELECT DISTINCT m.name, m.postal_code, m.key FROM mine AS m
          WHERE m.postal_code IS NOT NULL AND m.key IS NOT NULL) AS m
    CROSS JOIN LATERAL (
        SELECT w.order_id, w.contact_id FROM contact_word AS w WHERE w.word = m.key ORDER BY w.order_id DESC LIMIT 200) AS w
    JOIN contact AS b ON b.id = w.contact_id AND lower(b.name) = m.name
    WHERE EXISTS (SELECT FROM contact AS c
                  WHERE c.order_id = w.order_id AND c.postal_code = m.postal_code AND lower(c.name) = m.name)
)
SELECT o.customer_id, array_agg(DISTINCT a.same) AS same, max(o.id::text)::uuid AS order_id
FROM alike AS a
JOIN orders AS o ON o.id = a.order_id AND o.buyer_contact_id = a.contact_id
WHERE o.customer_id <> $1
GROUP BY o.customer_id
ORDER BY count(DISTINCT a.same) DESC, max(o.id::text) DESC
LIMIT $3
