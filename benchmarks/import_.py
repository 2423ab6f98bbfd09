"""The import of table mysql_funnel from MariaDB: ours beside Sqoop 1.4.7 in local mode and Spark JDBC, in the same run.

    python -m benchmarks.import_ [--rows 1000000] [--rounds 3] [--without spark] [--larger 5000000]

Starts a MariaDB of its own, fills it with the sample's 24 columns, fetches Sqoop by Maven into the cache folder
(HOWDAH_CACHE, else ~/.cache/howdah), runs the importers in turns and prints medians. Wall time is that of the whole
process, start included; memory is the peak of all its processes together (process_tree.py). Goals: at most a fifth of
Sqoop's time, at most 400 MB, and no more for the larger table.
"""

from __future__ import annotations

import argparse
import itertools
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.process_tree import children_of, memory_kib
from tests.contract.sqoop.servers import (
    DATABASE,
    PASSWORD,
    USER,
    MariaDb,
    RealSqoop,
    missing_mariadb,
    private_mariadb,
)
from workflows.funnel.sample import FUNNEL, rows

MOST_SHARE_OF_SQOOP = 1 / 5
MOST_MIB = 400
SAMPLED_ROWS = 100_000  # made once; a larger table repeats them under other visit numbers
HITS_A_SESSION = 5
INTERVAL_S = 0.02


@dataclass
class Figures:
    seconds: list[float] = field(default_factory=list)
    peak_mib: list[float] = field(default_factory=list)


def fill(server: MariaDb, table: str, count: int, folder: Path) -> None:
    """``count`` rows of the sample; the same sessions again and again, a second apart for ever."""
    columns = [(f"`{name}`", kind) for name, kind in FUNNEL.columns]
    key = ", ".join(f"`{name}`" for name in FUNNEL.primary_key)
    declared = ", ".join(f"{name} {kind}" for name, kind in columns)
    server.run(f"CREATE TABLE {table} ({declared}, PRIMARY KEY ({key}))", DATABASE)
    file = folder / "rows.tsv"
    sample = itertools.islice(rows(2021, SAMPLED_ROWS // HITS_A_SESSION), min(count, SAMPLED_ROWS))
    with file.open("w") as out:
        out.writelines("\t".join(r"\N" if value is None else str(value) for value in row) + "\n" for row in sample)
    file.chmod(0o644)
    visit = [name for name, _ in FUNNEL.columns].index("visitId")
    names = [name for name, _ in columns]
    loaded = ", ".join("@visit" if index == visit else name for index, name in enumerate(names))
    made = 0
    for turn in itertools.count():
        found = min(SAMPLED_ROWS, count - made)
        if found <= 0:
            break
        if found < SAMPLED_ROWS:
            file.write_text("".join(itertools.islice(file.open(), found)))
        later = f"SET `visitId` = @visit + {turn} * 100000000"
        server.run(f"LOAD DATA LOCAL INFILE '{file}' INTO TABLE {table} ({loaded}) {later}", DATABASE)
        made += found
    server.run(f"ANALYZE TABLE {table}", DATABASE)
    file.unlink()
    stored = int(server.run(f"SELECT COUNT(*) FROM {table}", DATABASE).split()[-1])
    if stored != count:
        raise SystemExit(f"the source has {stored} rows, not {count}")


def measure(command: list[str], figures: Figures, **options: object) -> None:
    """Run to the end; wall seconds and the peak memory of all processes."""
    began, peak = time.perf_counter(), 0
    with tempfile.TemporaryFile("w+") as log:
        process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, **options)
        while process.poll() is None:
            peak = max(peak, sum(map(memory_kib, (process.pid, *children_of(process.pid)))))
            time.sleep(INTERVAL_S)
        figures.seconds.append(time.perf_counter() - began)
        figures.peak_mib.append(peak / 1024)
        if process.returncode:
            log.seek(0)
            raise SystemExit(f"{' '.join(command[:6])} ...: exit {process.returncode}\n{log.read()[-3000:]}")


class Importers:
    """How each one is started; all write text with tabs, and read the same table with the same parts."""

    def __init__(self, server: MariaDb, work: Path) -> None:
        self.server, self.work = server, work
        self.password = work / "password"
        self.password.write_text(PASSWORD)
        self.sqoop = RealSqoop(work)

    def arguments(self, table: str, target: Path, mappers: int) -> list[str]:
        split = ["--split-by", "visitId"] if mappers > 1 else []
        return ["--connect", self.server.jdbc_url, "--username", USER, "--password-file", self.password.as_uri(),
                "--table", table, "--target-dir", target.as_uri(), "--delete-target-dir",
                "--fields-terminated-by", r"\t", "-m", str(mappers), *split]  # fmt: skip

    def ours(self, table: str, target: Path, mappers: int, figures: Figures, *more: str) -> None:
        command = [sys.executable, "-m", "oozie.local.sqoop", "import", *self.arguments(table, target, mappers), *more]
        measure(command, figures, env={**os.environ, "HOWDAH_HDFS_ROOT": str(self.work)})

    def real(self, table: str, target: Path, mappers: int, figures: Figures, *more: str) -> None:
        self.sqoop.fetch()
        with self.sqoop.command(*self.arguments(table, target, mappers), *more, heap="1g") as (command, options):
            measure(command, figures, **options)

    def spark(self, table: str, target: Path, mappers: int, figures: Figures) -> None:
        driver = next(self.sqoop.library.glob("mysql-connector-j-*.jar"))
        command = [sys.executable, __file__, "--spark-job", self.server.jdbc_url, table, str(target), str(mappers)]
        measure(command, figures, env={**os.environ, "MYSQL_JAR": str(driver), "PYTHONPATH": str(Path.cwd())})


def spark_job(url: str, table: str, target: str, mappers: str) -> None:
    """The same import by Spark JDBC, as a process of its own."""
    from pyspark.sql import SparkSession

    spark = (
        SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false").config("spark.driver.memory", "1g")
        .config("spark.jars", os.environ["MYSQL_JAR"]).config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.bindAddress", "127.0.0.1").getOrCreate()
    )  # fmt: skip
    source = spark.read.format("jdbc").options(
        url=f"{url}?useCursorFetch=true", dbtable=table, user=USER, password=PASSWORD, fetchsize="10000",
        driver="com.mysql.cj.jdbc.Driver",
    )  # fmt: skip
    if int(mappers) > 1:
        low, high = source.load().selectExpr("min(visitId)", "max(visitId)").first()
        source = source.options(
            partitionColumn="visitId", lowerBound=low, upperBound=high + 1, numPartitions=int(mappers)
        )
    source.load().write.mode("overwrite").csv(target, sep="\t", nullValue="null")
    spark.stop()


def lines(target: Path) -> int:
    return sum(path.read_bytes().count(b"\n") for path in target.glob("part-*"))


def report(title: str, results: dict[str, Figures], count: int) -> None:
    reference = statistics.median(results["Sqoop 1.4.7"].seconds) if "Sqoop 1.4.7" in results else None
    print(f"\n{title}\n| importer | seconds (median) | rows/s | peak MiB | Sqoop's time / its time |")
    print("|---|---|---|---|---|")
    for name, figures in results.items():
        seconds = statistics.median(figures.seconds)
        ratio = f"{reference / seconds:.1f}" if reference else "-"
        print(f"| {name} | {seconds:.2f} | {count / seconds:,.0f} | {max(figures.peak_mib):.0f} | {ratio} |")


def in_turns(
    importers: Importers, table: str, count: int, mappers: int, options: argparse.Namespace
) -> dict[str, Figures]:
    runs: dict[str, Callable[..., None]] = {"howdah": importers.ours, "Sqoop 1.4.7": importers.real}
    if "spark" not in options.without:
        runs["Spark JDBC"] = importers.spark
    results = {name: Figures() for name in runs if name.split()[0].lower() not in options.without}
    for _ in range(options.rounds):
        for name, figures in results.items():
            target = importers.work / "target"
            shutil.rmtree(target, ignore_errors=True)
            runs[name](table, target, mappers, figures)
            if lines(target) != count:
                raise SystemExit(f"{name} wrote {lines(target)} rows, not {count}")
    return results


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--larger", type=int, default=5_000_000, help="0 leaves it out")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--without", nargs="*", default=[], choices=["spark", "sqoop"])
    parser.add_argument("--check", action="store_true", help="fail when a goal is missed")
    parser.add_argument("--spark-job", nargs=4, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.spark_job:
        spark_job(*options.spark_job)
        return 0
    if reason := missing_mariadb():
        raise SystemExit(reason)
    missed: list[str] = []
    with tempfile.TemporaryDirectory() as folder, private_mariadb("--innodb-buffer-pool-size=1G") as server:
        work = Path(folder)
        work.chmod(0o755)
        importers = Importers(server, work)
        fill(server, "mysql_funnel", options.rows, work)
        for mappers in (1, 4):
            results = in_turns(importers, "mysql_funnel", options.rows, mappers, options)
            report(f"{options.rows:,} rows, 24 columns, text, -m {mappers}", results, options.rows)
            missed += goals(results, mappers)
        if options.larger:
            fill(server, "mysql_funnel_larger", options.larger, work)
            figures = Figures()
            importers.ours("mysql_funnel_larger", work / "target", 1, figures)
            report(f"{options.larger:,} rows, text, -m 1", {"howdah": figures}, options.larger)
            if max(figures.peak_mib) > MOST_MIB:
                missed.append(f"{max(figures.peak_mib):.0f} MiB for {options.larger:,} rows")
    for goal in missed:
        print(f"missed: {goal}")
    return int(bool(missed) and options.check)


def goals(results: dict[str, Figures], mappers: int) -> list[str]:
    missed = []
    ours = results["howdah"]
    if "Sqoop 1.4.7" in results:
        share = statistics.median(ours.seconds) / statistics.median(results["Sqoop 1.4.7"].seconds)
        if share > MOST_SHARE_OF_SQOOP:
            missed.append(f"{share:.2f} of Sqoop's time with -m {mappers}")
    if max(ours.peak_mib) > MOST_MIB:
        missed.append(f"{max(ours.peak_mib):.0f} MiB with -m {mappers}")
    return missed


if __name__ == "__main__":
    sys.exit(main())
