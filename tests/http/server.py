"""A server of ours for tests: builds a corpus, serves it on a free port, ends it again. Standard library only."""
import http.client
import os
import re
import signal
import socket
import subprocess
import tempfile
import threading

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
PINCITE = os.environ.get("PINCITE", os.path.join(ROOT, "build", "pincite"))
SKIPPED = 77


def build(corpus, out, *more):
    subprocess.run([PINCITE, "build", *(corpus if isinstance(corpus, list) else [corpus]), "-o", out, *more], check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return out


class Server:
    def __init__(self, index, *more):
        self.process = subprocess.Popen([PINCITE, "serve", index, "--listen", "127.0.0.1:0", *more],
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        match = re.search(r"http://127\.0\.0\.1:(\d+)/", line)
        if not match:
            raise RuntimeError(f"the server did not start: {line!r} {self.process.stderr.read()}")
        self.port = int(match[1])
        self.said = []
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self):
        for line in self.process.stderr:
            self.said.append(line)

    def connect(self, timeout=20):
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)

    def get(self, path, headers=None, method="GET", timeout=20):
        """(status, headers, body) on a connection of its own"""
        c = self.connect(timeout)
        try:
            c.putrequest(method, path, skip_accept_encoding=True)
            for name, value in (headers or {}).items():
                c.putheader(name, value)
            c.endheaders()
            r = c.getresponse()
            return r.status, {k.lower(): v for k, v in r.getheaders()}, r.read()
        finally:
            c.close()

    def raw(self, data, timeout=20, wait=True):
        """What comes back for these bytes, until the server closes or `timeout` passes."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=timeout) as s:
            s.settimeout(timeout)
            out = b""
            try:
                s.sendall(data)
            except (BrokenPipeError, ConnectionResetError):
                pass
            try:
                while wait:
                    got = s.recv(65536)
                    if not got:
                        break
                    out += got
            except (socket.timeout, ConnectionResetError):
                pass
            return out

    def hangup(self):
        self.process.send_signal(signal.SIGHUP)

    def alive(self):
        return self.process.poll() is None

    def stop(self):
        if self.alive():
            self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=30)


def scratch():
    return tempfile.TemporaryDirectory(prefix="pincite-")
