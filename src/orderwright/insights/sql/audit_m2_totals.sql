-- Law M2: lines and charges add up to the order's totals, and each charge's shares to its amount, to the cent. So do
-- the lines and units that the order counts.
-- in:    nothing
-- locks: nothing
-- uses:  whole tables: an audit reads everything
SELECT format('order %s', o.id) AS subject,
       format('lines %s/%s shipping %s/%s fees %s/%s discount %s/%s tax %s/%s, charges whose shares do not add up %s,'
              ' count of lines %s/%s units %s/%s',
              o.lines_minor, l.lines, o.shipping_minor, coalesce(c.shipping, 0), o.fees_minor, coalesce(c.fees, 0),
              o.discount_minor, coalesce(c.discount, 0), o.tax_minor, coalesce(c.tax, 0), coalesce(c.wrong, 0),
              o.line_count, l.counted, o.unit_count, l.units) AS detail
FROM orders AS o
JOIN (
    SELECT order_id, sum(subtotal_minor) AS lines, sum(discount_minor) AS discount, sum(tax_minor) AS tax,
           sum(shipping_minor) AS shipping, sum(fees_minor) AS fees, count(*) AS counted, sum(quantity) AS units
    FROM order_line GROUP BY order_id
) AS l ON l.order_id = o.id
LEFT JOIN (
    SELECT order_id, coalesce(sum(amount_minor) FILTER (WHERE kind = 'shipping'), 0) AS shipping,
           coalesce(sum(amount_minor) FILTER (WHERE kind = 'fee'), 0) AS fees,
           coalesce(sum(amount_minor) FILTER (WHERE kind = 'discount'), 0) AS discount,
           coalesce(sum(amount_minor) FILTER (WHERE kind = 'tax'), 0) AS tax,
           count(*) FILTER (WHERE amount_minor <> (SELECT sum(s) FROM unnest(shares_minor) AS s)) AS wrong
    FROM order_charge GROUP BY order_id
) AS c ON c.order_id = o.id
WHERE o.lines_minor <> l.lines OR o.shipping_minor <> coalesce(c.shipping, 0) OR o.fees_minor <> coalesce(c.fees, 0)
      OR o.discount_minor <> coalesce(c.discount, 0) OR o.tax_minor <> coalesce(c.tax, 0) OR coalesce(c.wrong, 0) > 0
      OR o.discount_minor <> l.discount OR o.tax_minor <> l.tax OR o.shipping_minor <> l.shipping
      OR o.fees_minor <> l.fees OR o.line_count <> l.counted OR o.unit_count <> l.units
      OR o.total_minor <> o.lines_minor + o.shipping_minor + o.fees_minor - o.discount_minor + o.rounding_minor
                          + CASE WHEN o.prices_include_tax THEN 0 ELSE o.tax_minor END
LIMIT 100
