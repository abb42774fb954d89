-- The entries of an account of store credit, oldest first, each with who made it.
-- in:    account_id uuid, after uuid (exclusive), page integer
-- locks: nothing
-- uses:  credit_entry_pkey, act_pkey
SELECT e.id, e.amount_minor, e.kind, e.reason, e.order_id, e.payment_id, e.request_id, e.subject_id, e.happened_at,
       e.recorded_at, a.verb, a.actor, a.on_behalf_of
FROM credit_entry AS e
JOIN act AS a ON a.id = e.act_id
WHERE e.account_id = $1 AND e.id > $2
ORDER BY e.id
LIMIT $3::integer
