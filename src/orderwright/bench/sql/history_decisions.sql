-- Sourcing decisions of a made-up history.
-- in:    first bigint, last bigint (the orders' numbers), act_id uuid
-- locks: nothing
-- uses:  orders_number_key, fulfillment_order_idx
INSERT INTO sourcing_decision (order_id, n, outcome, explanation, act_id, decided_at)
SELECT o.id, 1, 'sourced',
       jsonb_build_object(
           'rule', 'complete', 'units', 2, 'sourced', 2, 'asked', 3, 'rejected', '{"farther": 2}'::jsonb,
           'candidates', jsonb_build_array(
               jsonb_build_object('location', l.code, 'distance_km', 120.5, 'covers', 2, 'chosen', true, 'units', 2),
               '{"location": "store-a", "distance_km": 310.2, "covers": 2, "reason": "farther"}'::jsonb,
               '{"location": "store-b", "distance_km": 402.9, "covers": 2, "reason": "farther"}'::jsonb)),
       $3::uuid, f.released_at
FROM orders AS o
JOIN fulfillment AS f ON f.order_id = o.id
JOIN location AS l ON l.id = f.location_id
WHERE o.number BETWEEN $1::bigint AND $2::bigint
