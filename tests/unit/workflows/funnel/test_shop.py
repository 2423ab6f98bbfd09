from workflows.funnel.shop import (
    CHANNELS,
    HOUR_WEIGHTS,
    INTENTS,
    LANDING_WEIGHTS,
    LANDINGS,
    LEAVE,
    NEXT_ACTIONS,
    PACE,
    PRODUCTS,
    QUALITY,
    SECONDS_ON_ACTION,
)

ACTIONS = set(range(9))


def test_every_visit_can_go_on_from_every_action_and_end():
    assert set(NEXT_ACTIONS) == set(INTENTS) == set(LANDING_WEIGHTS) == set(PACE)
    for steps in NEXT_ACTIONS.values():
        assert set(steps) == ACTIONS
        for following, weights in steps.values():
            assert len(following) == len(weights)
            assert LEAVE in following
            assert set(following) <= ACTIONS | {LEAVE}
            assert sum(weights) == 100


def test_every_action_has_a_time_and_a_worth():
    assert set(SECONDS_ON_ACTION) == set(QUALITY) == ACTIONS
    assert all(len(weights) == len(LANDINGS) for weights in LANDING_WEIGHTS.values())


def test_names_fit_their_columns_and_hold_no_separator():
    names = [name for name, _ in PRODUCTS] + [channel.source for channel in CHANNELS]
    assert len(set(PRODUCTS)) == 60
    assert all(len(name) <= 64 and "\t" not in name and "\n" not in name for name in names)
    assert len(HOUR_WEIGHTS) == 24
