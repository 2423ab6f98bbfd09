"""Files of regressors that no training writes."""

import shutil
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from models.errors import ScorerError
from models.scorer import load

MODEL = Path(__file__).parents[3] / "fixtures" / "stages-spark-3.5" / "isotonic-falling" / "model"


@pytest.mark.parametrize("boundaries", [[], [0.0, float("nan"), 1.0], [1.0, 0.0]])
def test_an_isotonic_regression_whose_boundaries_do_not_rise_is_refused(boundaries, tmp_path):
    folder = shutil.copytree(MODEL, tmp_path / "model")
    (file,) = folder.glob("stages/1_*/data/*.parquet")
    for column in ("boundaries", "predictions"):
        table = pq.read_table(file)
        place = table.column_names.index(column)
        pq.write_table(table.set_column(place, column, pa.array([boundaries], pa.list_(pa.float64()))), file)
    with pytest.raises(ScorerError, match="do not rise"):
        load(folder)
