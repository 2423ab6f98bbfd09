import pytest

from jobs.errors import JobError
from jobs.options import parse

NEEDED = ["--input", "/in", "--columns", "a INT", "--label", "a", "--models", "/models", "--name", "m"]


def test_what_is_not_said_has_a_default():
    options = parse(NEEDED)
    assert options.candidates == ["logistic", "tree", "forest", "boosted"]
    assert (options.format, options.metric, options.holdout, options.alias) == ("text", "f1", 0.2, "champion")


@pytest.mark.parametrize(("stage", "alias"), [("dev", ""), ("qa", "qa"), ("prod", "champion")])
def test_a_stage_is_an_alias(stage, alias):
    assert parse([*NEEDED, "--stage", stage]).alias == alias


def test_lists_are_split_at_commas():
    assert parse([*NEEDED, "--numeric", "a, b,", "--candidates", "tree"]).numeric == ["a", "b"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (NEEDED[2:], "the following arguments are required: --input"),
        ([*NEEDED, "--colour", "red"], "unrecognized arguments: --colour red"),
        ([*NEEDED, "--candidates", "tree,oak"], "there is no candidate 'oak'"),
        ([*NEEDED, "--holdout", "0.9"], "--holdout 0.9 is not between 0.05 and 0.4"),
        ([*NEEDED, "--alias", "x", "--stage", "qa"], "argument --stage: not allowed with argument --alias"),
        ([*NEEDED, "--valid-days", "0"], "--valid-days 0 is not above 0 and at most 36500"),
        ([*NEEDED, "--valid-days", "nan"], "--valid-days nan is not above 0 and at most 36500"),
        ([*NEEDED, "--seed", "x"], "argument --seed: invalid int value: 'x'"),
        (["--input", "/in", *NEEDED[4:]], "text has no column names"),
    ],
)
def test_wrong_arguments_are_one_line(arguments, message):
    with pytest.raises(JobError) as caught:
        parse(arguments)
    assert str(caught.value) == f"H600 {message}"
    assert caught.value.diagnostics[0].hint


def test_help_says_what_leaves_when(capsys):
    with pytest.raises(SystemExit) as caught:
        parse(["--help"])
    assert caught.value.code == 0
    assert "Exit codes:" in capsys.readouterr().out
