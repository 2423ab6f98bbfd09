"""``howdah submit``: an app into HDFS as one whole, then to Oozie."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from howdah.assignments import read_assignments
from howdah.errors import EXIT_FAILURE, print_diagnostics
from howdah.hdfs_option import hdfs_option, open_hdfs
from howdah.oozie_option import OozieServer, YarnAddresses, oozie_options, yarn_options

if TYPE_CHECKING:
    from howdah.deploying import Telling
    from oozie.client import OozieClient
    from oozie.client.deployment.source import AppSource
    from oozie.client.deployment.submission import Existing, Order
    from oozie.client.sharelib.assembly import Assembly, Wishes
    from storage.filesystem import FileSystem

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("submit", short_help="Put an app into HDFS as one whole, and submit it to Oozie.")
@click.argument("directory", metavar="DIR", type=click.Path(path_type=Path))
@oozie_options
@yarn_options
@hdfs_option
@click.option("--set", "overrides", multiple=True, callback=read_assignments, metavar="NAME=VALUE",
              help="A property, over job.properties.")  # fmt: skip
@click.option("--lib", "jars", multiple=True, type=_FILE, metavar="JAR",
              help="A jar for the custom share lib (oozie.libpath); may be given again.")  # fmt: skip
@click.option("--keep-jar", "keep", multiple=True, metavar="NAME", help="Send this jar although it conflicts.")
@click.option("--fetch-driver", is_flag=True, help="Fetch a JDBC driver that is missing from Maven Central.")
@click.option("--update", "existing", flag_value="update", help="Give the running coordinator the new app.")
@click.option(
    "--replace", "existing", flag_value="replace", help="Kill the running coordinator or bundle, then submit."
)
@click.option("--in-place", is_flag=True, help="Put the files into the app's folder itself, while nothing runs there.")
@click.option("--start/--no-start", default=True, help="Start a workflow at once (default), or not.")
@click.option(
    "--wait", is_flag=True, help="Follow the job until it ends; the exit code is that of howdah show --follow."
)
@click.option("--dry-run", is_flag=True, help="Say what would change, and change nothing.")
@click.pass_context
def command(
    context: click.Context,
    directory: Path,
    oozie: OozieServer,
    addresses: YarnAddresses,
    hdfs: str,
    overrides: dict[str, str],
    jars: tuple[Path, ...],
    keep: tuple[str, ...],
    fetch_driver: bool,
    existing: Existing | None,
    in_place: bool,
    start: bool,
    wait: bool,
    dry_run: bool,
) -> None:
    """Put the app in DIR into HDFS and submit it.

    Where it goes is what job.properties says: oozie.coord.application.path and its kin. There it becomes a version of
    its own (FOLDER/.versions/...), and the job is led to that: what runs reads its version to the end, whatever is
    submitted meanwhile. A submit that is killed has submitted nothing or all of it.

    A coordinator that runs already is not submitted twice: --update gives it the new app, --replace kills it first.
    """
    from howdah.deploying import Telling
    from oozie.client.deployment.source import read_source
    from oozie.client.deployment.submission import Submission, schedule_name

    if wait and (dry_run or not start):
        raise click.UsageError("--wait needs a job that runs: leave --dry-run and --no-start out")
    if not wait:
        _refuse_addresses(context)
    telling = Telling()
    with oozie.client() as client:
        source = read_source(directory, overrides, user=client.user)
        _refuse_others(source.kind, existing, start=start)
        _check(source, overrides, telling, in_place=in_place, is_update=existing == "update")
        filesystem = open_hdfs(
            hdfs, source.authority, source.properties, user=oozie.user, authentication=oozie.authentication
        )
        wishes = _wishes(jars, keep, fetch=fetch_driver)
        order = _order(source, client, filesystem, wishes, telling, existing=existing, in_place=in_place, start=start)
        if dry_run:
            _dry_run(order, client, filesystem, telling, schedule_name(source))
            return
        telling.sending(order)
        try:
            submission = Submission(client, filesystem, order, observe=telling.observe, say=telling.say)
            outcome = submission.run()
        finally:
            telling.end_of_sending()
        telling.outcome(order, outcome, client.url, is_followed=wait)
    if wait:
        _follow(context, outcome.job_id, oozie, addresses)


def _refuse_addresses(context: click.Context) -> None:
    """Raises: UsageError for addresses of logs that nobody will read; in the environment they are for all commands."""
    for option, name in (("--yarn", "resource_manager"), ("--history", "history")):
        if context.get_parameter_source(name) is ParameterSource.COMMANDLINE:
            raise click.UsageError(f"{option} goes with --wait: it is where the logs of what fails stand")


def _refuse_others(kind: str, existing: Existing | None, *, start: bool) -> None:
    """Raises: UsageError for what would be passed over in silence."""
    if kind == "workflow" and existing == "replace":
        raise click.UsageError("--replace is of a schedule, and this is a workflow: howdah kill ends one that runs")
    if kind != "workflow" and not start:
        raise click.UsageError(f"--no-start is of a workflow: a {kind} begins at the time that it says itself")


def _check(source: AppSource, overrides: dict[str, str], telling: Telling, *, in_place: bool, is_update: bool) -> None:
    """Tell what is wrong with the app, and what will hurt. Raises: SystemExit for what Oozie would refuse."""
    from howdah.deploying import overdue
    from oozie.client.deployment.preflight import preflight
    from oozie.client.deployment.relocation import Relocation
    from oozie.client.deployment.versions import version_id

    relocation = None if in_place else Relocation(source, f"{source.root}/.versions/{version_id(source.files())}")
    findings = preflight(source, relocation, overrides=overrides)
    errors = tuple(finding for finding in findings if finding.severity == "error")
    if errors:
        print_diagnostics(errors)
        raise SystemExit(EXIT_FAILURE)
    late = None if is_update else overdue(source)
    telling.findings([*findings, *([late] if late else [])])


def _follow(context: click.Context, job_id: str, oozie: OozieServer, addresses: YarnAddresses) -> None:
    """As ``howdah show --follow``, whose exit code it is."""
    from howdah.commands.show import command as show

    asked = {"user": oozie.user, "authentication": oozie.authentication, "do_as": oozie.do_as}
    logs = {"resource_manager": addresses.resource_manager, "history": addresses.history}
    context.invoke(show, job_id=job_id, follow=True, url=oozie.url, **asked, **logs)


def _wishes(jars: tuple[Path, ...], keep: tuple[str, ...], *, fetch: bool) -> Wishes:
    from howdah.stack.fetching import cache_folder
    from oozie.client.sharelib.assembly import Wishes

    repository = Path.home() / ".m2" / "repository"
    return Wishes(jars, frozenset(keep), fetch, cache_folder() / "drivers", repository)


def _order(
    source: AppSource,
    client: OozieClient,
    filesystem: FileSystem,
    wishes: Wishes,
    telling: Telling,
    *,
    existing: Existing | None,
    in_place: bool,
    start: bool,
) -> Order:
    """The app with the jars that go with it."""
    from oozie.client.deployment.libraries import check_home, elsewhere, home_of
    from oozie.client.deployment.source import LocalFile, SourceFolder
    from oozie.client.deployment.submission import Library, Order
    from oozie.client.sharelib.assembly import assemble

    assembly: Assembly = assemble(
        SourceFolder(source),
        source.paths,
        source.properties,
        wishes,
        share_lib=lambda part: client.share_libs(part).get(part, []),
        elsewhere=elsewhere(filesystem, source),
    )
    telling.jars(assembly)
    telling.findings(assembly.findings)
    files = {name: file for name, file in source.files().items() if name not in assembly.without}
    library = None
    if assembly.library:
        home = home_of(source)
        check_home(filesystem, home)
        library = Library(home, {jar.name: LocalFile.of(jar.path) for jar in assembly.library if jar.path})
    return Order(source, files, library, in_place, existing or "refuse", start)


def _dry_run(order: Order, client: OozieClient, filesystem: FileSystem, telling: Telling, name: str) -> None:
    from howdah.change_lines import change_lines
    from oozie.client.deployment.comparison import compare_with_deployed
    from oozie.client.deployment.submission import Submission

    comparison = compare_with_deployed(client, filesystem, order.source, order.files, name)
    telling.dry_run(order, comparison, change_lines(comparison.changes))
    # Last, so that all of it is said: whether a submit would be refused for what runs already.
    Submission(client, filesystem, order, observe=telling.observe, say=telling.say).running()
