from models.tracked.joining import join
from models.tracked.partitions import read
from models.tracked.schema import LABELS, PREDICTIONS


def joined(tracked):
    predictions = read(tracked.files, tracked.root, "funnel", "predictions", PREDICTIONS.names)
    labels = read(tracked.files, tracked.root, "funnel", "labels", LABELS.names)
    found = join(predictions, labels)
    facts = {
        (row["request_id"], row["row"]): row["fact"] if row["fact_value"] is None else row["fact_value"]
        for row in found.table.to_pylist()
    }
    return facts, found.strange_labels


def test_a_label_is_of_a_row_of_a_request(tracked):
    tracked.predict("r1", [(1.0, None), (0.0, None)])
    tracked.predict("r2", [(1.0, None)])
    tracked.tell("buy", request="r1", row=1)

    assert joined(tracked) == ({("r1", 0): None, ("r1", 1): "buy", ("r2", 0): None}, 0)


def test_the_label_that_was_told_last_counts(tracked):
    tracked.predict("r1", [(1.0, None)], keys=["c7"])
    tracked.tell("buy", request="r1", after=90)
    tracked.tell("leave", request="r1", after=60)
    assert joined(tracked) == ({("r1", 0): "buy"}, 0)

    tracked.tell("leave", key="c7", after=120)
    assert joined(tracked) == ({("r1", 0): "leave"}, 0)


def test_a_key_means_the_last_prediction_before_the_fact(tracked):
    for number, after in enumerate((0, 100, 200)):
        tracked.predict(f"r{number}", [(1.0, None), (1.0, None)], after=after, keys=["c7", "c8"])
    tracked.tell("buy", key="c7", happened=150, after=1000)
    tracked.tell("leave", key="c8", after=1000)

    facts, strange = joined(tracked)

    assert ({place: fact for place, fact in facts.items() if fact}, strange) == (
        {("r1", 0): "buy", ("r2", 1): "leave"},
        0,
    )


def test_labels_of_nothing_are_counted(tracked):
    tracked.predict("r1", [(1.0, None)], keys=["c7"])
    tracked.tell("buy", request="other")
    tracked.tell("buy", request="r1", row=5)
    tracked.tell("buy", key="c9")
    tracked.tell("buy", key="c7", happened=-1)  # before it was predicted

    assert joined(tracked) == ({("r1", 0): None}, 4)


def test_a_request_that_was_sent_twice_has_its_label_twice(tracked):
    tracked.predict("r1", [(1.0, None)])
    tracked.predict("r1", [(0.0, None)], after=1)
    tracked.tell("buy", request="r1")

    predictions = read(tracked.files, tracked.root, "funnel", "predictions", PREDICTIONS.names)
    labels = read(tracked.files, tracked.root, "funnel", "labels", LABELS.names)
    assert join(predictions, labels).table["fact"].to_pylist() == ["buy", "buy"]


def test_nothing_joins_nothing(tracked):
    assert joined(tracked) == ({}, 0)
    tracked.tell("buy", request="r1")
    assert joined(tracked) == ({}, 1)
