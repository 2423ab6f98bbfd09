"""A program that publishes until it is killed: ``python publishing.py repository|plain ROOT SECONDS``."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from models.manifest import Field
from models.plain import PlainFolder
from models.repository import Repository
from storage.local import LocalDisk

FILES, FILE_BYTES = 4, 500_000


def main() -> None:
    kind, root, seconds = sys.argv[1:]
    place = (
        Repository(LocalDisk(), root) if kind == "repository" else PlainFolder(LocalDisk(), f"{root}/model", "funnel")
    )
    token = time.time_ns()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    deadline = time.monotonic() + float(seconds)
    while time.monotonic() < deadline:
        token += 1
        with place.stage("funnel") if isinstance(place, Repository) else place.stage() as staging:
            folder = Path(staging.spark_path.removeprefix("file://"))
            (folder / "metadata").mkdir(parents=True)
            for number in range(FILES):
                # Every file of a version says which version it is of: a mixture would show.
                (folder / "metadata" / f"part-{number}").write_bytes((b"%d\n" % token) * (FILE_BYTES // 20))
            staging.publish(
                inputs=(Field("hits", "double"),),
                metrics={},
                description=str(token),
                aliases=("champion",) if kind == "repository" else (),
            )


if __name__ == "__main__":
    main()
