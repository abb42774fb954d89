-- Law M1: what withdrawals gave back of an order's delivery with units that had not left is what their lines say, and
-- nothing once nothing is left of the order, which is then not charged for delivery; what was to come back is
-- announced by the return of the withdrawal, line by line, without a fee for restocking.
-- in:    nothing
-- locks: nothing
-- uses:  whole tables: an audit reads everything
WITH said AS (
    SELECT l.order_id, sum(l.shipping_minor) AS shipping, sum(l.tax_minor) AS tax
    FROM withdrawal_line AS l GROUP BY l.order_id
), booked AS (
    SELECT order_id,
           sum(CASE 'shipping' WHEN debit THEN amount_minor WHEN credit THEN -amount_minor ELSE 0 END) AS shipping,
           sum(CASE 'tax' WHEN debit THEN amount_minor WHEN credit THEN -amount_minor ELSE 0 END) AS tax
    FROM money_entry WHERE kind = 'withdrawal' GROUP BY order_id
), gone AS (
    SELECT c.order_id, bool_and(c.cancelled = c.ordered) AS whole FROM component AS c GROUP BY c.order_id
)
SELECT format('order %s', coalesce(s.order_id, b.order_id)) AS subject,
       format('delivery given back by withdrawals: shipping %s/%s tax %s/%s', s.shipping, b.shipping, s.tax, b.tax)
           AS detail
FROM said AS s
FULL JOIN booked AS b ON b.order_id = s.order_id
LEFT JOIN gone AS g ON g.order_id = coalesce(s.order_id, b.order_id)
WHERE s.order_id IS NULL
      OR (CASE WHEN g.whole THEN 0 ELSE s.shipping END, CASE WHEN g.whole THEN 0 ELSE s.tax END)
         IS DISTINCT FROM (coalesce(b.shipping, 0), coalesce(b.tax, 0))
UNION ALL
SELECT format('withdrawal %s line %s', l.withdrawal_id, l.line_n),
       format('%s units are to come back, announced %s', l.returned, coalesce(r.quantity, 0))
FROM withdrawal_line AS l
LEFT JOIN withdrawal AS w ON w.id = l.withdrawal_id AND w.order_id = l.order_id
LEFT JOIN return_line AS r ON r.return_id = w.return_id AND r.line_n = l.line_n
WHERE w.id IS NULL OR (l.returned > 0 AND (r.quantity IS DISTINCT FROM l.returned OR r.restocking_rate <> 0))
      OR (w.code <> 'withdrawn' AND l.refused IS NULL)
UNION ALL
SELECT format('withdrawal %s', w.id), 'is of no order, or says nothing'
FROM withdrawal AS w
WHERE NOT EXISTS (SELECT 1 FROM withdrawal_line AS l WHERE l.withdrawal_id = w.id)
      OR NOT EXISTS (SELECT 1 FROM orders AS o WHERE o.id = w.order_id)
LIMIT 100
