"""Whether a household redeems a coupon of a campaign that it receives, learnt from the Complete Journey data.

What its actions are told (RAW holds one import a table of ``load.TABLES``, in a folder of the table's name)::

    hive   features.hql        input=RAW  output=FEATURES  first_start=2017-02-01  last_end=2017-12-31
    hive   summary_report.hql  input=FEATURES  output=/user/refinedzone/redemption-report
    spark  jobs/train.py  --input FEATURES  --columns columns.FEATURE_COLUMNS  --label redeemed
           --group household_id  --leave-out campaign_id  --metric area_under_pr
           --models /user/refinedzone/models  --name redemption

The import needs a tab between the fields and ``\\\\N`` for null. A failed features.hql has to stop the workflow.
"""
