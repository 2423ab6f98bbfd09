"""What can be wrong with a model or with the repository that keeps it.

::

    HowdahError
    └── ModelError                  H2xx
        ├── ModelNameError          H201  a name, version, alias or reference that is none
        ├── ModelNotFoundError      H202  no such model, version or alias
        ├── ManifestError           H203  a manifest that cannot be read
        ├── CorruptModelError       H204  a file is not the one that was published
        │                           H205  a file is missing
        │                           H206  a file was added, or has a name that no version may hold
        │                           H207  an alias that says no version
        │                           H208  a stage of a class that is not allowed
        ├── PublicationError        H210  no model is saved where it was to be
        │                           H211  the model is still being written
        │                           H212  this model has been published already
        │                           H213  others keep taking its place
        │                           H214  a plain folder has no aliases
        ├── UnsettledModelError     H220  a plain folder is being written, or was left half written
        ├── TransitionError         H240  no reason is given, or it is too long
        │                           H241  there is nothing to roll back to
        │                           H242  a retired or deleted version cannot get an alias
        │                           H243  a version in use cannot be retired
        │                           H244  an entry of the log that cannot be read
        │                           H245  an alias is not what the log says
        │                           H246  the manifest is not the one that the log knows
        │                           H247  others keep changing the model
        │                           H248  a version that was not in qa goes to prod by force alone
    │                           H249  an earlier transition was killed, and was finished instead of another one
        ├── TrackedFileError        H250  a file of tracked predictions or labels that cannot be read
        ├── ProfileError            H260  a profile, or a histogram in it, that cannot be read
        │                           H261  histograms of different places cannot be put together or compared
        ├── ExplanationError        H262  a model whose answers cannot be explained exactly
        ├── WatchError              H263  a policy of watching that cannot be read
        │                           H264  an entry of the incidents that cannot be read
        │                           H265  others keep changing the incidents
        │                           H266  a request for a retraining that cannot be read
        ├── SignatureError          H270  a file that holds no Ed25519 key
        │                           H271  no trusted key has signed the version
        ├── ScorerError             H230  a saved model has a stage that the scorer does not know
        │                           H231  the folder holds no readable PipelineModel
        │                           H233  a model that is scored, but that ONNX cannot say
        │                           H234  the Spark worker does not start, does not answer, or has ended
        └── ScoringError            H232  Spark would fail on this row, or drop it, so there is no answer to give
"""

from __future__ import annotations

from storage.errors import HowdahError


class ModelError(HowdahError):
    """Something is wrong with a model (H200 and up)."""


class ModelNameError(ModelError):
    """H201: not a name, version, alias or reference."""


class ModelNotFoundError(ModelError):
    """H202: no such model, version or alias."""


class ManifestError(ModelError):
    """H203: the manifest cannot be read, or what it says cannot be."""


class CorruptModelError(ModelError):
    """H204 to H208, H246: the files are not those that the manifest lists, or an alias is damaged."""


class PublicationError(ModelError):
    """H210 and up: this cannot be published."""


class UnsettledModelError(ModelError):
    """H220: a plain folder that is being written, or was left half written."""


class TransitionError(ModelError):
    """H240 to H249: a promotion, rollback, retirement or collection that cannot be, or a log that is damaged."""


class TrackedFileError(ModelError):
    """H250: a file among the tracked predictions or labels that is not one."""


class ProfileError(ModelError):
    """H260, H261: a profile that cannot be read, or histograms that do not go together."""


class ExplanationError(ModelError):
    """H262: a model, or an answer, that cannot be explained exactly."""


class WatchError(ModelError):
    """H263 to H266: a policy, an incident or a request for a retraining that cannot be."""


class SignatureError(ModelError):
    """H270, H271: a key that cannot be read, or a version that nobody trusted has signed."""


class ScorerError(ModelError):
    """H230 to H234 but H232: a saved model cannot be scored with, or not compiled."""


class ScoringError(ModelError):
    """H232: a row that cannot be scored."""
