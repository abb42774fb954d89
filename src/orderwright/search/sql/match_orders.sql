-- Those of some orders that everything asked for is true of, newest first. NULL asks for nothing.
-- in:    ids uuid[], statuses text[], held boolean, channel_ids uuid[], location_ids uuid[], placed_from timestamptz,
--        placed_before timestamptz, number bigint, external_id text, email text (in small letters),
--        phone_ending text and phone_digits text (as for find_by_phone), name_keys text[] (words or pairs),
--        sku_code text (as for find_by_sku), tracking_numbers text[]
-- locks: nothing
-- uses:  orders_pkey, fulfillment_order_idx, contact_order_idx, contact_word_pkey, order_line_pkey, component_pkey,
--        sku_code_key, kit_component_kit_sku_id_component_sku_id_key, parcel_order_idx
SELECT o.id
FROM orders AS o
WHERE o.id = ANY ((SELECT $1::uuid[])::uuid[])
      AND ($2::text[] IS NULL OR o.status = ANY ($2::text[]))
      AND ($3::boolean IS NULL OR (o.hold_count > 0) = $3::boolean)
      AND ($4::uuid[] IS NULL OR o.channel_id = ANY ($4::uuid[]))
      AND ($6::timestamptz IS NULL OR o.placed_at >= $6::timestamptz)
      AND ($7::timestamptz IS NULL OR o.placed_at < $7::timestamptz)
      AND ($8::bigint IS NULL OR o.number = $8::bigint)
      AND ($9::text IS NULL OR o.external_id = $9::text)
      AND ($5::uuid[] IS NULL OR EXISTS (
          SELECT FROM fulfillment AS f
          WHERE f.order_id = o.id AND f.location_id = ANY ($5::uuid[]) AND f.state NOT IN ('rejected', 'cancelled')))
      AND ($10::text IS NULL OR EXISTS (
          SELECT FROM contact AS c WHERE c.order_id = o.id AND lower(c.email) = $10::text))
      AND ($11::text IS NULL OR EXISTS (
          SELECT FROM contact AS c
          CROSS JOIN LATERAL (SELECT translate(c.phone, translate(c.phone, '0123456789', ''), '') AS all_digits) AS p
          CROSS JOIN LATERAL (SELECT ltrim(p.all_digits, '0') AS digits) AS d
          WHERE c.order_id = o.id AND right(p.all_digits, 8) = $11::text
                AND (right(d.digits, length($12::text)) = $12::text OR right($12::text, length(d.digits)) = d.digits)))
      AND ($13::text[] IS NULL OR NOT EXISTS (
          SELECT FROM unnest($13::text[]) AS k (word)
          WHERE NOT EXISTS (SELECT FROM contact_word AS w WHERE w.word = k.word AND w.order_id = o.id)))
      AND ($14::text IS NULL OR EXISTS (
          SELECT FROM order_line AS l
          WHERE l.order_id = o.id AND (l.sku_code = $14::text OR EXISTS (
              SELECT FROM kit_component AS k
              JOIN component AS c ON c.order_id = l.order_id AND c.line_n = l.n AND c.sku_id = k.component_sku_id
              WHERE k.kit_sku_id = l.sku_id
                    AND k.component_sku_id = (SELECT s.id FROM sku AS s WHERE s.code = $14::text)))))
      AND ($15::text[] IS NULL OR EXISTS (
          SELECT FROM parcel AS p WHERE p.order_id = o.id AND p.tracking_number = ANY ($15::text[])))
ORDER BY o.id DESC
