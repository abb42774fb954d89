-- Law M1: what is set aside, taken and given back of each payment is what its entries say, and what is pending is what
-- its open requests ask for. (That no more is captured than authorized, nor refunded than captured, is a constraint.)
-- in:    nothing
-- locks: nothing
-- uses:  whole tables: an audit reads everything
SELECT format('payment %s', p.id) AS subject,
       format('set aside %s/%s captured %s/%s refunded %s/%s capturing %s/%s refunding %s/%s',
              p.authorized_minor - p.captured_minor - p.released_minor, coalesce(e.set_aside, 0), p.captured_minor,
              coalesce(e.captured, 0), p.refunded_minor, coalesce(e.refunded, 0), p.capturing_minor,
              coalesce(r.capturing, 0), p.refunding_minor, coalesce(r.refunding, 0)) AS detail
FROM payment AS p
LEFT JOIN (
    SELECT payment_id,
           sum(amount_minor) FILTER (WHERE debit = 'authorized')
           - coalesce(sum(amount_minor) FILTER (WHERE credit = 'authorized'), 0) AS set_aside,
           sum(amount_minor) FILTER (WHERE debit = 'captured') AS captured,
           sum(amount_minor) FILTER (WHERE credit = 'captured') AS refunded
    FROM money_entry WHERE payment_id IS NOT NULL GROUP BY payment_id
) AS e ON e.payment_id = p.id
LEFT JOIN (
    SELECT payment_id, sum(amount_minor) FILTER (WHERE kind = 'capture') AS capturing,
           sum(amount_minor) FILTER (WHERE kind = 'refund') AS refunding
    FROM payment_request WHERE state IN ('wanted', 'sent') GROUP BY payment_id
) AS r ON r.payment_id = p.id
WHERE p.authorized_minor - p.captured_minor - p.released_minor <> coalesce(e.set_aside, 0)
      OR p.captured_minor <> coalesce(e.captured, 0) OR p.refunded_minor <> coalesce(e.refunded, 0)
      OR p.capturing_minor <> coalesce(r.capturing, 0) OR p.refunding_minor <> coalesce(r.refunding, 0)
UNION ALL
SELECT format('request %s', r.id), 'has no answer yet, and no queue keeps it'
FROM payment_request AS r
WHERE r.state IN ('wanted', 'sent')
      AND NOT EXISTS (SELECT 1 FROM work AS w WHERE w.stage = 'pay' AND w.subject_id = r.payment_id)
LIMIT 100
