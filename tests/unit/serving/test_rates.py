"""Requests a second, for each client."""

from serving.rates import MOST_CLIENTS, RateLimit, client_of


class Clock:
    time = 100.0

    def __call__(self):
        return self.time


def test_a_client_has_its_rate_and_a_second_saved_up():
    clock = Clock()
    limit = RateLimit(5, now=clock)
    assert [limit.wait_s("ann") for _ in range(7)] == [0, 0, 0, 0, 0, 0.2, 0.2]
    assert limit.wait_s("bob") == 0
    clock.time += 0.4
    assert [limit.wait_s("ann") == 0 for _ in range(3)] == [True, True, False]
    clock.time += 1000
    assert [limit.wait_s("ann") == 0 for _ in range(6)] == [True] * 5 + [False]


def test_less_than_one_a_second():
    clock = Clock()
    limit = RateLimit(0.1, now=clock)
    assert (limit.wait_s("ann"), limit.wait_s("ann")) == (0, 10)
    clock.time += 10
    assert limit.wait_s("ann") == 0


def test_no_limit():
    assert {RateLimit(0).wait_s("ann") for _ in range(1000)} == {0.0}


def test_many_clients_take_no_more_room():
    limit = RateLimit(1, now=Clock())
    for number in range(MOST_CLIENTS + 500):
        limit.wait_s(str(number))
    assert limit.wait_s(str(MOST_CLIENTS)) > 0
    assert limit.wait_s("0") == 0  # forgotten: it starts anew


def test_a_client_of_ipv6_is_its_network():
    assert client_of("2001:db8:1:2::5") == client_of("2001:db8:1:2:ffff::1")
    assert client_of("2001:db8:1:2::5") != client_of("2001:db8:1:3::5")
    assert client_of("::ffff:192.0.2.1") == client_of("192.0.2.1") == "192.0.2.1"
    assert client_of("fe80::1%eth0") == client_of("fe80::2%eth1")
    assert client_of("") == ""
