"""The pictures of ``howdah draw`` in a real Chromium."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from howdah.commands.draw import command

pytestmark = [pytest.mark.browser, pytest.mark.slow]

GOLDEN = Path(__file__).parents[1] / "golden"
# The texts that are wider than the box that they stand in, or than the page.
TOO_WIDE = """() => {
  const found = [];
  for (const node of document.querySelectorAll('g.node')) {
    const shape = node.querySelector('.shape').getBBox();
    for (const text of node.querySelectorAll('text')) {
      const box = text.getBBox();
      if (box.x < shape.x - 1 || box.x + box.width > shape.x + shape.width + 1) found.push(text.textContent);
    }
  }
  for (const text of document.querySelectorAll('text')) {
    const right = text.getBoundingClientRect().right;
    if (right > document.documentElement.viewBox.baseVal.width) found.push(text.textContent);
  }
  return found;
}"""


@pytest.fixture(scope="module")
def pictures(tmp_path_factory):
    folder = tmp_path_factory.mktemp("drawings")
    result = CliRunner().invoke(command, [str(GOLDEN), "-o", str(folder), "--format", "svg"])
    assert result.exit_code == 0, result.output
    return folder


@pytest.mark.parametrize(
    "name", ["funnel-hdp/workflow", "funnel-hdp/coordinator", "every-action/workflow", "redemption-hdp/workflow"]
)
@pytest.mark.parametrize("view", ["control", "data"])
def test_every_text_fits_its_box(pictures, open_page, screenshot, name, view):
    page = open_page((pictures / f"{name}.{view}.svg").as_uri())

    assert page.evaluate(TOO_WIDE) == []
    assert page.evaluate("document.querySelectorAll('text.title').length") > 0
    screenshot(page, f"draw-{name.replace('/', '-')}-{view}")


def test_a_picture_follows_the_browsers_colours(pictures, open_page):
    sheets = {}
    for scheme in ("light", "dark"):
        page = open_page((pictures / "funnel-hdp/workflow.control.svg").as_uri(), scheme=scheme)
        sheets[scheme] = page.evaluate("getComputedStyle(document.querySelector('.sheet')).fill")

    assert sheets == {"light": "rgb(250, 250, 247)", "dark": "rgb(20, 24, 23)"}
