-- Open holds. One that is open already for the order and type stays as it is.
-- in:    ids uuid[], order_ids uuid[], types text[], blocks text[] (array literals), details jsonb[], act_ids uuid[]
-- locks: rows of orders that the caller holds locked or has made
-- uses:  hold_open_idx
INSERT INTO hold (id, order_id, type, blocks, detail, act_id)
SELECT h.id, h.order_id, h.type, h.blocks::text[], h.detail, h.act_id
FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::jsonb[], $6::uuid[])
     AS h (id, order_id, type, blocks, detail, act_id)
ON CONFLICT DO NOTHING
RETURNING order_id, type
