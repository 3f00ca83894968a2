"""An S3 server on this machine, and a proxy before it that fails as networks and servers do."""

from __future__ import annotations

import http.client
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from moto.server import ThreadedMotoServer

__all__ = ["Fault", "Proxy", "serving"]

BUCKET = "bucket"
HOP = {"connection", "expect", "transfer-encoding", "keep-alive"}  # headers that are for one connection

# Given the method, the path and the number of such requests before; returns what goes wrong, or None.
Fault = Callable[[str, str, int], str | None]


class Proxy:
    """Where requests go first; `fault` says which fail and how, `requests` has all methods and paths.

    A fault is "503", "500", "403", "cut" (half of the body, then the connection is closed), "short" (half of the body,
    as if it were all), or "drop" (the connection is closed without an answer, after the request was done).
    """

    def __init__(self, port: int) -> None:
        self.fault: Fault = lambda method, path, number: None
        self.requests: list[tuple[str, str]] = []
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True  # a body that follows its headers is sent at once

            def _pass(self) -> None:
                body = self._body()
                path = self.path.partition("?")[0]
                number = proxy.requests.count((self.command, path))
                proxy.requests.append((self.command, path))
                how = proxy.fault(self.command, path, number)
                if how in ("500", "503", "403"):
                    self.close_connection = True
                    self.send_response(int(how))
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                    return
                server = http.client.HTTPConnection("127.0.0.1", port)
                kept = {name: value for name, value in self.headers.items() if name.lower() not in HOP}
                server.request(self.command, self.path, body, {**kept, "Content-Length": str(len(body))})
                answer = server.getresponse()
                data = answer.read()
                server.close()
                if how == "drop":
                    self.close_connection = True
                    return
                self.send_response(answer.status)
                sent = data[: len(data) // 2] if how in ("cut", "short") else data
                for name, value in answer.getheaders():
                    if name.lower() == "content-length" and self.command != "HEAD":
                        value = str(len(sent) if how == "short" else len(data))
                    if name.lower() not in HOP:
                        self.send_header(name, value)
                self.end_headers()
                with suppress(OSError):
                    self.wfile.write(sent)
                if how == "cut":
                    self.close_connection = True

            def _body(self) -> bytes:
                if self.headers.get("Transfer-Encoding") != "chunked":
                    return self.rfile.read(int(self.headers.get("Content-Length") or 0))
                chunks = []
                while size := int(self.rfile.readline().partition(b";")[0], 16):
                    chunks.append(self.rfile.read(size))
                    self.rfile.readline()
                while self.rfile.readline().strip():
                    pass
                return b"".join(chunks)

            def __getattr__(self, name: str) -> Any:
                if name.startswith("do_"):
                    return self._pass
                raise AttributeError(name)

            def log_message(self, *_: Any) -> None:
                """Nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        Thread(target=self._server.serve_forever, daemon=True).start()

    def uri(self, path: str) -> str:
        """The URI of a folder in the bucket, by way of this."""
        port = self._server.server_address[1]
        return f"s3://{BUCKET}/{path}?scheme=http&endpoint_override=127.0.0.1:{port}&region=us-east-1"

    def count(self, method: str, path: str) -> int:
        """How many requests there were for a path in the bucket."""
        return self.requests.count((method, f"/{BUCKET}/{path}"))

    def close(self) -> None:
        """Serve no more."""
        self._server.shutdown()
        self._server.server_close()


@contextmanager
def serving() -> Iterator[Proxy]:
    """A server with an empty bucket, and the proxy before it."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    _, port = server.get_host_and_port()
    proxy = Proxy(port)
    try:
        put = http.client.HTTPConnection("127.0.0.1", port)
        put.request("PUT", f"/{BUCKET}", headers={"Authorization": "AWS4-HMAC-SHA256 Credential=key/x/us-east-1/s3/x"})
        assert put.getresponse().status == 200
        yield proxy
    finally:
        proxy.close()
        server.stop()
