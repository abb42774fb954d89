-- Law M1: what goods that came back brought to the new order of an exchange is what its payment there took, and what that
-- gave back is owed by the order that the goods are of, once each; an exchange is of a return of its order, and pays one
-- of its children.
-- in:    nothing
-- locks: nothing
-- uses:  whole tables: an audit reads everything
WITH moved AS (
    SELECT e.order_id, e.subject_id AS exchange_id,
           coalesce(sum(e.amount_minor) FILTER (WHERE e.kind = 'exchange'), 0) AS brought,
           coalesce(sum(e.amount_minor) FILTER (WHERE e.kind = 'exchange_back'), 0) AS back,
           coalesce(sum(e.amount_minor) FILTER (WHERE e.kind = 'exchange_back' AND r.state = 'done'), 0) AS known,
           bool_and(e.kind = 'exchange' OR coalesce(r.payment_id = x.payment_id, false)) AS asked
    FROM money_entry AS e
    LEFT JOIN exchange AS x ON x.id = e.subject_id AND x.order_id = e.order_id
    LEFT JOIN payment_request AS r ON r.id = e.request_id
    WHERE e.kind IN ('exchange', 'exchange_back')
    GROUP BY e.order_id, e.subject_id
)
SELECT format('exchange %s', coalesce(x.id, m.exchange_id)) AS subject,
       format('brought %s and gave back %s (known %s), and its payment took %s and refunded %s', m.brought, m.back,
              m.known, p.captured_minor, p.refunded_minor) AS detail
FROM exchange AS x
FULL JOIN moved AS m ON m.exchange_id = x.id AND m.order_id = x.order_id
LEFT JOIN payment AS p ON p.id = x.payment_id
WHERE x.id IS NULL OR p.id IS NULL
      OR (p.captured_minor, p.refunded_minor) IS DISTINCT FROM (coalesce(m.brought, 0), coalesce(m.known, 0))
      OR NOT coalesce(m.asked, true) OR coalesce(m.back, 0) > coalesce(m.brought, 0)
UNION ALL
SELECT format('exchange %s', x.id), 'is not of a return of its order, or pays an order that is no child of it'
FROM exchange AS x
LEFT JOIN customer_return AS r ON r.id = x.return_id AND r.order_id = x.order_id
LEFT JOIN orders AS o ON o.id = x.new_order_id AND o.parent_id = x.order_id
LEFT JOIN payment AS p ON p.id = x.payment_id AND p.order_id = x.new_order_id
WHERE r.id IS NULL OR o.id IS NULL OR p.id IS NULL
UNION ALL
SELECT format('exchange %s', x.id), 'is open, and no queue keeps it'
FROM exchange AS x
WHERE x.state = 'open' AND NOT EXISTS (SELECT 1 FROM work AS w WHERE w.stage = 'exchange' AND w.subject_id = x.id)
LIMIT 100
