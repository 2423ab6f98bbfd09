from __future__ import annotations

from pathlib import Path

import pytest

from howdah.demo.cases import CASES
from howdah.demo.stack_life import kept, running_stack
from howdah.demo.telling import Teller
from howdah.errors import CommandError
from tests.unit.howdah.demo.test_stack_chain import ADDRESSES


@pytest.mark.parametrize("keep", [True, False])
def test_a_stack_of_somebody_else_is_neither_started_nor_stopped(tmp_path: Path, keep: bool) -> None:
    ADDRESSES.write(tmp_path)

    with running_stack(tmp_path, Teller(CASES["funnel"]), keep=keep) as (addresses, closing):
        assert addresses == ADDRESSES
        assert closing == kept(ADDRESSES)
        assert "stays up" in closing
        assert f"howdah console --oozie {ADDRESSES.oozie}" in closing

    assert sorted(file.name for file in tmp_path.iterdir()) == ["addresses.json"]


def test_a_folder_that_no_stack_can_be_made_in_is_said_so(tmp_path: Path) -> None:
    place = tmp_path / "two words"
    with pytest.raises(CommandError, match="H723"), running_stack(place, Teller(CASES["funnel"]), keep=False):
        pass
    assert not place.exists()
