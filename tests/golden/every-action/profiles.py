"""The cluster, with an Oozie that has the git action."""

from dataclasses import replace

from generator.profiles import HDP, OOZIE_5

NEWER = replace(HDP, name="newer", schemas=OOZIE_5)
