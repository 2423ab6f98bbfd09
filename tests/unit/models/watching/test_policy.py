import json

import pytest

from models.errors import WatchError
from models.watching.policy import Mail, Policy, Thresholds


def test_an_empty_policy_is_the_default():
    assert Policy.from_json("{}") == Policy()
    assert set(Policy().responses.values()) == {("alert",)}


def test_every_part_can_be_said():
    document = {
        "thresholds": {"psi": 0.5, "outliers": None},
        "minimum_rows": 10, "minimum_labels": 11, "minimum_requests": 12, "metric": "f1",
        "responses": {"score": ["alert", "rollback", "alert"], "drift": []},
        "webhook": "https://alerts.example/hook",
        "mail": {"host": "mail.example", "sender": "a@example", "to": "b@example", "port": 2525},
    }  # fmt: skip
    found = Policy.from_json(json.dumps(document))
    assert found.thresholds == Thresholds(psi=0.5, outliers=None)
    assert (found.minimum_rows, found.minimum_labels, found.minimum_requests, found.metric) == (10, 11, 12, "f1")
    assert found.responses == {
        "drift": (), "outliers": ("alert",), "score": ("alert", "rollback"), "errors": ("alert",)
    }  # fmt: skip
    assert found.mail == Mail("mail.example", "a@example", ("b@example",), 2525)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is not JSON"),
        ("[" * 100_000, "is not JSON"),
        ("[]", "as a whole is not an object"),
        ('{"threshold": {}}', "has no threshold"),
        ('{"thresholds": {"PSI": 1}}', "has no thresholds.PSI"),
        ('{"thresholds": {"psi": "1"}}', "thresholds.psi is not a number"),
        ('{"thresholds": {"psi": -1}}', "thresholds.psi is not a number"),
        ('{"thresholds": {"psi": NaN}}', "thresholds.psi is not a number"),
        ('{"thresholds": 1}', "thresholds is not an object"),
        ('{"minimum_rows": 0}', "minimum_rows is not a whole number"),
        ('{"minimum_rows": true}', "minimum_rows is not a whole number"),
        ('{"metric": "a\\nb"}', "metric is not a text in one line"),
        ('{"responses": {"drifts": []}}', "responses has no 'drifts'"),
        ('{"responses": {"drift": "alert"}}', "responses.drift is not a list"),
        ('{"responses": {"drift": ["restart"]}}', "responses.drift has no 'restart'"),
        ('{"responses": {"drift": [[]]}}', "responses.drift has no"),
        ('{"webhook": "ftp://x"}', "webhook is not a URL"),
        ('{"mail": {"host": "h", "sender": "s"}}', "has no mail.to"),
        ('{"mail": {"host": "h", "sender": "s", "to": []}}', "mail.to names no recipient"),
        ('{"mail": {"host": "h", "sender": "s\\nBcc: x", "to": "t"}}', "mail.sender is not a text in one line"),
    ],
)
def test_what_is_no_policy_is_refused_by_its_part(text, message):
    with pytest.raises(WatchError, match="the policy") as refused:
        Policy.from_json(text, "watch.json")
    assert message in str(refused.value)
    assert (refused.value.code, refused.value.diagnostics[0].path) == ("H263", "watch.json")


def test_a_slip_is_met_with_the_nearest_name():
    with pytest.raises(WatchError) as refused:
        Policy.from_json('{"minimum_row": 5}')
    assert refused.value.diagnostics[0].hint == "did you mean 'minimum_rows'?"
