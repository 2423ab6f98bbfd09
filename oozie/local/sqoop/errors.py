"""What can go wrong in an import: H420 to H428; a full disk is storage's H105."""

from __future__ import annotations

from storage.errors import HowdahError


class SqoopError(HowdahError):
    """An import that cannot be done."""


class ArgumentError(SqoopError):
    """H420: an argument that is unknown or cannot work here; H421: a value or a combination that makes no sense."""


class ConnectError(SqoopError):
    """H422: a bad JDBC URL; H423: no credentials; H424: the database refuses or does not answer."""


class SourceError(SqoopError):
    """H425: the database refuses the SQL (no such table, unknown column); H426: it went away during the import."""


class TargetError(SqoopError):
    """H427: the target directory stands already or cannot be written."""


class ValueRangeError(SqoopError):
    """H428: a value that the file format, or Sqoop's type for it, cannot hold."""
