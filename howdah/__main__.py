"""The ``howdah`` command: a table of commands, each imported only when it is called, so that start-up stays short."""

from __future__ import annotations

import importlib
import io
import os
import sys

try:
    import click

    from howdah.errors import EXIT_FAILURE, EXIT_INTERRUPTED, EXIT_OK, print_diagnostics, print_errors
    from storage.errors import Diagnostic, HowdahError
except KeyboardInterrupt:  # Ctrl-C before main() can say what that means
    sys.exit(130)

# name -> (module, one line for the overview); the module holds a click command called `command`.
COMMANDS = {
    "new": ("howdah.commands.new", "Start a workflow of your own from a template."),
    "generate": ("howdah.commands.generate", "Write the Oozie app that a workflow's definition declares."),
    "import": ("howdah.commands.import_", "Turn an Oozie app into a declaration in Python."),
    "validate": ("howdah.commands.validate", "Say what Oozie would refuse in an app, and why."),
    "nominal-times": ("howdah.commands.nominal_times", "Say when a coordinator is due, over daylight saving as well."),
    "el": ("howdah.commands.el", "Say what an expression comes to in a workflow, or where it is wrong."),
    "explain": ("howdah.commands.explain", "Say in plain words what an app does, when, and what if it fails."),
    "draw": ("howdah.commands.draw", "Draw an app as SVG and Mermaid: its control flow and its data flow."),
    "plan": ("howdah.commands.plan", "Say what would change, action by action, before anything is submitted."),
    "submit": ("howdah.commands.submit", "Put an app into HDFS as one whole, and submit it to Oozie."),
    "run": ("howdah.commands.run", "Run an Oozie app on this machine, from its XML."),
    "serve": ("howdah.commands.serve", "Serve the models of a repository, with a page to ask them."),
    "models": ("howdah.commands.models", "List, compare, promote and roll back the models of a repository."),
    "score": ("howdah.commands.score", "Add a model's predictions to the rows of a file."),
    "watch": ("howdah.commands.watch", "Say whether a model is still what it was in training; alert, roll back."),
    "report": ("howdah.commands.report", "Say how good predictions were, now that their labels are there."),
    "jobs": ("howdah.commands.jobs", "List the jobs of an Oozie."),
    "show": ("howdah.commands.show", "Show a job, or follow it live; why what failed did."),
    "log": ("howdah.commands.log", "Print Oozie's log of a job, or an action's own logs."),
    "kill": ("howdah.commands.kill", "Kill jobs."),
    "suspend": ("howdah.commands.suspend", "Suspend jobs."),
    "resume": ("howdah.commands.resume", "Let suspended jobs go on."),
    "rerun": ("howdah.commands.rerun", "Run a job again: what failed, or all but some actions."),
    "console": ("howdah.commands.console", "Show the jobs of an Oozie in a browser, and what to do about them."),
    "demo": ("howdah.commands.demo", "The whole chain on sample data: import, report, training, serving."),
    "stack": ("howdah.commands.stack", "The real Hadoop, Hive, Sqoop, Oozie and MariaDB on this machine."),
}


class _Commands(click.Group):
    """Commands from the table, in the order of the work."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(COMMANDS[cmd_name][0])
        command: click.Command = module.command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The nearest name of the table for one that is not in it, as groups with commands of their own say it."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            from storage.nearest import did_you_mean

            if not args[0].startswith("-") and (hint := did_you_mean(args[0], COMMANDS)):
                raise click.UsageError(f"{error.format_message()} {hint.capitalize()}", ctx) from error
            raise

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The overview, without importing a single command."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="howdah", message="%(prog)s %(version)s")
def howdah() -> None:
    """Oozie workflows from one Python definition: check them, run them here or on the cluster, serve their model.

    For an app that somebody wrote by hand years ago, no cluster needed: explain and draw tell what it does, validate
    whether it is right, import turns it into Python.
    """


def main() -> None:
    """Run the command line; every error becomes a line with its code, a hint and an exit code."""
    try:
        code = howdah.main(prog_name="howdah", standalone_mode=False)
    except click.ClickException as error:
        said = io.StringIO()
        error.show(said)
        print_errors(said.getvalue().splitlines())
        code = error.exit_code
    except HowdahError as error:
        print_diagnostics(error.diagnostics)
        code = EXIT_FAILURE
    except (click.Abort, KeyboardInterrupt):
        code = EXIT_INTERRUPTED
    except ModuleNotFoundError as error:  # an older set-up under a newer checkout
        hint = "this version needs it: make setup installs it"
        print_diagnostics((Diagnostic("H702", f"the package '{error.name}' is not installed", hint),))
        code = EXIT_FAILURE
    except OSError as error:
        print_diagnostics((_refusal(error),))
        code = EXIT_FAILURE
        # What standard output refused would be tried again at the end, with a complaint of Python's own.
        sys.stdout = None
    sys.exit(code or EXIT_OK)


def _refusal(error: OSError) -> Diagnostic:
    """What the system refused, where no command knew better: a full disk behind the output, a folder that has gone."""
    place = f"'{os.fsdecode(error.filename)}': " if isinstance(error.filename, (str, bytes)) else ""
    hint = "see whether the disk has room and the folder that you are in still exists"
    if isinstance(error, PermissionError):
        hint = "check the owner and the mode of the path"
    return Diagnostic("H701", f"the system refused: {place}{error.strerror or error}", hint)


if __name__ == "__main__":
    main()
