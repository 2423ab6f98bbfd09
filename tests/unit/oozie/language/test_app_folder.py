"""Which file here a path on the cluster means."""

from __future__ import annotations

import pytest

from oozie.language.app_folder import AppFolder

PROPERTIES = {
    "nameNode": "hdfs://nn:8020",
    "oozie.wf.application.path": "hdfs://nn:8020/apps/shop",
    "oozie.coord.application.path": "/apps/shop/coordinator.xml",
}
FOLDER = AppFolder("shop", {"shop/sql/a.hql"}, PROPERTIES)


@pytest.mark.parametrize(
    ("path", "local"),
    [
        ("sql/a.hql", "shop/sql/a.hql"),
        (" ./sql/../sql/a.hql ", "shop/sql/a.hql"),
        ("${nameNode}/apps/shop/sql/a.hql", "shop/sql/a.hql"),
        ("/apps/shop/sql/a.hql", "shop/sql/a.hql"),
        ("/apps/shopping/a.hql", None),
        ("/elsewhere/a.hql", None),
        ("${unknown}/a.hql", None),
        ("hdfs://[x", None),
        ("", None),
    ],
)
def test_a_path_below_the_application_path_is_a_file_here(path: str, local: str | None) -> None:
    assert FOLDER.local(path) == local


def test_what_is_there_is_there_and_what_lies_above_cannot_be_seen() -> None:
    assert FOLDER.has("shop/sql/a.hql")
    assert FOLDER.has("../a.hql")
    assert not FOLDER.has("shop/b.hql")


@pytest.mark.parametrize(
    ("app_path", "file"),
    [
        ("/apps/shop/load", "shop/load/workflow.xml"),
        ("${nameNode}/apps/shop/load/workflow.xml", "shop/load/workflow.xml"),
        ("load/", "shop/load/workflow.xml"),
        ("/apps/shop", None),
        ("/elsewhere/load", None),
    ],
)
def test_an_app_path_leads_to_its_file_or_to_the_folder_with_it(app_path: str, file: str | None) -> None:
    assert AppFolder("shop", {"shop/load/workflow.xml"}, PROPERTIES).definition(app_path, "workflow") == file
