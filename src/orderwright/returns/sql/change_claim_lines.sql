-- What became of lines of claims, and the money that was given back for them.
-- in:    claim_ids uuid[], line_ns int[], credited int[], replaced int[], then bigint[] for lines, discounts, tax,
--        shipping
-- locks: rows of orders that the caller holds locked
-- uses:  claim_line_pkey
UPDATE claim_line AS l
SET credited = d.credited, replaced = d.replaced, lines_minor = d.lines, discounts_minor = d.discounts,
    tax_minor = d.tax, shipping_minor = d.shipping
FROM unnest($1::uuid[], $2::integer[], $3::integer[], $4::integer[], $5::bigint[], $6::bigint[], $7::bigint[],
            $8::bigint[])
     AS d (claim_id, line_n, credited, replaced, lines, discounts, tax, shipping)
WHERE l.claim_id = d.claim_id AND l.line_n = d.line_n
