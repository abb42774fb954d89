-- Lock accounts, by their ids (with those that have what they had) and by whose they are.
-- in:    account_ids uuid[], customer_ids uuid[], currencies text[]
-- locks: credit_account (id order), FOR UPDATE: money, after orders
-- uses:  credit_account_pkey, credit_account_owner_key
SELECT a.id, a.customer_id, a.currency, a.balance_minor, a.held_minor, a.event_seq, a.moved_into
FROM credit_account AS a
WHERE a.id IN (
    SELECT unnest($1::uuid[])
    UNION
    SELECT m.moved_into FROM credit_account AS m WHERE m.id = ANY ($1::uuid[]) AND m.moved_into IS NOT NULL
    UNION
    SELECT o.id
    FROM unnest($2::uuid[], $3::text[]) AS w (customer_id, currency)
    JOIN credit_account AS o ON o.customer_id = w.customer_id AND o.currency = w.currency)
ORDER BY a.id
FOR UPDATE
