import re
from pathlib import Path

import pytest

from workflows.redemption.columns import FEATURE_COLUMNS

FOLDER = Path(__file__).resolve().parents[4] / "workflows" / "redemption"
DECLARED = re.findall(r"(\w+) (INT|DATE|STRING|DOUBLE) COMMENT '([^']+)'", FEATURE_COLUMNS)


def test_each_column_has_a_meaning_and_no_text_needs_an_escape():
    assert len(DECLARED) == 32
    assert ", ".join(f"{name} {type_} COMMENT '{text}'" for name, type_, text in DECLARED) == FEATURE_COLUMNS


def test_the_report_declares_the_same_columns():
    table = re.search(r"redemption_features \((.*?)\n\)", (FOLDER / "summary_report.hql").read_text(), re.DOTALL)
    assert re.findall(r"(\w+) ([A-Z]+)", table.group(1)) == [(name, type_) for name, type_, _ in DECLARED]


@pytest.mark.spark
def test_spark_reads_the_declaration(spark):
    assert spark.createDataFrame([], FEATURE_COLUMNS).columns == [name for name, _, _ in DECLARED]
