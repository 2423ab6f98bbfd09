"""``howdah score`` on files of each kind, and what it says of rows that it cannot score."""

import csv
import gzip
import json
import re
import shutil
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from howdah.__main__ import howdah
from howdah.scoring.engines import needs_spark, open_scorer
from howdah.scoring.reading import read_batches
from howdah.scoring.row_types import RowTypes
from models.manifest import Field, Manifest, Scoring
from models.repository import Repository
from models.scorer import ScorerError
from models.scorer.compiler.pipeline import compile_model
from models.scorer.loading import version_folder
from storage.errors import HowdahError
from storage.local import LocalDisk

FIXTURES = Path(__file__).parents[3] / "fixtures"
CASE = FIXTURES / "spark-3.5" / "logistic-binary"
ROWS = json.loads((CASE / "rows.json").read_text())[:7]
EXPECTED = json.loads((CASE / "answers.json").read_text())[:7]


@pytest.fixture
def score(tmp_path):
    """Score rows, which are written in the kind of file that is asked for; gives the output, or the errors."""

    def call(source, *more, model=CASE / "model", target="out.jsonl", code=0):
        output = tmp_path / target
        arguments = ["--model", str(model), "--input", str(source), "--output", str(output), *more]
        result = CliRunner().invoke(howdah, ["score", *arguments])
        found, text = result.exit_code, result.output
        if isinstance(result.exception, HowdahError):
            found, text = 1, "\n".join(line for each in result.exception.diagnostics for line in each.lines)
        assert found == code, (text, result.exception)
        return output if code == 0 else text

    return call


@pytest.fixture
def lines(tmp_path):
    def write(rows, name="in.jsonl"):
        file = tmp_path / name
        file.write_text("".join(f"{row if isinstance(row, str) else json.dumps(row)}\n" for row in rows))
        return file

    return write


def read(file):
    if file.suffix == ".parquet":
        return pq.read_table(file).to_pylist()
    if file.suffix == ".csv":
        with file.open(newline="") as stream:
            return [
                {**row, "prediction": float(row["prediction"]), "probability": json.loads(row["probability"])}
                for row in csv.DictReader(stream)
            ]
    return [json.loads(line) for line in file.read_text().splitlines()]


def write(rows, file):
    if file.suffix == ".parquet":
        pq.write_table(pa.Table.from_pylist(rows), file)
    elif file.suffix == ".csv":
        with file.open("w", newline="") as stream:
            writer = csv.DictWriter(stream, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
    else:
        file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return file


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("in.jsonl", "out.jsonl"),
        ("in.csv", "out.csv"),
        ("in.parquet", "out.parquet"),
        ("in.jsonl", "out.parquet"),
        ("in.parquet", "out.csv"),
    ],
)
def test_each_kind_of_file_gets_the_answers_of_spark(score, tmp_path, source, target):
    given = [{"id": number, **row} for number, row in enumerate(ROWS)]
    answered = read(score(write(given, tmp_path / source), target=target))
    assert [int(row["id"]) for row in answered] == list(range(7))
    assert [row["prediction"] for row in answered] == [prediction for prediction, _ in EXPECTED]
    for row, (_, probability) in zip(answered, EXPECTED, strict=True):
        assert row["probability"] == pytest.approx(probability, abs=1e-12)
    assert list(answered[0]) == [*given[0], "prediction", "probability"]


def test_it_says_what_answered(lines, tmp_path):
    arguments = ["--model", CASE / "model", "--input", lines(ROWS), "--output", tmp_path / "o.csv"]
    said = CliRunner().invoke(howdah, ["score", *map(str, arguments)]).output
    assert re.search(r"7 rows scored by model, saved \d{4}-\d\d-\d\dT[\d:]+Z \(compiled\) in", said)


def test_a_model_of_the_repository_is_named(score, lines, tmp_path):
    repository = Repository(LocalDisk(durable=False), str(tmp_path / "models"))
    with repository.stage("shop") as staging:
        shutil.copytree(CASE / "model", staging.model_path, dirs_exist_ok=True)
        staging.publish(
            inputs=[Field(name, "double") for name in ("age", "constant")], metrics={}, aliases=["champion"]
        )
    for name in ("shop", "shop@champion", "shop@1"):
        output = score(
            lines([{**row, "age": 1.0} for row in ROWS[:1]]), "--models", str(tmp_path / "models"), model=name
        )
        assert len(read(output)) == 1
    assert "H202" in score(lines(ROWS), "--models", str(tmp_path / "models"), model="shop@9", code=1)
    metadata = next((tmp_path / "models" / "shop" / "1" / "spark" / "metadata").glob("part-*"))
    metadata.write_text(metadata.read_text() + " ")
    assert "H204" in score(lines(ROWS), "--models", str(tmp_path / "models"), model="shop", code=1)


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([ROWS[0], "{"], "H791 {}:2 is not JSON"),
        ([ROWS[0], "", "[1]"], "H791 {}:3 is no object"),
        ([ROWS[0], '{"age": NaN}'], "H791 {}:2 is not JSON: NaN is not a number of JSON"),
        ([{**ROWS[0], "agee": 1, "age": 2}, {"agee": 1}], "H791 {}:2 'age' is missing\n      did you mean 'agee'?"),
        ([ROWS[0]] * 4 + [{**ROWS[0], "age": "old"}, ROWS[0]], "H232 {}:5 'age' must be a number, not 'old'"),
        ([ROWS[0], {**ROWS[0], "constant": None}], "H232 {}:2 'constant' is missing"),
        ([{**ROWS[0], "prediction": 1}], "a row has a 'prediction' already"),
    ],
)
def test_a_wrong_record_is_named_by_its_line(score, lines, tmp_path, rows, message):
    file = lines(rows)
    assert message.format(file) in score(file, code=1)
    assert not (tmp_path / "out.jsonl").exists()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "in.csv:1 there is no header"),
        ("age,spend\n1,2\n", "in.csv:1 there is no column 'channel'"),
        ("age,age,spend,constant,channel,city\n", "in.csv:1 'age' is there twice"),
        ("age,spend,constant,channel,city\n1,2,7,email,x\nold,2,7,email,x\n", "in.csv:3 'age' is 'old', not a number"),
        ("age,spend,constant,channel,city\n1,2,7,email\n", "in.csv:2 has 4 cells, the header 5"),
        ('age,spend,constant,channel,city\n1,2,7,email,"x\n', "in.csv:2 is not CSV: unexpected end of data"),
        ("age,spend,constant,channel,city\n1,2,,email,x\n", "in.csv:2 'constant' is missing"),
        (b"age,spend,constant,channel,city\n1,2,7,\xe9mail,x\n", "is not in UTF-8"),
    ],
)
def test_a_wrong_cell_is_named_by_its_line(score, tmp_path, text, message):
    file = tmp_path / "in.csv"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    assert message in score(file, code=1)


def test_a_wrong_table_is_named(score, tmp_path):
    file = tmp_path / "in.parquet"
    file.write_bytes(b"PAR1")
    assert "H791" in score(file, code=1)
    write([{**ROWS[0], "age": "old"}], file)
    assert f"H232 {file}:1 'age' must be a number" in score(file, code=1)


def test_what_stood_there_stays_when_it_fails(score, lines, tmp_path):
    (tmp_path / "out.jsonl").write_text("before")
    score(lines([{}]), code=1)
    assert (tmp_path / "out.jsonl").read_text() == "before"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--input", "rows.txt", "--output", "o.csv"], "rows.txt: name it"),
        (["--input", "rows.csv", "--output", "o.xml"], "o.xml: name it"),
        (["--input", "rows.csv", "--output", "./rows.csv"], "are the same file"),
        (["--input", "rows.csv", "--output", "o.csv", "--engine", "fast"], "'fast' is not one of"),
    ],
)
def test_a_wrong_call_is_one(arguments, message):
    result = CliRunner().invoke(howdah, ["score", "--model", "m", *arguments])
    assert result.exit_code == 2
    assert message in result.output


def test_no_folder_is_made_for_the_output(score, lines, tmp_path):
    said = score(lines(ROWS), target="reslts/out.csv", code=1)
    assert f"H792 {tmp_path}/reslts/out.csv: there is no folder {tmp_path}/reslts\n      make it first" in said
    assert not (tmp_path / "reslts").exists()


def test_there_is_no_such_model_or_file(score, lines, tmp_path):
    assert "H781 there is no model at nothing\n      give its repository" in score(lines(ROWS), model="nothing", code=1)
    assert "No such file" in score(tmp_path / "none.csv", code=1)


def test_of_no_rows_comes_an_empty_file(score, lines):
    assert read(score(lines([]))) == []
    assert read(score(lines([]), target="out.parquet")) == []


def test_the_published_graph_answers_and_one_that_is_spoilt_does_not(score, lines, tmp_path):
    repository = Repository(LocalDisk(durable=False), str(tmp_path / "models"))
    with repository.stage("shop") as staging:
        shutil.copytree(CASE / "model", staging.model_path, dirs_exist_ok=True)
        staging.add("model.onnx", compile_model(CASE / "model"))
        inputs = [Field(name, "double") for name in ("age", "constant")]
        manifest = staging.publish(inputs=inputs, metrics={}, scoring=Scoring("compiled", 10, 0.0))
    saved = tmp_path / "models" / "shop" / "1" / "spark"
    assert open_scorer(saved).score([{"age": 1.0, "constant": 7.0}])
    assert not needs_spark(manifest)
    assert needs_spark(replace(manifest, scoring=Scoring("spark", 10, reason="it differs")))
    assert version_folder(saved) == saved.parent
    (saved.parent / "model.onnx").write_bytes(b"spoilt")
    with pytest.raises(ScorerError, match="the compiled model cannot be read"):
        open_scorer(saved)
    assert "H204" in score(lines(ROWS), "--models", str(tmp_path / "models"), model="shop", code=1)


def test_a_version_for_which_spark_was_found_needed_is_checked_before_spark_sees_it(tmp_path):
    repository = Repository(LocalDisk(durable=False), str(tmp_path / "models"))
    with repository.stage("shop") as staging:
        shutil.copytree(CASE / "model", staging.model_path, dirs_exist_ok=True)
        metadata = next(Path(staging.model_path).glob("stages/*Scaler*/metadata/part-*"))
        metadata.write_text(metadata.read_text().replace("org.apache.spark.ml.feature", "com.example"))
        staging.publish(inputs=[Field("age", "double")], metrics={}, scoring=Scoring("spark", 10, reason="it differs"))
    with pytest.raises(HowdahError, match=r"not allowed: 'com\.example") as refused:
        open_scorer(tmp_path / "models" / "shop" / "1" / "spark")
    assert refused.value.code == "H208"


@pytest.mark.slow
@pytest.mark.spark
def test_spark_itself_says_the_same(score, lines, tmp_path):
    spark = read(score(lines(ROWS), "--engine", "spark", target="spark.jsonl"))
    ours = read(score(lines(ROWS)))
    assert [row["prediction"] for row in spark] == [row["prediction"] for row in ours]
    for one, other in zip(spark, ours, strict=True):
        assert one["probability"] == pytest.approx(other["probability"], abs=1e-9)
    decimal = {**ROWS[2], "constant": Decimal("7.00")}
    pq.write_table(pa.Table.from_pylist([decimal]), tmp_path / "in.parquet")
    assert read(score(tmp_path / "in.parquet", "--engine", "spark"))[0]["prediction"] == ours[2]["prediction"]
    refused = score(lines([{**ROWS[0], "constant": None}]), "--engine", "spark", code=1)
    assert refused.startswith("H232 ")


# -- rows that are no plain table -------------------------------------------------------------------------------------

INPUTS = ("bare", "hashed", "lists", "stated", "tuned", "tuned-within", "whole")


def answers_of(file):
    return [(row["prediction"], row["probability"]) for row in read(file)]


def as_csv(case, target):
    """The rows with the numbers as Spark writes them, vectors and lists in JSON; an empty text in quotes."""
    rows = [json.loads(line, parse_float=str) for line in (case / "rows.json").read_text().splitlines()]
    plain = [json.loads(line) for line in (case / "rows.json").read_text().splitlines()]
    lines = [",".join(rows[0])]
    for row, values in zip(rows, plain, strict=True):
        cells = [json.dumps(values[name]) if isinstance(row[name], list | dict) else row[name] for name in row]
        texts = ["" if cell is None else '"' + str(cell).replace('"', '""') + '"' for cell in cells]
        lines.append(",".join(texts))
    target.write_text("\r\n".join(lines) + "\r\n", newline="")
    return target


@pytest.mark.parametrize("spark", ["3.5", pytest.param("4.3", marks=pytest.mark.slow)])
@pytest.mark.parametrize("name", INPUTS)
def test_rows_in_each_form_get_the_answers_of_spark(score, tmp_path, spark, name):
    case = FIXTURES / f"inputs-spark-{spark}" / name
    expected = json.loads((case / "answers.json").read_text())
    for source in (case / "rows.json", case / "rows.parquet", as_csv(case, tmp_path / "in.csv")):
        found = answers_of(score(source, model=case / "model"))
        assert [prediction for prediction, _ in found] == [prediction for prediction, _ in expected], source
        for (_, chances), (_, wanted) in zip(found, expected, strict=True):
            assert chances == pytest.approx(wanted, abs=1e-9), source


@pytest.mark.spark
@pytest.mark.slow
@pytest.mark.parametrize(("name", "rows"), [("tuned-within", "rows.parquet"), ("lists", "rows.json")])
def test_spark_itself_takes_each_form(score, name, rows):
    case = FIXTURES / "inputs-spark-3.5" / name
    expected = json.loads((case / "answers.json").read_text())
    found = answers_of(score(case / rows, "--engine", "spark", model=case / "model"))
    assert [prediction for prediction, _ in found] == [prediction for prediction, _ in expected]


def test_a_vector_of_another_length_is_named_by_its_line(score, lines):
    case = FIXTURES / "inputs-spark-3.5"
    rows = [{"features": [1.0] * 5}, {"features": [1.0]}]
    file = lines(rows)
    assert f"H232 {file}:2 a vector is missing, or not as long as those of training" in score(
        file, model=case / "bare" / "model", code=1
    )
    assert f"H232 {file}:1 a vector has 5 numbers, and this model learnt from 80" in score(
        lines(rows[:1]), model=case / "tuned-within" / "model", code=1
    )
    assert "a vector is missing" in score(lines([{"features": None}]), model=case / "bare" / "model", code=1)
    assert "did you mean" in score(lines([{"feature": [1.0]}]), model=case / "bare" / "model", code=1)


def test_what_has_learnt_nothing_is_refused(score, lines, tmp_path):
    saved = tmp_path / "m"
    shutil.copytree(CASE / "model", saved)
    metadata = next((saved / "metadata").glob("part-*"))
    metadata.write_text(metadata.read_text().replace("ml.PipelineModel", "ml.Pipeline"))
    assert "save what its fit() gives" in score(lines(ROWS), model=saved, code=1)


def test_what_only_spark_knows_takes_every_column_of_the_file(lines, tmp_path):
    saved = tmp_path / "m"
    shutil.copytree(FIXTURES / "stages-spark-3.5" / "sql" / "model", saved)
    metadata = next((saved / "stages").glob("*_SQLTransformer_*/metadata/part-*"))
    text = json.loads(metadata.read_text())
    text["paramMap"]["statement"] = "SELECT *, round(age) AS both, spend AS years FROM __THIS__"
    metadata.write_text(json.dumps(text))
    row = {"city": "a", "age": 1.5, "tags": ["x"], "seats": 3, "member": True, "vector": [1.0]}
    for file in (lines([row, {"city": None}]), write([row], tmp_path / "in.parquet")):
        types = RowTypes(file, saved, Manifest("m", 1, "", (), (), {}), is_described=False)
        types.take_all()
        assert {each.name: each.type for each in types.columns} == {
            "city": "string",
            "age": "double",
            "tags": "texts",
            "seats": "long",
            "member": "boolean",
            "vector": "vector",
        }
        rows = next(read_batches(file, types.columns)).rows
        assert (rows if isinstance(rows, list) else rows.to_pylist())[0] == row


def test_packed_rows_are_read(score, tmp_path):
    file = tmp_path / "in.jsonl.gz"
    file.write_bytes(gzip.compress("".join(json.dumps(row) + "\n" for row in ROWS).encode()))
    assert [row["prediction"] for row in read(score(file))] == [prediction for prediction, _ in EXPECTED]
    file.write_bytes(file.read_bytes()[:40])
    assert "H791" in score(file, code=1)
