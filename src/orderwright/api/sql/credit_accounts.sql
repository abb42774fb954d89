-- A page of accounts of store credit, oldest first: of one customer or all, or one by its id.
-- in:    account_id uuid (NULL: any), customer_id uuid (NULL: all), after uuid (exclusive), page integer
-- locks: nothing
-- uses:  credit_account_pkey, credit_account_owner_key
SELECT a.id, a.customer_id, a.currency, a.balance_minor, a.held_minor, a.created_at
FROM credit_account AS a
WHERE a.id > $3 AND ($1::uuid IS NULL OR a.id = $1)
      AND ($2::uuid IS NULL
           OR a.customer_id = coalesce((SELECT m.merged_into FROM customer AS m WHERE m.id = $2), $2))
ORDER BY a.id
LIMIT $4::integer
