-- The orders of some returns and claims.
-- in:    ids uuid[]
-- locks: nothing; a return or claim never changes its order
-- uses:  customer_return_pkey, claim_pkey
SELECT r.id, r.order_id, 'return' AS kind FROM customer_return AS r WHERE r.id = ANY ($1::uuid[])
UNION ALL
SELECT c.id, c.order_id, 'claim' FROM claim AS c WHERE c.id = ANY ($1::uuid[])
