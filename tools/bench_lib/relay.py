"""Stands between two nodes and counts what goes over their connections, as TCP carries it: CURVE, seals and padding included."""
import socket
import threading


class Relay:
    """Listens on one port of this machine and hands everything on to another."""

    def __init__(self, port, to):
        self.to, self.bytes, self.lock = to, 0, threading.Lock()
        self.listener = socket.create_server(("127.0.0.1", port))
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                here, _ = self.listener.accept()
            except OSError:
                return  # closed
            try:
                there = socket.create_connection(("127.0.0.1", self.to))
            except OSError:
                here.close()
                continue
            for source, target in ((here, there), (there, here)):
                threading.Thread(target=self.pump, args=(source, target), daemon=True).start()

    def pump(self, source, target):
        try:
            while data := source.recv(1 << 16):
                with self.lock:
                    self.bytes += len(data)
                target.sendall(data)
        except OSError:
            pass  # one of both ends is gone; so is the other, then
        for end in (source, target):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def close(self):
        self.listener.close()
