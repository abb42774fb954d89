-- Holds, by their ids, by payments, and by requests that were answered.
-- in:    hold_ids uuid[], payment_ids uuid[], request_ids uuid[]
-- locks: nothing; exact while the caller holds the accounts' locks
-- uses:  credit_hold_pkey, credit_hold_payment_idx, credit_operation_pkey
SELECT h.id, h.account_id, h.payment_id, h.order_id, h.currency, h.authorized_minor, h.captured_minor,
       h.refunded_minor, h.released_minor, h.finalized
FROM (
    SELECT w.id FROM unnest($1::uuid[]) AS w (id)
    UNION
    SELECT p.id FROM credit_hold AS p WHERE p.payment_id = ANY ($2::uuid[])
    UNION
    SELECT o.hold_id FROM credit_operation AS o WHERE o.request_id = ANY ($3::uuid[])
) AS k
JOIN credit_hold AS h ON h.id = k.id
ORDER BY h.id
