"""What the prediction service refuses, and the HTTP status that each refusal has.

=====  ==========================================================================
H500   a fault of the service itself
H501   a body that is not JSON
H502   a body that is too large
H503   a body of a type, charset or encoding that is not taken
H504   no such address
H505   a method that the address does not have
H506   no such model
H507   several models, and none is named
H508   fields that do not fit the model
H509   too many records
H510   a Host that is not this service's
H511   a model that has no version to answer with
H512   a body that can be read, and holds no record, or not as it says
H513   a request that HTTP itself forbids
H514   a client that stopped sending
H520   a version that cannot be loaded
H521   a version whose answers do not fit its manifest
H522   a version that is not valid now
H523   a model that is no longer in its repository
H524   a source that does not answer
H525   a model that two sources have
H526   a reload after which an older version still answers
H527   a reload that not every worker has done
H528   a version of qa that answers because none of prod can
H530   an address that cannot be listened at
H531   an address that others reach, and nothing that says who may ask
H532   a file of tokens that is none
H533   a page of another site
H534   no token, or one that is not known
H535   a token that may not do that, or an address where nobody may
H536   a client that asks too often
H537   a version that is not the one that serves
H538   a body that is not CSV, or no stream of Arrow's
H560   a mistake in a file of groups
H561   a group without an answer in time
H562   a group whose members do not fit together or its policy
H540   a label that is none
H541   labels where nothing is tracked
H542   labels that cannot be kept now
H543   a secret that is none, for inputs of which only a hash is tracked
H544   predictions that are not tracked
H545   predictions that wait on this machine
H546   tracked records that were damaged
=====  ==========================================================================
"""

from __future__ import annotations

from dataclasses import dataclass

from models.errors import ScoringError
from storage.errors import HowdahError
from storage.nearest import did_you_mean


class ServingError(HowdahError):
    """The service, or what was asked of it, is wrong (H500 and up)."""


@dataclass(frozen=True)
class Problem:
    """What is wrong, or worth a warning, in one field; ``record`` counts from 0, None for a single record.

    ``line`` is that of a file, where the record came from one. Where ``is_of_all``, ``hint`` is for the whole request.
    """

    field: str
    problem: str
    hint: str = ""
    record: int | None = None
    line: int | None = None
    is_of_all: bool = False

    def as_json(self) -> dict[str, object]:
        """The problem as an answer shows it."""
        shown: dict[str, object] = {"field": self.field, "problem": self.problem, "hint": self.hint}
        places = {"line": self.line, "record": self.record}
        return {**{name: place for name, place in places.items() if place is not None}, **shown}


class SignatureError(ServingError):
    """H508: records that do not fit the model's inputs, with every problem found."""

    def __init__(self, problems: list[Problem], model: str) -> None:
        first = problems[0]
        where = f"record {first.record}, " if first.record is not None else ""
        where = f"line {first.line}, " if first.line is not None else where
        more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
        hint = first.hint if first.is_of_all else f"GET /models/{model} lists the inputs"
        super().__init__("H508", f"{where}field '{first.field}' {first.problem}{more}", hint=hint)
        self.problems = problems


class UnknownModelError(ServingError):
    """H506: a name that no model has; ``known`` are those that are served."""

    def __init__(self, name: str, known: list[str]) -> None:
        hint = did_you_mean(name[:100], known, f"served are: {', '.join(known[:20]) or 'none yet'}")
        super().__init__("H506", f"no model '{name[:100]}' is served", hint=hint)
        self.known = known


INTERNAL = "H500"

# code -> HTTP status; the others never answer a request
STATUS = {
    # the repository's own, to those who look after it
    "H103": 503,
    "H104": 503,
    "H105": 503,
    **dict.fromkeys(("H201", "H240"), 400),
    "H202": 404,
    **dict.fromkeys(("H203", "H204", "H205", "H206", "H207", "H208", "H241", "H242", "H243", "H244"), 409),
    **dict.fromkeys(("H246", "H247", "H248", "H249"), 409),
    "H234": 503,
    "H262": 422,
    INTERNAL: 500,
    "H501": 400,
    "H502": 413,
    "H503": 415,
    "H504": 404,
    "H505": 405,
    "H506": 404,
    "H507": 400,
    "H508": 422,
    "H509": 422,
    "H510": 400,
    "H511": 503,
    "H512": 400,
    "H513": 400,
    "H514": 408,
    "H526": 409,
    "H527": 503,
    "H533": 403,
    "H534": 401,
    "H535": 403,
    "H536": 429,
    "H537": 404,
    "H538": 400,
    "H561": 503,
    "H562": 503,
    "H540": 422,
    "H541": 404,
    "H542": 503,
}


def status_of(error: HowdahError) -> int:
    """The HTTP status for ``error``: the table's, 422 for a row that the model cannot score, else 500."""
    return STATUS.get(error.code, 422 if isinstance(error, ScoringError) else 500)
