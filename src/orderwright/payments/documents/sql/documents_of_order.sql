-- The documents of an order.
-- in:    order_id uuid
-- locks: nothing
-- uses:  document_order_id_n_key
SELECT d.id
FROM document AS d
WHERE d.order_id = $1
ORDER BY d.n
