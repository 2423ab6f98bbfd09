import pytest

from models.scorer.patterns import python_pattern


@pytest.mark.parametrize(
    ("java", "text", "found"),
    [
        ("\\s+", "a \t\u00a0", [" \t"]),
        ("\\w+", "été 1_x", ["t", "1_x"]),
        ("[^a-z0-9']+", "it's  10!", ["  ", "!"]),
        ("(?:ab|c)+?x{1,2}", "abcxxx", ["abcxx"]),
        (".", "a\u2028", ["a"]),
        ("[\\s,.;]", "a.b", ["."]),
        ("#(a)", "#a", ["#a"]),
    ],
)
def test_the_common_language_is_read(java, text, found):
    assert [match.group() for match in python_pattern(java).finditer(text)] == found


@pytest.mark.parametrize(
    "java",
    [
        *("\\p{L}+", "a++", "a*+", "a{2}+", "[a-z&&[^b]]", "[[a]b]", "(?i)a", "(?<n>a)", "a$"),
        *("^a", "\\bx", "\\Qa\\E", "(a", "a{2,1}", "\\1", "[]a]", "\\u0041", "x{"),
    ],
)
def test_of_the_rest_nothing_is_said(java):
    assert python_pattern(java) is None
