"""A TCP proxy on 127.0.0.1 that writes down every byte that passes, one file for each connection and direction, and can
spring a trap when so many bytes have passed to or from a node: a moment that polling from outside would miss."""
import selectors
import socket
import threading
from pathlib import Path


class Recorder:
    """One port of ours for each target port (`ports`). Until release() nobody can connect. A context."""

    def __init__(self, targets, folder):
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self._selector = selectors.DefaultSelector()
        self._stop, self._wake = socket.socketpair()
        self._connections = 0
        self._files = []
        self._open = set()
        self.ports = {}
        self.passed = dict.fromkeys(targets, 0)  # bytes to and from this target, over connections that it accepted
        self._traps = []
        self._trapping = threading.Lock()
        for target in targets:
            listener = socket.socket()
            listener.bind(("127.0.0.1", 0))
            self.ports[target] = listener.getsockname()[1]
            self._open.add(listener)
            self._selector.register(listener, selectors.EVENT_READ, lambda listener=listener, target=target: self._accept(listener, target))
        self._listeners = list(self._open)
        self._selector.register(self._stop, selectors.EVENT_READ, None)
        self._thread = threading.Thread(target=self._run, daemon=True)

    def release(self):
        for listener in self._listeners:
            listener.listen()
        self._thread.start()
        return self

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self._wake.close()
        if self._thread.is_alive():
            self._thread.join()
        for sock in (self._stop, *self._open):
            sock.close()
        self._selector.close()
        for file in self._files:
            file.close()

    def bytes_passed(self):
        return sum(self.passed.values())

    def trap(self, after, action):
        """Calls `action` once, on the recorder's thread, before bytes are passed on that bring the sum over `after`."""
        with self._trapping:
            self._traps.append((after, action))

    def clear_traps(self):
        """After this no trap springs that was set before, and none is in the middle of its action."""
        with self._trapping:
            self._traps.clear()

    def _run(self):
        while True:
            for key, _ in self._selector.select():
                if key.data is None:
                    return
                key.data()

    def _accept(self, listener, target):
        near, _ = listener.accept()
        try:
            far = socket.create_connection(("127.0.0.1", target), 5)
        except OSError:
            near.close()  # the node behind is down: the dialler tries again
            return
        self._connections += 1
        name = f"{self._connections:04d}-to-{target}"
        for source, sink, direction in ((near, far, "there"), (far, near, "back")):
            source.settimeout(5)  # a side that reads nothing for so long is gone
            file = open(self.folder / f"{name}.{direction}", "wb", buffering=0)
            self._files.append(file)
            self._open.add(source)
            self._selector.register(source, selectors.EVENT_READ, lambda s=source, k=sink, f=file: self._pass(s, k, f, target))

    def _pass(self, source, sink, file, target):
        if source not in self._open:
            return
        try:
            content = source.recv(1 << 16)
            file.write(content)
            self.passed[target] += len(content)
            with self._trapping:
                for trap in [trap for trap in self._traps if self.bytes_passed() > trap[0]]:
                    self._traps.remove(trap)
                    trap[1]()
            if content:
                sink.sendall(content)
                return
        except OSError:
            pass
        for sock in (source, sink):
            if sock in self._open:
                self._open.discard(sock)
                self._selector.unregister(sock)
                sock.close()
