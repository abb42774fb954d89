-- Make the accounts that customers do not have yet.
-- in:    ids uuid[], customer_ids uuid[], currencies text[], in the order of customers and currencies
-- locks: credit_account (that order): waits for calls under way that make the same accounts
-- uses:  credit_account_owner_key
INSERT INTO credit_account (id, customer_id, currency)
SELECT d.id, d.customer_id, d.currency
FROM unnest($1::uuid[], $2::uuid[], $3::text[]) AS d (id, customer_id, currency)
ON CONFLICT (customer_id, currency) DO NOTHING
