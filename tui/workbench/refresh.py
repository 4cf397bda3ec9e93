"""When to draw what: the trainer's listener.

It asks for snapshots while an animation plays, holds drawing back while the terminal is behind, and keeps header,
footer and micro-stepping in step with what is on the screen. What a panel is given is decided in `parts`.
"""

from textual.app import App
from textual.screen import Screen
from textual.timer import Timer

from engine.views.queries import TrailQuery
from tui.terminal.driver import Link
from tui.terminal.pacing import FENCE_TIMEOUT, TICK
from tui.workbench.layout import FULL_HEIGHT, FULL_WIDTH, Arrangement, is_small
from tui.workbench.micro_stepping import MicroStepping
from tui.workbench.panels import Panels
from tui.workbench.parts import Parts
from tui.workbench.status import status_of
from tui.worker.intents import Intent
from tui.worker.messages import Draw, Opened, Snapshot
from tui.worker.remote import LATE, Trainer


class Refresher:
    """Keeps a screen of panels up to date."""

    def __init__(
        self, screen: Screen[None], trainer: Trainer, micro_stepping: MicroStepping, parts: Parts, panels: Panels,
        arrangement: Arrangement, link: Link,
    ) -> None:  # fmt: skip
        self._screen = screen
        self._trainer = trainer
        self._micro_stepping = micro_stepping
        self._parts = parts
        self._panels = panels
        self._arrangement = arrangement
        self._link = link
        self._was_playing = False
        self._frames: Timer | None = None
        self._retry: Timer | None = None

    def begin(self) -> None:
        """Draw from now on, paced by the terminal if there is one."""
        self._frames = self._screen.set_interval(TICK, self._tick, pause=True)
        self._trainer.attach(self)
        self._link.on_room = self._room_again
        for panel in self._panels:
            panel.may_draw = self.room

    @property
    def begun(self) -> bool:
        """Whether anything is drawn yet."""
        return self._frames is not None

    # What the trainer has to tell.

    def wanted(self) -> Draw:
        """The parts of a snapshot that would be drawn now."""
        return self._parts.wanted(slow_link=self._link.pacer.slow_link)

    def opened(self, opened: Opened) -> None:
        """A run is ready: show its data."""
        self.end_micro()
        self._parts.use(opened.data.dataset)
        self._parts.schedule.everything()

    def snapshot(self, snapshot: Snapshot) -> None:
        """Something new to draw: every panel has its part."""
        self._parts.hand_out(snapshot)
        if self._micro_stepping.on and (outline := self._panels.graph.outline):
            self.follow_micro(went=self._micro_stepping.take(snapshot, outline.folding.graph))
        if self._arrangement.with_settings:
            self._parts.show_settings()
        trail = snapshot.part(TrailQuery)
        if trail and not trail.complete and not self._trainer.playing:
            self.ask_for_details()
        self.show_state()
        if self._was_playing and not self._trainer.playing:
            self.ask_for_everything()
        self._was_playing = self._trainer.playing
        self._screen.call_after_refresh(self._link.fence)

    def look_at(self, node: str) -> None:
        """The node of this name is to be selected with the next snapshot."""
        self._parts.look_at = node

    def notice(self, text: str, *, serious: bool) -> None:
        """Show a line for a while."""
        if serious:
            self.end_micro()  # what was asked for may never come
            self._panels.settings.refused()
        tell(self._screen.app, text, wrong=serious)
        self.show_state()

    # What is asked for.

    def ask_for_everything(self) -> None:
        """Ask for all that is on the screen."""
        self._parts.schedule.everything()
        self._trainer.ask()

    def ask_for_details(self) -> None:
        """Ask for what a panel shows from now on; map and curves, if nothing moves, are those on the screen."""
        self._parts.details_only = not self._trainer.waiting and not self._trainer.playing
        self._trainer.ask()
        self._parts.details_only = False

    def send(self, *intents: Intent) -> None:
        """Let the run do what a person wants; the header is up to date at once, and again after LATE seconds."""
        goes = any(intent.pauses for intent in intents)
        if goes:
            self._parts.schedule.everything()
        self._trainer.send(*intents)
        self.show_state()
        if goes:
            self._screen.set_timer(LATE * 1.1, self.show_state)

    # When there is room for it.

    def _tick(self) -> None:
        """Ask for the next frame of animation if it is time."""
        if not self._trainer.waiting and self._link.animation_due():
            self._trainer.ask()

    def room(self) -> bool:
        """Whether something may be drawn now; if not, it will be tried again."""
        room = self._link.room()
        if not room and self._retry is None:
            self._retry = self._screen.set_timer(FENCE_TIMEOUT, self._room_again)
        return room

    def _room_again(self) -> None:
        """Draw what was held back while the terminal was behind."""
        if self._retry is not None:
            self._retry.stop()
            self._retry = None
        for panel in self._panels:
            panel.catch_up()
        self._trainer.ask_if_due()

    # What is said around the panels.

    def show_state(self) -> None:
        """Header, footer, and whether there is an animation at all."""
        trainer, micro = self._trainer, self._micro_stepping
        if self._frames is not None:
            (self._frames.resume if trainer.playing else self._frames.pause)()
        slow_link = self._link.pacer.slow_link
        self._panels.header.show(status_of(trainer, self._parts.dataset, micro=micro.status, slow_link=slow_link))
        searching = trainer.searched is not None and trainer.busy
        self._panels.footer.show(
            playing=trainer.playing or searching,
            hint=self._hint(searching=searching),
            front=self._arrangement.front,
        )

    def _hint(self, *, searching: bool) -> str:
        """The few words in front of the keys in the footer: what a person needs most, where things stand as they do."""
        last, panels, reason = self._trainer.last, self._panels, self._trainer.reason
        micro_unit, in_hand = self._micro_stepping.unit if self._micro_stepping.moment else "", panels.boundary.hint
        diverged = last is not None and last.metrics.diverged_at is not None
        hints = {
            "esc calls the search off": searching,
            f"{reason}; D shows where and why" if diverged else reason: bool(reason) and not (micro_unit or in_hand),
            f"{FULL_WIDTH}x{FULL_HEIGHT} shows all panels; tab: next": is_small(self._screen.app.size),
            f"by {micro_unit}: . next , back; m unit, esc end": bool(micro_unit),
            in_hand: bool(in_hand),
            "z shows all panels": self._arrangement.zoomed,
            "1 shows all panels": not (panels.graph.display or panels.settings.display),
            "D shows where and why": diverged,
        }
        return next((hint for hint, holds in hints.items() if holds), "")

    def follow_micro(self, *, went: bool = True) -> None:
        """Show where micro-stepping stands; it went nowhere at the very beginning of the run."""
        if not went:
            tell(self._screen.app, "this is where the run begins: there is nothing before it", wrong=False)
        self._panels.graph.follow(self._micro_stepping.moment)
        self._panels.inspector.follow(self._micro_stepping.scene)
        self.show_state()

    def end_micro(self) -> None:
        """Show whole steps again."""
        self._micro_stepping.end()
        self.follow_micro()


def tell(app: App[None], text: str, *, wrong: bool) -> None:
    """Show a line, whatever else goes on."""
    app.notify(text, severity="error" if wrong else "information", timeout=8, markup=False)


def make_room(app: App[None]) -> None:
    """Take away the lines that are shown: the newest is the one that is true."""
    app.clear_notifications()
    for screen in app.screen_stack:
        screen.query("ToastHolder").remove()  # Textual leaves an empty one behind
