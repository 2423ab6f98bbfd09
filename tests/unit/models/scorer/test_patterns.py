import time

import pytest

from models.scorer.patterns import read_pattern


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
        ("\\s[\\s-]", "a\v\v\x1c ", ["\v\v"]),
        ("[\\S]+", "a\vé😀 b", ["a", "é😀", "b"]),
        ("\\w\\W", "é😀_\U0010ffff", ["_\U0010ffff"]),
        ("a|ab", "abab", ["a", "a"]),
    ],
)
def test_the_common_language_is_read(java, text, found):
    (pieces,) = read_pattern(java).cut([text])
    assert pieces[1::2] == found
    assert "".join(pieces) == text


@pytest.mark.parametrize(
    "java",
    [
        *("\\p{L}+", "a++", "a*+", "a{2}+", "[a-z&&[^b]]", "[[a]b]", "(?i)a", "(?<n>a)", "a$"),
        *("", "a*", "(?:a?)+", "a{0,1001}", "(?:a{0,100}){0,100}b"),
        *("^a", "\\bx", "\\Qa\\E", "(a", "a{2,1}", "\\1", "[]a]", "\\u0041", "x{"),
    ],
)
def test_of_the_rest_nothing_is_said(java):
    assert read_pattern(java) is None


@pytest.mark.parametrize("java", ["(?:a+)+b", "(?:a|a)*b", "(?:a|aa)+b", "a*a*a*a*b"])
def test_no_text_keeps_a_pattern_busy(java):
    began = time.process_time()
    assert read_pattern(java).cut(["a" * 10_000] * 20) == [["a" * 10_000]] * 20
    assert time.process_time() - began < 2
