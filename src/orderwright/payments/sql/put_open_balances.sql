-- List orders whose balance people must look at; one that is listed keeps its age.
-- in:    order_ids uuid[], due_on date[], why text[]
-- locks: the rows; the caller holds the orders' locks
-- uses:  open_balance_pkey
INSERT INTO open_balance (order_id, due_on, why)
SELECT d.order_id, d.due_on, d.why
FROM unnest($1::uuid[], $2::date[], $3::text[]) AS d (order_id, due_on, why)
ON CONFLICT (order_id) DO UPDATE SET due_on = excluded.due_on, why = excluded.why
