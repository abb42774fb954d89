-- Rows of orders that have no order, rows of fulfillments and shipments that have none, and orders without lines or
-- components.
-- in:    nothing
-- locks: nothing
-- uses:  whole tables: an audit reads everything
SELECT format('%s of order %s', r.what, r.order_id) AS subject, 'belongs to no order' AS detail
FROM (
    SELECT 'line' AS what, order_id FROM order_line
    UNION ALL SELECT 'component', order_id FROM component
    UNION ALL SELECT 'promise', order_id FROM promise
    UNION ALL SELECT 'backorder', order_id FROM backorder
    UNION ALL SELECT 'charge', order_id FROM order_charge
    UNION ALL SELECT 'payment', order_id FROM payment
    UNION ALL SELECT 'payment request', order_id FROM payment_request
    UNION ALL SELECT 'money entry', order_id FROM money_entry
    UNION ALL SELECT 'open balance', order_id FROM open_balance
    UNION ALL SELECT 'document', order_id FROM document
    UNION ALL SELECT 'hold', order_id FROM hold
    UNION ALL SELECT 'fulfillment', order_id FROM fulfillment
    UNION ALL SELECT 'allocation', order_id FROM allocation
    UNION ALL SELECT 'shipment', order_id FROM shipment
    UNION ALL SELECT 'parcel', order_id FROM parcel
    UNION ALL SELECT 'label of a parcel', order_id FROM parcel_label
    UNION ALL SELECT 'contact', order_id FROM contact WHERE order_id IS NOT NULL
    UNION ALL SELECT 'message', order_id FROM message WHERE order_id IS NOT NULL
    UNION ALL SELECT 'sourcing decision', order_id FROM sourcing_decision
    UNION ALL SELECT 'sourcing exclusion', order_id FROM sourcing_exclusion
    UNION ALL SELECT 'identity', order_id FROM order_identity
) AS r
WHERE NOT EXISTS (SELECT 1 FROM orders AS o WHERE o.id = r.order_id)
UNION ALL
SELECT format('%s of fulfillment %s', r.what, r.fulfillment_id), 'belongs to no fulfillment of its order'
FROM (
    SELECT 'allocation' AS what, fulfillment_id, order_id FROM allocation
    UNION ALL SELECT 'shipment', fulfillment_id, order_id FROM shipment
) AS r
WHERE NOT EXISTS (SELECT 1 FROM fulfillment AS f WHERE f.id = r.fulfillment_id AND f.order_id = r.order_id)
UNION ALL
SELECT format('parcel %s', p.id), 'belongs to no shipment of its order'
FROM parcel AS p
WHERE NOT EXISTS (SELECT 1 FROM shipment AS s WHERE s.id = p.shipment_id AND s.order_id = p.order_id)
UNION ALL
SELECT format('order %s', o.id), 'has a line without components, or none, or no identity'
FROM orders AS o
WHERE NOT EXISTS (SELECT 1 FROM order_line AS l WHERE l.order_id = o.id)
      OR EXISTS (SELECT 1 FROM order_line AS l WHERE l.order_id = o.id
                 AND NOT EXISTS (SELECT 1 FROM component AS c WHERE c.order_id = o.id AND c.line_n = l.n))
      OR NOT EXISTS (SELECT 1 FROM order_identity AS i
                     WHERE i.channel_id = o.channel_id AND i.external_id = o.external_id AND i.order_id = o.id)
LIMIT 100
