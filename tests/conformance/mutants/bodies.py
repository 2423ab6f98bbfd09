"""Actions that do something else: of a schema that Oozie does not know there, of no executor, of too little."""

from __future__ import annotations

from collections.abc import Callable

from lxml import etree

from tests.conformance.mutants.graphs import nodes_called
from tests.conformance.mutants.trees import Operator, Site

_OWN = ""  # the namespace of the workflow
_CLUSTER = "<job-tracker>j</job-tracker><name-node>n</name-node>"
_CASES = '<case to="a">true</case><default to="b"/>'
_HOST = "<host>h</host><command>c</command>"

# What it is called, the tag, the schema, the content.
_ROWS = (
    ("http", "http", _OWN, "<http-url>u</http-url><wait/><capture-output/>"),
    ("old-email", "email", _OWN, "<to>a</to><subject>s</subject>"),
    ("old-ssh", "ssh", _OWN, _HOST),
    ("very-old-ssh", "ssh", "workflow:0.1", _HOST),
    ("fs-of-another-version", "fs", "workflow:0.2", '<mkdir path="/a"/>'),
    ("java-of-another-version", "java", "workflow:0.3", f"{_CLUSTER}<main-class>m</main-class>"),
    ("java-of-newest", "java", "workflow:1.0", "<main-class>m</main-class>"),
    ("switch", "switch", "workflow:0.4", _CASES),
    ("own-switch", "switch", _OWN, _CASES),
    ("kill", 'kill name="k"', "workflow:0.4", "<message>m</message>"),
    ("workflow", 'workflow-app name="w"', "workflow:0.4", '<start to="e"/><end name="e"/>'),
    ("unknown-schema", "flink", "flink-action:0.1", "<jar>j</jar>"),
    ("unknown-tag", "sqoop2", "sqoop-action:0.4", ""),
    ("own-unknown", "shell", _OWN, "<exec>e</exec>"),
    ("no-cluster", "shell", "shell-action:0.3", "<exec>e</exec>"),
    ("no-cluster-newest", "shell", "shell-action:1.0", "<exec>e</exec>"),
    ("half-a-cluster", "shell", "shell-action:0.3", "<job-tracker>j</job-tracker><exec>e</exec>"),
    ("manager-alone", "pig", "workflow:1.0", "<resource-manager>r</resource-manager><script>s</script>"),
    ("no-cluster-needed", "email", "email-action:0.2", "<to>a</to><subject>s</subject><body>b</body>"),
    ("child", "sub-workflow", _OWN, "<app-path>/a</app-path>"),
    ("empty-fs", "fs", _OWN, ""),
    ("sla-alone", "info", "sla:0.2", "<nominal-time>2026-01-01T00:00Z</nominal-time><should-end>5</should-end>"),
    ("git", "git", "git-action:1.0", "<name-node>n</name-node><git-uri>u</git-uri>"),
    (
        "second-number-with-blank", "pig", "workflow:1.0",
        f"{_CLUSTER}<launcher><vcores>1</vcores><vcores> 1</vcores></launcher><script>s</script>",
    ),
    ("empty-distcp", "distcp", "distcp-action:0.1", _CLUSTER),
    ("command-and-arg", "sqoop", "sqoop-action:0.2", f"{_CLUSTER}<command>c</command><arg>a</arg>"),
    (
        "script-and-query", "hive2", "hive2-action:1.0",
        f"{_CLUSTER}<jdbc-url>u</jdbc-url><script>s</script><query>q</query>",
    ),
    ("empty-configuration", "java", _OWN, f"{_CLUSTER}<configuration/><main-class>m</main-class>"),
    (
        "property-without-value", "java", _OWN,
        f"{_CLUSTER}<configuration><property><name>n</name></property></configuration><main-class>m</main-class>",
    ),
)  # fmt: skip


def _replaced(head: str, schema: str, content: str) -> Callable[[Site], None]:
    tag = head.partition(" ")[0]

    def change(site: Site) -> None:
        namespace = f"uri:oozie:{schema}" if schema else etree.QName(site.element).namespace
        body = next((child for child in site.element if isinstance(child.tag, str)), None)
        if body is not None:
            site.element.replace(body, etree.fromstring(f'<{head} xmlns="{namespace}">{content}</{tag}>'))

    return change


BODY_OPERATORS = tuple(Operator(f"body-{name}", nodes_called("action"), _replaced(*row), 2) for name, *row in _ROWS)
