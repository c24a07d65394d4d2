"""A site behind a plain web server, as somebody puts it on the web: Debian's nginx, with the site's own rules."""

import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

NGINX = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin")
AROUND = """
daemon off;
master_process off;
pid {work}/nginx.pid;
error_log {work}/error.log;
events {{ }}
http {{
  types {{ text/html html; text/css css; application/javascript js; image/png png; }}
  default_type application/octet-stream;
  access_log off;
  client_body_temp_path {work}/body;
  proxy_temp_path {work}/proxy;
  fastcgi_temp_path {work}/fastcgi;
  uwsgi_temp_path {work}/uwsgi;
  scgi_temp_path {work}/scgi;
  include {work}/site.conf;
}}
"""


@contextmanager
def served(root: Path, conf: Path, work: Path) -> Iterator[str]:
    """Serve a folder with an nginx.conf of a site: the address of the server."""
    work.mkdir(parents=True, exist_ok=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    text = conf.read_text(encoding="utf-8")
    text = re.sub(r"\blisten 80;", f"listen 127.0.0.1:{port};", text)
    text = re.sub(r"\broot [^;]+;", f"root {root};", text)
    (work / "site.conf").write_text(text, encoding="utf-8")
    (work / "nginx.conf").write_text(AROUND.format(work=work), encoding="utf-8")
    process = subprocess.Popen([str(NGINX), "-c", str(work / "nginx.conf"), "-p", str(work)], stderr=subprocess.DEVNULL)
    try:
        wait(port, process, work)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(10)


def wait(port: int, process: "subprocess.Popen[bytes]", work: Path) -> None:
    """Wait until it answers. Raises RuntimeError with what it says if it does not start."""
    for _nth in range(500):
        if process.poll() is not None:
            raise RuntimeError((work / "error.log").read_text(encoding="utf-8"))
        with socket.socket() as one:
            if one.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise RuntimeError((work / "error.log").read_text(encoding="utf-8"))
