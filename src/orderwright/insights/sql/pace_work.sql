-- What became of fulfillments in each hour or day from an instant on: made, picked, shipped, delivered; and how long those
-- shipped took since their order came, in seconds: the median, and what one of twenty exceeds.
-- in:    since timestamptz, from_id uuid (the oldest fulfillment that is looked at), unit text (`hour` or `day`), zone text
-- locks: nothing
-- uses:  fulfillment_pkey
SELECT date_trunc($3::text, s.moment, $4::text) AS at,
       count(*) FILTER (WHERE s.step = 'allocated') AS allocated, count(*) FILTER (WHERE s.step = 'picked') AS picked,
       count(*) FILTER (WHERE s.step = 'shipped') AS shipped, count(*) FILTER (WHERE s.step = 'delivered') AS delivered,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY s.took_s) AS median_s,
       percentile_cont(0.95) WITHIN GROUP (ORDER BY s.took_s) AS p95_s
FROM fulfillment AS f
CROSS JOIN LATERAL (
    VALUES ('allocated', uuid_extract_timestamp(f.id), NULL::double precision),
           ('picked', f.picked_at, NULL),
           ('shipped', f.shipped_at, extract(epoch FROM f.shipped_at - uuid_extract_timestamp(f.order_id))::double precision),
           ('delivered', f.delivered_at, NULL)) AS s (step, moment, took_s)
WHERE f.id >= $2::uuid AND s.moment >= $1::timestamptz
GROUP BY 1
