-- Which orders claims are of: that never changes.
-- in:    claim_ids uuid[]
-- locks: nothing
-- uses:  claim_pkey
SELECT c.id, c.order_id
FROM claim AS c
WHERE c.id = ANY ($1::uuid[])
