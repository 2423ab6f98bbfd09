-- The report on what was imported: the average revenue by medium, and how good the data is, column by column.
--
-- Parameters (Oozie: <param>input=...</param>; spark-sql and beeline: --hivevar input=...)
--   input   the folder of the import: text, a tab between the fields, \N for null
--   output  the folder of the report, overwritten
--
-- Written, each as text with a tab between the fields, \N for null, no header
--   <output>/revenue_by_medium  medium, sessions, orders, revenue, revenue_per_session, average_revenue
--                               revenue in units of the currency, the average over the sessions with an order,
--                               the medium that brought the most revenue first
--   <output>/data_quality       position, column_name, row_count, nulls, distinct_values, lowest, highest
--                               one row a column in the order of the table, numbers compared as numbers,
--                               nulls not counted among the distinct values

DROP TABLE IF EXISTS funnel_hits;

CREATE EXTERNAL TABLE funnel_hits (
  source STRING,
  isTrueDirect STRING,
  sourceKeyword STRING,
  medium STRING,
  isVideoAd STRING,
  fullVisitorId STRING,
  visitId BIGINT,
  `date` DATE,
  newVisits INT,
  hitReferer STRING,
  hitType STRING,
  hitAction_type INT,
  hitNumber INT,
  hitHour INT,
  hitMin INT,
  timeMicroSec BIGINT,
  v2ProductName STRING,
  productListName STRING,
  isClick STRING,
  isImpression STRING,
  sessionQualityDim INT,
  timeOnScreen INT,
  timeOnSite INT,
  totalTransactionRevenue BIGINT
)
ROW FORMAT DELIMITED FIELDS TERMINATED BY '\t'
STORED AS TEXTFILE
LOCATION '${hivevar:input}';

-- The export repeats the revenue of a session in each of its hits, so sessions are put together first.
INSERT OVERWRITE DIRECTORY '${hivevar:output}/revenue_by_medium'
ROW FORMAT DELIMITED FIELDS TERMINATED BY '\t'
STORED AS TEXTFILE
SELECT
  medium,
  count(*) AS sessions,
  count(micros) AS orders,
  cast(coalesce(sum(micros), 0) / 1000000 AS DECIMAL(18, 2)) AS revenue,
  cast(coalesce(sum(micros), 0) / count(*) / 1000000 AS DECIMAL(18, 2)) AS revenue_per_session,
  cast(avg(micros) / 1000000 AS DECIMAL(18, 2)) AS average_revenue
FROM (
  SELECT max(medium) AS medium, max(totalTransactionRevenue) AS micros
  FROM funnel_hits
  GROUP BY fullVisitorId, visitId
) sessions
GROUP BY medium
ORDER BY revenue DESC, medium;

-- Every value becomes a row of its own, and equal ones are counted together: one pass over the import for all columns.
INSERT OVERWRITE DIRECTORY '${hivevar:output}/data_quality'
ROW FORMAT DELIMITED FIELDS TERMINATED BY '\t'
STORED AS TEXTFILE
SELECT
  position,
  column_name,
  sum(hits) AS row_count,
  sum(CASE WHEN value IS NULL THEN hits ELSE 0 END) AS nulls,
  count(value) AS distinct_values,
  CASE WHEN is_number THEN cast(min(number) AS STRING) ELSE min(value) END AS lowest,
  CASE WHEN is_number THEN cast(max(number) AS STRING) ELSE max(value) END AS highest
FROM (
  SELECT
    position, column_name, is_number, value, count(*) AS hits,
    CASE WHEN is_number THEN cast(value AS DECIMAL(20, 0)) END AS number
  FROM funnel_hits
  LATERAL VIEW stack(24,
     1, 'source', false, source,
     2, 'isTrueDirect', false, isTrueDirect,
     3, 'sourceKeyword', false, sourceKeyword,
     4, 'medium', false, medium,
     5, 'isVideoAd', false, isVideoAd,
     6, 'fullVisitorId', false, fullVisitorId,
     7, 'visitId', true, cast(visitId AS STRING),
     8, 'date', false, cast(`date` AS STRING),
     9, 'newVisits', true, cast(newVisits AS STRING),
    10, 'hitReferer', false, hitReferer,
    11, 'hitType', false, hitType,
    12, 'hitAction_type', true, cast(hitAction_type AS STRING),
    13, 'hitNumber', true, cast(hitNumber AS STRING),
    14, 'hitHour', true, cast(hitHour AS STRING),
    15, 'hitMin', true, cast(hitMin AS STRING),
    16, 'timeMicroSec', true, cast(timeMicroSec AS STRING),
    17, 'v2ProductName', false, v2ProductName,
    18, 'productListName', false, productListName,
    19, 'isClick', false, isClick,
    20, 'isImpression', false, isImpression,
    21, 'sessionQualityDim', true, cast(sessionQualityDim AS STRING),
    22, 'timeOnScreen', true, cast(timeOnScreen AS STRING),
    23, 'timeOnSite', true, cast(timeOnSite AS STRING),
    24, 'totalTransactionRevenue', true, cast(totalTransactionRevenue AS STRING)
  ) each AS position, column_name, is_number, value
  GROUP BY position, column_name, is_number, value
) counted
GROUP BY position, column_name, is_number
ORDER BY position;
