-- What intake needs to know of SKUs, by code; for a kit its components as two arrays in the same order, else NULLs.
-- in:    codes text[]
-- locks: nothing
-- uses:  sku_code_key, kit_component_pkey
SELECT s.id, s.code, s.name, s.kind, s.active, s.price_minor, s.currency, s.backorder_limit, s.weight_g,
       s.tax_class,
       CASE s.kind WHEN 'kit' THEN
           ARRAY(SELECT k.component_sku_id FROM kit_component k WHERE k.kit_sku_id = s.id ORDER BY k.n)
       END AS component_ids,
       CASE s.kind WHEN 'kit' THEN
           ARRAY(SELECT k.quantity FROM kit_component k WHERE k.kit_sku_id = s.id ORDER BY k.n)
       END AS component_quantities
FROM sku s
WHERE s.code = ANY ($1::text[])
