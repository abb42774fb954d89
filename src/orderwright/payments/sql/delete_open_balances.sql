-- Take orders off the list of open balances.
-- in:    order_ids uuid[]
-- locks: the rows; the caller holds the orders' locks
-- uses:  open_balance_pkey
DELETE FROM open_balance WHERE order_id = ANY ($1::uuid[])
