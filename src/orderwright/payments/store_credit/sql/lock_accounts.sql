-- Lock accounts, by their ids and by whose they are.
-- in:    account_ids uuid[], customer_ids uuid[], currencies text[]
-- locks: credit_account (id order), FOR UPDATE: money, after orders
-- uses:  credit_account_pkey, credit_account_owner_key
SELECT a.id, a.customer_id, a.currency, a.balance_minor, a.held_minor, a.event_seq
FROM credit_account AS a
WHERE a.id = ANY ($1::uuid[])
      OR (a.customer_id, a.currency) IN (
          SELECT w.customer_id, w.currency FROM unnest($2::uuid[], $3::text[]) AS w (customer_id, currency))
ORDER BY a.id
FOR UPDATE
