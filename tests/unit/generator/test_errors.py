from __future__ import annotations

from generator.declare import shell, workflow
from generator.errors import refuse


def test_the_place_is_the_user_s_own_line() -> None:
    step = shell("a", command="true")
    declared = workflow("w", step)

    assert step.place[0] == declared.place[0] == __file__
    assert declared.place[1] == step.place[1] + 1


def test_an_error_says_where() -> None:
    error = refuse("H301", "no", "do", "a")

    diagnostic = error.diagnostics[0]
    assert (diagnostic.path, diagnostic.code, diagnostic.hint, diagnostic.node) == (__file__, "H301", "do", "a")
