"""What keeps an app from being deployed and submitted.

=====  =======================================================================
H810   the folder is none, or a file in it cannot be read
H811   the properties name no application path, or several
H812   the definition that the application path names is not in the folder
H813   an application path that lies nowhere in HDFS
H814   the app names its own folder in a way that a version of it cannot follow
H815   the app uses a property that nothing defines
H816   lint: a property that nothing reads
H817   what lies in HDFS is not what was sent
H818   somebody else is submitting the same app right now
H819   an unfinished job reads the folder that is to be changed in place
H820   the same schedule is there already, and has not ended
H821   there is no running schedule to update or replace, or there are several
H822   the library folder holds files of somebody else
H827   there is no folder on this machine for the sign that a submit lives
=====  =======================================================================
"""

from __future__ import annotations

from storage.errors import HowdahError


class DeploymentError(HowdahError):
    """An app cannot be deployed or submitted as it stands (H810 to H822, H827)."""
