-- SKUs of a made-up history: the price and the rest follow from the number.
-- in:    count integer
-- locks: nothing
-- uses:  sku_code_key
INSERT INTO sku (id, code, name, gtin, weight_g, price_minor, currency)
SELECT (left(md5('sku' || k), 12) || '7' || substr(md5('sku' || k), 14, 3) || '8' || right(md5('sku' || k), 15))::uuid,
       'SKU-' || lpad(k::text, 6, '0'), 'Thing number ' || k, lpad(k::text, 13, '0'), 100 + k % 5000,
       199 + k * 37 % 9800, 'USD'
FROM generate_series(1, $1::integer) AS k
