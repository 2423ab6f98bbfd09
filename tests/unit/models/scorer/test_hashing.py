from models.scorer.hashing import bucket_of, murmur3


def test_the_hash_is_murmur3_with_seed_42():
    assert murmur3(b"") == 142593372


def test_a_place_is_never_below_zero():
    assert all(0 <= bucket_of(f"term {number}", 7) < 7 for number in range(50))
