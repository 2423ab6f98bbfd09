from __future__ import annotations

import time

import pytest

from oozie.language.document import MAX_BYTES, encoding_lints, parse, root_tag, serialise, without_doctype
from oozie.language.errors import AppError
from oozie.language.model import Element


def test_names_lines_and_text_are_kept() -> None:
    root = parse(b'<a xmlns="u:a" x="1">\n  <b> text </b>\n  <c xmlns="u:c"/>\n</a>')

    assert root == Element("a", "u:a", (("x", "1"),), "", (Element("b", "u:a", (), " text "), Element("c", "u:c")))
    assert [child.line for child in root.children] == [2, 3]


def test_comments_instructions_and_cdata_leave_their_text_whole() -> None:
    assert parse(b"<a>one<!-- c --> t<![CDATA[<w>]]>o<?pi x?></a>").text == "one t<w>o"


def test_blanks_that_stand_alone_in_an_element_are_its_text() -> None:
    assert parse(b"<a>\n </a>").text == "\n "


def test_oozie_reads_utf_8_whatever_the_declaration_says() -> None:
    assert parse('<?xml version="1.0" encoding="ISO-8859-1"?><a>é</a>'.encode()).text == "é"
    assert parse('<?xml version="1.0" encoding=""?>\n<a>é</a>'.encode()).text == "é"


@pytest.mark.parametrize(
    ("data", "code", "line"),
    [
        (b"", "E0701", 1),
        (b"hello", "E0701", 1),
        (b"<a>\n<b></a>", "E0701", 2),
        (b"<a>\n&nbsp;</a>", "E0701", 2),
        (b"<a/><b/>", "E0701", 1),
        (b"<a>\x00</a>", "E0701", 1),
        (b"\xef\xbb\xbf<a/>", "E0701", 1),
        ("<a/>".encode("utf-16"), "E0701", 1),
        (b"<a>" * 10_000 + b"</a>" * 10_000, "E0701", 1),
        (b"<!-- c -->\n<!DOCTYPE a>\n<a/>", "E0700", 2),
        (b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>', "E0702", 1),
        (b"<a>" + b"x" * MAX_BYTES + b"</a>", "H001", 0),
    ],
)
def test_what_is_no_xml_gets_a_code_and_a_line(data: bytes, code: str, line: int) -> None:
    with pytest.raises(AppError) as caught:
        parse(data, "w.xml")

    [diagnostic] = caught.value.diagnostics
    assert (diagnostic.code, diagnostic.path, diagnostic.line) == (code, "w.xml", line)
    assert diagnostic.hint or "deeper" in diagnostic.message
    assert "\n" not in diagnostic.message


@pytest.mark.parametrize(
    ("data", "message"),
    [(b"\x89PNG\r\n", "this is no XML"), (b"\nhello <a/>", "this is no XML"), (b" \n", "empty")],
)
def test_what_is_another_kind_of_file_is_told_so(data: bytes, message: str) -> None:
    with pytest.raises(AppError, match=message):
        parse(data)


@pytest.mark.parametrize(
    ("data", "hint"),
    [
        (b"<a><!-- old:\n--x --></a>", "may not hold --"),
        (b"<a>\x01</a>", "remove this character"),
        (b"<a b=1/>", 'name="value"'),
        (b"<a><b></a>", "reverse order"),
        (b"<a><sla:info/></a>", "xmlns:sla="),
    ],
)
def test_a_slip_in_xml_is_told_how_to_mend_it(data: bytes, hint: str) -> None:
    with pytest.raises(AppError) as caught:
        parse(data)

    assert hint in caught.value.diagnostics[0].hint
    assert "\\n" not in caught.value.diagnostics[0].message


def test_bytes_that_are_not_utf_8_become_replacement_characters() -> None:
    data = b"<a>\nZ\xfcge</a>"

    assert parse(data).text == "\nZ\ufffdge"
    [lint] = encoding_lints(data, "w.xml")
    assert (lint.code, lint.path, lint.line, lint.severity) == ("H003", "w.xml", 2, "lint")
    assert encoding_lints("<a>Züge</a>".encode()) == []


def test_a_doctype_is_blanked_out_line_by_line() -> None:
    assert without_doctype(b"<!DOCTYPE a\n  SYSTEM 'x'>\n<a/>") == b"           \n             \n<a/>"
    assert without_doctype(b"<!DOCTYPE a [<!ENTITY x 'y'>]>\n<a/>") == b"                              \n<a/>"
    assert without_doctype(b"<!DOCTYPE a [<!ENTITY x 'y'>]>\n<a>&x;</a>") is None
    assert without_doctype(b"<!DOCTYPE a [<!ELEMENT a ANY>]>\n<a/>") == b"%s\n<a/>" % (b" " * 31)
    assert without_doctype(b"<a/>") is None


@pytest.mark.parametrize("doctype", ["", "<!DOCTYPE a>", "<!-- x -->\n<!DOCTYPE a [<!ENTITY x 'y>z'>]>\n<!-- y -->"])
def test_the_root_is_found_behind_a_doctype(doctype: str) -> None:
    assert root_tag(f"{doctype}<a/>".encode()) == "a"


def test_a_billion_laughs_are_refused_at_once() -> None:
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    bomb = f'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY e0 "ha">{entities}]><a>&e9;</a>'
    before = time.process_time()

    with pytest.raises(AppError, match="E0700"):
        parse(bomb.encode())

    assert time.process_time() - before < 1


def test_what_is_written_is_read_again() -> None:
    tree = Element(
        "a",
        "u:a",
        (("x", 'q"<\n\t&'), ("{u:q}y", "1")),
        "",
        (
            Element("b", "u:a", (), " leading & <trailing>\r\n "),
            Element("none", ""),
            Element("info", "uri:oozie:sla:0.2", (), "", (Element("end", "uri:oozie:sla:0.2", (), "1"),)),
        ),
    )

    data = serialise(tree)

    assert parse(data) == tree
    assert serialise(parse(data)) == data


def test_the_layout_is_the_habit_of_the_oozie_world() -> None:
    sla = Element("info", "uri:oozie:sla:0.2", (), "", (Element("end", "uri:oozie:sla:0.2", (), "1"),))

    assert serialise(Element("a", "u:a", (), "", (Element("b", "u:a"), sla))).decode() == (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<a xmlns="u:a">\n'
        "  <b/>\n"
        '  <sla:info xmlns:sla="uri:oozie:sla:0.2">\n'
        "    <sla:end>1</sla:end>\n"
        "  </sla:info>\n"
        "</a>\n"
    )


@pytest.mark.parametrize(
    "element", [Element("a", text="\x07"), Element("a b"), Element("a", attributes=(("x", "\0"),))]
)
def test_what_xml_cannot_hold_is_refused(element: Element) -> None:
    with pytest.raises(AppError, match="H004"):
        serialise(element)


@pytest.mark.parametrize(
    ("data", "tag"),
    [
        (b"<workflow-app/>", "workflow-app"),
        (b'<?xml version="1.0"?>\n<!-- <x> -->\n<w:workflow-app xmlns:w="u">', "workflow-app"),
        (b"\xef\xbb\xbf<coordinator-app", "coordinator-app"),
        (b"plain text", ""),
        (b"\x00" * 100, ""),
    ],
)
def test_the_kind_of_a_file_is_seen_without_parsing_it(data: bytes, tag: str) -> None:
    assert root_tag(data) == tag


def test_many_entities_take_no_time() -> None:
    declared = "".join(f'<!ENTITY e{n} SYSTEM "x"><!ENTITY % p{n} SYSTEM "x">' for n in range(20_000))
    before = time.process_time()

    with pytest.raises(AppError) as caught:
        parse(f"<!DOCTYPE a [{declared}]><a>{'&x;' * 100_000}</a>".encode())

    assert caught.value.code == "E0700"
    assert time.process_time() - before < 2
