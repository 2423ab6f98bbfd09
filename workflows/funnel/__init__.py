"""The article's workflow: web shop hits imported, reported on, and a model of how visits end trained from them.

What its actions are told (RAW is the import's folder)::

    hive   summary_report.hql  input=RAW  output=/user/refinedzone/funnel-report
    spark  jobs/train.py  --input RAW  --columns sample.FUNNEL.spark_columns  --prepare jobs.sessions
           --label outcome  --models /user/refinedzone/models  --name funnel
"""
