from jobs.errors import unknown_column


def test_a_mistyped_column_is_answered_with_the_nearest_one():
    error = unknown_column("mediun", ["source", "medium", "visitId"])
    assert (error.code, str(error)) == ("H604", "H604 there is no column 'mediun'")
    assert error.diagnostics[0].hint == "did you mean 'medium'?"


def test_a_column_like_no_other_is_answered_with_all():
    assert unknown_column("xyz", ["source", "medium"]).diagnostics[0].hint == "there are: medium, source"
