"""Reads a well-formed command line in no time. Whatever it is not sure of, it leaves to click, which explains it."""

from __future__ import annotations

from archcalc.cli.table import Command, Option, Values


def read_words(words: list[str], commands: tuple[Command, ...]) -> tuple[Command, Values] | None:
    """The command and the values of its arguments and options; None where anything is unusual."""
    command = next((c for c in commands if words and c.name == words[0]), None)
    if command is None:
        return None
    values: Values = {o.key: [] if o.many else o.default for o in command.options}
    given: list[str] = []
    rest = iter(words[1:])
    for word in rest:
        if word == "--":
            given += rest
        elif word == "-" or not word.startswith("-"):
            given.append(word)
        elif not _take(word, rest, command, values):
            return None
    return (command, values) if _place(given, command, values) else None


def _take(word: str, rest: object, command: Command, values: Values) -> bool:
    name, equals, value = word.partition("=") if word.startswith("--") else (word, "", "")
    option = next((o for o in command.options if name in o.names), None)
    if option is None:
        return False
    if option.flag:
        values[option.key] = True
        return not equals
    text = value if equals else next(rest, None)  # type: ignore[call-overload]
    return text is not None and _put(option, text, values)


def _put(option: Option, text: str, values: Values) -> bool:
    if option.choices and text not in option.choices:
        return False
    if option.number is not None:
        try:
            values[option.key] = option.number(text)
        except ValueError:
            return False
        return bool(values[option.key] >= option.least)
    if option.many:
        values[option.key].append(text)
    else:
        values[option.key] = text
    return True


def _place(given: list[str], command: Command, values: Values) -> bool:
    for argument in command.arguments:
        if argument.many:
            values[argument.name], given = given, []
            if not values[argument.name]:
                return False
        elif given:
            values[argument.name] = given.pop(0)
        elif argument.required:
            return False
        else:
            values[argument.name] = None
    return not given
