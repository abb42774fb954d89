-- Make lines of returns be as they were decided.
-- in:    return_ids uuid[], line_ns int[], order_ids uuid[], quantities int[], reasons text[], conditions text[],
--        restocking_rates numeric[], credited int[], refused int[], claimed int[], then bigint[] for lines, discounts,
--        tax, shipping, fees
-- locks: rows of orders that the caller holds locked
-- uses:  return_line_pkey
INSERT INTO return_line AS l (return_id, line_n, order_id, quantity, reason, condition, restocking_rate, credited,
                              refused, claimed, lines_minor, discounts_minor, tax_minor, shipping_minor, fees_minor)
SELECT d.return_id, d.line_n, d.order_id, d.quantity, d.reason, d.condition, d.restocking_rate, d.credited, d.refused,
       d.claimed, d.lines, d.discounts, d.tax, d.shipping, d.fees
FROM unnest($1::uuid[], $2::integer[], $3::uuid[], $4::integer[], $5::text[], $6::text[], $7::numeric[],
            $8::integer[], $9::integer[], $10::integer[], $11::bigint[], $12::bigint[], $13::bigint[], $14::bigint[],
            $15::bigint[])
     AS d (return_id, line_n, order_id, quantity, reason, condition, restocking_rate, credited, refused, claimed, lines,
           discounts, tax, shipping, fees)
ON CONFLICT (return_id, line_n) DO UPDATE
SET credited = excluded.credited, refused = excluded.refused, claimed = excluded.claimed,
    lines_minor = excluded.lines_minor, discounts_minor = excluded.discounts_minor, tax_minor = excluded.tax_minor,
    shipping_minor = excluded.shipping_minor, fees_minor = excluded.fees_minor
