"""What talking to an Oozie server can end with: its own refusals with its own codes, and what comes before them.

=====  =====================================================================
H800   a URL that is none of an Oozie
H801   Oozie does not answer
H802   the answer is not Oozie's
H803   who asks may not, or did not say who it is
H804   the server is too old for that
H805   what should be a job's id is none
H806   Kerberos was asked for and its package is not there
H807   nobody says where YARN's pages are, or the action has no application
H808   YARN does not answer, or what answers is not YARN
H809   YARN has no such log
H828   whether Oozie did what it was asked is not known
=====  =====================================================================
"""

from __future__ import annotations

from storage.errors import HowdahError


class OozieClientError(HowdahError):
    """Oozie refused, with its own code (E0604 ...), or could not be asked (H800 to H806, H828)."""


class OozieAwayError(OozieClientError):
    """H801: Oozie does not answer; it may again in a minute."""


class OutcomeUnknownError(OozieClientError):
    """H828: Oozie was asked for a change and went away before it answered: it may have been made or not."""


class YarnError(HowdahError):
    """H807 to H809: the log of an application cannot be had."""
