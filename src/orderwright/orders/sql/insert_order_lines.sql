-- Write the lines of new orders.
-- in:    a column an attribute of NewLine, in its order
-- locks: nothing
-- uses:  order_line_pkey
INSERT INTO order_line (order_id, n, reference, sku_id, sku_code, name, quantity, unit_price_minor, subtotal_minor,
                        discount_minor, tax_minor, shipping_minor, fees_minor, delivery, location_id)
SELECT l.order_id, l.n, l.reference, l.sku_id, l.sku_code, l.name, l.quantity, l.unit_price_minor, l.subtotal_minor,
       l.discount_minor, l.tax_minor, l.shipping_minor, l.fees_minor, l.delivery, l.location_id
FROM unnest($1::uuid[], $2::integer[], $3::text[], $4::uuid[], $5::text[], $6::text[], $7::integer[], $8::numeric[],
            $9::bigint[], $10::bigint[], $11::bigint[], $12::bigint[], $13::bigint[], $14::text[], $15::uuid[])
     AS l (order_id, n, reference, sku_id, sku_code, name, quantity, unit_price_minor, subtotal_minor, discount_minor,
           tax_minor, shipping_minor, fees_minor, delivery, location_id)
