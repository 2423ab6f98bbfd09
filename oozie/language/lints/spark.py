"""Where a Spark action runs, when that is said in a way that Spark or Oozie does not understand.

Source: org.apache.oozie.action.hadoop.SparkArgsExtractor, DG_SparkActionExtension; org.apache.spark.deploy.SparkSubmit,
which takes yarn-client and yarn-cluster with a warning in Spark 2 and not at all in Spark 3.
"""

from __future__ import annotations

from collections.abc import Iterator

from oozie.language.lints.subject import Subject, lint
from oozie.language.model import Action, Workflow
from storage.errors import Diagnostic

_OLD_MASTERS = {"yarn-client": "client", "yarn-cluster": "cluster"}
# Options of spark-submit that an element of the action says.
_SAID_BY = {"--master": "master", "--deploy-mode": "mode", "--class": "class", "--name": "name"}


def spark_places(subject: Subject[Workflow]) -> Iterator[Diagnostic]:
    """H024 for masters that are no more, and for a master or mode that stands where Oozie does not look."""
    for action in subject.app.actions:
        if action.type == "spark":
            yield from _of_action(subject, action)


def _of_action(subject: Subject[Workflow], action: Action) -> Iterator[Diagnostic]:
    master = subject.filled(action.body.text_of("master"))
    mode = subject.filled(action.body.text_of("mode"))
    options = subject.filled(action.body.text_of("spark-opts")).split()
    element = action.body.first("master") or action.body
    wanted = _OLD_MASTERS.get(master, "")
    if wanted and mode not in ("", wanted) and "${" not in mode:
        message = f"master '{master}' and mode '{mode}' of action '{action.name}' contradict each other"
        yield lint("H024", message, _as_today(wanted), element.line, action.name)
    elif element.text.strip() in _OLD_MASTERS:  # as a property it is the choice of a place that has Spark 2
        message = f"action '{action.name}' has the master '{master}', which Spark 3 refuses"
        yield lint("H024", message, _as_today(wanted), element.line, action.name)
    elif master == "yarn" and not mode and not _said(options, "--deploy-mode"):
        message = f"action '{action.name}' has the master 'yarn' and no mode: Oozie leaves its files off the class path"
        yield lint("H024", message, "add <mode>cluster</mode> or <mode>client</mode>", element.line, action.name)
    elif master.startswith("local") and mode == "cluster":
        message = f"action '{action.name}' has the master '{master}' in cluster mode, which Spark refuses"
        yield lint("H024", message, "write <mode>client</mode>, or <master>yarn</master>", element.line, action.name)
    for option, tag in _SAID_BY.items():
        if _said(options, option):
            line = (action.body.first("spark-opts") or action.body).line
            message = f"spark-opts of action '{action.name}' has {option}: Spark follows it, Oozie goes by <{tag}>"
            yield lint("H024", message, f"say it in <{tag}> alone", line, action.name)


def _as_today(mode: str) -> str:
    return f"write <master>yarn</master><mode>{mode}</mode>, which Spark 2 takes as well"


def _said(options: list[str], option: str) -> bool:
    return any(word == option or word.startswith(option + "=") for word in options)
