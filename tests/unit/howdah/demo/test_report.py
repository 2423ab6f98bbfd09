from __future__ import annotations

import io
from pathlib import Path

from rich.console import Console

from howdah.demo.cases import Chart
from howdah.demo.report import as_table, draw, read_rows
from storage.local import LocalDisk

CHART = Chart("Revenue", "/unused", ("medium", "sessions", "revenue"), ("medium",), "revenue", "by session")


def test_part_files_in_order_and_nothing_of_spark(tmp_path: Path) -> None:
    (tmp_path / "part-00001").write_text('organic\t3\t"1.5\n', "utf-8")
    (tmp_path / "part-00000").write_text("email\t12\t\\N\n", "utf-8")
    (tmp_path / "_SUCCESS").write_text("no\trow\tat all\n", "utf-8")
    (tmp_path / ".part-00000.crc").write_text("no\trow\tat all\n", "utf-8")

    assert read_rows(LocalDisk(), str(tmp_path)) == [["email", "12", ""], ["organic", "3", '"1.5']]
    assert read_rows(LocalDisk(), str(tmp_path / "nowhere")) == []


def test_the_table_says_how_many_rows_it_leaves_out() -> None:
    said = io.StringIO()
    rows = [[f"medium{number}", str(number), ""] for number in range(15)]

    Console(width=80, file=said).print(as_table(CHART, rows))

    assert "medium11" in said.getvalue()
    assert "medium12" not in said.getvalue()
    assert "and 3 more" in said.getvalue()


def test_the_picture_is_a_png_also_where_a_value_is_missing(tmp_path: Path) -> None:
    draw(CHART, [["email", "12", ""], ["", "3", "1.5"]], tmp_path / "chart.png")

    assert (tmp_path / "chart.png").read_bytes().startswith(b"\x89PNG")
