"""A site behind a plain web server, as somebody puts it on the web: Debian's, each with the site's own rules."""

import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

PLACES = "/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin"
NGINX = shutil.which("nginx", path=PLACES)
# Each server with the file of its rules, by the name of its program; and Debian's package of it.
RULES = {"nginx": "servers/nginx.conf", "apache2": ".htaccess", "caddy": "servers/Caddyfile"}
PACKAGES = {"nginx": "nginx-light", "apache2": "apache2", "caddy": "caddy"}
MODULES = ["mpm_event", "authz_core", "dir", "autoindex", "mime", "headers", "alias", "rewrite"]

AROUND_NGINX = """
daemon off;
master_process off;
pid {work}/nginx.pid;
error_log {work}/error.log;
events {{ }}
http {{
  types {{ text/html html; text/css css; application/javascript js; image/png png; image/svg+xml svg; }}
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
AROUND_APACHE = """
{modules}
ServerRoot {work}
ServerName 127.0.0.1
Listen 127.0.0.1:{port}
PidFile {work}/pid
Mutex file:{work}
ErrorLog {work}/error.log
User www-data
Group www-data
TypesConfig /etc/mime.types
DocumentRoot {root}
<Directory />
Require all denied
</Directory>
<Directory {root}>
AllowOverride All
Options FollowSymLinks
Require all granted
</Directory>
"""
AROUND_CADDY = """{{
\tadmin off
\tauto_https off
\tstorage file_system {work}
}}
"""


def program(name: str) -> str | None:
    """Where a server's program is, None where it is not installed."""
    return shutil.which(name, path=PLACES)


@contextmanager
def served(root: Path, conf: Path, work: Path) -> Iterator[str]:
    """Serve a folder with an nginx.conf of a site: the address of the server."""
    with running("nginx", root, conf, work) as address:
        yield address


@contextmanager
def running(name: str, root: Path, conf: Path, work: Path) -> Iterator[str]:
    """Serve a folder with the rules of a site for a server, only on this machine: the address of the server."""
    with readable(name, root) as folder, started(name, folder, conf, work) as address:
        yield address


@contextmanager
def readable(name: str, root: Path) -> Iterator[Path]:
    """A folder as a server can read it: Apache reads as somebody else where root starts it, and who that is may not see
    the folders of tests.
    """
    if name != "apache2" or os.geteuid():
        yield root
        return
    with TemporaryDirectory(prefix="koweb-") as folder:
        Path(folder).chmod(0o755)
        yield shutil.copytree(root, Path(folder) / "site")


@contextmanager
def started(name: str, root: Path, conf: Path, work: Path) -> Iterator[str]:
    """The address of a server, which is ended with the context."""
    work.mkdir(parents=True, exist_ok=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with (work / "error.log").open("ab") as log:
        words = COMMANDS[name](root, conf.read_text(encoding="utf-8"), work, port)
        environment = {"HOME": str(work), "PATH": PLACES}
        process = subprocess.Popen([str(program(name)), *words], stdout=log, stderr=log, env=environment)
    try:
        wait(port, process, work)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(10)


def nginx(root: Path, text: str, work: Path, port: int) -> list[str]:
    """How nginx is started, with its rules at a port."""
    text = re.sub(r"\blisten 80;", f"listen 127.0.0.1:{port};", text)
    text = re.sub(r"\broot [^;]+;", f"root {root};", text)
    (work / "site.conf").write_text(text, encoding="utf-8")
    (work / "nginx.conf").write_text(AROUND_NGINX.format(work=work), encoding="utf-8")
    return ["-c", str(work / "nginx.conf"), "-p", str(work)]


def apache(root: Path, _text: str, work: Path, port: int) -> list[str]:
    """How Apache is started: it finds its rules in the folder itself."""
    there = Path("/usr/lib/apache2/modules")
    modules = "\n".join(f"LoadModule {one}_module {there}/mod_{one}.so" for one in MODULES)
    text = AROUND_APACHE.format(modules=modules, work=work, root=root, port=port)
    (work / "apache.conf").write_text(text, encoding="utf-8")
    return ["-X", "-f", str(work / "apache.conf")]


def caddy(root: Path, text: str, work: Path, port: int) -> list[str]:
    """How Caddy is started, with its rules at a port."""
    text = re.sub(r"(?m)^[^\s#]\S* \{", f"http://127.0.0.1:{port} {{\n\tbind 127.0.0.1", text)
    text = re.sub(r"root \* \S+", f"root * {root}", text)
    (work / "Caddyfile").write_text(AROUND_CADDY.format(work=work) + text, encoding="utf-8")
    return ["run", "--config", str(work / "Caddyfile"), "--adapter", "caddyfile"]


COMMANDS: dict[str, Callable[[Path, str, Path, int], list[str]]] = {"nginx": nginx, "apache2": apache, "caddy": caddy}


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
