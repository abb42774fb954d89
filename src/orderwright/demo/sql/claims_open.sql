-- Claims of the demo's orders that wait for an agent, or for what a carrier is to be asked or to answer, since a moment.
-- in:    since timestamptz, limit int
-- locks: nothing: the verbs lock and decide by what they find
-- uses:  claim_open_idx, claim_carrier_idx, orders_pkey
SELECT c.id, o.number, c.kind, c.state, c.carrier_state, o.currency
FROM claim AS c
JOIN orders AS o ON o.id = c.order_id
WHERE (c.state = 'open' AND c.entered_at <= $1
       OR c.state <> 'open' AND c.carrier_state IN ('due', 'filed') AND c.carrier_entered_at <= $1)
      AND (o.metadata ->> 'demo_order' IS NOT NULL OR o.parent_id IS NOT NULL)
ORDER BY c.id
LIMIT $2::integer
