"""What is wrong with the jars of an app.

=====  =======================================================================
H823   a jar that cannot be read
H824   the driver of a database that the app imports from is nowhere
H825   a driver could not be fetched
H826   lint: a driver that Sqoop will not use as it is
=====  =======================================================================
"""

from __future__ import annotations

from storage.errors import HowdahError


class LibraryError(HowdahError):
    """A jar is not what it should be, or one is missing (H823 to H826)."""
