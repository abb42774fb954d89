-- Lines of orders `first` to `last` of `total`, 2.2 an order on average; few SKUs are in many orders.
-- The order's id begins with its time (UUIDv7), spread evenly over 400 days before `now`.
-- in:    first bigint, last bigint, total bigint, now timestamptz, skus integer
-- locks: nothing
-- uses:  sku_code_key
INSERT INTO order_line (order_id, n, sku_id, sku_code, name, quantity, unit_price_minor, subtotal_minor, discount_minor,
                        tax_minor, shipping_minor, fees_minor, delivery)
SELECT (lpad(to_hex((extract(epoch FROM $4::timestamptz) * 1000)::bigint - ($3::bigint - o.n) * 34560000000 / $3::bigint),
             12, '0') || '7' || left(md5(o.n::text), 3) || '8' || substr(md5(o.n::text), 4, 3) || '0'
        || substr(md5(o.n::text), 8, 11))::uuid,
       l.n, s.id, s.code, s.name, q.quantity, s.price_minor, s.price_minor * q.quantity, 0,
       round(s.price_minor * q.quantity * 0.08), CASE WHEN l.n = 1 AND o.n % 2 = 0 THEN 499 ELSE 0 END, 0, 'ship'
FROM generate_series($1::bigint, $2::bigint) AS o (n)
CROSS JOIN LATERAL (SELECT (hashint8extended(o.n, 1) & 1023) AS lines_of_1024) AS h
CROSS JOIN LATERAL generate_series(1, CASE WHEN h.lines_of_1024 < 420 THEN 1 WHEN h.lines_of_1024 < 696 THEN 2
                                           WHEN h.lines_of_1024 < 850 THEN 3 WHEN h.lines_of_1024 < 932 THEN 4
                                           WHEN h.lines_of_1024 < 983 THEN 5 ELSE 6 END) AS l (n)
CROSS JOIN LATERAL (SELECT (hashint8extended(o.n * 8 + l.n, 2) & 1048575) / 1048576.0::double precision AS share,
                           1 + ((hashint8extended(o.n * 8 + l.n, 3) & 15) / 13)::integer AS quantity) AS q
JOIN sku AS s ON s.code = 'SKU-' || lpad((1 + floor($5::integer * q.share * q.share))::bigint::text, 6, '0')
