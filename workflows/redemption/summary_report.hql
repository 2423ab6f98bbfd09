-- The report on the campaigns: who redeems, by the kind of campaign, by what was redeemed before, and by income.
--
-- Parameters (Oozie: <param>input=...</param>; spark-sql and beeline: --hivevar input=...)
--   input   the folder that features.hql has written
--   output  the folder of the report, overwritten
--
-- Written as text with a tab between the fields, \N for null, no header: topic, value, received, redeemed, rate
--   one row for each value of each topic (all, campaign type, redeemed before, income), in this order, the value as
--   text; received and redeemed count campaigns sent to a household, rate is redeemed / received from 0 to 1

DROP TABLE IF EXISTS redemption_features;
CREATE EXTERNAL TABLE redemption_features (
  household_id INT, campaign_id INT, start_date DATE, redeemed STRING, campaign_type STRING, duration_days INT,
  coupons INT, offered_products INT, recency_days INT, baskets_28d INT, baskets_90d INT, spend_28d DOUBLE,
  spend_90d DOUBLE, basket_value DOUBLE, stores INT, discount_share DOUBLE, coupon_baskets INT, coupon_savings DOUBLE,
  offered_baskets INT, offered_known INT, offered_spend DOUBLE, earlier_campaigns INT, earlier_redemptions INT,
  redeemed_campaigns INT, redemption_recency_days INT, age STRING, income STRING, home_ownership STRING,
  marital_status STRING, household_size STRING, household_comp STRING, kids_count STRING
) ROW FORMAT DELIMITED FIELDS TERMINATED BY '\t' STORED AS TEXTFILE LOCATION '${hivevar:input}';

INSERT OVERWRITE DIRECTORY '${hivevar:output}'
ROW FORMAT DELIMITED FIELDS TERMINATED BY '\t'
STORED AS TEXTFILE
SELECT topic, value, received, redeemed, round(redeemed / received, 4) AS rate
FROM (
  SELECT position, topic, value, count(*) AS received, sum(CASE WHEN redeemed = 'yes' THEN 1 ELSE 0 END) AS redeemed
  FROM redemption_features
  LATERAL VIEW stack(4,
    1, 'all', 'all',
    2, 'campaign type', campaign_type,
    3, 'redeemed before', CASE WHEN redeemed_campaigns > 0 THEN 'yes' ELSE 'no' END,
    4, 'income', coalesce(income, 'unknown')
  ) each AS position, topic, value
  GROUP BY position, topic, value
) counted
ORDER BY position, value;
