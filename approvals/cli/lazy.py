"""Commands that are imported when they are called, with the options all of them share."""

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

import click

from approvals.cli.settings import Settings, read_settings
from workflow.i18n import mark, translate

Commands = Mapping[str, Mapping[str, tuple[str, str]]]

_HELP = mark(
    "From negotiated terms to a signed contract that can be proved.\n\n"
    "Staff draft, approvers and experts decide, assessors verify."
)


class Command(click.Command):
    """A command whose help is shown in the reader's language."""

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Translate, then format as click does."""
        with _translated(self):
            super().format_help_text(ctx, formatter)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Translate each option's help while it is being shown."""
        with formatter.section(translate("Options")):
            formatter.write_dl(_records(self, ctx))


class Group(Command, click.Group):
    """A group of commands within one file; ``default`` is the one that is meant when none is named."""

    default = ""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put the default command in front of options that stand alone."""
        if self.default and (not args or (args[0].startswith("-") and args[0] != "--help")):
            args = [self.default, *args]
        return super().parse_args(ctx, args)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the options, then the commands."""
        super().format_options(ctx, formatter)
        self.format_commands(ctx, formatter)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the subcommands with their translated help."""
        with formatter.section(translate("Commands")):
            formatter.write_dl([(name, _summary(self.commands[name])) for name in self.list_commands(ctx)])


class LazyGroup(click.Group):
    """The top of the tree: knows what every command does, imports only the one that is called."""

    def __init__(self, commands: Commands) -> None:
        super().__init__(name="assent", help=_HELP, params=[_version(), *_shared()], callback=_remember)
        self._sections = commands
        self._homes = {name: home for section in commands.values() for name, (home, _) in section.items()}

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return every command, in the order of the help."""
        return list(self._homes)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """Import the command called *name*."""
        if name not in self._homes:
            return None
        module = import_module(f"approvals.cli.{self._homes[name]}")
        found: click.Command = getattr(module, f"{name.replace('-', '_')}_command")
        return found

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Suggest the nearest command for one that does not exist, without importing any."""
        if args and args[0] not in self._homes and not args[0].startswith("-"):
            import difflib

            nearest = difflib.get_close_matches(args[0], self._homes, n=1)
            text = mark("there is no command {name}")
            if nearest:
                text = mark("there is no command {name}; did you mean {nearest}?")
            ctx.fail(translate(text).format(name=args[0], nearest="".join(nearest)))
        return super().resolve_command(ctx, args)

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Translate, then format as click does."""
        with _translated(self):
            super().format_help_text(ctx, formatter)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List options and then the commands, by who uses them."""
        with formatter.section(translate("Options")):
            formatter.write_dl(_records(self, ctx))
        for heading, commands in self._sections.items():
            with formatter.section(translate(heading)):
                formatter.write_dl([(name, translate(text)) for name, (_, text) in commands.items()])


def command(name: str, help_text: str, *, epilog: str = "") -> Callable[[Callable[..., Any]], Command]:
    """Make a command that takes the shared options and is given them as `Settings`."""

    def decorate(function: Callable[..., Any]) -> Command:
        made = click.command(name, cls=Command, help=help_text, epilog=epilog)(_with_settings(function))
        made.params += _shared()
        return made

    return decorate


def group(name: str, help_text: str, *, default: str = "") -> Callable[[Callable[..., Any]], Group]:
    """Make a group whose commands are in the same file."""

    def decorate(function: Callable[..., Any]) -> Group:
        made = click.group(name, cls=Group, help=help_text)(function)
        made.default = default
        return made

    return decorate


def _with_settings(function: Callable[..., Any]) -> Callable[..., Any]:
    @click.pass_context
    def run(ctx: click.Context, /, **given: Any) -> Any:
        own = {name: given.pop(name) for name in ("db", "person", "as_json", "lang", "no_input")}
        above = ctx.find_root().obj or {}
        merged = {name: value or above.get(name) for name, value in own.items()}
        settings: Settings = read_settings(merged)
        return function(settings, **given)

    run.__click_params__ = getattr(function, "__click_params__", [])  # type: ignore[attr-defined]
    run.__doc__ = function.__doc__
    return run


@click.pass_context
def _remember(ctx: click.Context, /, **given: Any) -> None:
    ctx.obj = given


def _summary(shown: click.Command) -> str:
    """Return what a command does: the first paragraph of its help."""
    return translate(shown.help or "").partition("\n\n")[0]


def _records(shown: click.Command, ctx: click.Context) -> list[tuple[str, str]]:
    """Return each option with its help; what click adds to it, such as a default, click translates."""
    records = []
    for parameter in shown.get_params(ctx):
        record = parameter.get_help_record(ctx)
        if record and record[1]:
            text = getattr(parameter, "help", None) or ""
            records.append((record[0], record[1].replace(text, translate(text), 1)))
    return records


def _shared() -> list[click.Parameter]:
    return [
        click.Option(
            ["--db"], metavar="PLACE", help=mark("The store: a file, or a postgresql:// URL (ASSENT_DB).")
        ),
        click.Option(["--as", "person"], metavar="PERSON", help=mark("Who acts (ASSENT_PERSON).")),
        click.Option(["--json", "as_json"], is_flag=True, help=mark("Print one JSON document.")),
        click.Option(
            ["--lang"], metavar="LANG", help=mark("Language of the interface: en or zh-TW (ASSENT_LANG).")
        ),
        click.Option(["--no-input"], is_flag=True, help=mark("Never ask; fail where an answer is missing.")),
    ]


def _version() -> click.Option:
    def show(ctx: click.Context, _: click.Parameter, value: bool) -> None:
        if value:
            from importlib.metadata import version

            click.echo(f"assent {version('assent')}")
            ctx.exit()

    return click.Option(
        ["--version"],
        is_flag=True,
        expose_value=False,
        is_eager=True,
        callback=show,
        help=mark("Show the version and stop."),
    )


class _translated:  # noqa: N801 - used as a word in a with statement
    """Show a command's help and epilog in the interface's language for a moment."""

    def __init__(self, shown: click.Command) -> None:
        self._shown, self._kept = shown, (shown.help, shown.epilog)

    def __enter__(self) -> None:
        self._shown.help = translate(self._shown.help or "")

    def __exit__(self, *_: object) -> None:
        self._shown.help, self._shown.epilog = self._kept
