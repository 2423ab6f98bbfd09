"""One action of each type, with as many of its elements as there are."""

from generator.cluster_actions import distcp, git, java, map_reduce, pig, ssh
from generator.declare import (
    Schedule,
    cron,
    email,
    fs,
    hive,
    hive2,
    op,
    shell,
    spark,
    sqoop,
    sqoop_import,
    sub_workflow,
    workflow,
)

MORE = {
    "configuration": {"mapreduce.job.maps": "2"},
    "prepare_delete": ("${nameNode}/old",),
    "prepare_mkdir": ("${nameNode}/new",),
}
FILES = {
    "job_xml": ("/shared/settings.xml",),
    "files": ("/shared/words.txt#words.txt",),
    "archives": ("/shared/a.zip#a",),
}

EVERY_ACTION = workflow(
    "every-action",
    fs(
        "fs",
        op("delete", path="${nameNode}/a", skip_trash="true"),
        op("mkdir", path="${nameNode}/b"),
        op("move", source="${nameNode}/b", target="/c"),
        op("chmod", path="${nameNode}/c", permissions="-rwxr-x---", dir_files="false", recursive=True),
        op("touchz", path="${nameNode}/c/done"),
        op("chgrp", path="${nameNode}/c", group="hadoop"),
        op("setrep", path="${nameNode}/c", replication_factor="2"),
    ),
    sqoop_import(
        "sqoop-import",
        connect="jdbc:mysql://db/shop",
        query="SELECT * FROM orders WHERE total > 10 AND $CONDITIONS",
        split_by="id",
        warehouse_dir="/raw",
        password_alias="shop",
        file_format="parquet",
    ),
    sqoop(
        "sqoop-export",
        args=("export", "--connect", "jdbc:mysql://db/shop", "--table", "t", "--export-dir", "/x"),
        **MORE,
    ),
    hive("hive", query="SELECT 'a&b' < 1", params={"day": "mon"}, arguments=("-v",), **MORE, **FILES),
    hive2("hive2", jdbc_url="jdbc:hive2://other:10000/x", script="/shared/a.hql", **MORE, **FILES),
    spark(
        "spark", application="/shared/a.jar", main_class="org.A", mode="client", args=("a b", "<c>"), **MORE, **FILES
    ),
    pig("pig", script="/shared/a.pig", params={"x": "1"}, arguments=("-v",), **MORE, **FILES),
    java("java", main_class="org.A", java_opts=("-Xmx1g", "-Da=b"), args=("x",), capture_output=True, **MORE, **FILES),
    map_reduce("map-reduce", config_class="org.C", **MORE, **FILES),
    map_reduce("streaming", streaming={"mapper": "cat", "reducer": "wc"}, **MORE),
    map_reduce("pipes", pipes={"program": "/shared/wc"}, **MORE),
    shell("shell", command="env", environment={"A": "1"}, arguments=("x",), capture_output=True, **MORE, **FILES),
    ssh("ssh", host="hdfs@hw4", command="uptime", args=("-p",), capture_output=True),
    distcp("distcp", args=("-update", "/a", "/b"), java_opts="-Xmx1g", **MORE),
    email(
        "email", to="a@b,c@d", cc="e@f", bcc="g@h", subject="s", body="b", content_type="text/plain", attachment="/x"
    ),
    git(
        "git", uri="https://example.org/x.git", destination="${nameNode}/git", branch="main", key_path="/keys/k", **MORE
    ),
    sub_workflow("sub-workflow", app_path="${nameNode}/apps/child", configuration={"day": "mon"}),
    schedule=Schedule(cron("0 2 * * MON-FRI"), start="2026-01-01T00:00Z", end="2027-01-01T00:00Z"),
)
