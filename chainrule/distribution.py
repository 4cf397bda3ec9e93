"""What a package has beside the code, made while it is built: man pages, and a description for an index page.

Hatchling loads this file for its hooks; it is no part of the wheel. The repository's address is that of the remote
`origin`; without one the description has no pictures and the project no addresses.
"""

import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from hatchling.metadata.plugin.interface import MetadataHookInterface

if TYPE_CHECKING:
    import click

ROOT = Path(__file__).parents[1]
REMOTE = re.compile(
    r"(?:\w+://(?:[^@/]*@)?|[^@/:]+@)(?P<host>[\w-]+(?:\.[\w-]+)+)(?::\d+)?[:/](?P<path>.+?)(?:\.git)?/?"
)
RELATIVE_LINK = re.compile(r"(?P<picture>!?)\[(?P<text>(?:[^\[\]]|\[[^\]]*\])*)\]\((?!\w+:|#)(?P<path>[^)]*)\)")


class ManPages(BuildHookInterface[Any]):
    """Adds a manual page for each command to the wheel."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        sys.path.insert(0, self.root)
        from tui.cli.main import main  # noqa: PLC0415  # found now

        self._pages = tempfile.TemporaryDirectory()
        for name, text in man_pages(main, self.metadata.version):
            path = Path(self._pages.name, f"{name}.1")
            path.write_text(text, encoding="utf-8")
            build_data["shared_data"][str(path)] = f"share/man/man1/{path.name}"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        self._pages.cleanup()


class IndexPage(MetadataHookInterface):
    """Gives a package the README with addresses for its links, and the project's addresses."""

    def update(self, metadata: dict[str, Any]) -> None:
        repository = address(self.root)
        if "readme" not in metadata:  # as it is where an unpacked source distribution is built
            readme = Path(self.root, "README.md").read_text(encoding="utf-8")
            metadata["readme"] = {"content-type": "text/markdown", "text": with_addresses(readme, repository)}
        if "urls" not in metadata:
            changes = f"{repository}/blob/HEAD/CHANGELOG.md"
            metadata["urls"] = {"Source": repository, "Changelog": changes} if repository else {}


def address(root: str) -> str:
    """The web address of the repository that a checkout was cloned from, or nothing."""
    if not Path(root, ".git").exists():  # an outer repository is another project's
        return ""
    command = ["git", "-C", root, "config", "--get", "remote.origin.url"]
    try:
        remote = subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()  # noqa: S603
    except FileNotFoundError:
        return ""
    found = REMOTE.fullmatch(remote)
    return f"https://{found['host']}/{found['path']}" if found else ""


def with_addresses(readme: str, repository: str) -> str:
    """Relative links point into the repository; without one there is only their text."""

    def link(found: re.Match[str]) -> str:
        picture, text, path = found.group("picture", "text", "path")
        if not repository:
            return f"*{text}*" if picture else text
        return f"{picture}[{text}]({repository}/{'raw' if picture else 'blob'}/HEAD/{path})"

    return RELATIVE_LINK.sub(link, readme)


def man_pages(main: "click.Group", version: str) -> Iterator[tuple[str, str]]:
    """The name and the source of each page: that of the command, and one for each subcommand."""
    from click import Context  # noqa: PLC0415  # only the wheel needs it

    top = Context(main, info_name="chainrule", **main.context_settings)
    yield "chainrule", man_page(main, top, "chainrule", version)
    for name, command in main.commands.items():
        yield f"chainrule-{name}", man_page(command, Context(command, top, name), f"chainrule-{name}", version)


def man_page(command: Any, context: "click.Context", name: str, version: str) -> str:
    """One page in groff's language."""
    summary, *paragraphs = (command.help or "").strip().split("\n\n")
    lines = [f'.TH {plain(name.upper())} 1 "" "chainrule {version}" "User Commands"']
    lines += [".SH NAME", f"{plain(name)} \\- {prose(summary).rstrip('.')}"]
    usage = plain(" ".join(command.collect_usage_pieces(context)))
    lines += [".SH SYNOPSIS", rf"\fB{plain(context.command_path)}\fR", usage]
    if paragraphs:
        lines += [".SH DESCRIPTION", *(line for text in paragraphs for line in paragraph(text))]
    for title, options in command.sections(context).items():
        lines.append(f".SH {title.upper()}" if title == "Options" else f".SH {title.upper()} OPTIONS")
        for typed, does in options:
            lines += [".TP", option(typed), prose(does)]
    commands = getattr(command, "commands", {})
    if commands:
        lines.append(".SH COMMANDS")
        for each in commands.values():
            lines += [".TP", rf"\fBchainrule\-{each.name}\fR(1)", prose(each.help.strip().partition("\n\n")[0])]
    if command.epilog:
        lines += [".SH EXAMPLES", *paragraph(command.epilog.replace("Examples:\n", ""))]
    if not commands:
        lines += [".SH SEE ALSO", r"\fBchainrule\fR(1)"]
    return "\n".join(lines) + "\n"


def paragraph(text: str) -> list[str]:
    """A paragraph of a help text; one that begins with a backspace, click's sign for it, keeps its lines."""
    if text.startswith("\b"):
        return [".PP", ".nf", *(plain(line.strip()) for line in text.strip("\b\n").splitlines()), ".fi"]
    return [".PP", prose(text)]


def option(typed: str) -> str:
    """How an option is typed: names in bold, what stands for a value in italics."""
    return " ".join(rf"\f{'B' if part.startswith('-') else 'I'}{plain(part)}\fR" for part in typed.split())


def prose(text: str) -> str:
    """Words in one line; what stands in backticks is bold."""
    return re.sub("`([^`]*)`", r"\\fB\1\\fR", plain(" ".join(text.split())))


def plain(text: str) -> str:
    """Text that groff takes as it stands."""
    escaped = text.replace("\\", r"\e").replace("-", r"\-")
    return rf"\&{escaped}" if escaped.startswith((".", "'")) else escaped
