-- For each household and campaign that it received: what was known when the campaign started, and whether it redeemed.
--
-- Known are the household's purchases, redemptions and campaigns before the campaign's first day, its demographics, and
-- the campaign itself: its kind, its length and the products that its coupons are for. The label is what came after:
-- redeemed is yes when the household redeemed a coupon of this campaign on its first day or later.
--
-- Parameters (Oozie: <param>input=...</param>; spark-sql and beeline: --hivevar input=...)
--   input        the folder with an import of each table: text, a tab between the fields, \N for null
--   output       the folder of the result, overwritten: text, a tab between the fields, \N for null, no header;
--                its columns stand in columns.py
--   first_start  campaigns that started earlier are left out: there is too little known from before them
--   last_end     campaigns that ended later are left out: it is not known yet who redeems

DROP TABLE IF EXISTS redemption_transactions;
CREATE EXTERNAL TABLE redemption_transactions (
  household_id INT, store_id INT, basket_id BIGINT, product_id BIGINT, quantity INT, sales_value DOUBLE,
  retail_disc DOUBLE, coupon_disc DOUBLE, coupon_match_disc DOUBLE, week INT, transaction_timestamp TIMESTAMP
) ROW FORMAT DELIMITED FIELDS TERMINATED BY '\t' STORED AS TEXTFILE LOCATION '${hivevar:input}/transactions';

DROP TABLE IF EXISTS redemption_campaigns;
CREATE EXTERNAL TABLE redemption_campaigns (campaign_id INT, household_id INT)
ROW FORMAT DELIMITED FIELDS TERMINATED BY '\t' STORED AS TEXTFILE LOCATION '${hivevar:input}/campaigns';

DROP TABLE IF EXISTS redemption_descriptions;
CREATE EXTERNAL TABLE redemption_descriptions (campaign_id INT, campaign_type STRING, start_date DATE, end_date DATE)
ROW FORMAT DELIMITED FIELDS TERMINATED BY '\t' STORED AS TEXTFILE LOCATION '${hivevar:input}/campaign_descriptions';

DROP TABLE IF EXISTS redemption_coupons;
CREATE EXTERNAL TABLE redemption_coupons (coupon_upc BIGINT, product_id BIGINT, campaign_id INT)
ROW FORMAT DELIMITED FIELDS TERMINATED BY '\t' STORED AS TEXTFILE LOCATION '${hivevar:input}/coupons';

DROP TABLE IF EXISTS redemption_redemptions;
CREATE EXTERNAL TABLE redemption_redemptions (
  household_id INT, coupon_upc BIGINT, campaign_id INT, redemption_date DATE
) ROW FORMAT DELIMITED FIELDS TERMINATED BY '\t' STORED AS TEXTFILE LOCATION '${hivevar:input}/coupon_redemptions';

DROP TABLE IF EXISTS redemption_demographics;
CREATE EXTERNAL TABLE redemption_demographics (
  household_id INT, age STRING, income STRING, home_ownership STRING, marital_status STRING, household_size STRING,
  household_comp STRING, kids_count STRING
) ROW FORMAT DELIMITED FIELDS TERMINATED BY '\t' STORED AS TEXTFILE LOCATION '${hivevar:input}/demographics';

WITH
every_campaign AS (
  SELECT c.household_id, c.campaign_id, d.campaign_type, d.start_date, d.end_date
  FROM redemption_campaigns c
  JOIN redemption_descriptions d ON c.campaign_id = d.campaign_id
),
received AS (
  SELECT household_id, campaign_id, campaign_type, start_date, datediff(end_date, start_date) AS duration_days
  FROM every_campaign
  WHERE start_date >= cast('${hivevar:first_start}' AS DATE) AND end_date <= cast('${hivevar:last_end}' AS DATE)
),
baskets AS (
  SELECT
    household_id, basket_id, store_id, to_date(min(transaction_timestamp)) AS day,
    sum(sales_value) AS spend, sum(retail_disc) AS discount, sum(coupon_disc + coupon_match_disc) AS coupon_savings
  FROM redemption_transactions
  GROUP BY household_id, basket_id, store_id
),
purchases AS (
  SELECT
    r.household_id, r.campaign_id,
    min(datediff(r.start_date, b.day)) AS recency_days,
    sum(CASE WHEN b.day >= date_sub(r.start_date, 28) THEN 1 ELSE 0 END) AS baskets_28d,
    sum(CASE WHEN b.day >= date_sub(r.start_date, 90) THEN 1 ELSE 0 END) AS baskets_90d,
    sum(CASE WHEN b.day >= date_sub(r.start_date, 28) THEN b.spend ELSE 0 END) AS spend_28d,
    sum(CASE WHEN b.day >= date_sub(r.start_date, 90) THEN b.spend ELSE 0 END) AS spend_90d,
    avg(b.spend) AS basket_value,
    count(DISTINCT b.store_id) AS stores,
    sum(b.discount) / (sum(b.spend) + sum(b.discount)) AS discount_share,
    sum(CASE WHEN b.coupon_savings > 0 THEN 1 ELSE 0 END) AS coupon_baskets,
    sum(b.coupon_savings) AS coupon_savings
  FROM received r
  JOIN baskets b ON r.household_id = b.household_id
  WHERE b.day < r.start_date
  GROUP BY r.household_id, r.campaign_id
),
campaign_products AS (
  SELECT campaign_id, product_id FROM redemption_coupons GROUP BY campaign_id, product_id
),
offers AS (
  SELECT campaign_id, count(DISTINCT coupon_upc) AS coupons, count(DISTINCT product_id) AS offered_products
  FROM redemption_coupons
  GROUP BY campaign_id
),
offered AS (
  SELECT
    r.household_id, r.campaign_id,
    count(DISTINCT t.basket_id) AS offered_baskets,
    count(DISTINCT t.product_id) AS offered_known,
    sum(t.sales_value) AS offered_spend
  FROM received r
  JOIN redemption_transactions t ON r.household_id = t.household_id
  JOIN campaign_products p ON r.campaign_id = p.campaign_id AND t.product_id = p.product_id
  WHERE t.transaction_timestamp < r.start_date
  GROUP BY r.household_id, r.campaign_id
),
redeemed_before AS (
  SELECT
    r.household_id, r.campaign_id,
    count(*) AS earlier_redemptions,
    count(DISTINCT e.campaign_id) AS redeemed_campaigns,
    min(datediff(r.start_date, e.redemption_date)) AS redemption_recency_days
  FROM received r
  JOIN redemption_redemptions e ON r.household_id = e.household_id
  WHERE e.redemption_date < r.start_date
  GROUP BY r.household_id, r.campaign_id
),
campaigns_before AS (
  SELECT r.household_id, r.campaign_id, count(*) AS earlier_campaigns
  FROM received r
  JOIN every_campaign e ON r.household_id = e.household_id
  WHERE e.start_date < r.start_date
  GROUP BY r.household_id, r.campaign_id
),
redeemers AS (
  SELECT r.household_id, r.campaign_id
  FROM received r
  JOIN redemption_redemptions e ON r.household_id = e.household_id AND r.campaign_id = e.campaign_id
  WHERE e.redemption_date >= r.start_date
  GROUP BY r.household_id, r.campaign_id
)
INSERT OVERWRITE DIRECTORY '${hivevar:output}'
ROW FORMAT DELIMITED FIELDS TERMINATED BY '\t'
STORED AS TEXTFILE
SELECT
  r.household_id,
  r.campaign_id,
  r.start_date,
  CASE WHEN y.household_id IS NULL THEN 'no' ELSE 'yes' END AS redeemed,
  r.campaign_type,
  r.duration_days,
  coalesce(o.coupons, 0) AS coupons,
  coalesce(o.offered_products, 0) AS offered_products,
  b.recency_days,
  coalesce(b.baskets_28d, 0) AS baskets_28d,
  coalesce(b.baskets_90d, 0) AS baskets_90d,
  coalesce(b.spend_28d, 0.0) AS spend_28d,
  coalesce(b.spend_90d, 0.0) AS spend_90d,
  b.basket_value,
  coalesce(b.stores, 0) AS stores,
  b.discount_share,
  coalesce(b.coupon_baskets, 0) AS coupon_baskets,
  coalesce(b.coupon_savings, 0.0) AS coupon_savings,
  coalesce(f.offered_baskets, 0) AS offered_baskets,
  coalesce(f.offered_known, 0) AS offered_known,
  coalesce(f.offered_spend, 0.0) AS offered_spend,
  coalesce(c.earlier_campaigns, 0) AS earlier_campaigns,
  coalesce(e.earlier_redemptions, 0) AS earlier_redemptions,
  coalesce(e.redeemed_campaigns, 0) AS redeemed_campaigns,
  e.redemption_recency_days,
  d.age,
  d.income,
  d.home_ownership,
  d.marital_status,
  d.household_size,
  d.household_comp,
  d.kids_count
FROM received r
LEFT JOIN offers o ON r.campaign_id = o.campaign_id
LEFT JOIN purchases b ON r.household_id = b.household_id AND r.campaign_id = b.campaign_id
LEFT JOIN offered f ON r.household_id = f.household_id AND r.campaign_id = f.campaign_id
LEFT JOIN campaigns_before c ON r.household_id = c.household_id AND r.campaign_id = c.campaign_id
LEFT JOIN redeemed_before e ON r.household_id = e.household_id AND r.campaign_id = e.campaign_id
LEFT JOIN redeemers y ON r.household_id = y.household_id AND r.campaign_id = y.campaign_id
LEFT JOIN redemption_demographics d ON r.household_id = d.household_id;
