"""Says what happens: the story on its own, or with --check one line a step. Knows which step is under way."""
import sys
import textwrap
import time

NO_BREAK = "\u00a0"


class Teller:
    def __init__(self, story):
        self.story = story
        self.began = time.monotonic()
        self.step = "starting"
        self.step_began = self.began

    def begin(self, step):
        self.step, self.step_began = step, time.monotonic()

    def seconds(self):
        return time.monotonic() - self.step_began

    def done(self, sentence):
        """The end of a step, with its time."""
        if self.story:
            self.say(f"{sentence} ({self.seconds():.1f}{NO_BREAK}s)")
        else:
            print(f"{time.monotonic() - self.began:6.1f} s  {self.step}: {sentence}", flush=True)

    def chapter(self, title):
        if self.story:
            print(f"\n{title}\n{'-' * len(title)}", flush=True)

    def say(self, text):
        """A paragraph."""
        if self.story:
            print(textwrap.fill(text, 100, break_long_words=False, break_on_hyphens=False).replace(NO_BREAK, " "), flush=True)

    def lines(self, listed):
        if self.story:
            for line in listed:
                print(f"  {line}", flush=True)

    def progress(self, text):
        """A line that is overwritten, on a terminal only."""
        if self.story and sys.stdout.isatty():
            print(f"\r\033[K{text}", end="", flush=True)

    def end_progress(self):
        if self.story and sys.stdout.isatty():
            print("\r\033[K", end="", flush=True)
