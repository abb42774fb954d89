-- Who ordered in a made-up history: some names and customers are much more frequent than others.
-- in:    first bigint, last bigint (the orders' numbers), first_names text[], last_names text[], towns text[] 
-- locks: nothing
-- uses:  orders_number_key
INSERT INTO contact (id, customer_id, order_id, role, name, email, phone, line1, city, region, postal_code, country,
                     latitude, longitude)
SELECT o.buyer_contact_id, o.customer_id, o.id, 'ship_to', p.first || ' ' || p.last,
       lower(p.first || '.' || p.last || (h.bits & 65535)) || '@example.com',
       CASE h.bits & 3
            WHEN 0 THEN format('(%s) 555-%s', 201 + (h.bits >> 8 & 511), lpad((h.bits >> 20 & 8191)::text, 4, '0'))
            ELSE format('+1%s555%s', 201 + (h.bits >> 8 & 511), lpad((h.bits >> 20 & 8191)::text, 4, '0')) END,
       1 + (h.bits & 1023) || ' Main St', ($5::text[])[1 + (h.bits >> 40 & 65535) % cardinality($5::text[])], 'OH',
       lpad((43000 + (h.bits >> 30 & 1023))::text, 5, '0'), 'US', 39.0 + (h.bits & 255) / 256.0,
       -84.0 + (h.bits >> 8 & 255) / 256.0
FROM orders AS o
CROSS JOIN LATERAL (SELECT hash_record_extended(ROW(o.customer_id), 21) & 9223372036854775807 AS bits,
                           hash_record_extended(ROW(o.customer_id), 22) & 9223372036854775807 AS more) AS h
CROSS JOIN LATERAL (
    SELECT ($3::text[])[1 + floor(cardinality($3::text[])
                                * power((h.more & 1048575) / 1048576.0::double precision, 1.5))::integer] AS first,
           CASE WHEN h.more >> 20 & 3 = 0
                THEN ($5::text[])[1 + (h.more >> 22 & 65535) % cardinality($5::text[])]
                ELSE ($4::text[])[1 + floor(cardinality($4::text[])
                                * power((h.more >> 40 & 1048575) / 1048576.0::double precision, 1.4))::integer]
                END AS last
) AS p
WHERE o.number BETWEEN $1::bigint AND $2::bigint
