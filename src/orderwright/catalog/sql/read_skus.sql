-- SKUs in full, by code or by id.
-- in:    codes text[], ids uuid[]
-- locks: nothing
-- uses:  sku_code_key, sku_pkey, kit_component_pkey
SELECT s.id, s.version, s.created_at, s.updated_at, s.code, s.name, s.gtin, s.kind, s.weight_g, s.length_mm, s.width_mm,
       s.height_mm, s.price_minor, s.currency, s.tax_class, s.backorder_limit, s.active, s.attributes, s.external_refs,
       s.metadata,
       CASE s.kind WHEN 'kit' THEN (
           SELECT jsonb_agg(jsonb_build_object('sku', c.code, 'quantity', k.quantity) ORDER BY k.n)
           FROM kit_component k JOIN sku c ON c.id = k.component_sku_id
           WHERE k.kit_sku_id = s.id
       ) END AS components
FROM sku s
WHERE s.code = ANY ($1::text[]) OR s.id = ANY ($2::uuid[])
ORDER BY s.code
