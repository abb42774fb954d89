-- Law M1: the entries of each claim are what its lines say was given back, and its allowance; only what was resolved gives
-- anything, to all its units; what was sent for it is one order, a replacement of its order; a claim has lines, all of its
-- order; no more units are settled than left, and no more turned up by returns than claims gave the money back of.
-- in:    nothing
-- locks: nothing
-- uses:  whole tables: an audit reads everything
WITH said AS (
    SELECT c.id AS claim_id, c.order_id, c.state, c.child_order_id, c.allowance_minor AS allowance,
           count(l.claim_id) AS line_count, coalesce(sum(l.credited), 0) AS credited,
           coalesce(sum(l.replaced), 0) AS replaced, coalesce(sum(l.quantity), 0) AS units,
           coalesce(sum(l.lines_minor), 0) AS lines, coalesce(sum(l.discounts_minor), 0) AS discounts,
           coalesce(sum(l.tax_minor), 0) AS tax, coalesce(sum(l.shipping_minor), 0) AS shipping
    FROM claim AS c
    LEFT JOIN claim_line AS l ON l.claim_id = c.id AND l.order_id = c.order_id
    GROUP BY c.id
), booked AS (
    SELECT subject_id AS claim_id,
           sum(CASE 'lines' WHEN debit THEN amount_minor WHEN credit THEN -amount_minor ELSE 0 END) AS lines,
           sum(CASE 'discounts' WHEN credit THEN amount_minor WHEN debit THEN -amount_minor ELSE 0 END) AS discounts,
           sum(CASE 'tax' WHEN debit THEN amount_minor WHEN credit THEN -amount_minor ELSE 0 END) AS tax,
           sum(CASE 'shipping' WHEN debit THEN amount_minor WHEN credit THEN -amount_minor ELSE 0 END) AS shipping,
           sum(CASE 'allowances' WHEN debit THEN amount_minor WHEN credit THEN -amount_minor ELSE 0 END) AS allowance
    FROM money_entry
    WHERE kind IN ('claim', 'claim_allowance')
    GROUP BY subject_id
), settled AS (
    SELECT p.order_id, p.line_n, sum(p.credited) AS credited, sum(p.settled) AS units, sum(p.turned_up) AS turned_up
    FROM (
        SELECT l.order_id, l.line_n, l.credited, 0 AS turned_up,
               l.credited + CASE WHEN k.status = 'cancelled' THEN 0 ELSE l.replaced END AS settled
        FROM claim_line AS l
        JOIN claim AS c ON c.id = l.claim_id
        LEFT JOIN orders AS k ON k.id = c.child_order_id
        UNION ALL
        SELECT order_id, line_n, 0, claimed, 0 FROM return_line
    ) AS p
    GROUP BY p.order_id, p.line_n
), sent AS (
    SELECT c.order_id, c.line_n, min(c.shipped / (c.ordered / l.quantity)) AS units
    FROM component AS c
    JOIN order_line AS l ON l.order_id = c.order_id AND l.n = c.line_n
    WHERE c.external < c.ordered
    GROUP BY c.order_id, c.line_n
)
SELECT format('claim %s', coalesce(s.claim_id, b.claim_id)) AS subject,
       format('lines %s/%s discounts %s/%s tax %s/%s shipping %s/%s allowance %s/%s', s.lines, b.lines, s.discounts,
              b.discounts, s.tax, b.tax, s.shipping, b.shipping, s.allowance, b.allowance) AS detail
FROM said AS s
FULL JOIN booked AS b ON b.claim_id = s.claim_id
WHERE s.claim_id IS NULL
      OR (s.lines, s.discounts, s.tax, s.shipping, s.allowance)
         IS DISTINCT FROM (coalesce(b.lines, 0), coalesce(b.discounts, 0), coalesce(b.tax, 0), coalesce(b.shipping, 0),
                           coalesce(b.allowance, 0))
UNION ALL
SELECT format('claim %s', s.claim_id),
       format('%s with %s lines of %s units, %s credited, %s replaced by order %s', s.state, s.line_count, s.units,
              s.credited, s.replaced, s.child_order_id)
FROM said AS s
LEFT JOIN orders AS k ON k.id = s.child_order_id
WHERE s.line_count = 0
      OR (s.state <> 'resolved' AND s.credited + s.replaced > 0)
      OR (s.state = 'resolved' AND s.allowance = 0 AND s.credited + s.replaced <> s.units)
      OR (s.allowance > 0 AND s.credited + s.replaced > 0)
      OR (s.replaced > 0) <> (s.child_order_id IS NOT NULL)
      OR (s.child_order_id IS NOT NULL
          AND (k.kind, k.parent_id) IS DISTINCT FROM ('replacement', s.order_id))
UNION ALL
SELECT format('line %s of claim %s', l.line_n, l.claim_id), 'belongs to no claim of its order'
FROM claim_line AS l
WHERE NOT EXISTS (SELECT 1 FROM claim AS c
                  JOIN order_line AS n ON n.order_id = c.order_id AND n.n = l.line_n
                  WHERE c.id = l.claim_id AND c.order_id = l.order_id)
UNION ALL
SELECT format('order %s line %s', u.order_id, u.line_n),
       format('%s units settled by claims, of %s that left; %s turned up, of %s credited', u.units, w.units, u.turned_up,
              u.credited)
FROM settled AS u
LEFT JOIN sent AS w ON w.order_id = u.order_id AND w.line_n = u.line_n
WHERE u.units > coalesce(w.units, 0) OR u.turned_up > u.credited
LIMIT 100
