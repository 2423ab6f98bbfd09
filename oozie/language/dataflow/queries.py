"""What Hive and Pig actions read and write: their script where it lies beside the app, or their query.

Source: Hive, Hive 2 and Pig action extensions of Oozie 5.2.1.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from oozie.language.dataflow.pig import pig_uses
from oozie.language.dataflow.sql import tables_of
from oozie.language.dataflow.uses import Doing, Surroundings
from oozie.language.filling import fill
from oozie.language.model import Element
from oozie.language.secret_names import masked_text

_VARIABLE_OPTIONS = frozenset({"--hivevar", "-hivevar", "--hiveconf", "-hiveconf", "-d", "--define", "-define"})
_PIG_OPTIONS = frozenset({"-param", "-p"})


def hive(body: Element, around: Surroundings) -> Doing:
    """A script or a query for Hive."""
    return _hive(body, around, "in Hive")


def hive2(body: Element, around: Surroundings) -> Doing:
    """A script or a query for HiveServer2."""
    server = masked_text(fill(body.text_of("jdbc-url"), around.properties).partition(";")[0])
    return _hive(body, around, f"through HiveServer2 ({server})" if server else "through HiveServer2")


def pig(body: Element, around: Surroundings) -> Doing:
    """A script in Pig Latin."""
    script = fill(body.text_of("script"), around.properties)
    text = around.scripts.get(script)
    if text is None:
        return Doing(f"runs the Pig script {script}", (), (_missing(script),))
    return Doing(f"runs the Pig script {script}", pig_uses(text, _variables(body, around, _PIG_OPTIONS)))


def _hive(body: Element, around: Surroundings, where: str) -> Doing:
    variables = _variables(body, around, _VARIABLE_OPTIONS)
    query = body.first("query")
    if query is not None:
        return Doing(f"runs a query {where}", tables_of(fill(query.text, around.properties), variables))
    script = fill(body.text_of("script"), around.properties)
    text = around.scripts.get(script)
    if text is None:
        return Doing(f"runs the script {script} {where}", (), (_missing(script),))
    return Doing(f"runs the script {script} {where}", tables_of(text, variables))


def _missing(script: str) -> str:
    return f"{script} is not here, so what it reads and writes is not known"


def _variables(body: Element, around: Surroundings, options: frozenset[str]) -> dict[str, str]:
    """``<param>name=value</param>`` and what the arguments say."""
    arguments = [fill(text, around.properties) for text in body.texts("argument")]
    pairs = [fill(text, around.properties) for text in body.texts("param")]
    pairs += _option_values(arguments, options)
    split = (pair.partition("=") for pair in pairs)
    return {name.strip(): value.strip() for name, equals, value in split if equals}


def _option_values(arguments: Sequence[str], options: frozenset[str]) -> list[str]:
    found = [following for word, following in pairwise(arguments) if word in options]
    for word in arguments:  # both in one argument
        option, _, value = word.partition(" ")
        if option in options and value:
            found.append(value.strip())
    return found
