-- What lines carry after an edit.
-- in:    order_ids uuid[], ns int[], discounts bigint[], taxes bigint[], charge_taxes bigint[], shippings bigint[]
-- locks: rows of orders that the caller holds locked
-- uses:  order_line_pkey
UPDATE order_line AS l
SET discount_minor = d.discount, tax_minor = d.tax, charge_tax_minor = d.charge_tax, shipping_minor = d.shipping
FROM unnest($1::uuid[], $2::integer[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[])
     AS d (order_id, n, discount, tax, charge_tax, shipping)
WHERE l.order_id = d.order_id AND l.n = d.n
