"""Rules for bundles, in the order in which Oozie applies them when it takes one in.

Source: org.apache.oozie.command.bundle.BundleSubmitXCommand.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from oozie.language.calendar import TimeError, parse_time
from oozie.language.coordinator_rules import TIME_HINT, too_long
from oozie.language.el.errors import ElError
from oozie.language.el.submission import Submission
from oozie.language.evaluated_xml import in_attribute, in_xml, is_xml
from oozie.language.model import Bundle, BundleMember
from storage.errors import Diagnostic


def bundle_rules(app: Bundle, properties: Mapping[str, str] | None = None) -> Iterator[Diagnostic]:
    """What Oozie refuses in a bundle; it wraps all of it into E1310."""
    job = Submission.of(properties)
    problems = [problem for text in _texts_of(app) for problem in _text_problem(job, *text)]
    yield from problems or _problem_of_all(job, "".join(in_xml(text) for _, text, _, _ in _texts_of(app)))
    names: list[tuple[str, int]] = []
    for member in app.members:
        name, problem = _name_of(job, member)
        names.append((name, member.line))
        yield from problem
    for name, count in Counter(name for name, _ in names).items():
        if count > 1:
            line = next(line for other, line in reversed(names) if other == name)
            message = f"E1304: {count} coordinators of the bundle are called '{name}'"
            yield Diagnostic("E1310", message, "give each a name of its own", line=line, node=name)
    yield from _kick_off(job, app.kick_off_time)
    yield from _name_of_bundle(job, app.name)


def _text_problem(job: Submission, where: str, text: str, line: int, is_attribute: bool) -> Iterator[Diagnostic]:
    """What is wrong with one text when Oozie evaluates all of the XML at once."""
    try:
        value = job.tried("bundle", in_attribute(text) if is_attribute else in_xml(text))
    except ElError as error:
        yield Diagnostic("E1310", f"E1004: {where}: {error.reason}", error.diagnostics[0].hint, line=line)
        return
    if value is not None and not is_xml(value, is_attribute=is_attribute):
        hint = "Oozie puts a value into the XML as it stands: write &amp; and &lt; in the property"
        yield Diagnostic("E1310", f"E1301: {where} becomes '{value:.100}', which breaks the XML", hint, line=line)


def _problem_of_all(job: Submission, text: str) -> Iterator[Diagnostic]:
    try:
        job.tried("bundle", text)
    except ElError as error:
        yield Diagnostic("E1310", f"E1004: the bundle: {error.reason}", error.diagnostics[0].hint)


def _texts_of(app: Bundle) -> Iterator[tuple[str, str, int, bool]]:
    """Every text of a bundle that may hold expressions: where it stands, the text, the line, is it an attribute's."""
    yield "the bundle's name", app.name, 0, True
    for parameter in app.parameters:
        for text in (parameter.name, parameter.value or "", parameter.description or ""):
            yield f"parameter '{parameter.name}'", text, parameter.line, False
    yield "kick-off-time", app.kick_off_time, 0, False
    for member in app.members:
        who = f"coordinator '{member.name}'"
        for text in (member.name, member.enabled, member.critical):
            yield who, text, member.line, True
        yield who, member.app_path, member.line, False
        for name, value in member.configuration:
            yield f"{who}, property '{name}'", name, member.line, False
            yield f"{who}, property '{name}'", value, member.line, False


def _name_of(job: Submission, member: BundleMember) -> tuple[str, list[Diagnostic]]:
    """The name of a coordinator, which Oozie tries twice, and what is wrong the second time."""
    try:
        value = job.tried("bundle", member.name)
    except ElError:
        return member.name, []  # said before
    try:
        name = None if value is None else job.tried("name", value)
    except ElError as error:
        message, hint = f"E1321: the name of '{member.name}': {error.reason}", error.diagnostics[0].hint
        return member.name, [Diagnostic("E1310", message, hint, line=member.line)]
    return member.name if name is None else name, []


def _name_of_bundle(job: Submission, text: str) -> Iterator[Diagnostic]:
    """What Oozie has against the name when it tries it once more, where no function is known."""
    try:
        job.tried("bundle", in_attribute(text))
    except ElError:
        return  # said before
    try:
        value = job.tried("name", text)
    except ElError as error:
        yield Diagnostic("E1310", f"E1301: the bundle's name: {error.reason}", error.diagnostics[0].hint)
        return
    if problem := too_long("the name", value):
        yield Diagnostic("E1310", f"E1301: {problem[0]}", problem[1])


def _kick_off(job: Submission, text: str) -> Iterator[Diagnostic]:
    try:
        value = job.tried("bundle", text)
        if value:
            parse_time(value.strip())
    except TimeError as error:
        yield Diagnostic("E1310", f"kick-off-time: {error}", TIME_HINT)
    except ElError:
        return  # said before
