-- Write new orders; the database gives the number.
-- in:    a column an attribute of NewOrder, in its order
-- locks: nothing
-- uses:  orders_pkey, orders_number_key
INSERT INTO orders (id, channel_id, external_id, kind, parent_id, status, hold_count, priority, currency,
                    prices_include_tax, lines_minor, shipping_minor, fees_minor, discount_minor, tax_minor,
                    rounding_minor, total_minor, customer_id, buyer_contact_id, ship_to_contact_id,
                    bill_to_contact_id, placed_at, requested_ship_on, requested_delivery_on, promised_on,
                    basket_hash, tags, metadata, event_seq)
SELECT o.id, o.channel_id, o.external_id, o.kind, o.parent_id, o.status, o.hold_count, o.priority, o.currency,
       o.prices_include_tax, o.lines_minor, o.shipping_minor, o.fees_minor, o.discount_minor, o.tax_minor,
       o.rounding_minor, o.total_minor, o.customer_id, o.buyer_contact_id, o.ship_to_contact_id,
       o.bill_to_contact_id, o.placed_at, o.requested_ship_on, o.requested_delivery_on, o.promised_on,
       o.basket_hash,
       ARRAY(SELECT jsonb_array_elements_text(o.tags)), o.metadata, o.event_seq
FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::uuid[], $6::text[], $7::integer[], $8::integer[],
            $9::text[], $10::boolean[], $11::bigint[], $12::bigint[], $13::bigint[], $14::bigint[], $15::bigint[],
            $16::bigint[], $17::bigint[], $18::uuid[], $19::uuid[], $20::uuid[], $21::uuid[], $22::timestamptz[],
            $23::date[], $24::date[], $25::date[], $26::bytea[], $27::jsonb[], $28::jsonb[], $29::integer[])
     AS o (id, channel_id, external_id, kind, parent_id, status, hold_count, priority, currency, prices_include_tax,
           lines_minor, shipping_minor, fees_minor, discount_minor, tax_minor, rounding_minor, total_minor,
           customer_id, buyer_contact_id, ship_to_contact_id, bill_to_contact_id, placed_at, requested_ship_on,
           requested_delivery_on, promised_on, basket_hash, tags, metadata, event_seq)
RETURNING id, number
