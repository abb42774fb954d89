-- Take order numbers, rising; a number that is not used after all leaves a gap.
-- in:    count int
-- locks: nothing
-- uses:  the sequence order_number
SELECT nextval('order_number') AS number FROM generate_series(1, $1::integer)
