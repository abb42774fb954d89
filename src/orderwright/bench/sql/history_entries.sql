-- The money ledger of a made-up history: charged at placement and paid; what was cancelled is taken back and refunded.
-- in:    first bigint, last bigint (the orders' numbers), act_id uuid
-- locks: nothing
-- uses:  orders_number_key, payment_order_idx
INSERT INTO money_entry (id, order_id, debit, credit, amount_minor, kind, payment_id, act_id, happened_at)
SELECT overlay(o.id::text PLACING to_hex(k.n) FROM 25)::uuid, o.id, k.debit, k.credit, k.amount, k.kind,
       CASE WHEN k.kind IN ('capture', 'refund') THEN p.id END, $3::uuid, o.placed_at
FROM orders AS o
JOIN payment AS p ON p.order_id = o.id
CROSS JOIN LATERAL (
    VALUES (1, 'receivable', 'lines', o.lines_minor, 'placement', true),
           (2, 'receivable', 'shipping', o.shipping_minor, 'placement', true),
           (3, 'receivable', 'tax', o.tax_minor, 'placement', true),
           (4, 'captured', 'receivable', o.total_minor, 'capture', true),
           (5, 'lines', 'receivable', o.lines_minor, 'cancellation', o.status = 'cancelled'),
           (6, 'shipping', 'receivable', o.shipping_minor, 'cancellation', o.status = 'cancelled'),
           (7, 'tax', 'receivable', o.tax_minor, 'cancellation', o.status = 'cancelled'),
           (8, 'receivable', 'captured', o.total_minor, 'refund', o.status = 'cancelled')
) AS k (n, debit, credit, amount, kind, wanted)
WHERE k.wanted AND k.amount > 0 AND o.number BETWEEN $1::bigint AND $2::bigint
