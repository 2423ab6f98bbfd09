"""What the prediction service refuses, and the HTTP status that each refusal has."""

from __future__ import annotations

from dataclasses import dataclass

from models.errors import ScoringError
from storage.errors import HowdahError


class ServingError(HowdahError):
    """The service, or what was asked of it, is wrong (H500 and up)."""


@dataclass(frozen=True)
class Problem:
    """What is wrong, or worth a warning, in one field; ``record`` counts from 0, None for a single record."""

    field: str
    problem: str
    hint: str = ""
    record: int | None = None

    def as_json(self) -> dict[str, object]:
        """The problem as an answer shows it."""
        shown: dict[str, object] = {"field": self.field, "problem": self.problem, "hint": self.hint}
        return shown if self.record is None else {"record": self.record, **shown}


class SignatureError(ServingError):
    """H508: records that do not fit the model's inputs, with every problem found."""

    def __init__(self, problems: list[Problem], model: str) -> None:
        first = problems[0]
        where = f"record {first.record}, " if first.record is not None else ""
        more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
        super().__init__(
            "H508", f"{where}field '{first.field}' {first.problem}{more}", hint=f"GET /models/{model} lists the inputs"
        )
        self.problems = problems


INTERNAL = "H500"

# code -> HTTP status
STATUS = {
    INTERNAL: 500,
    "H501": 400,  # not JSON
    "H502": 413,  # body too large
    "H503": 415,  # not application/json
    "H504": 404,  # no such address
    "H505": 405,  # method
    "H506": 404,  # no such model
    "H507": 400,  # several models, none named
    "H508": 422,  # fields that do not fit
    "H509": 413,  # too many records
    "H510": 400,  # a Host that is not this service's
    "H511": 503,  # the model has no version to answer with
    "H512": 400,  # JSON, but neither a record nor records
    "H513": 400,  # a request that HTTP itself forbids
    "H514": 408,  # the client stopped sending
}


def status_of(error: HowdahError) -> int:
    """The HTTP status for ``error``: the table's, 422 for a row that the model cannot score, else 500."""
    return STATUS.get(error.code, 422 if isinstance(error, ScoringError) else 500)
