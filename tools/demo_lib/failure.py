"""What ends a demo early: always with the step, and where there is one, the node."""


class Failed(Exception):
    def __init__(self, sentence, node=None):
        super().__init__(sentence)
        self.node = node


class Refused(Failed):
    """A node said no: `code` is the exit status of the command, the text is its sentence."""

    def __init__(self, sentence, node=None, code=1):
        super().__init__(sentence, node)
        self.code = code


class Stopped(Exception):
    """Somebody asked us to stop (Ctrl-C, SIGTERM, the terminal went away)."""
