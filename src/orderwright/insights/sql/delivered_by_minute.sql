-- Fulfillments that were delivered in each minute from an instant on.
-- in:    since timestamptz
-- locks: nothing
-- uses:  fulfillment_delivered_idx
SELECT date_trunc('minute', f.delivered_at, 'UTC') AS minute, count(*) AS happened
FROM fulfillment AS f
WHERE f.delivered_at >= $1::timestamptz
GROUP BY 1
