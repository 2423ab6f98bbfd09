"""Which lints a project does not want: ``[howdah] ignore = H012, H013`` in the setup.cfg beside an app or above it.

Who calls may not want some either, and may want to be told of those that apps and projects switch off.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from configparser import ConfigParser
from configparser import Error as ConfigError
from dataclasses import dataclass, field, replace
from pathlib import Path

from oozie.language.check import Checked
from oozie.language.lints.subject import lint
from oozie.language.lints.switches import Switch, sifted, split_codes, wrong_codes
from storage.errors import Diagnostic

_OPTION = "--ignore"
_FILE = "setup.cfg"
_SECTION = "howdah"
_MAX_BYTES = 1024 * 1024


@dataclass(frozen=True)
class _Settings:
    """What one setup.cfg says, and what is wrong with that."""

    ignored: Mapping[str, Switch] = field(default_factory=dict)
    findings: tuple[Diagnostic, ...] = ()


class LintSettings:
    """The settings of every folder that is asked for, each file read once and what is wrong in it said once.

    Without ``heeds_projects`` only ``also_ignored`` counts.
    """

    def __init__(self, also_ignored: Sequence[str] = (), *, heeds_projects: bool = True) -> None:
        self._also_ignored = dict.fromkeys(also_ignored, Switch(_OPTION))
        self._heeds_projects = heeds_projects
        self._of_folder: dict[Path, _Settings] = {}
        self._said: set[Diagnostic] = set()

    def applied(self, result: Checked, folder: Path) -> Checked:
        """What was found in an app of ``folder``, without the lints that its project or the call does not want."""
        settings = self._settings(folder)
        switches = {**(settings.ignored if self._heeds_projects else {}), **self._also_ignored}
        told, ignored = sifted(result.findings, lambda finding: switches.get(finding.code))
        new = [finding for finding in settings.findings if finding not in self._said]
        self._said.update(new)
        return replace(result, findings=(*told, *new), ignored=(*result.ignored, *ignored))

    def _settings(self, folder: Path) -> _Settings:
        """Of the nearest setup.cfg that has a section for us."""
        if folder not in self._of_folder:
            own = _read(folder / _FILE)
            if own is None:
                above = folder.resolve().parent
                own = self._settings(above) if above != folder.resolve() else _Settings()
            self._of_folder[folder] = own
        return self._of_folder[folder]


def _read(path: Path) -> _Settings | None:
    """None where there is no such file, or nothing for us in it."""
    parser = ConfigParser(interpolation=None)
    try:
        if not path.is_file() or path.stat().st_size > _MAX_BYTES:
            return None
        parser.read_string(path.read_text("utf-8"), str(path))
    except (OSError, UnicodeDecodeError, ConfigError) as error:
        reason = str(error).splitlines()[0]
        finding = lint("H026", f"{_FILE} cannot be read, so that it switches nothing off: {reason}", "mend the file")
        return _Settings(findings=(replace(finding, path=str(path)),))
    if not parser.has_section(_SECTION):
        return None
    codes = split_codes(parser.get(_SECTION, "ignore", fallback=""))
    findings = [lint("H026", f"{_FILE}: {message}", hint) for message, hint in wrong_codes(codes)]
    findings += [
        lint("H026", f"{_FILE}: [{_SECTION}] has no option '{option}'", "write ignore = H012, H013")
        for option in parser.options(_SECTION)
        if option != "ignore" and option not in parser.defaults()
    ]
    return _Settings(
        dict.fromkeys(codes, Switch(str(path))), tuple(replace(finding, path=str(path)) for finding in findings)
    )
