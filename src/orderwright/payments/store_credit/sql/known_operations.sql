-- What was answered to requests before, and all else that was asked about holds.
-- in:    request_ids uuid[], hold_ids uuid[], payment_ids uuid[]
-- locks: nothing
-- uses:  credit_operation_pkey, credit_operation_hold_idx, credit_hold_payment_idx
SELECT o.request_id, o.content, o.hold_id, o.kind, o.amount_minor, o.done, o.code
FROM credit_operation AS o
WHERE o.request_id = ANY ($1::uuid[]) OR o.hold_id = ANY ($2::uuid[])
      OR o.hold_id IN (SELECT h.id FROM credit_hold AS h WHERE h.payment_id = ANY ($3::uuid[]))
ORDER BY o.request_id
