-- Law G4: the quantities of a component are those of the promises, backorders and allocations behind it.
-- in:    nothing
-- locks: nothing
-- uses:  whole tables: an audit reads everything
SELECT format('order %s line %s component %s', c.order_id, c.line_n, c.n) AS subject,
       format('promised %s/%s backordered %s/%s allocated %s/%s picked %s/%s packed %s/%s shipped %s/%s delivered %s/%s',
              c.promised, coalesce(p.units, 0), c.backordered, coalesce(b.units, 0), c.allocated,
              coalesce(a.allocated, 0), c.picked, coalesce(a.picked, 0), c.packed, coalesce(a.packed, 0), c.shipped,
              coalesce(a.shipped, 0), c.delivered, coalesce(a.delivered, 0)) AS detail
FROM component AS c
LEFT JOIN (SELECT order_id, line_n, component_n, sum(quantity) AS units FROM promise GROUP BY 1, 2, 3) AS p
     ON p.order_id = c.order_id AND p.line_n = c.line_n AND p.component_n = c.n
LEFT JOIN (SELECT order_id, line_n, component_n, sum(quantity) AS units FROM backorder GROUP BY 1, 2, 3) AS b
     ON b.order_id = c.order_id AND b.line_n = c.line_n AND b.component_n = c.n
LEFT JOIN (
    SELECT order_id, line_n, component_n, sum(quantity - picked - packed - shipped) AS allocated, sum(picked) AS picked,
           sum(packed) AS packed, sum(shipped) AS shipped, sum(delivered) AS delivered
    FROM allocation GROUP BY 1, 2, 3
) AS a ON a.order_id = c.order_id AND a.line_n = c.line_n AND a.component_n = c.n
WHERE c.promised <> coalesce(p.units, 0) OR c.backordered <> coalesce(b.units, 0)
      OR c.allocated <> coalesce(a.allocated, 0) OR c.picked <> coalesce(a.picked, 0)
      OR c.packed <> coalesce(a.packed, 0) OR c.shipped <> coalesce(a.shipped, 0)
      OR c.delivered <> coalesce(a.delivered, 0)
LIMIT 100
