-- Orders with all that a care agent asks about. What an order has many of comes as JSON: an array of arrays, in the order
-- of the fields of the row types in `orderwright.search.stored`, themselves in no order: a sort costs a small answer more
-- here than there. The ids stand in a subquery so that their number is not seen: else the planner, which takes 1 ms,
-- would find a plan for one order so much cheaper than the general one that it planned every time.
-- in:    order_ids uuid[]
-- locks: nothing
-- uses:  orders_pkey, orders_parent_idx, channel_pkey, and for each kind of row its index by order: order_line_pkey, component_pkey,
--        sku_pkey, hold_order_idx, contact_order_idx, order_charge_pkey, payment_order_idx, money_entry_pkey, backorder_pkey,
--        fulfillment_order_idx, location_pkey, allocation_pkey, shipment_order_idx, parcel_order_idx, parcel_unit_pkey,
--        sourcing_decision_pkey, order_tag_pkey
SELECT o.id, o.number, o.kind, o.parent_id, o.status, o.hold_count, o.channel_id,
       (SELECT h.code FROM channel AS h WHERE h.id = o.channel_id) AS channel,
       (SELECT h.name FROM channel AS h WHERE h.id = o.channel_id) AS channel_name, o.external_id, o.priority,
       o.customer_id, o.currency, o.prices_include_tax, o.lines_minor, o.shipping_minor, o.fees_minor, o.discount_minor,
       o.tax_minor, o.rounding_minor, o.total_minor, o.buyer_contact_id, o.ship_to_contact_id, o.bill_to_contact_id,
       o.placed_at, o.requested_ship_on, o.requested_delivery_on, o.promised_on, o.promise_zone,
       ARRAY(SELECT t.tag FROM order_tag AS t WHERE t.order_id = o.id ORDER BY t.tag) AS tags, o.metadata,
       o.event_seq, o.revision, o.version,
       (SELECT json_agg(json_build_array(l.n, l.reference, l.sku_code, l.name, l.quantity,
                                         trim_scale(l.unit_price_minor)::text, l.subtotal_minor, l.discount_minor,
                                         l.tax_minor, l.shipping_minor, l.fees_minor, l.delivery,
                                         (SELECT p.code FROM location AS p WHERE p.id = l.location_id)))
        FROM order_line AS l
        WHERE l.order_id = o.id) AS lines,
       (SELECT json_agg(json_build_array(c.line_n, c.n, s.code, s.name, c.ordered, c.pending, c.external, c.cancelled,
                                         c.backordered, c.promised, c.allocated, c.picked, c.packed, c.shipped,
                                         c.delivered, c.returned))
        FROM component AS c
        LEFT JOIN sku AS s ON s.id = c.sku_id
        WHERE c.order_id = o.id) AS components,
       (SELECT json_agg(json_build_array(c.id, c.name, c.company, c.email, c.phone, c.line1, c.line2, c.city, c.region,
                                         c.postal_code, c.country, c.erased_at IS NOT NULL))
        FROM contact AS c
        WHERE c.order_id = o.id) AS contacts,
       CASE WHEN o.hold_count > 0 THEN
           (SELECT json_agg(json_build_array(d.id, d.type, d.blocks, d.detail, d.created_at))
            FROM hold AS d
            WHERE d.order_id = o.id AND d.released_at IS NULL)
       END AS holds,
       (SELECT json_agg(json_build_array(f.id, f.number, f.kind, f.status) ORDER BY f.id)
        FROM orders AS f
        WHERE f.parent_id = o.id) AS children,
       (SELECT json_agg(json_build_array(c.n, c.kind, c.code, c.name, trim_scale(c.rate)::text, c.amount_minor,
                                         c.shares_minor))
        FROM order_charge AS c
        WHERE c.order_id = o.id) AS charges,
       (SELECT json_agg(json_build_array(p.n, p.id, p.method, p.provider, p.reference, p.amount_minor,
                                         p.authorized_minor, p.released_minor, p.captured_minor, p.refunded_minor,
                                         p.capturing_minor + p.refunding_minor, p.expires_at, p.refused_code))
        FROM payment AS p
        WHERE p.order_id = o.id) AS payments,
       (SELECT coalesce(sum(e.amount_minor) FILTER (WHERE e.debit = 'receivable'), 0)::bigint
               - coalesce(sum(e.amount_minor) FILTER (WHERE e.credit = 'receivable'), 0)::bigint
        FROM money_entry AS e
        WHERE e.order_id = o.id) AS balance_minor,
       CASE WHEN o.status NOT IN ('shipped', 'delivered', 'cancelled') THEN
           (SELECT json_agg(json_build_array(b.line_n, b.component_n, (SELECT q.code FROM pool AS q WHERE q.id = b.pool_id),
                                             b.quantity, (SELECT u.due_on FROM supply AS u WHERE u.id = b.supply_id)))
            FROM backorder AS b
            WHERE b.order_id = o.id)
       END AS backorders,
       (SELECT json_agg(json_build_array(f.id, (SELECT p.code FROM location AS p WHERE p.id = f.location_id),
                                         (SELECT p.name FROM location AS p WHERE p.id = f.location_id), f.method,
                                         f.state, f.due_at, f.released_at, f.picked_at, f.packed_at, f.shipped_at,
                                         f.delivered_at, f.location_id))
        FROM fulfillment AS f
        WHERE f.order_id = o.id) AS fulfillments,
       (SELECT json_agg(json_build_array(a.fulfillment_id, a.line_n, a.component_n,
                                         (SELECT s.code FROM sku AS s WHERE s.id = a.sku_id), a.quantity, a.picked,
                                         a.packed, a.shipped, a.delivered))
        FROM fulfillment AS f
        JOIN allocation AS a ON a.fulfillment_id = f.id
        WHERE f.order_id = o.id) AS allocations,
       (SELECT json_agg(json_build_array(s.id, s.fulfillment_id, s.carrier, s.service, s.state))
        FROM shipment AS s
        WHERE s.order_id = o.id) AS shipments,
       (SELECT json_agg(json_build_array(p.n, p.id, p.shipment_id, p.carrier, p.tracking_number, p.state, p.weight_g,
                                         p.tracked_at, p.shipped_at,
                                         (SELECT json_agg(json_build_array(u.line_n, u.component_n, u.quantity))
                                          FROM parcel_unit AS u
                                          WHERE u.parcel_id = p.id AND u.quantity > 0)))
        FROM parcel AS p
        WHERE p.order_id = o.id) AS parcels,
       (SELECT json_agg(json_build_array(d.n, d.outcome, d.explanation, d.decided_at))
        FROM sourcing_decision AS d
        WHERE d.order_id = o.id) AS decisions
FROM orders AS o
WHERE o.id = ANY ((SELECT $1::uuid[])::uuid[])
