-- Orders `first` to `last` of `total`, over lines that are there: most are delivered; the newest tenth is on its way.
-- in:    first bigint, last bigint, total bigint, now timestamptz, customers bigint
-- locks: nothing
-- uses:  order_line_pkey, channel_code_key
INSERT INTO orders (id, number, channel_id, external_id, kind, status, hold_count, currency, prices_include_tax,
                    lines_minor, shipping_minor, fees_minor, discount_minor, tax_minor, rounding_minor, total_minor,
                    customer_id, buyer_contact_id, ship_to_contact_id, placed_at, promised_on, promise_zone, basket_hash,
                    event_seq, line_count, unit_count)
SELECT i.id, 100000 + o.n, c.ids[1 + (hashint8extended(o.n, 11) & 1023) * (hashint8extended(o.n, 12) & 1023)
                                    * cardinality(c.ids) / 1048576],
       'EXT-' || o.n, 'sale', s.status, CASE WHEN s.status = 'placed' AND o.n % 2 = 0 THEN 1 ELSE 0 END, 'USD', false,
       m.lines, m.shipping, 0, 0, m.tax, 0, m.lines + m.shipping + m.tax,
       (left(md5('customer' || k.n), 12) || '7' || substr(md5('customer' || k.n), 14, 3) || '8'
        || right(md5('customer' || k.n), 15))::uuid,
       overlay(i.id::text PLACING '1' FROM 25)::uuid, overlay(i.id::text PLACING '1' FROM 25)::uuid,
       $4::timestamptz - ($3::bigint - o.n) * (interval '400 days' / $3::bigint) - interval '2 seconds',
       ($4::timestamptz - ($3::bigint - o.n) * (interval '400 days' / $3::bigint))::date + 3, 'America/New_York',
       decode(md5('basket' || o.n), 'hex'),
       CASE s.status WHEN 'delivered' THEN 3 WHEN 'shipped' THEN 2 ELSE 1 END, m.line_count, m.unit_count
FROM generate_series($1::bigint, $2::bigint) AS o (n)
CROSS JOIN LATERAL (
    SELECT (lpad(to_hex((extract(epoch FROM $4::timestamptz) * 1000)::bigint
                        - ($3::bigint - o.n) * 34560000000 / $3::bigint), 12, '0')
            || '7' || left(md5(o.n::text), 3) || '8' || substr(md5(o.n::text), 4, 3) || '0'
            || substr(md5(o.n::text), 8, 11))::uuid AS id
) AS i
CROSS JOIN LATERAL (
    SELECT ($3::bigint - o.n)::double precision / $3::bigint AS age, hashint8extended(o.n, 13) & 1023 AS bits
) AS h
CROSS JOIN LATERAL (
    SELECT CASE WHEN h.bits < 25 THEN 'cancelled'
                WHEN h.age < 0.1 AND h.bits < 30 THEN 'backordered'
                WHEN h.age < 0.008 THEN 'placed'
                WHEN h.age < 0.012 THEN 'allocated'
                WHEN h.age < 0.014 THEN 'picking'
                WHEN h.age < 0.016 THEN 'packed'
                WHEN h.age < 0.04 THEN 'shipped'
                ELSE 'delivered' END AS status
) AS s
CROSS JOIN LATERAL (SELECT 1 + floor($5::bigint * power((hashint8extended(o.n, 14) & 1048575) / 1048576.0::double precision, 1.5))::bigint
                    AS n) AS k
CROSS JOIN LATERAL (
    SELECT sum(l.subtotal_minor) AS lines, sum(l.shipping_minor) AS shipping, sum(l.tax_minor) AS tax,
           count(*) AS line_count, sum(l.quantity) AS unit_count
    FROM order_line AS l
    WHERE l.order_id = i.id
) AS m
CROSS JOIN (SELECT array_agg(id ORDER BY code) AS ids FROM channel) AS c
