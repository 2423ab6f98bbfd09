"""What is hidden of an app when it is shown."""

import time

import pytest

from oozie.language.secret_names import is_secret_name, masked_difference, masked_text, masked_value


@pytest.mark.parametrize(
    "name",
    [
        "dbPassword", "javax.jdo.option.ConnectionPassword", "fs.s3a.secret.key", "fs.s3a.access.key", "oauth.token",
        "apiToken", "my_api_key", "apiKey", "--password", "ssl.keystore.pass", "db.passwd",
        "fs.azure.account.key.me.blob.core.windows.net", "hadoop.credential", " pwd ",
    ],
)  # fmt: skip
def test_secret_names(name):
    assert is_secret_name(name)
    assert masked_value(name, "hunter2") == "(hidden)"
    assert masked_value(name, "${db}") == "${db}"
    assert masked_value(name, "") == ""


@pytest.mark.parametrize(
    "name", ["passwordFile", "--password-file", "--password-alias", "bypass", "monkey", "tokens.max", "key", "user", ""]
)
def test_other_names(name):
    assert not is_secret_name(name)
    assert masked_value(name, "hunter2") == "hunter2"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("import --verbose --password hunter2 --table t", "import --verbose --password (hidden) --table t"),
        ("--password=hunter2", "--password=(hidden)"),
        ("--password 'a b' -m 1", "--password (hidden) -m 1"),
        ("-Dfs.s3a.secret.key=abc,d -Dx=y", "-Dfs.s3a.secret.key=(hidden) -Dx=y"),
        ("jdbc:mysql://db/x?user=a&password=hunter2&y=1", "jdbc:mysql://db/x?user=a&password=(hidden)&y=1"),
        ("jdbc:mysql://ann:hunter2@db/x", "jdbc:mysql://ann:(hidden)@db/x"),
        ("--password ${db} --password-file /x", "--password ${db} --password-file /x"),
        ("hdfs://nn:8020/a", "hdfs://nn:8020/a"),
    ],
)
def test_texts(text, shown):
    assert masked_text(text) == shown


def test_a_difference_of_xml():
    text = """\
@@ -1,4 +1,4 @@
 <property>
   <name>db.password</name>
-  <value>hunter2</value>
+  <value>hunter3</value>
 </property>
-<property><name>api_key</name><value>hunter4
-hunter5</value></property>
+  <name>start</name>
+  <value>2026</value>
@@ -9,1 +9,1 @@
-<command>import --password hunter6</command>
"""
    shown = masked_difference(text)

    assert "hunter" not in shown
    assert "+  <value>(hidden)</value>" in shown
    assert "+  <value>2026</value>" in shown
    assert "-(hidden)</value></property>" in shown
    assert len(shown.splitlines()) == len(text.splitlines())


@pytest.mark.parametrize("part", ["a", "--", "-a ", "a='", "//a:", "<value>", "password ", "--token ", "${"])
def test_a_long_text_takes_no_time(part):
    began = time.process_time()
    masked_text(part * ((1 << 18) // len(part)))
    masked_difference(part * ((1 << 18) // len(part)))
    assert time.process_time() - began < 1
