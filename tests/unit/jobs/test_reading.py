import datetime

import pytest

from jobs.errors import JobError
from jobs.reading import date_column, describe_input, read

pytestmark = pytest.mark.spark

COLUMNS = "name STRING COMMENT 'who', age INT, `day` DATE, at TIMESTAMP, price DOUBLE, ok BOOLEAN"
ROWS = (
    'Ann "the, cat"\t31\t2026-01-02\t2017-01-01 11:30:15.0\t1.5\ttrue\n'
    "C:\\new\t\\N\t\\N\t\\N\t\\N\t\\N\n"
    "\t7\t2025-12-31\t2017-01-01 00:00:00.25\t-2e3\tfalse\n"
)


@pytest.fixture
def text(tmp_path):
    def write(content, name="part-m-00000"):
        folder = tmp_path / "import"
        folder.mkdir(exist_ok=True)
        (folder / name).write_text(content)
        return folder.as_uri()

    return write


def test_text_is_read_as_an_import_writes_it(spark, text):
    uri = text(ROWS)
    text("", "_SUCCESS")
    rows = [tuple(row) for row in read(spark, uri, "text", COLUMNS).collect()]
    assert rows[0] == ('Ann "the, cat"', 31, datetime.date(2026, 1, 2), rows[0][3], 1.5, True)
    assert rows[0][3].isoformat().endswith("30:15")  # the hour is this machine's
    assert rows[1] == ("C:\\new", None, None, None, None, None)
    assert rows[2][0] is None
    assert rows[2][4] == -2000.0
    assert rows[2][3].microsecond == 250_000


def test_the_input_is_described_whatever_the_order_of_its_rows(spark, text, tmp_path):
    uri = text(ROWS)
    facts = describe_input(read(spark, uri, "text", COLUMNS), uri, "day")
    assert (facts.rows, facts.first_date, facts.last_date) == (3, "2025-12-31", "2026-01-02")
    text("".join(sorted(ROWS.splitlines(keepends=True))))
    assert describe_input(read(spark, uri, "text", COLUMNS), uri, "day") == facts
    text(ROWS.replace("31", "32", 1))
    assert describe_input(read(spark, uri, "text", COLUMNS), uri, "day").fingerprint != facts.fingerprint


def test_parquet_brings_its_own_columns_or_those_that_are_asked_for(spark, tmp_path):
    uri = (tmp_path / "table").as_uri()
    spark.createDataFrame([("a", 1)], "name STRING, age INT").write.parquet(uri)
    assert read(spark, uri, "parquet", "").columns == ["name", "age"]
    picked = read(spark, uri, "parquet", "age DOUBLE COMMENT 'in years'")
    assert picked.collect()[0].asDict() == {"age": 1.0}
    with pytest.raises(JobError, match="H604 there is no column 'agee'"):
        read(spark, uri, "parquet", "agee DOUBLE")


def test_the_first_date_says_when(spark, text):
    assert date_column(read(spark, text(ROWS), "text", COLUMNS)) == "day"


@pytest.mark.parametrize("file_format", ["text", "parquet"])
def test_no_input_is_said(spark, tmp_path, file_format):
    with pytest.raises(JobError, match="H601 there is nothing at"):
        read(spark, (tmp_path / "absent").as_uri(), file_format, "a INT")


def test_an_empty_input_is_said(spark, text, tmp_path):
    uri = text("")
    with pytest.raises(JobError, match=r"H602 .* is empty"):
        describe_input(read(spark, uri, "text", "a INT"), uri, "")
    (tmp_path / "nothing").mkdir()
    with pytest.raises(JobError, match=r"H602 .* is empty"):
        read(spark, (tmp_path / "nothing").as_uri(), "parquet", "")


@pytest.mark.parametrize("row", ["Ann\tthirty\n", "Ann\n", "Ann\t1\t2\n"])
def test_a_row_that_does_not_fit_is_said(spark, text, row):
    uri = text("Bob\t1\n" + row)
    with pytest.raises(JobError, match=r"H605 a row in .* does not fit the declared columns"):
        describe_input(read(spark, uri, "text", "name STRING, age INT"), uri, "")


def test_a_declaration_that_is_none_is_said(spark):
    with pytest.raises(JobError, match="H608 --columns cannot be read"):
        read(spark, "/", "text", "name OF STRING,")


def test_a_date_column_that_is_not_there_is_said(spark, text):
    uri = text(ROWS)
    with pytest.raises(JobError, match="H604 there is no column 'dayy'"):
        describe_input(read(spark, uri, "text", COLUMNS), uri, "dayy")
