"""Apps with one odd value: each place of a coordinator, a bundle and a workflow, with each value that may be odd."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple

PROPERTIES: Mapping[str, str] = MappingProxyType(
    {"n": "7", "two": "one two", "amp": "a&b", "lt": "a<b", "quote": 'a"b', "instance": "${coord:current(0)}"}
)
_VALUES = (
    "", " 5 ", "\n 7 \n", "x y", "0", "-1", "+5", "1.5", "99999999999", "true", "text", "a,b", "é", "2026-01-01", "$",
    "${", "#{n}", "&amp;", "&lt;", "<!-- a comment -->7", "<![CDATA[7]]>", "${n}", "${none}", "${two}", "${amp}",
    "${lt}", "${quote}", "${instance}", "${n}${n}", "${n + 1}", "${1/0}", '${"a" eq "a"}', "${empty none}", "${YEAR}",
    "${MINUTES}", "${user.name}", '${concat("a", "b")}', "${wf:id()}", '${bundle:conf("n")}', '${coord:conf("n")}',
    "${coord:days(1)}", "${coord:minutes(3)}", "${coord:endOfDays(1)}", "${coord:user()}", "${coord:nominalTime()}",
    "${coord:nosuch()}", "${coord:current(0)}", "${coord:current(0)},${coord:current(1)}", '${coord:dataIn("i")}',
    '${coord:dataOut("o")}', '${bundle:conf("none")}', "${bundle:conf(n)}", "${bundle:conf()}",
    '${bundle:conf("n") + 1}', '${coord:databaseIn("i")}', '${coord:tableOut("o")}',
    '${coord:dataInPartitionFilter("i", "pig")}', '${coord:dataOutPartitions("o")}',
    '${coord:dataInPartitions("i", "hive-export")}', '${coord:dataOutPartitionValue("o", "p")}',
    '${coord:dataInPartitionMin("i", "p")}', '${hcat:exists("hcat://h:1/db/t/p=1")}', '${coord:exists("x")}',
    "hcat://h:9083/db/t/dt=${YEAR}",
)  # fmt: skip
# What stands between « and » is replaced.
_APPS: Mapping[str, str] = MappingProxyType(
    {
        "coordinator": """\
<coordinator-app xmlns="uri:oozie:coordinator:0.5" xmlns:sla="uri:oozie:sla:0.2" name="«c»" frequency="«60»"
                 start="«2026-01-01T00:00Z»" end="«2026-02-01T00:00Z»" timezone="«UTC»">
  <parameters><property><name>«p»</name><value>«v»</value></property></parameters>
  <controls>
    <timeout>«10»</timeout><concurrency>«1»</concurrency><execution>«FIFO»</execution><throttle>«3»</throttle>
  </controls>
  <datasets>
    <dataset name="«a»" frequency="«60»" initial-instance="«2026-01-01T00:00Z»" timezone="«UTC»">
      <uri-template>«/a/${YEAR}»</uri-template><done-flag>«_OK»</done-flag>
    </dataset>
    <dataset name="b" frequency="60" initial-instance="2026-01-01T00:00Z" timezone="UTC">
      <uri-template>/b</uri-template>
    </dataset>
  </datasets>
  <input-events>
    <data-in name="«i»" dataset="«a»">
      <instance>«${coord:current(0)}»</instance><instance>«${coord:current(-1)}»</instance>
    </data-in>
    <data-in name="k" dataset="b">
      <start-instance>«${coord:current(-1)}»</start-instance><end-instance>«${coord:current(0)}»</end-instance>
    </data-in>
  </input-events>
  <input-logic>
    <or name="«l»" min="«1»" wait="«2»"><data-in name="«z»" dataset="«k»" min="«1»"/><data-in dataset="b"/></or>
  </input-logic>
  <output-events>
    <data-out name="«o»" dataset="«b»" nocleanup="«true»"><instance>«${coord:current(0)}»</instance></data-out>
  </output-events>
  <action>
    <workflow>
      <app-path>«/apps/w»</app-path>
      <configuration><property><name>«x»</name><value>«1»</value></property></configuration>
    </workflow>
    <sla:info>
      <sla:nominal-time>«${coord:nominalTime()}»</sla:nominal-time><sla:should-start>«5»</sla:should-start>
      <sla:should-end>«${30 * MINUTES}»</sla:should-end><sla:max-duration>«5»</sla:max-duration>
      <sla:alert-events>«start_miss»</sla:alert-events><sla:alert-contact>«a@b»</sla:alert-contact>
      <sla:notification-msg>«m»</sla:notification-msg><sla:upstream-apps>«x»</sla:upstream-apps>
    </sla:info>
  </action>
</coordinator-app>
""",
        "bundle": """\
<bundle-app xmlns="uri:oozie:bundle:0.2" name="«b»">
  <parameters><property><name>«p»</name><value>«v»</value></property></parameters>
  <controls><kick-off-time>«2099-01-01T00:00Z»</kick-off-time></controls>
  <coordinator name="«one»" critical="«true»" enabled="«true»">
    <app-path>«/one»</app-path>
    <configuration><property><name>«x»</name><value>«1»</value></property></configuration>
  </coordinator>
  <coordinator name="two"><app-path>/two</app-path></coordinator>
</bundle-app>
""",
        "workflow": """\
<workflow-app xmlns="uri:oozie:workflow:1.0" xmlns:sla="uri:oozie:sla:0.2" name="«w»">
  <parameters><property><name>«p»</name><value>«v»</value></property></parameters>
  <global>
    <resource-manager>«r:1»</resource-manager><name-node>«hdfs://n:1»</name-node>
    <launcher>
      <memory.mb>«512»</memory.mb><vcores>«1»</vcores><java-opts>«-ea»</java-opts><queue>«q»</queue><sharelib>«s»</sharelib>
    </launcher>
    <configuration><property><name>«x»</name><value>«1»</value></property></configuration>
  </global>
  <start to="java"/>
  <action name="java" cred="«»" retry-max="«3»" retry-interval="«1»" retry-policy="«periodic»">
    <java>
      <resource-manager>«r:1»</resource-manager><name-node>«hdfs://n:1»</name-node>
      <prepare><delete path="«/tmp/x»"/></prepare>
      <launcher><memory.mb>«512»</memory.mb><view-acl>«one»</view-acl></launcher>
      <configuration><property><name>«x»</name><value>«1»</value></property></configuration>
      <main-class>«Main»</main-class><arg>«y»</arg>
    </java>
    <ok to="choose"/><error to="failed"/>
    <sla:info>
      <sla:nominal-time>«2026-01-01T00:00Z»</sla:nominal-time><sla:should-start>«5»</sla:should-start>
      <sla:should-end>«${30 * MINUTES}»</sla:should-end><sla:max-duration>«5»</sla:max-duration>
      <sla:alert-events>«start_miss»</sla:alert-events>
    </sla:info>
  </action>
  <decision name="choose"><switch><case to="files">«true»</case><default to="end"/></switch></decision>
  <action name="files">
    <fs>
      <name-node>«hdfs://n:1»</name-node><mkdir path="«/tmp/x»"/>
      <chmod path="«/tmp/x»" permissions="«755»" dir-files="«true»"/>
    </fs>
    <ok to="other"/><error to="failed"/>
  </action>
  <action name="other">
    <sub-workflow>
      <app-path>«/tmp/w»</app-path>
      <configuration><property><name>«x»</name><value>«1»</value></property></configuration>
    </sub-workflow>
    <ok to="mail"/><error to="failed"/>
  </action>
  <action name="mail">
    <email xmlns="uri:oozie:email-action:0.2"><to>«a@b»</to><subject>«s»</subject><body>«b»</body></email>
    <ok to="end"/><error to="failed"/>
  </action>
  <kill name="failed"><message>«m»</message></kill>
  <end name="end"/>
  <sla:info>
    <sla:nominal-time>«2026-01-01T00:00Z»</sla:nominal-time><sla:should-start>«5»</sla:should-start>
    <sla:should-end>«5»</sla:should-end><sla:max-duration>«5»</sla:max-duration>
    <sla:alert-contact>«a@b»</sla:alert-contact>
  </sla:info>
</workflow-app>
""",
    }
)
_PLACE = re.compile("«(.*?)»")


class Odd(NamedTuple):
    """An app of ``kind`` with ``value`` at one place, which ``name`` tells."""

    name: str
    kind: str
    xml: bytes


def odd_apps() -> Iterator[Odd]:
    """Every place with every value; an attribute has no comment and no CDATA."""
    for kind, app in _APPS.items():
        places = list(_PLACE.finditer(app))
        for number, place in enumerate(places):
            is_attribute = app[: place.start()].endswith('="')
            for value in _VALUES:
                if is_attribute and value.startswith("<!"):
                    continue
                text = value.replace('"', "&quot;") if is_attribute else value
                before, after = _PLACE.sub(r"\1", app[: place.start()]), _PLACE.sub(r"\1", app[place.end() :])
                yield Odd(
                    f"{kind}, place {number} ({app[: place.start()][-30:].strip()}): {value!r}",
                    kind,
                    f"{before}{text}{after}".encode(),
                )
