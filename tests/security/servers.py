"""Servers beside the forum: a storage, one that is slow on purpose, one that sends round in circles."""

import datetime
import socket
import ssl
import threading
from collections.abc import Callable, Iterable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec


class Storage:
    """Answers everything with one content, and remembers what it was asked: headers in small letters, and the path.
    `certified`: it is encrypted, with a certificate for that name; `asked` are the names of handshakes.
    """

    def __init__(
        self,
        content: bytes,
        address: str = "127.0.0.1",
        port: int = 0,
        *,
        certified: str = "",
        folder: Path | None = None,
    ) -> None:
        self.seen: list[dict[str, str]] = []
        self.asked: list[str | None] = []
        seen = self.seen

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                seen.append({**{name.lower(): value for name, value in self.headers.items()}, "path": self.path})
                self.send_response(200)
                self.send_header("Content-Type", "image/png")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_args: object) -> None:
                """Nothing."""

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_args: object) -> None:
                """A client that left."""

        self.server = Server((address, port), Handler)
        if certified and folder is not None:
            self.certificate = folder / "storage.pem"
            certify(certified, self.certificate)
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(self.certificate)
            context.sni_callback = lambda _sock, name, _context: self.asked.append(name)
            self.server.socket = context.wrap_socket(
                self.server.socket, server_side=True, do_handshake_on_connect=False
            )
        self.port = self.server.server_port
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    def __enter__(self) -> Self:
        self.thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


def certify(name: str, file: Path) -> None:
    """A certificate for a name, which certifies itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    who = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(who)
        .issuer_name(who)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(made.public_bytes(serialization.Encoding.PEM) + secret)


class Raw:
    """Writes pieces, `every` so many seconds, to whoever connects and asks; `asked` counts them."""

    def __init__(self, pieces: Callable[[], Iterable[bytes]], every: float, *, listens: bool = True) -> None:
        self.pieces = pieces
        self.every = every
        self.listens = listens
        self.asked = 0
        self.over = threading.Event()
        self.server = socket.create_server(("127.0.0.1", 0))
        self.port = self.server.getsockname()[1]
        self.threads = [threading.Thread(target=self.accept, daemon=True)]

    def accept(self) -> None:
        """Take everybody."""
        while True:
            try:
                connection, _address = self.server.accept()
            except OSError:
                return
            self.asked += 1
            self.threads.append(threading.Thread(target=self.serve, args=(connection,), daemon=True))
            self.threads[-1].start()

    def serve(self, connection: socket.socket) -> None:
        """Answer one."""
        with connection:
            try:
                if self.listens:
                    connection.recv(65536)
                for piece in self.pieces():
                    connection.sendall(piece)
                    if self.over.wait(self.every):
                        return
            except OSError:
                return

    def __enter__(self) -> Self:
        self.threads[0].start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.over.set()
        self.server.shutdown(socket.SHUT_RDWR)
        self.server.close()
        for thread in self.threads:
            thread.join()
