"""What features.hql writes: the columns for a job's ``--columns``, with what each of them means."""

from __future__ import annotations

_COLUMNS = (
    ("household_id", "INT", "the household"),
    ("campaign_id", "INT", "the campaign that it received"),
    ("start_date", "DATE", "first day of the campaign"),
    ("redeemed", "STRING", "whether the household redeemed a coupon of the campaign"),
    ("campaign_type", "STRING", "kind of campaign"),
    ("duration_days", "INT", "days from its start to its end"),
    ("coupons", "INT", "coupons of the campaign"),
    ("offered_products", "INT", "products that its coupons are for"),
    ("recency_days", "INT", "days since its last basket"),
    ("baskets_28d", "INT", "baskets in the 28 days before"),
    ("baskets_90d", "INT", "baskets in the 90 days before"),
    ("spend_28d", "DOUBLE", "dollars spent in the 28 days before"),
    ("spend_90d", "DOUBLE", "dollars spent in the 90 days before"),
    ("basket_value", "DOUBLE", "dollars of a basket on average"),
    ("stores", "INT", "stores that it has bought in"),
    ("discount_share", "DOUBLE", "share of its spending saved by the store card, 0 to 1"),
    ("coupon_baskets", "INT", "baskets with a coupon of any kind"),
    ("coupon_savings", "DOUBLE", "dollars saved by coupons of any kind"),
    ("offered_baskets", "INT", "its baskets with a product that is now on offer"),
    ("offered_known", "INT", "products on offer that it has bought before"),
    ("offered_spend", "DOUBLE", "dollars spent before on products now on offer"),
    ("earlier_campaigns", "INT", "campaigns received before"),
    ("earlier_redemptions", "INT", "coupons redeemed before"),
    ("redeemed_campaigns", "INT", "campaigns of which it redeemed a coupon before"),
    ("redemption_recency_days", "INT", "days since it last redeemed a coupon"),
    ("age", "STRING", "age group"),
    ("income", "STRING", "yearly income in dollars"),
    ("home_ownership", "STRING", "owner or renter"),
    ("marital_status", "STRING", "married or not"),
    ("household_size", "STRING", "persons"),
    ("household_comp", "STRING", "adults and children"),
    ("kids_count", "STRING", "children"),
)

FEATURE_COLUMNS = ", ".join(f"{name} {type_} COMMENT '{meaning}'" for name, type_, meaning in _COLUMNS)
