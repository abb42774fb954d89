-- Those of some orders that more is true of, newest first: what few searches ask for. NULL asks for nothing.
-- in:    ids uuid[], tags text[], hold_types text[], late boolean, promised_from date, promised_to date,
--        total_from bigint and total_to bigint (minor units), currency text, countries text[] (shipped to),
--        customer_id uuid (of one that was merged: the kept one's), payments text[], things text[] (as for find_having),
--        kinds text[], priority_from integer, attention boolean (as for find_attention)
-- locks: nothing
-- uses:  orders_pkey, order_tag_pkey, hold_open_idx, contact_pkey, payment_order_idx, open_balance_pkey,
--        customer_return_order_idx, exchange_order_idx, claim_order_idx, order_note_order_idx, attachment_order_idx,
--        work_set_aside_idx
SELECT o.id
FROM orders AS o
WHERE o.id = ANY ((SELECT $1::uuid[])::uuid[])
      AND ($4::boolean IS NULL
           OR (o.status NOT IN ('delivered', 'cancelled') AND o.promised_on IS NOT NULL
               AND o.promised_on < (now() AT TIME ZONE coalesce(o.promise_zone, 'UTC'))::date) = $4::boolean)
      AND ($5::date IS NULL OR o.promised_on >= $5::date)
      AND ($6::date IS NULL OR o.promised_on <= $6::date)
      AND ($7::bigint IS NULL OR o.total_minor >= $7::bigint)
      AND ($8::bigint IS NULL OR o.total_minor <= $8::bigint)
      AND ($9::text IS NULL OR o.currency = $9::text)
      AND ($11::uuid IS NULL
           OR o.customer_id = coalesce((SELECT m.merged_into FROM customer AS m WHERE m.id = $11::uuid), $11::uuid))
      AND ($14::text[] IS NULL OR o.kind = ANY ($14::text[]))
      AND ($15::integer IS NULL OR o.priority >= $15::integer)
      AND ($2::text[] IS NULL OR EXISTS (
          SELECT FROM order_tag AS t WHERE t.order_id = o.id AND t.tag = ANY ($2::text[])))
      AND ($3::text[] IS NULL OR EXISTS (
          SELECT FROM hold AS h WHERE h.order_id = o.id AND h.released_at IS NULL AND h.type = ANY ($3::text[])))
      AND ($10::text[] IS NULL OR EXISTS (
          SELECT FROM contact AS c WHERE c.id = o.ship_to_contact_id AND c.country = ANY ($10::text[])))
      AND ($12::text[] IS NULL
           OR ('open_balance' = ANY ($12::text[]) AND EXISTS (
               SELECT FROM open_balance AS b WHERE b.order_id = o.id))
           OR ('unpaid' = ANY ($12::text[]) AND o.total_minor > 0 AND NOT EXISTS (
               SELECT FROM payment AS p WHERE p.order_id = o.id AND p.authorized_minor > 0))
           OR EXISTS (
               SELECT FROM payment AS p
               WHERE p.order_id = o.id
                     AND (('authorized' = ANY ($12::text[])
                           AND p.authorized_minor > p.released_minor + p.captured_minor + p.capturing_minor)
                          OR ('captured' = ANY ($12::text[]) AND p.captured_minor > 0)
                          OR ('refunded' = ANY ($12::text[]) AND p.refunded_minor > 0)
                          OR ('refused' = ANY ($12::text[]) AND p.refused_code IS NOT NULL))))
      AND ($13::text[] IS NULL
           -- Values, not EXISTS: those might be planned as a hash of the whole table.
           OR (SELECT true
               FROM customer_return AS r
               WHERE r.order_id = o.id
                     AND ('return' = ANY ($13::text[])
                          OR ('open_return' = ANY ($13::text[])
                              AND r.state IN ('requested', 'in_transit', 'received', 'inspected')))
               LIMIT 1)
           OR (SELECT true FROM exchange AS x WHERE 'exchange' = ANY ($13::text[]) AND x.order_id = o.id LIMIT 1)
           OR (SELECT true
               FROM claim AS c
               WHERE c.order_id = o.id
                     AND ('claim' = ANY ($13::text[]) OR ('open_claim' = ANY ($13::text[]) AND c.state = 'open'))
               LIMIT 1)
           OR (SELECT true FROM order_note AS n WHERE 'note' = ANY ($13::text[]) AND n.order_id = o.id LIMIT 1)
           OR (SELECT true FROM attachment AS a WHERE 'attachment' = ANY ($13::text[]) AND a.order_id = o.id LIMIT 1))
      AND ($16::boolean IS NULL
           OR (o.hold_count > 0
               OR EXISTS (SELECT FROM open_balance AS b WHERE b.order_id = o.id)
               OR o.id IN (
                   SELECT coalesce(
                       (SELECT l.order_id FROM fulfillment AS l WHERE l.id = w.subject_id),
                       (SELECT h.order_id FROM shipment AS h WHERE h.id = w.subject_id),
                       (SELECT p.order_id FROM payment AS p WHERE p.id = w.subject_id),
                       (SELECT r.order_id FROM customer_return AS r WHERE r.id = w.subject_id),
                       (SELECT x.order_id FROM exchange AS x WHERE x.id = w.subject_id),
                       w.subject_id)
                   FROM work AS w
                   WHERE w.set_aside_at IS NOT NULL)) = $16::boolean)
ORDER BY o.id DESC
