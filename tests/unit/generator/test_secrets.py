from __future__ import annotations

import pytest

from generator.secrets import find_password


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ("--password secret", ""),
        ("import --password=secret -m 1", ""),
        ("--password", ""),
        ("--db-password", ""),
        ("run --admin-password=x", ""),
        ("jdbc:postgresql://u:p@db/x", ""),
        ("mysql://u:p@db/x", ""),
        ("jdbc:mysql://db/x?useSSL=false&password=p", ""),
        ("jdbc:mysql://db/x?PASSWORD=p", ""),
        ("jdbc:sqlserver://db:1433;databaseName=x;password=p", ""),
        ("jdbc:hive2://h:1/x;user=u;sslTrustStorePassword=p;trustStorePassword=q", ""),
        ("jdbc:oracle:thin:scott/tiger@db:1521:x", ""),
        ("p", "dbPassword"),
        ("p", "javax.jdo.option.ConnectionPassword"),
        ("p", "db_passwd"),
        ("-Djavax.net.ssl.trustStorePassword=p", ""),
        ("-Djavax.jdo.option.ConnectionPassword=p", ""),
        ("fs.s3a.secret.key=p", ""),
        ("-D fs.s3a.secret.key=p", ""),
        ("spark-submit --conf spark.hadoop.fs.s3a.secret.key=p x.py", ""),
        ("AWS_SECRET_ACCESS_KEY=p", ""),
        ("jdbc:mysql://address=(host=h)(user=u)(password=p)/db", ""),
        ("p", "fs.s3a.secret.key"),
        ("p", "spark.hadoop.fs.s3a.session.token"),
        ("p", "fs.azure.account.key.store.blob.core.windows.net"),
        ("p", "fs.azure.account.oauth2.client.secret"),
        ("p", "AWS_SECRET_ACCESS_KEY"),
        ("p", "MYSQL_PWD"),
        ("p", "apiKey"),
        ("p", "dbPass"),
    ],
)
def test_passwords_are_found(value: str, name: str) -> None:
    assert find_password(value, name)


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ("--password-file /p", ""),
        ("--password-alias p", ""),
        ("jdbc:mysql://db:3306/x?useSSL=false", ""),
        ("jdbc:oracle:thin:@//db:1521/x", ""),
        ("hdfs://hw1:8020/user/oozielib/db.password", "passwordFile"),
        ("where password=1", ""),
        ("mail@host", "adminEmail"),
        ("/p", "password-alias"),
        ("", "dbPassword"),
        ("/home/u", "PWD"),
        ("fs.s3a.access.key", ""),
        ("a password=1 in a sentence", ""),
        ("x", "next_token"),
        ("2", "first_pass"),
    ],
)
def test_the_way_to_a_password_is_none(value: str, name: str) -> None:
    assert find_password(value, name) == ""
