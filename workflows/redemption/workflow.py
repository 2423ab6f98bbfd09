"""Who redeems a coupon: a grocer's tables imported side by side, features from before each campaign, a model.

A failed import tells the admin and stops; a failed report stops nothing; a failed feature table or training stops.
"""

from generator.declare import Schedule, alert, every, hive, parallel, spark, sqoop_import, workflow
from generator.values import ActionStep
from workflows.redemption.columns import FEATURE_COLUMNS
from workflows.redemption.load import TABLES

RAW = "/user/rawzone/redemption"
FEATURES = "/user/refinedzone/redemption-features"

# What the model learns from; household, campaign and date only say of whom and when a row speaks.
CATEGORIES = "campaign_type,age,income,home_ownership,marital_status,household_size,household_comp,kids_count"
NUMBERS = (
    "duration_days,coupons,offered_products,recency_days,baskets_28d,baskets_90d,spend_28d,spend_90d,basket_value,"
    "stores,discount_share,coupon_baskets,coupon_savings,offered_baskets,offered_known,offered_spend,"
    "earlier_campaigns,earlier_redemptions,redeemed_campaigns,redemption_recency_days"
)

# Tables with so many rows that several mappers are worth it, and the column that they share the work by.
SPLIT_BY = {"transactions": "household_id"}


def imported(table: str) -> ActionStep:
    """The import of one table."""
    split = SPLIT_BY.get(table)
    return sqoop_import(
        f"import-{table}",
        connect="${jdbcUrl}",
        username="${dbUser}",
        password_file="${passwordFile}",  # noqa: S106 - where it stands, not what it is
        table=table,
        target_dir=f"{RAW}/{table}",
        delete_target_dir=True,
        fields_terminated_by="\t",
        split_by=split,
        mappers=4 if split else 1,
        on_error=alert("${adminEmail}"),
    )


REDEMPTION = workflow(
    "redemption",
    parallel(*(imported(table.name) for table in TABLES), name="imports"),
    hive(
        "build-features",
        script="features.hql",
        params={
            "input": "${nameNode}" + RAW,
            "output": "${nameNode}" + FEATURES,
            "first_start": "${firstStart}",
            "last_end": "${lastEnd}",
        },
    ),
    hive(
        "summary-report",
        script="summary_report.hql",
        params={"input": "${nameNode}" + FEATURES, "output": "${nameNode}/user/refinedzone/redemption-report"},
        on_error="continue",
    ),
    spark(
        "train-model",
        application="jobs/train.py",
        args=(
            *("--input", "${nameNode}" + FEATURES),
            *("--columns", FEATURE_COLUMNS),
            *("--label", "redeemed"),
            *("--metric", "area_under_pr"),  # one in seven redeems: accuracy would reward who never says yes
            *("--group", "household_id"),
            *("--date", "start_date"),
            *("--numeric", NUMBERS),
            *("--categorical", CATEGORIES),
            *("--models", "${nameNode}/user/refinedzone/models"),
            *("--name", "redemption"),
            *("--description", "Will this household redeem a coupon of this campaign?"),
            *("--run-id", "${wf:id()}"),
            *("--nominal-time", "${nominalTime}"),
        ),
    ),
    # The data are of 2017: by the first of March two months are known of every household.
    parameters={"database": "retail_db", "firstStart": "2017-03-01", "lastEnd": "2017-12-31"},
    schedule=Schedule(
        every(days=7),
        start="2026-01-05T02:00Z",
        end="2027-01-04T02:00Z",
        execution="LAST_ONLY",  # each run imports whole tables: one that was missed needs no making up for
    ),
)
