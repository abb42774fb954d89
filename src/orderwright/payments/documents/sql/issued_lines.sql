-- What the documents of orders said so far.
-- in:    order_ids uuid[]
-- locks: nothing; exact while the caller holds the orders' locks
-- uses:  document_order_id_n_key, document_line_pkey
SELECT d.order_id, d.id, d.kind AS document_kind, l.kind, l.ref, l.units, l.net_minor, l.tax_minor, l.taxes
FROM document AS d
JOIN document_line AS l ON l.document_id = d.id
WHERE d.order_id = ANY ($1::uuid[])
ORDER BY d.order_id, d.n, l.n
