-- What became of the orders of a run, newest first: of all, or only of those where it was done (or was not).
-- An order that is not for the reader (another channel, nothing of it at their locations) has no number.
-- in:    run_id uuid, below uuid, limit integer, ok boolean (NULL: all),
--        channel_ids uuid[] (NULL: all), location_ids uuid[] (NULL: all)
-- locks: nothing
-- uses:  bulk_run_item_pkey, orders_pkey, fulfillment_order_id_idx
SELECT i.order_id, o.number, i.code, i.ok, i.message, i.details::text AS details
FROM bulk_run_item AS i
LEFT JOIN orders AS o
  ON o.id = i.order_id AND ($5::uuid[] IS NULL OR o.channel_id = ANY ($5::uuid[]))
     AND ($6::uuid[] IS NULL
          OR EXISTS (SELECT 1 FROM fulfillment AS f WHERE f.order_id = o.id AND f.location_id = ANY ($6::uuid[])))
WHERE i.run_id = $1::uuid AND i.order_id < $2::uuid
  AND ($4::boolean IS NULL OR coalesce(i.ok, false) = $4::boolean)
ORDER BY i.order_id DESC
LIMIT $3::integer
