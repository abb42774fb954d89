-- A page of SKUs in the order of their codes.
-- in:    after text (the last code of the page before, or ''), active boolean (NULL: both), limit integer
-- locks: nothing
-- uses:  sku_code_key, kit_component_pkey
SELECT s.id, s.version, s.created_at, s.updated_at, s.code, s.name, s.gtin, s.kind, s.weight_g, s.length_mm, s.width_mm,
       s.height_mm, s.price_minor, s.currency, s.tax_class, s.backorder_limit, s.active, s.attributes, s.external_refs,
       s.metadata,
       CASE s.kind WHEN 'kit' THEN (
           SELECT jsonb_agg(jsonb_build_object('sku', c.code, 'quantity', k.quantity) ORDER BY k.n)
           FROM kit_component k JOIN sku c ON c.id = k.component_sku_id
           WHERE k.kit_sku_id = s.id
       ) END AS components
FROM sku s
WHERE s.code > $1::text AND ($2::boolean IS NULL OR s.active = $2::boolean)
ORDER BY s.code
LIMIT $3::integer
