"""The background worker: a process that drains intents, steps the Session and publishes snapshots.

A process and not a thread, so that training at full speed never delays a key and so that a crash
in here leaves the screen standing. It ends when its standard input does: a closed pipe tells it
that the app is gone, however the app ended.
"""

import os
import signal
import sys
import threading
import time
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import BinaryIO

from engine.programs.backend import Backend
from engine.programs.c_library import stop
from engine.run.session import Session
from engine.views.conditions import Search, condition_of
from engine.views.divergence import cause_of
from engine.views.watching import Watches
from tui.run.slices import MOST, Slices
from tui.run.spec import Run, open_run
from tui.worker.intents import Intent
from tui.worker.messages import Arrived, ComputedBy, Draw, Open, Opened, Problem, Report, Request, Said, Searched
from tui.worker.pipe import encoded, messages
from tui.worker.publisher import Publisher, told
from tui.worker.sentences import backend_text, divergence_text

SLICE = 0.004
"""Seconds of training between two looks at the intents."""
REST = 2.0
"""Times as long as a snapshot took is trained before the next, unless an intent comes between."""
PROGRESS = 0.1
"""Seconds between two snapshots amid single steps, or two words on a search."""
RATE_WINDOW = 1.0
"""Seconds over which the steps a second are measured."""


@dataclass(frozen=True, slots=True)
class Settled:
    """The compiler is through: the one request that comes from within the worker."""

    backend: Backend


Requests = SimpleQueue[Request | Settled]


class Worker:
    """The state of the worker: one session, and whether and how fast it plays."""

    def __init__(self, reports: BinaryIO, requests: Requests) -> None:
        self._reports = reports
        self._requests = requests
        self._run: Run | None = None
        self._publisher: Publisher | None = None
        self._number = 0
        self._limit: int | None = None
        self._until: int | None = None
        self._steps_left = 0
        self._target: int | None = None
        self._search: Search | None = None
        self._watches = Watches()
        self._playing = False
        self._speed: float | None = None
        self._due = 0.0
        self._draw: Draw | None = None
        self._rest_until = self._published_at = 0.0
        self._finished: deque[tuple[float, int]] = deque()
        self._slices = Slices(SLICE / 2)

    @property
    def _session(self) -> Session:
        assert self._run
        return self._run.session

    def run(self) -> None:
        """Serve until the process is ended from outside."""
        while True:
            self._wait()
            try:
                self._train()
                if self._draw and self._publisher and self._may_publish():
                    self._publish(self._publisher, self._draw)
            except Exception as error:  # whatever it is, the person reads it and the session stays
                self._fail(error)

    def _may_publish(self) -> bool:
        """Whether it is time for a snapshot: amid single steps only now and then, else after a rest.

        On the way to another step there is nothing to show: the screen is one step's or the other's.
        """
        if self._target is not None or self._search:
            return False
        now = time.monotonic()
        if self._steps_left:
            return now - self._published_at >= PROGRESS
        return now >= self._rest_until

    def _wait(self) -> None:
        """Take every intent that is there; sleep for one if there is nothing else to do."""
        pause: float | None = None
        now = time.monotonic()
        if self._run and self._draw:
            pause = max(0.0, self._rest_until - now)
        if self._run and (self._steps_left or self._target is not None or self._search):
            pause = 0.0
        elif self._run and self._playing:
            due = max(0.0, self._due - now)
            pause = due if pause is None else min(due, pause)
        try:
            while True:
                request = self._requests.get(block=pause != 0.0, timeout=pause)
                pause = 0.0
                try:
                    self._obey(request)
                except Exception as error:  # as above
                    self._fail(error)
        except Empty:
            return

    def _fail(self, error: Exception) -> None:
        self._pause()
        self._draw = self._target = self._search = None
        self._send(Problem(self._number, told(error)))

    def _send(self, report: Report) -> None:
        self._reports.write(encoded(report))
        self._reports.flush()

    def _obey(self, request: Request | Settled) -> None:
        match request:
            case Draw():
                self._draw = request
                return
            case Settled(backend):
                if self._run and self._session.backend is backend:
                    self._send(ComputedBy(self._number, backend_text(backend)))
            case Open():
                self._open(request)
            case Intent() if self._run:
                if request.ends_search:
                    self._call_search_off()
                try:
                    request.apply(self)
                except ValueError as error:
                    if not request.said_if_refused:
                        raise
                    self.say(str(error))
        self._rest_until = 0.0

    # What intents do here.

    def say(self, text: str) -> None:
        """Tell the person something about what they did last."""
        self._send(Said(self._number, text))

    def arrive(self) -> Session:
        """The session, at the step where the person is who asks for something that depends on the step."""
        if self._target is not None:
            self._session.seek(self._target)
            self._target = None
        return self._session

    def use_speed(self, steps_per_second: float | None) -> None:
        """Train so fast while playing."""
        self._speed, self._due = steps_per_second, time.monotonic()

    def play(self, playing: bool) -> None:
        """Train, or pause."""
        self._playing, self._due, self._steps_left = playing, time.monotonic(), 0
        self._finished.clear()

    def step(self, count: int) -> None:
        """Take so many steps more, and pause."""
        self._playing = False
        self._steps_left += count

    def _pause(self) -> None:
        """Neither train nor take the steps that are left."""
        self._playing, self._steps_left = False, 0

    def stay(self, step: int | None = None) -> None:
        """Pause at the step to which the session is going, or where it is."""
        step = self._session.step_count if step is None else step
        self._pause()
        self._until = self._limit if self._limit is not None and step < self._limit else None
        self._watches.look(self._session)
        self._finished.clear()

    def seek(self, step: int) -> None:
        """Set out for a step; `_train` goes on to it in slices."""
        self._target = self._session.set_out(step)
        self.stay(self._target)

    def move(self, by: int) -> None:
        """Set out for so many steps on or back; those that were asked for and not taken yet are called off first."""
        called_off = min(self._steps_left, max(0, -by))
        self._steps_left -= called_off
        if not called_off or by + called_off:
            self.seek(by + called_off + (self._session.step_count if self._target is None else self._target))

    def watch(self, conditions: Iterable[str], *, begins: bool) -> None:
        """Stop whenever one of them turns true; what this network can't meet, as another could, is said."""
        session, known = self.arrive(), []
        for text in conditions:
            try:
                known.append(condition_of(text, session))
            except ValueError as error:
                self.say(f"{text} is not watched: {error}")
        self._stop_if(self._watches.use(known, session, begins=begins))

    def search(self, condition: str) -> None:
        """Set out for the first step at which a condition holds."""
        session = self.arrive()
        self._search = Search(condition_of(condition, session), session)
        self._pause()
        self._published_at = time.monotonic()  # a short search says nothing on the way

    def _call_search_off(self) -> None:
        """Go back to where a search began that has found nothing yet."""
        if self._search:
            reached = self._session.step_count
            self._session.seek(self._search.begun_at)
            self.say(f"{self._search.condition.text}: the search was called off at step {reached}.")
            self._search = None

    def explain_divergence(self) -> None:
        """Go to where the run diverged, and say why it did."""
        session = self.arrive()
        if cause := cause_of(session):
            session.chooser.select("train", cause.index)
            self.stay()
            self._send(Arrived(self._number, divergence_text(cause), cause.node))
        else:
            self.say("this run has not diverged: every loss so far is finite")

    # The run.

    def _open(self, request: Open) -> None:
        self._draw = None
        try:
            run = open_run(request.spec, request.data)
            if request.checkpoint and request.timeline:
                run.session.restore(request.checkpoint, request.timeline, request.curves)
        except Exception:
            self._number = request.number
            if self._run:  # the app has let go of it: offer it again
                self._opened(self._run)
            raise
        self._run, self._number, self._steps_left, self._target = run, request.number, 0, None
        self._search, self._watches = None, Watches()
        backend = run.session.backend
        if backend.compiling:
            threading.Thread(target=self._tell_when_settled, args=(backend,), daemon=True).start()
        self._slices = Slices(SLICE / 2)  # a step of this run may take a thousand times as long
        self._limit = self._until = request.until
        if request.checkpoint and request.until is not None and request.until <= request.checkpoint.step:
            self._until = None
        self._opened(run)

    def _tell_when_settled(self, backend: Backend) -> None:
        backend.wait()
        self._requests.put(Settled(backend))

    def _opened(self, run: Run) -> None:
        self._publisher = Publisher(run.session, self.say)
        self._finished.clear()
        self._send(Opened(self._number, run.spec, run.data))

    def _train(self) -> None:
        """Train for a slice of time at most, as many steps as are due."""
        if self._run is None:
            return
        session, now = self._session, time.monotonic()
        end = now + SLICE
        while self._target is not None and now < end:
            if session.step_count < self._target:
                now = self._advance(self._target - session.step_count)
            if session.step_count >= self._target:
                self._target = None
                self._watches.look(session)
        if self._search:
            now = self._look_on(self._search, end)
        while self._steps_left and now < end:
            before = session.step_count
            now = self._advance(self._steps_left, self._watches)
            self._steps_left -= session.step_count - before
            self._stop_if(self._watches.look(session))
        while self._playing and now < end and (self._speed is None or self._due <= now):
            if self._until is not None and session.step_count >= self._until:
                # A person who plays on has seen the end that they asked for.
                self._playing, self._until = False, None
                break
            was_fine = session.diverged_at is None
            left = MOST if self._until is None else self._until - session.step_count
            now = self._advance(left if self._speed is None else 1, self._watches)
            self._stop_if(self._watches.look(session))
            self._finished.append((now, session.step_count))
            if self._speed is not None:
                self._due = max(self._due, now - SLICE) + 1.0 / self._speed
            if was_fine and session.diverged_at is not None:
                self._playing = False
        while len(self._finished) > 2 and now - self._finished[0][0] > RATE_WINDOW:
            self._finished.popleft()

    def _advance(self, most: int, watches: Watches | None = None) -> float:
        """As many steps as fit into a slice of time, at most these; the time after them."""
        began = time.monotonic()
        most = min(most, self._slices.steps)
        made = len((watches.train(self._session, most) if watches else self._session.advance(most)).train_losses)
        now = time.monotonic()
        self._slices.took(made, now - began)
        return now

    def _stop_if(self, turned: str) -> None:
        if turned:
            self._pause()
            step = self._session.step_count
            text = f"{turned}: true from step {step}."
            self._send(Arrived(self._number, text, reason=f"stopped: {turned}", step=step))

    def _look_on(self, search: Search, end: float) -> float:
        """Search up to this time, and say now and then how far it has come; the time after that."""
        while (now := time.monotonic()) < end:
            if not search.look():
                self._end_search(search)
                return time.monotonic()
        if now - self._published_at >= PROGRESS:
            self._published_at = now
            self._send(Searched(self._number, self._session.step_count))
        return now

    def _end_search(self, search: Search) -> None:
        self._search = None
        text, step = search.condition.text, self._session.step_count
        if search.found:
            told = f"Step {step} is the first with {text}."
            self._send(Arrived(self._number, told, reason=f"first step with {text}", step=step))
        else:
            self._send(Arrived(self._number, f"{text}: not so at any step from 0 to {self._session.end}."))
        self.stay()

    def _rate(self) -> float:
        if len(self._finished) < 2:
            return 0.0
        (start, first), (end, last) = self._finished[0], self._finished[-1]
        return max(0.0, (last - first) / (end - start)) if end > start else 0.0

    def _publish(self, publisher: Publisher, wanted: Draw) -> None:
        self._draw = None
        started = time.monotonic()
        self._send(
            publisher.snapshot(
                wanted, self._number, playing=self._playing, steps_left=self._steps_left, rate=self._rate()
            )
        )
        self._published_at = now = time.monotonic()
        self._rest_until = now + REST * (now - started) if self._playing else now


def receive(stream: BinaryIO, requests: Requests) -> None:
    """Queue what arrives; end the process when the app's end of the pipe closes, even amid a long computation."""
    for message in messages(stream):
        requests.put(message)
    stop()
    os._exit(0)


def main() -> None:
    """Serve the app at the other end of standard input and output."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    reports = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    requests: Requests = SimpleQueue()
    threading.Thread(target=receive, args=(sys.stdin.buffer, requests), daemon=True).start()
    try:
        Worker(reports, requests).run()
    except BrokenPipeError:
        stop()
        os._exit(0)


if __name__ == "__main__":
    main()
