"""Ways to write the same app: encodings, prologs, namespaces, comments, templates, as people's files have them.

forms.txt has what the real Oozie says of each, for a workflow, a coordinator and a bundle; included.txt what it says of
a coordinator that includes a file of datasets, by how that file is written.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path

from oozie.language.check import check_file

FORMS, INCLUDED = (Path(__file__).with_name(name) for name in ("forms.txt", "included.txt"))
KINDS = ("workflow", "coordinator", "bundle")
FOLDER = "hdfs://nn:8020/forms"
_WIDTH = 44

_BODIES: Mapping[str, str] = {
    "workflow": """<workflow-app xmlns="uri:oozie:workflow:0.5" name="w">
  <start to="a"/>
  <action name="a"><fs><mkdir path="/place"/></fs><ok to="z"/><error to="k"/></action>
  <kill name="k"><message>text</message></kill>
  <end name="z"/>
</workflow-app>
""",
    "coordinator": """<coordinator-app name="c" frequency="60" start="2026-01-01T00:00Z" end="2026-01-02T00:00Z"
    timezone="UTC" xmlns="uri:oozie:coordinator:0.4">
  <controls><concurrency>1</concurrency></controls>
  <action><workflow><app-path>/place</app-path></workflow></action>
</coordinator-app>
""",
    "bundle": """<bundle-app name="b" xmlns="uri:oozie:bundle:0.2">
  <controls><kick-off-time>2099-01-01T00:00Z</kick-off-time></controls>
  <coordinator name="c"><app-path>/place</app-path></coordinator>
</bundle-app>
""",
}
_PROLOG = '<?xml version="1.0" encoding="UTF-8"?>\n'
_NAME = re.compile(r'(?<= )name="\w"')
_NAMESPACE = re.compile(r' xmlns="(uri:oozie:\w+:[\d.]+)"')
_TAG = re.compile(r"<(/?)([a-z])")
_INSTANCE = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'


def _head(text: str) -> Callable[[str], str]:
    return lambda body: text + body


def _tail(text: str) -> Callable[[str], str]:
    return lambda body: _PROLOG + body + text


def _place(text: str) -> Callable[[str], str]:
    return lambda body: _PROLOG + body.replace("/place", text)


def _name(text: str) -> Callable[[str], str]:
    return lambda body: _PROLOG + _NAME.sub(text, body, count=1)


def _namespace(text: str) -> Callable[[str], str]:
    return lambda body: _PROLOG + _NAMESPACE.sub(text, body, count=1)


def _inside(text: str) -> Callable[[str], str]:
    """``text`` behind the root's start tag."""
    return lambda body: _PROLOG + body.replace(">\n", f">{text}\n", 1)


def _prefixed(body: str) -> str:
    return _TAG.sub(r"<\1o:\2", body)


# What is written out as UTF-8; what is not stands in _IN_BYTES.
_IN_TEXT: Mapping[str, Callable[[str], str]] = {
    "plain": _head(_PROLOG),
    "without a prolog": _head(""),
    "Windows line ends": lambda body: (_PROLOG + body).replace("\n", "\r\n"),
    "old Macintosh line ends": lambda body: (_PROLOG + body).replace("\n", "\r"),
    "a byte order mark": _head("\ufeff" + _PROLOG),
    "a byte order mark without a prolog": _head("\ufeff"),
    "an encoding that is none": _head('<?xml version="1.0" encoding="nonsense"?>'),
    "an empty encoding": _head('<?xml version="1.0" encoding=""?>'),
    "another encoding declared": _head('<?xml version="1.0" encoding="UTF-16"?>'),
    "XML 1.1": _head('<?xml version="1.1"?>'),
    "XML 2.0": _head('<?xml version="2.0"?>'),
    "a prolog without a version": _head('<?xml encoding="UTF-8"?>'),
    "standalone": _head('<?xml version="1.0" standalone="yes"?>'),
    "standalone, perhaps": _head('<?xml version="1.0" standalone="perhaps"?>'),
    "two prologs": _head(_PROLOG * 2),
    "a line before the prolog": _head("\n" + _PROLOG),
    "a comment before the prolog": _head("<!-- c -->" + _PROLOG),
    "a comment before the root": _head("<!-- c -->\n"),
    "a processing instruction": _head('<?xml-stylesheet href="x"?>'),
    "a DOCTYPE": _head("<!DOCTYPE any>"),
    "a DOCTYPE that declares": _head("<!DOCTYPE any [<!ELEMENT any ANY>]>"),
    "a DOCTYPE of a file": _head('<!DOCTYPE any SYSTEM "any.dtd">'),
    "a DOCTYPE of a public file": _head('<!DOCTYPE any PUBLIC "-//A//B" "http://localhost:1/any.dtd">'),
    "a DOCTYPE of nothing": _head("<!DOCTYPE >"),
    "a DOCTYPE before a slip": lambda body: "<!DOCTYPE any>" + body.replace(">\n", "><slip/>\n", 1),
    "a DOCTYPE of an entity": _head('<!DOCTYPE any [<!ENTITY e "x">]>'),
    "an entity that is used": lambda body: '<!DOCTYPE any [<!ENTITY e "x">]>' + body.replace("/place", "/&e;"),
    "an entity before a slip": lambda body: '<!DOCTYPE any [<!ENTITY e "x">]>' + body.replace(">\n", "><slip/>\n", 1),
    "an entity before half of it": lambda body: '<!DOCTYPE any [<!ENTITY e "x">]>' + body[: len(body) // 2],
    "an entity of a file": _head('<!DOCTYPE any [<!ENTITY e SYSTEM "file:///nowhere">]>'),
    "a parameter entity of a file": _head('<!DOCTYPE any [<!ENTITY % p SYSTEM "file:///nowhere">]>'),
    "one that is used": _head('<!DOCTYPE any [<!ENTITY % p SYSTEM "file:///nowhere"> %p;]>'),
    "one that is used, before half of it": lambda body: (
        '<!DOCTYPE any [<!ENTITY % p SYSTEM "file:///nowhere"> %p;]>' + body[: len(body) // 2]
    ),
    "a page of HTML": lambda _: "<!DOCTYPE html>\n<html><body>gone</body></html>",
    "text behind the root": _tail("x"),
    "a comment behind the root": _tail("<!-- c -->\n"),
    "two roots": lambda body: _PROLOG + body + body,
    "a NUL at the end": _tail("\0"),
    "nothing but a comment": lambda _: "<!-- all gone -->",
    "nothing but a prolog": lambda _: _PROLOG,
    "nothing but blanks": lambda _: " \n",
    "nothing": lambda _: "",
    "half of it": lambda body: body[: len(body) // 2],
    "a text in the root": _inside("text"),
    "a no-break space in the root": _inside("\u00a0"),
    "a blank by number in the root": _inside("&#32;"),
    "CDATA of blanks in the root": _inside("<![CDATA[ ]]>"),
    "CDATA in the root": _inside("<![CDATA[x]]>"),
    "a comment in the root": _inside("<!-- c -->"),
    "a comment with two dashes": _inside("<!-- a -- b -->"),
    "a comment with a control character": _inside("<!-- \x01 -->"),
    "a tag of a template": _inside("{% if x %}"),
    "a line of Mako": _head("## a template\n"),
    "CDATA in a text": lambda body: _PROLOG + re.sub(">(/place|text)<", "><![CDATA[/a&b]]><", body),
    "a comment in an empty element": lambda body: _PROLOG + body.replace('<ok to="z"/>', '<ok to="z"><!-- c --></ok>'),
    "a blank in an empty element": lambda body: _PROLOG + body.replace('<ok to="z"/>', '<ok to="z"> </ok>'),
    "an ampersand": _place("/a?b&amp;c&d"),
    "a less-than": _place("/a < b"),
    "an entity of HTML": _place("/a&nbsp;b"),
    "a character by number": _place("/&#x4e2d;"),
    "a NUL by number": _place("/&#0;"),
    "a character beyond U+FFFF": _place("/\U0001f600"),
    "U+FFFF": _place("/\uffff"),
    "a template's value": _place("{{ place }}"),
    "a build's value": _place("@place@"),
    "a prefix for all": lambda body: _prefixed(body).replace(" xmlns=", " xmlns:o=", 1),
    "a prefix that is not declared": _prefixed,
    "no namespace": _namespace(""),
    "a blank behind the namespace": _namespace(r' xmlns="\1 "'),
    "a namespace in capitals": lambda body: _PROLOG + body.replace("uri:oozie", "URI:OOZIE"),
    "a version that there is not": _namespace(' xmlns="uri:oozie:workflow:0.6"'),
    "the namespace of SLA": _namespace(' xmlns="uri:oozie:sla:0.2"'),
    "a schema location": _namespace(rf' xmlns="\1" {_INSTANCE} xsi:schemaLocation="a b"'),
    "a type of XSI": _namespace(rf' xmlns="\1" {_INSTANCE} xsi:type="a"'),
    "nil of XSI": _namespace(rf' xmlns="\1" {_INSTANCE} xsi:nil="true"'),
    "not nil of XSI": _namespace(rf' xmlns="\1" {_INSTANCE} xsi:nil="false"'),
    "a language": _namespace(r' xmlns="\1" xml:lang="en"'),
    "an attribute of another namespace": _namespace(r' xmlns="\1" xmlns:f="urn:f" f:a="1"'),
    "an attribute of no namespace": _namespace(r' xmlns="\1" f:a="1"'),
    "another root": lambda body: f"<apps>{body}</apps>",
    "a root in capitals": lambda body: body.replace("-app", "-APP"),
    "an attribute twice": _name('name="x" name="x"'),
    "an attribute without quotes": _name("name=x"),
    "typographic quotes": _name("name=\u201cx\u201d"),
    "no blank between attributes": lambda body: re.sub('" (name|frequency|xmlns)', r'"\1', body, count=1),
    "no name": _name(""),
    "an empty name": _name('name=""'),
    "a name with blanks": _name('name=" a b "'),
    "a name of two lines": _name('name="a\nb"'),
    "a Chinese name": _name('name="\u6570\u636e"'),
    "a template's name": _name('name="{{ n }}"'),
    "a name with half an expression": _name('name="${n"'),
    "a name that asks the running job": _name('name="${wf:id()}"'),
}  # fmt: skip
_IN_BYTES: Mapping[str, Callable[[str], bytes]] = {
    "UTF-16": lambda body: _PROLOG.replace("UTF-8", "UTF-16").encode("utf-16") + body.encode("utf-16-le"),
    "Latin-1": lambda body: (_PROLOG.replace("UTF-8", "ISO-8859-1") + f"<!-- caf\u00e9 -->{body}").encode("latin-1"),
    "GBK": lambda body: (_PROLOG.replace("UTF-8", "GBK") + body.replace("/place", "/\u4e2d")).encode("gbk"),
}
_DATASET = (
    '<dataset name="d" frequency="60" initial-instance="2026-01-01T00:00Z" timezone="UTC">'
    "<uri-template>/d/${YEAR}</uri-template></dataset>"
)
_INCLUDING = _BODIES["coordinator"].replace(
    "  <action>",
    '  <datasets><include>%s</include></datasets>\n  <input-events><data-in name="i" dataset="d">'
    "<instance>${coord:current(0)}</instance></data-in></input-events>\n  <action>",
)
_HERE = "${folder}/sets.xml"
_OTHER = '<uri-template xmlns="urn:x"'
_ANOTHER = _DATASET.replace('"d"', '"e"')


def _with(name: str, value: str) -> str:
    """The dataset with another value of an attribute or, where that is "", without it."""
    return re.sub(rf' {name}="[^"]*"', f' {name}="{value}"' if value else "", _DATASET)


def _sets(*datasets: str) -> tuple[str, str]:
    return _HERE, f"<datasets>{''.join(datasets)}</datasets>"


_NO_TEMPLATE = ("uri-template", "uri")
# What the <include> says, and what sets.xml holds.
_INCLUDED: Mapping[str, tuple[str, str]] = {
    "datasets": (_HERE, f"<datasets>{_DATASET}</datasets>"),
    "datasets in their namespace": (_HERE, f'<datasets xmlns="uri:oozie:coordinator:0.4">{_DATASET}</datasets>'),
    "a template in a namespace": (_HERE, f"<datasets>{_DATASET.replace('<uri-template', _OTHER)}</datasets>"),
    "another root": (_HERE, f"<sets>{_DATASET}</sets>"),
    "what nobody knows": (_HERE, f"<datasets>text<more/>{_DATASET}</datasets>"),
    "a dataset without a name": (_HERE, f"<datasets>{_DATASET.replace(' name=', ' id=')}</datasets>"),
    "a dataset without a template": (_HERE, f"<datasets>{_DATASET.replace('uri-template', 'uri')}</datasets>"),
    "a dataset twice": (_HERE, f"<datasets>{_DATASET}{_DATASET}</datasets>"),
    "half a file": (_HERE, "<datasets>"),
    "a DOCTYPE": (_HERE, f"<!DOCTYPE datasets><datasets>{_DATASET}</datasets>"),
    "a byte order mark": (_HERE, f"\ufeff<datasets>{_DATASET}</datasets>"),
    "an empty file": (_HERE, ""),
    "a file of itself": (_HERE, f"<datasets>{_DATASET}<include>FOLDER/sets.xml</include></datasets>"),
    "a file of an expression": (_HERE, f"<datasets>{_DATASET}<include>{_HERE}</include></datasets>"),
    "a path without a folder": ("sets.xml", f"<datasets>{_DATASET}</datasets>"),
    "no path": ("", f"<datasets>{_DATASET}</datasets>"),
    "a path to nothing": ("${folder}/nowhere.xml", f"<datasets>{_DATASET}</datasets>"),
    "a dataset without a frequency": _sets(_with("frequency", "")),
    "a dataset without an initial instance": _sets(_with("initial-instance", "")),
    "a dataset without a time zone": _sets(_with("timezone", "")),
    "no frequency, no template": _sets(_with("frequency", "").replace(*_NO_TEMPLATE)),
    "no initial instance, no template": _sets(_with("initial-instance", "").replace(*_NO_TEMPLATE)),
    "no time zone, no template": _sets(_with("timezone", "").replace(*_NO_TEMPLATE)),
    "no frequency, no name": _sets(_with("frequency", "").replace(' name="d"', "")),
    "no template, no name": _sets(_DATASET.replace(*_NO_TEMPLATE).replace(' name="d"', "")),
    "a frequency that is none": _sets(_with("frequency", "x")),
    "a frequency of cron": _sets(_with("frequency", "0 * * * *")),
    "a frequency of 0": _sets(_with("frequency", "0")),
    "a frequency of a property": _sets(_with("frequency", "${none}")),
    "a frequency of a function": _sets(_with("frequency", "${coord:days(1)}")),
    "a first instance that is none": _sets(_with("initial-instance", "soon")),
    "a first instance before 1970": _sets(_with("initial-instance", "1960-01-01T00:00Z")),
    "a time zone that there is not": _sets(_with("timezone", "Nowhere")),
    "a template of a property": _sets(_DATASET.replace("/d/", "/d/${none}")),
    "a template of a function": _sets(_DATASET.replace("/d/${YEAR}", "${coord:current(0)}")),
    "an empty template": _sets(_DATASET.replace("/d/${YEAR}", "")),
    "a done-flag of a property": _sets(_DATASET.replace("</dataset>", "<done-flag>${none}</done-flag></dataset>")),
    "another dataset": _sets(_ANOTHER),
    "another dataset with a slip": _sets(_DATASET, _ANOTHER.replace('"60"', '"x"')),
    "another dataset in a namespace": _sets(_DATASET, _ANOTHER.replace("<dataset", '<dataset xmlns="urn:x"')),
    "another dataset without a template": _sets(_DATASET, _ANOTHER.replace(*_NO_TEMPLATE)),
    "another dataset of an empty name": _sets(_DATASET, _ANOTHER.replace('"e"', '""')),
    "a name with blanks": _sets(_DATASET.replace('"d"', '" d "')),
    "an async-dataset": _sets(_DATASET.replace("dataset", "async-dataset")),
    "a slip, and an empty include": _sets(_with("frequency", "x"), "<include></include>"),
    "a dataset twice, and an empty include": _sets(_DATASET * 2, "<include></include>"),
}  # fmt: skip


def forms() -> dict[tuple[str, str], bytes]:
    """Name and kind -> the file."""
    found = {(name, kind): write(_BODIES[kind]).encode() for name, write in _IN_TEXT.items() for kind in KINDS}
    return found | {(name, kind): write(_BODIES[kind]) for name, write in _IN_BYTES.items() for kind in KINDS}


def included(folder: str) -> dict[str, tuple[bytes, bytes]]:
    """Name -> the coordinator, and sets.xml, in ``folder``, which ``${folder}`` names as well."""
    return {
        name: ((_INCLUDING % include).encode(), sets.replace("FOLDER", folder).encode())
        for name, (include, sets) in _INCLUDED.items()
    }


def our_verdict(kind: str, files: Mapping[str, bytes]) -> str:
    """``ok``, or the code that our own check gives first; in FOLDER, without other properties than that."""
    job = f"folder={FOLDER}\noozie.coord.application.path={FOLDER}/coordinator.xml\n" if len(files) > 1 else ""
    given = {**files, "job.properties": job.encode()} if job else files
    findings = check_file(given, f"{kind}.xml").findings
    return next((finding.code for finding in findings if finding.severity == "error"), "ok")


def read_forms() -> dict[tuple[str, str], str]:
    """Name and kind -> what the real Oozie says."""
    rows = ((line[:_WIDTH].rstrip(), line[_WIDTH:].split()) for line in FORMS.read_text("utf-8").splitlines())
    return {(name, kind): code for name, codes in rows for kind, code in zip(KINDS, codes, strict=True)}


def read_included() -> dict[str, str]:
    """Name -> what the real Oozie says."""
    return {line[:_WIDTH].rstrip(): line[_WIDTH:] for line in INCLUDED.read_text("utf-8").splitlines()}


def write_forms(verdicts: Mapping[tuple[str, str], str], of_included: Mapping[str, str]) -> None:
    """Write both tables."""
    names = dict.fromkeys(name for name, _ in verdicts)
    rows = (f"{name:{_WIDTH}}{' '.join(f'{verdicts[name, kind]:5}' for kind in KINDS)}".rstrip() for name in names)
    FORMS.write_text("".join(f"{row}\n" for row in rows), "utf-8")
    INCLUDED.write_text("".join(f"{name:{_WIDTH}}{code}\n" for name, code in of_included.items()), "utf-8")
