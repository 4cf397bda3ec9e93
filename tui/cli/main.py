"""The `chainrule` command: which subcommands there are, what each prints and with which status it ends.

The app and the bench are imported by the command that needs them, so that `--help`, `--version` and the shell's
completion stay quick.
"""

import sys

try:
    import signal

    # Ctrl-C is quiet from the first moment that is ours. It waits until this module is complete, as it can be
    # swallowed and printed within an import.
    held = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    import os
    from collections.abc import Iterator
    from contextlib import contextmanager
    from dataclasses import replace
    from typing import Any, NoReturn

    import click
    from click.exceptions import Exit

    from chainrule import __version__
    from data.dataset import DataError
    from engine.export import LANGUAGES, exported
    from tui.run.option_types import Named, Pace, Whole, listed, nearest
    from tui.run.options import Refusal, SectionOption, given, option, run_options, spec_of, stop_option
    from tui.run.spec import RunData, RunSpec, misfit, open_data, open_run
except KeyboardInterrupt:
    sys.exit(130)

STATUS_INTERRUPTED = 128 + signal.SIGINT
STATUS_CLOSED_PIPE = 128 + signal.SIGPIPE
"""What a shell reports for a program that the signal ended."""

UNBROKEN = "\u2011"
"""Stands for a hyphen while lines are broken: names with one stay whole."""

OVERVIEW = """Watch a neural network learn, one scalar at a time, in your terminal.

Without a command this opens the app, which needs a terminal; q leaves it and ? lists its keys.
Options that describe the run may stand before or after the command.
"""

EXAMPLES = """\b
Examples:
  chainrule                                    the yin-yang, 8 hidden units
  chainrule --dataset moons --hidden 8,8       deeper, other data
  chainrule --data points.csv --lr 0.03        points of your own
  chainrule train --steps 500 > run.log        the numbers only
  eval "$(chainrule completion bash)"          completion in this shell
"""

EXPORT = """Print the run as one program that needs nothing else and prints what `chainrule train` prints.

\b
chainrule export c > run.c && cc run.c -o run -lm && ./run
chainrule export python > run.py && python3 run.py
"""

COMPLETION = """Print the script that completes commands, options and names.

\b
bash   eval "$(chainrule completion bash)"     in ~/.bashrc
zsh    eval "$(chainrule completion zsh)"      in ~/.zshrc, after compinit
fish   chainrule completion fish > ~/.config/fish/completions/chainrule.fish
"""


class Sectioned(click.Command):
    """A command whose help lists its options under titles, all in one pair of columns."""

    def sections(self, ctx: click.Context) -> dict[str, list[tuple[str, str]]]:
        """Each title's options: how one is typed, and what it does."""
        sections: dict[str, list[tuple[str, str]]] = {}
        for param in self.get_params(ctx):
            if isinstance(param, click.Option) and (record := param.get_help_record(ctx)):
                title = param.section if isinstance(param, SectionOption) else "Other"
                sections.setdefault(title, []).append(record)
        return sections

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        sections = self.sections(ctx)
        width = max(len(left) for rows in sections.values() for left, _ in rows)
        for title, rows in sections.items():
            with formatter.section(title):
                formatter.write_dl([(left.ljust(width), right.replace("-", UNBROKEN)) for left, right in rows])
        formatter.buffer[:] = [text.replace(UNBROKEN, "-") for text in formatter.buffer]

    def make_context(self, *args: Any, **extra: Any) -> click.Context:
        with writing():  # --help and --version print from here
            return super().make_context(*args, **extra)


class Entry(Sectioned, click.Group):
    """The group, as a process and as a list of commands."""

    def __call__(self) -> NoReturn:
        """Run as a process: Ctrl-C ends it at once with status 130, wherever it is."""
        # Ignored, as in a shell script's background job, it stays so.
        if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
            signal.signal(signal.SIGINT, lambda *_: sys.exit(STATUS_INTERRUPTED))
        try:
            self.main(prog_name="chainrule")
        finally:
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # the status stands, nothing may add a traceback to it
        raise AssertionError("click's main ends the process")

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        super().format_options(ctx, formatter)
        self.format_commands(ctx, formatter)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args[0] not in self.commands and not ctx.resilient_parsing:
            known = list(self.commands)
            ctx.fail(
                f"No such command {args[0]!r}: it is {listed(known)}, or none for the app. "
                f"A file is opened with --data.{nearest(args[0], known)}"
            )
        return super().resolve_command(ctx, args)


@contextmanager
def uninterrupted() -> Iterator[None]:
    """While modules are imported: Ctrl-C could be swallowed and printed in there, so it waits."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def writing() -> Iterator[None]:
    """While standard output is written to: a closed pipe is a quiet status, a full disk one line."""
    try:
        yield
        if sys.stdout is not None:
            sys.stdout.flush()
    except BrokenPipeError:
        drop_output()
        raise Exit(STATUS_CLOSED_PIPE) from None
    except OSError as error:
        drop_output()
        raise click.ClickException(f"Standard output can't be written: {error.strerror or error}.") from error
    except SystemExit:
        drop_output()
        raise


def drop_output() -> None:
    """Send what Python still holds for standard output nowhere: its flush at exit would fail, or wait, once more."""
    if sys.stdout is None:
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


def data_of(spec: RunSpec) -> RunData:
    """The data of a run, made once for all that need them; refuses if there are none or its model does not fit them."""
    try:
        data = open_data(spec)
    except DataError as error:
        raise Refusal(str(error)) from error
    if wrong := misfit(spec.config, len(data.dataset.class_names)):
        raise Refusal(f"--{wrong[0]} {wrong[1]}")
    return data


@click.group(
    cls=Entry, invoke_without_command=True, subcommand_metavar="[COMMAND]", help=OVERVIEW, epilog=EXAMPLES,
    context_settings={"help_option_names": ["-h", "--help"]},
)  # fmt: skip
@run_options(steps=None, steps_help="Pause at this step.  [default: none]")
@stop_option
@option("Screen", "--fps", type=Whole(1, 60), default=12, help="Frames per second at most, 1 to 60.")
@option("Screen", "--speed", type=Pace(), default="10", help="Steps a second, 1 to 1000, or max.")
@option("Screen", "--paused", is_flag=True, show_default=False, help="Start paused, at step 0.")
@option("Screen", "--no-mouse", is_flag=True, show_default=False, help="Leave the mouse to the terminal.")
@option("Screen", "--ascii", "ascii_only", is_flag=True, show_default=False, help="Draw with ASCII characters only.")
@click.version_option(__version__, prog_name="chainrule", message="%(prog)s %(version)s", help="Show the version.")
@click.pass_context
def main(
    ctx: click.Context, /, fps: int, speed: float | None, paused: bool, no_mouse: bool, ascii_only: bool, **_: object
) -> None:
    if ctx.invoked_subcommand:
        hand_over(ctx, main.commands[ctx.invoked_subcommand])
        return
    spec = spec_of(ctx)
    for stream, name in ((sys.stdin, "input"), (sys.stdout, "output")):
        if stream is None or not stream.isatty():
            raise Refusal(f"The app needs a terminal and standard {name} is not one: `chainrule train` prints a run.")
    data = data_of(spec)
    conditions: tuple[str, ...] = ctx.params["stop"]
    if conditions:
        with uninterrupted():
            from tui.cli.train import conditions_of  # noqa: PLC0415  # the app itself never trains
        conditions_of(conditions, open_run(replace(spec, backend="python"), data).session)
    from tui.cli.start import run_app  # noqa: PLC0415  # Textual is the app's alone

    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)  # asyncio's clean ending builds on it
    try:
        status = run_app(
            spec, data, steps=ctx.params["steps"], speed=speed, playing=not paused, conditions=conditions,
            fps=fps, mouse=not no_mouse, ascii_only=ascii_only,
        )  # fmt: skip
    except KeyboardInterrupt:
        status = STATUS_INTERRUPTED
    ctx.exit(status)


def hand_over(ctx: click.Context, command: click.Command) -> None:
    """Options in front of a subcommand become its defaults; refuses those that it has not."""
    taken = {parameter.name for parameter in command.params}
    typed = given(ctx)
    if foreign := [flag for name, flag in typed.items() if name not in taken]:
        ctx.fail(f"`chainrule {command.name}` has no {listed(foreign)}.")
    ctx.default_map = {str(command.name): {name: ctx.params[name] for name in typed}}


@main.command(cls=Sectioned)
@run_options(steps=100, steps_help="How many steps to take; 0 only checks the options.")
@stop_option
@click.pass_context
def train(ctx: click.Context, /, steps: int, stop: tuple[str, ...], **_: object) -> None:
    """Train without the app and print the loss of every step.

    Lines are the same in a pipe, a file and a terminal; a progress bar appears on stderr for a long run if that is a
    terminal. The train loss is in full digits; the validation loss comes every 10 steps. Both are from before the
    step's update. With --batch-size the train loss is that of the step's batch. Where --stop ends the run, stderr says
    at which step and why.
    """
    spec = spec_of(ctx)
    with uninterrupted():
        from tui.cli.train import conditions_of, print_run  # noqa: PLC0415  # the app itself never trains
        from tui.worker.sentences import BACKEND_TITLES  # noqa: PLC0415
    session = open_run(spec, data_of(spec)).session
    conditions = conditions_of(stop, session)
    if spec.backend not in (session.backend.name, "auto"):
        title = BACKEND_TITLES[session.backend.name]
        click.echo(f"chainrule: {title} computes this run, with the same digits: {session.backend.note}.", err=True)
    with writing():
        turned = print_run(session, steps, conditions)
    if turned:
        click.echo(f"chainrule: stopped at step {session.step_count} of {steps}: {turned}", err=True)


@main.command(cls=Sectioned)
@option("Options", "--rounds", type=Whole(1, 1000), default=15, help="How often to measure, 1 to 1000.")
@option("Options", "--json", "as_json", is_flag=True, show_default=False, help="Print the report as JSON.")
@option("Options", "--quick", is_flag=True, show_default=False, help="Leave out the rows that are slow by Value.")
def bench(rounds: int, as_json: bool, quick: bool) -> None:
    """Check that the fast programs are exact, then measure how fast.

    The Python program and the compiled one have to give the losses, gradients and parameters of `Value` bit for bit,
    for every loss and activation, the other choices in turns. The status is 1 if a digit differs. PyTorch is measured
    too if it is installed. One thread each, all in turns.
    """
    from tui.cli.bench import report  # noqa: PLC0415  # only this command needs it

    result = report(rounds, quick=quick)
    with writing():
        click.echo(result.as_json() if as_json else result.as_table())
    raise Exit(0 if result.exact else 1)


@main.command(cls=Sectioned, help=EXPORT)
@click.argument("language", type=Named(LANGUAGES))
@run_options(steps=100, steps_help="How many steps the program takes.")
@click.pass_context
def export(ctx: click.Context, /, language: str, steps: int, **_: object) -> None:
    spec = spec_of(ctx)
    session = open_run(replace(spec, backend="python"), data_of(spec)).session
    with writing():
        click.echo(exported(session, language, steps), nl=False)


@main.command(cls=Sectioned)
@run_options(steps=None, steps_help="Has no effect here.")
@click.pass_context
def doctor(ctx: click.Context, /, **_: object) -> None:
    """Say who computes the run, and why: Python or compiled C.

    The options are those of a run. Nothing is wrong when it is Python: the digits are the same.
    """
    from tui.cli.doctor import diagnosis  # noqa: PLC0415  # only this command needs it

    spec = spec_of(ctx)
    data = data_of(spec)
    with writing():
        click.echo(diagnosis(spec, data))


@main.command(cls=Sectioned, help=COMPLETION)
@click.argument("shell", type=Named(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    from click.shell_completion import get_completion_class  # noqa: PLC0415  # only this command needs it

    script = get_completion_class(shell)
    assert script is not None, "click has these three"
    with writing():
        click.echo(script(main, {}, "chainrule", "_CHAINRULE_COMPLETE").source())


try:
    signal.pthread_sigmask(signal.SIG_SETMASK, held)
except KeyboardInterrupt:
    sys.exit(STATUS_INTERRUPTED)
