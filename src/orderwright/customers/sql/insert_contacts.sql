-- Write the contacts of orders.
-- in:    a column an attribute of NewContact, in its order
-- locks: nothing
-- uses:  contact_pkey
INSERT INTO contact (id, customer_id, order_id, role, name, company, email, phone, line1, line2, city, region,
                     postal_code, country, latitude, longitude)
SELECT c.id, c.customer_id, c.order_id, c.role, c.name, c.company, c.email, c.phone, c.line1, c.line2, c.city,
       c.region, c.postal_code, c.country, c.latitude, c.longitude
FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
            $9::text[], $10::text[], $11::text[], $12::text[], $13::text[], $14::text[], $15::double precision[],
            $16::double precision[])
     AS c (id, customer_id, order_id, role, name, company, email, phone, line1, line2, city, region, postal_code,
           country, latitude, longitude)
