-- Law M1 and M2: what the ledger says that an order was charged, less what was taken back for cancelled units, is what
-- its lines, shipping, fees, discounts and taxes come to as far as they are not cancelled. A line's amount lies on its
-- units, the odd cents on the first ones; the last ones are cancelled first (orderwright.payments.shares).
-- in:    nothing
-- locks: nothing
-- uses:  whole tables: an audit reads everything
WITH line AS (
    SELECT l.order_id, l.quantity, l.subtotal_minor, l.discount_minor, l.tax_minor, l.charge_tax_minor,
           l.quantity - k.cancelled AS kept
    FROM order_line AS l
    JOIN (
        SELECT c.order_id, c.line_n, min(c.cancelled / (c.ordered / q.quantity)) AS cancelled
        FROM component AS c
        JOIN order_line AS q ON q.order_id = c.order_id AND q.n = c.line_n
        GROUP BY c.order_id, c.line_n
    ) AS k ON k.order_id = l.order_id AND k.line_n = l.n
), charged AS (
    SELECT l.order_id, bool_and(l.kept = 0) AS all_cancelled,
           sum(l.subtotal_minor / l.quantity * l.kept + least(l.kept, l.subtotal_minor % l.quantity)) AS lines,
           sum(l.discount_minor / l.quantity * l.kept + least(l.kept, l.discount_minor % l.quantity)) AS discounts,
           sum((l.tax_minor - l.charge_tax_minor) / l.quantity * l.kept
               + least(l.kept, (l.tax_minor - l.charge_tax_minor) % l.quantity) + l.charge_tax_minor) AS tax
    FROM line AS l GROUP BY l.order_id
), expected AS (
    SELECT o.id AS order_id, o.prices_include_tax, CASE WHEN c.all_cancelled THEN 0 ELSE c.lines END AS lines,
           CASE WHEN c.all_cancelled THEN 0 ELSE o.shipping_minor END AS shipping,
           CASE WHEN c.all_cancelled THEN 0 ELSE o.fees_minor END AS fees,
           CASE WHEN c.all_cancelled THEN 0 ELSE c.discounts END AS discounts,
           CASE WHEN c.all_cancelled THEN 0 ELSE c.tax END AS tax,
           CASE WHEN c.all_cancelled THEN 0 ELSE o.rounding_minor END AS rounding
    FROM orders AS o
    JOIN charged AS c ON c.order_id = o.id
), booked AS (
    SELECT order_id,
           coalesce(sum(amount_minor) FILTER (WHERE credit = 'lines'), 0)
           - coalesce(sum(amount_minor) FILTER (WHERE debit = 'lines'), 0) AS lines,
           coalesce(sum(amount_minor) FILTER (WHERE credit = 'shipping'), 0)
           - coalesce(sum(amount_minor) FILTER (WHERE debit = 'shipping'), 0) AS shipping,
           coalesce(sum(amount_minor) FILTER (WHERE credit = 'fees'), 0)
           - coalesce(sum(amount_minor) FILTER (WHERE debit = 'fees'), 0) AS fees,
           coalesce(sum(amount_minor) FILTER (WHERE debit = 'discounts'), 0)
           - coalesce(sum(amount_minor) FILTER (WHERE credit = 'discounts'), 0) AS discounts,
           coalesce(sum(amount_minor) FILTER (WHERE credit = 'tax'), 0)
           - coalesce(sum(amount_minor) FILTER (WHERE debit = 'tax'), 0) AS tax,
           coalesce(sum(amount_minor) FILTER (WHERE debit = 'tax_included'), 0)
           - coalesce(sum(amount_minor) FILTER (WHERE credit = 'tax_included'), 0) AS tax_included,
           coalesce(sum(amount_minor) FILTER (WHERE credit = 'rounding'), 0)
           - coalesce(sum(amount_minor) FILTER (WHERE debit = 'rounding'), 0) AS rounding
    FROM money_entry
    WHERE kind IN ('placement', 'cancellation', 'edit')
    GROUP BY order_id
)
SELECT format('order %s', x.order_id) AS subject,
       format('lines %s/%s shipping %s/%s fees %s/%s discounts %s/%s tax %s/%s rounding %s/%s', x.lines,
              coalesce(b.lines, 0), x.shipping, coalesce(b.shipping, 0), x.fees, coalesce(b.fees, 0), x.discounts,
              coalesce(b.discounts, 0), x.tax, coalesce(b.tax, 0), x.rounding, coalesce(b.rounding, 0)) AS detail
FROM expected AS x
LEFT JOIN booked AS b ON b.order_id = x.order_id
WHERE (x.lines, x.shipping, x.fees, x.discounts, x.tax, x.rounding,
       CASE WHEN x.prices_include_tax THEN x.tax ELSE 0 END)
      IS DISTINCT FROM (coalesce(b.lines, 0), coalesce(b.shipping, 0), coalesce(b.fees, 0), coalesce(b.discounts, 0),
                        coalesce(b.tax, 0), coalesce(b.rounding, 0), coalesce(b.tax_included, 0))
LIMIT 100
