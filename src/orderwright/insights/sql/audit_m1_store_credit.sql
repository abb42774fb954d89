-- Law M1: each account of store credit has what its entries say, and has set aside what its open holds are; each hold
-- was spent and given back as the entries of its payment say (of a merged customer's some stand in the closed account),
-- and stands as the order's payment does once nothing is asked of it; and what the ledgers of orders say became store
-- credit is what the accounts got for them.
-- in:    nothing
-- locks: nothing
-- uses:  whole tables: an audit reads everything
WITH root AS (
    SELECT a.id, coalesce(a.moved_into, a.id) AS root_id FROM credit_account AS a
), entry AS (
    SELECT account_id, sum(amount_minor) AS balance FROM credit_entry GROUP BY account_id
), held AS (
    SELECT account_id, sum(authorized_minor - captured_minor - released_minor) AS open
    FROM credit_hold GROUP BY account_id
), hold AS (
    SELECT account_id, payment_id, sum(authorized_minor) AS authorized, sum(captured_minor) AS captured,
           sum(refunded_minor) AS refunded, sum(released_minor) AS released
    FROM credit_hold GROUP BY account_id, payment_id
), moved AS (
    SELECT root_id AS account_id, payment_id, -coalesce(sum(amount_minor) FILTER (WHERE kind = 'spent'), 0) AS spent,
           coalesce(sum(amount_minor) FILTER (WHERE kind = 'returned'), 0) AS returned
    FROM credit_entry JOIN root ON root.id = account_id WHERE payment_id IS NOT NULL GROUP BY root_id, payment_id
), given AS (
    SELECT order_id, subject_id, sum(amount_minor) AS amount
    FROM credit_entry WHERE kind = 'refunded' GROUP BY order_id, subject_id
), booked AS (
    SELECT order_id, subject_id,
           sum(CASE WHEN credit = 'store_credit' THEN amount_minor ELSE -amount_minor END) AS amount
    FROM money_entry WHERE debit = 'store_credit' OR credit = 'store_credit' GROUP BY order_id, subject_id
)
SELECT format('account %s', coalesce(a.id, e.account_id, h.account_id)) AS subject,
       format('balance %s/%s held %s/%s', a.balance_minor, coalesce(e.balance, 0), a.held_minor, coalesce(h.open, 0))
       AS detail
FROM credit_account AS a
FULL JOIN entry AS e ON e.account_id = a.id
FULL JOIN held AS h ON h.account_id = coalesce(a.id, e.account_id)
WHERE a.id IS NULL OR a.balance_minor <> coalesce(e.balance, 0) OR a.held_minor <> coalesce(h.open, 0)
UNION ALL
SELECT format('payment %s of account %s', coalesce(h.payment_id, m.payment_id), coalesce(h.account_id, m.account_id)),
       format('spent %s/%s returned %s/%s', h.captured, m.spent, h.refunded, m.returned)
FROM hold AS h
FULL JOIN moved AS m ON m.account_id = h.account_id AND m.payment_id = h.payment_id
WHERE (coalesce(h.captured, 0), coalesce(h.refunded, 0))
      IS DISTINCT FROM (coalesce(m.spent, 0), coalesce(m.returned, 0))
UNION ALL
SELECT format('payment %s', h.payment_id),
       format('authorized %s/%s captured %s/%s refunded %s/%s released %s/%s', h.authorized, p.authorized_minor,
              h.captured, p.captured_minor, h.refunded, p.refunded_minor, h.released, p.released_minor)
FROM hold AS h
LEFT JOIN payment AS p ON p.id = h.payment_id
WHERE (h.authorized, h.captured, h.refunded, h.released)
      IS DISTINCT FROM (p.authorized_minor, p.captured_minor, p.refunded_minor, p.released_minor)
      AND NOT EXISTS (SELECT 1 FROM payment_request AS r WHERE r.payment_id = h.payment_id AND r.state IN ('wanted', 'sent'))
UNION ALL
SELECT format('order %s', coalesce(g.order_id, b.order_id)),
       format('store credit %s, by its ledger %s', coalesce(g.amount, 0), coalesce(b.amount, 0))
FROM given AS g
FULL JOIN booked AS b ON b.order_id = g.order_id AND b.subject_id IS NOT DISTINCT FROM g.subject_id
WHERE coalesce(g.amount, 0) <> coalesce(b.amount, 0)
LIMIT 100
