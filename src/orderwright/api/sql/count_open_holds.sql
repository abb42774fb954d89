-- How many open holds there are of each type, looking at the oldest `counted_max` only.
-- in:    channel_ids uuid[] (NULL: all; those that the actor may touch), counted_max integer
-- locks: nothing
-- uses:  hold_open_idx, orders_pkey
SELECT w.type, count(*) AS holds
FROM (
    SELECT h.type
    FROM hold AS h
    WHERE h.released_at IS NULL
      AND ($1::uuid[] IS NULL
           OR EXISTS (SELECT FROM orders AS o WHERE o.id = h.order_id AND o.channel_id = ANY ($1::uuid[])))
    ORDER BY h.order_id, h.type
    LIMIT $2::integer
) AS w
GROUP BY w.type
