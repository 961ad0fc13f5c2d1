"""The same commands through click: help, and words for what is wrong with a command line."""

from __future__ import annotations

from typing import Any

import click

import archcalc
from archcalc.cli.table import COMMANDS, Argument, Command, Option


def run_click(words: list[str]) -> int:
    """Let click read the command line; its usage errors exit with 2."""
    try:
        code = application().main(words, prog_name="archcalc", standalone_mode=False)
    except click.exceptions.Abort:
        return 130
    except click.ClickException as error:
        error.show()
        return 2
    return code if isinstance(code, int) else 0


def application() -> click.Group:
    """The whole command line as click has it."""
    group = click.Group(
        "archcalc",
        help="What shape comes out of a neural network, how many parameters, connections and MACs, and why.",
        commands={command.name: _command(command) for command in COMMANDS},
        no_args_is_help=True,
    )
    return click.version_option(archcalc.__version__, prog_name="archcalc")(group)


def _command(command: Command) -> click.Command:
    def run(**values: Any) -> int:
        return command.load()({k: list(v) if isinstance(v, tuple) else v for k, v in values.items()})

    parameters: list[click.Parameter] = [_argument(a) for a in command.arguments]
    parameters += [_option(o) for o in command.options]
    return click.Command(command.name, callback=run, params=parameters, help=command.help)


def _argument(argument: Argument) -> click.Argument:
    # The name is kept as it is, so that values have the same keys whoever read them.
    made = click.Argument([argument.name], required=argument.required, nargs=-1 if argument.many else 1)
    made.name = argument.name
    return made


def _option(option: Option) -> click.Option:
    kind: Any = click.Choice(option.choices) if option.choices else str
    if option.number is not None:
        kind = click.IntRange(min=int(option.least)) if option.number is int else click.FloatRange(min=option.least)
    shown = not option.flag and option.default not in (None, (), False)
    extra: dict[str, Any] = {} if option.flag or option.choices else {"metavar": option.metavar}
    return click.Option(
        [*option.names, option.key],
        help=option.help,
        default=None if option.many else option.default,
        type=None if option.flag else kind,
        multiple=option.many,
        is_flag=option.flag,
        show_default=shown,
        **extra,
    )
