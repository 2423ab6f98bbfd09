"""What goes wrong where sample data are put into a source database.

=====  ===================================================
H760   a URL of no database that is known here
H761   the source database refuses or fails
H762   the package with the real data is not installed
=====  ===================================================
"""

from __future__ import annotations

from storage.errors import HowdahError


class SampleError(HowdahError):
    """Sample data that cannot be put into the source database."""
