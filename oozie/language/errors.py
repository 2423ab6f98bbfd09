"""Errors of the language, and the whole error tree of the project.

::

    HowdahError                 storage.errors             the root: one diagnostic or more
    ├── StorageError            storage.errors             H1xx  a file system refused or failed
    │   ├── PathNotFoundError   storage.errors             H101
    │   ├── PathExistsError     storage.errors             H102
    │   ├── AccessDeniedError   storage.errors             H103
    │   ├── UnreachableError    storage.errors             H104
    │   └── NoSpaceError        storage.errors             H105
    ├── ModelError              models.errors              H2xx  the model repository (its own branches are drawn there)
    ├── AppError                oozie.language.errors      E, H0xx  an app that Oozie would refuse
    ├── ElError                 oozie.language.el.errors   an expression, and the character where it is wrong
    ├── DeclarationError        generator.errors           H30x  a declaration that says something wrong
    ├── GenerationError         generator.errors           H31x, H32x  an app that cannot be made or written
    ├── RunError                oozie.local.errors         H40x, H41x  the local engine
    │   ├── StateInUseError     oozie.local.errors         H400
    │   ├── JournalError        oozie.local.errors         H401, H402
    │   └── JavaError           oozie.local.errors         H410, H411
    ├── SqoopError              oozie.local.sqoop.errors   H42x  an import that cannot be done
    │   ├── ArgumentError       oozie.local.sqoop.errors   H420, H421, H423
    │   ├── ConnectError        oozie.local.sqoop.errors   H422 to H424
    │   ├── SourceError         oozie.local.sqoop.errors   H425, H426
    │   ├── TargetError         oozie.local.sqoop.errors   H427
    │   └── ValueRangeError     oozie.local.sqoop.errors   H428
    ├── OozieClientError        oozie.client.errors        E, H80x  Oozie refused, or could not be asked
    │   ├── OozieAwayError      oozie.client.errors        H801
    │   └── OutcomeUnknownError oozie.client.errors        H828
    ├── YarnError               oozie.client.errors        H80x  the log of an application cannot be had
    ├── DeploymentError         oozie.client.deployment.errors  H81x, H82x  an app that cannot be put into HDFS
    ├── LibraryError            oozie.client.sharelib.errors    H82x  a jar of an app
    ├── ServingError            serving.errors             H5xx  the prediction service
    │   ├── SignatureError      serving.errors             H508
    │   └── UnknownModelError   serving.errors             H506
    ├── JobError                jobs.errors                H6xx  a PySpark job
    ├── ConsoleError            howdah.console.errors      H75x  the console cannot show or do it
    ├── CommandError            howdah.errors              H7xx  the command line and the set-up
    └── SampleError             workflows.errors           H76x  sample data for a source database

Apart from the tree stands ``oozie.local.errors.ActionError``: how an action failed, with Oozie's code or H430. It never
reaches the user as an exception; the engine writes it into the job.

Codes of this package:

=====  =======================================================================
H001   a file that is too large to be an app
H003   lint: bytes that are not UTF-8
H004   text that XML cannot hold
H005   an app of another kind than the one asked for
H010   lint: a password in plain text
H011   lint: a Sqoop command that splits on every blank, quotes or not
H012   lint: a node that nothing leads to
H013   lint: an action's error goes to the end, so that the workflow succeeds
H014   lint: a done-flag for which a coordinator waits and that no action writes
H015   lint: a coordinator that begins before its dataset does
H016   lint: nominal times that daylight saving moves
H017   lint: properties that the workflow needs and does not declare
H018   lint: a schema that has been replaced, to the app's disadvantage
H019   lint: a property that is used and defined nowhere
H020   lint: a file that the app names and that is not in its folder
H021   job.properties that cannot be read
H022   lint: an action that needs the share lib, which is not switched on
H023   lint: a library that comes twice, or in two versions
H024   lint: a Spark action that says where it runs in a way that is not understood
H025   lint: cron in another time zone than UTC, in which Oozie reads it
H026   lint: a comment or a setting that switches off what cannot be switched off
H027   lint: an SLA of which something does not come about
H028   lint: an expression that fails as soon as it is reached
H029   lint: a setting of the launcher that Oozie 5 does not heed
H030   lint: an action's SLA for which Oozie refuses to start the job that it took in
=====  =======================================================================
"""

from __future__ import annotations

from storage.errors import HowdahError


class AppError(HowdahError):
    """An app that Oozie would refuse, with every reason found (Oozie's own code first)."""
