-- Law M1: a balance due that is not zero is listed as work, once nothing of the order is still to leave and nothing is
-- asked of a provider, nor awaited of goods that come back in exchange; and what is listed has one.
-- in:    nothing
-- locks: nothing
-- uses:  whole tables: an audit reads everything
WITH balance AS (
    SELECT e.order_id,
           coalesce(sum(e.amount_minor) FILTER (WHERE e.debit = 'receivable'), 0)
           - coalesce(sum(e.amount_minor) FILTER (WHERE e.credit = 'receivable'), 0) AS due
    FROM money_entry AS e
    GROUP BY e.order_id
)
SELECT format('order %s', b.order_id) AS subject, format('balance due %s is listed nowhere', b.due) AS detail
FROM balance AS b
WHERE b.due <> 0
      AND NOT EXISTS (SELECT 1 FROM component AS c
                      WHERE c.order_id = b.order_id AND c.cancelled + c.shipped + c.external < c.ordered)
      AND NOT EXISTS (SELECT 1 FROM open_balance AS l WHERE l.order_id = b.order_id)
      AND NOT EXISTS (SELECT 1 FROM work AS w WHERE w.stage = 'settle' AND w.subject_id = b.order_id)
      AND NOT EXISTS (SELECT 1 FROM payment AS p
                      JOIN payment_request AS r ON r.payment_id = p.id AND r.state IN ('wanted', 'sent')
                      WHERE p.order_id = b.order_id)
      AND NOT EXISTS (SELECT 1 FROM payment AS p
                      WHERE p.order_id = b.order_id AND p.provider = 'exchange' AND p.authorized_minor < p.amount_minor)
UNION ALL
SELECT format('order %s', l.order_id), 'is listed with a balance, and has none'
FROM open_balance AS l
LEFT JOIN balance AS b ON b.order_id = l.order_id
WHERE coalesce(b.due, 0) = 0
      AND NOT EXISTS (SELECT 1 FROM work AS w WHERE w.stage = 'settle' AND w.subject_id = l.order_id)
LIMIT 100
