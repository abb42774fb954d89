-- Law G4: what came back of a component, less what was sent to the customer again, is what its returns received; no more
-- came back than left; and the state of a return fits what came of it.
-- in:    nothing
-- locks: nothing
-- uses:  whole tables: an audit reads everything
SELECT format('order %s line %s component %s', coalesce(c.order_id, g.order_id), coalesce(c.line_n, g.line_n),
              coalesce(c.n, g.component_n)) AS subject,
       format('returned %s of %s shipped, received %s', coalesce(c.returned, 0), coalesce(c.shipped, 0),
              coalesce(g.units, 0)) AS detail
FROM component AS c
FULL JOIN (
    SELECT order_id, line_n, component_n, sum(received - sent_back) AS units
    FROM returned_goods GROUP BY 1, 2, 3
) AS g ON g.order_id = c.order_id AND g.line_n = c.line_n AND g.component_n = c.n
WHERE coalesce(c.returned, 0) <> coalesce(g.units, 0) OR c.returned > c.shipped
UNION ALL
SELECT format('return %s', r.id),
       format('state %s with %s units received, %s inspected', r.state, coalesce(g.received, 0),
              coalesce(g.inspected, 0))
FROM customer_return AS r
LEFT JOIN (
    SELECT return_id, sum(received) AS received, sum(inspected) AS inspected
    FROM returned_goods GROUP BY return_id
) AS g ON g.return_id = r.id
WHERE (r.state IN ('requested', 'in_transit', 'cancelled') AND g.received IS NOT NULL)
      OR (r.state = 'received' AND coalesce(g.received - g.inspected, 0) = 0)
      OR (r.state IN ('inspected', 'closed') AND coalesce(g.received - g.inspected, 0) > 0)
      OR (r.state = 'in_transit' AND r.scanned_at IS NULL)
UNION ALL
SELECT format('return %s', g.return_id), format('inspected %s of line %s, found %s', g.inspected, g.line_n,
                                                coalesce(i.units, 0))
FROM returned_goods AS g
LEFT JOIN (
    SELECT return_id, line_n, component_n, location_id, sum(quantity) AS units,
           coalesce(sum(quantity) FILTER (WHERE disposition = 'send_back'), 0) AS sent_back
    FROM return_inspection GROUP BY 1, 2, 3, 4
) AS i ON i.return_id = g.return_id AND i.line_n = g.line_n AND i.component_n = g.component_n
     AND i.location_id = g.location_id
WHERE g.inspected <> coalesce(i.units, 0) OR g.sent_back <> coalesce(i.sent_back, 0)
UNION ALL
SELECT format('%s of return %s', p.what, p.return_id), 'belongs to no return of its order'
FROM (
    SELECT 'line' AS what, return_id, order_id FROM return_line
    UNION ALL SELECT 'goods', return_id, order_id FROM returned_goods
    UNION ALL SELECT 'order', id, order_id FROM customer_return
) AS p
WHERE NOT EXISTS (SELECT 1 FROM customer_return AS r
                  JOIN orders AS o ON o.id = r.order_id
                  WHERE r.id = p.return_id AND r.order_id = p.order_id)
LIMIT 100
