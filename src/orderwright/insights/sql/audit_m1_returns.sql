-- Law M1: the entries of each return are what its lines say was given back and kept as fees; and no line brings, by
-- returns and claims together, more than the units that were given back carry of it, the odd cents on the first ones
-- (orderwright.payments.shares).
-- in:    nothing
-- locks: nothing
-- uses:  whole tables: an audit reads everything
WITH said AS (
    SELECT r.id AS return_id, coalesce(sum(l.lines_minor), 0) AS lines, coalesce(sum(l.discounts_minor), 0) AS discounts,
           coalesce(sum(l.tax_minor), 0) AS tax, coalesce(sum(l.shipping_minor), 0) AS shipping,
           coalesce(sum(l.fees_minor), 0) + r.label_fee_minor AS fees
    FROM customer_return AS r
    LEFT JOIN return_line AS l ON l.return_id = r.id
    GROUP BY r.id
), booked AS (
    SELECT subject_id AS return_id,
           sum(CASE 'lines' WHEN debit THEN amount_minor WHEN credit THEN -amount_minor ELSE 0 END) AS lines,
           sum(CASE 'discounts' WHEN credit THEN amount_minor WHEN debit THEN -amount_minor ELSE 0 END) AS discounts,
           sum(CASE 'tax' WHEN debit THEN amount_minor WHEN credit THEN -amount_minor ELSE 0 END) AS tax,
           sum(CASE 'shipping' WHEN debit THEN amount_minor WHEN credit THEN -amount_minor ELSE 0 END) AS shipping,
           sum(CASE 'fees' WHEN credit THEN amount_minor WHEN debit THEN -amount_minor ELSE 0 END) AS fees
    FROM money_entry
    WHERE kind IN ('return', 'return_fee')
    GROUP BY subject_id
), given AS (
    SELECT order_id, line_n, sum(credited) AS units, sum(lines_minor) AS lines, sum(discounts_minor) AS discounts,
           sum(tax_minor) AS tax, sum(shipping_minor) AS shipping
    FROM (
        SELECT order_id, line_n, credited, lines_minor, discounts_minor, tax_minor, shipping_minor FROM return_line
        UNION ALL
        SELECT order_id, line_n, credited, lines_minor, discounts_minor, tax_minor, shipping_minor FROM claim_line
    ) AS u
    GROUP BY order_id, line_n
)
SELECT format('return %s', coalesce(s.return_id, b.return_id)) AS subject,
       format('lines %s/%s discounts %s/%s tax %s/%s shipping %s/%s fees %s/%s', s.lines, b.lines, s.discounts,
              b.discounts, s.tax, b.tax, s.shipping, b.shipping, s.fees, b.fees) AS detail
FROM said AS s
FULL JOIN booked AS b ON b.return_id = s.return_id
WHERE s.return_id IS NULL
      OR (s.lines, s.discounts, s.tax, s.shipping, s.fees)
         IS DISTINCT FROM (coalesce(b.lines, 0), coalesce(b.discounts, 0), coalesce(b.tax, 0), coalesce(b.shipping, 0),
                           coalesce(b.fees, 0))
UNION ALL
SELECT format('order %s line %s', g.order_id, g.line_n),
       format('%s of %s units given back bring lines %s discounts %s tax %s shipping %s', g.units, l.quantity, g.lines,
              g.discounts, g.tax, g.shipping)
FROM given AS g
LEFT JOIN order_line AS l ON l.order_id = g.order_id AND l.n = g.line_n
WHERE l.n IS NULL OR g.units > l.quantity
      OR g.lines > l.subtotal_minor / l.quantity * g.units + least(g.units, l.subtotal_minor % l.quantity)
      OR g.lines - g.discounts > l.subtotal_minor - l.discount_minor
      OR g.discounts > l.discount_minor / l.quantity * g.units + least(g.units, l.discount_minor % l.quantity)
      OR g.tax > l.tax_minor OR g.shipping > l.shipping_minor
LIMIT 100
