-- Lock the accounts of customers.
-- in:    customer_ids uuid[]
-- locks: credit_account (id order), FOR UPDATE: money, after orders
-- uses:  credit_account_owner_key
SELECT a.id, a.customer_id, a.currency, a.balance_minor, a.held_minor, a.event_seq, a.moved_into
FROM credit_account AS a
WHERE a.customer_id = ANY ($1::uuid[])
ORDER BY a.id
FOR UPDATE
