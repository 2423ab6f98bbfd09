"""Oozie's own XML schemas, when they are at hand: the second opinion on everything that the generator emits.

They lie at the root of org.apache.oozie:oozie-client:5.2.1, which CI unpacks into ``HOWDAH_OOZIE_SCHEMAS``.
"""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path

from lxml import etree

VARIABLE = "HOWDAH_OOZIE_SCHEMAS"
MISSING = f"Oozie's XML schemas ({VARIABLE} names no folder)"

_XSD = "{http://www.w3.org/2001/XMLSchema}"


def folder() -> Path | None:
    """Where the schemas lie, if they do."""
    value = os.environ.get(VARIABLE, "")
    return Path(value) if value and (Path(value) / "oozie-workflow-0.5.xsd").is_file() else None


def problems(document: bytes, where: Path) -> list[str]:
    """What Oozie's schemas object to, one line each."""
    schema = _all_schemas(where)
    root = etree.fromstring(document)
    schema.validate(root)
    return [f"line {entry.line}: {entry.message}" for entry in schema.error_log]


@lru_cache(maxsize=1)
def _all_schemas(where: Path) -> etree.XMLSchema:
    """One schema that imports every other, as Oozie's SchemaService has it."""
    imports = []
    for path in sorted(where.glob("*.xsd")):
        namespace = etree.parse(path).getroot().get("targetNamespace")
        if namespace:
            imports.append(f'<xs:import namespace="{namespace}" schemaLocation="{path.as_uri()}"/>')
    text = f'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">{"".join(imports)}</xs:schema>'
    return etree.XMLSchema(etree.fromstring(text))
