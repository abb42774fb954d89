-- Open holds. One that is open already for the order and type stops the steps of both; where those are no more than it
-- stopped, it stays as it is and is not returned.
-- in:    ids uuid[], order_ids uuid[], types text[], blocks text[] (array literals), details jsonb[], act_ids uuid[];
--        distinct by order and type
-- locks: rows of orders that the caller holds locked or has made
-- uses:  hold_open_idx
INSERT INTO hold AS h (id, order_id, type, blocks, detail, act_id)
SELECT n.id, n.order_id, n.type, n.blocks::text[], n.detail, n.act_id
FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::jsonb[], $6::uuid[])
     AS n (id, order_id, type, blocks, detail, act_id)
ON CONFLICT (order_id, type) WHERE released_at IS NULL DO UPDATE
SET blocks = ARRAY(SELECT s.step FROM unnest(ARRAY['source', 'release', 'ship']) WITH ORDINALITY AS s (step, n)
                   WHERE s.step = ANY (h.blocks || excluded.blocks) ORDER BY s.n)
WHERE NOT h.blocks @> excluded.blocks
RETURNING h.order_id, h.type, new.blocks, old.id IS NULL AS opened
