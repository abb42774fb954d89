-- What was found when returns were looked at, in that order.
-- in:    return_ids uuid[]
-- locks: nothing; exact while the caller holds the orders' locks
-- uses:  return_inspection_return_idx
SELECT i.id, i.return_id, i.line_n, i.component_n, i.location_id, i.quantity, i.grade, i.disposition, i.accepted
FROM return_inspection AS i
WHERE i.return_id = ANY ($1::uuid[])
ORDER BY i.return_id, i.id
