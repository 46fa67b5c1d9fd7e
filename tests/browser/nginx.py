"""A real nginx before the real server, as an owner would put it there."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

NGINX = shutil.which("nginx", path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")
"""The program; None where there is none, and the tests that need it are left out."""

_CONFIG = """
daemon off;
user root;
pid nginx.pid;
error_log stderr;
worker_processes 1;
events {{}}
http {{
    access_log off;
    client_body_temp_path body;
    proxy_temp_path proxy;
    fastcgi_temp_path fastcgi;
    uwsgi_temp_path uwsgi;
    scgi_temp_path scgi;
    client_max_body_size 64m;
    proxy_http_version 1.1;
    proxy_set_header Upgrade $http_upgrade;
    proxy_set_header Connection "upgrade";
    proxy_set_header Host $http_host;
    proxy_set_header X-Forwarded-Proto $scheme;
    proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
    {servers}
}}
"""


def site(port: int, *locations: str, tls: Path | None = None) -> str:
    """Return a server on `port` with locations as nginx writes them; over https where `tls` holds a certificate."""
    listen, certificate = f"listen 127.0.0.1:{port};", ""
    if tls is not None:
        listen = f"listen 127.0.0.1:{port} ssl;"
        certificate = f"ssl_certificate {tls}/certificate.pem; ssl_certificate_key {tls}/key.pem;"
    return f"server {{ {listen} {certificate} {' '.join(locations)} }}"


def deployed(port: int, plain: int, replicas: tuple[int, int], *, tls: Path | None = None) -> str:
    """Return deploy/nginx.conf on `port`, before two replicas' ports.

    Args:
        port: where visitors come.
        plain: where http leads to https.
        replicas: ports of the two.
        tls: folder of its certificate; None for http on `port` too.
    """
    text = (Path(__file__).parents[2] / "deploy" / "nginx.conf").read_text("utf-8")
    without = "" if tls else "#"
    changes = {
        ":8501": f":{replicas[0]}",
        ":8502": f":{replicas[1]}",
        "listen 80;": f"listen 127.0.0.1:{plain};",
        "listen 443 ssl;": f"listen 127.0.0.1:{port}{' ssl' if tls else ''};",
        "ssl_certificate ": f"{without}ssl_certificate ",
        "ssl_certificate_key ": f"{without}ssl_certificate_key ",
        "/etc/nginx/tls": str(tls),
    }
    for there, here in changes.items():
        assert there in text
        text = text.replace(there, here)
    return text


def certificate(folder: Path) -> Path:
    """Make a certificate that signs itself in `folder`; return the folder."""
    command = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=test -keyout key.pem -out certificate.pem"
    subprocess.run(command.split(), cwd=folder, check=True, capture_output=True)
    return folder


@contextmanager
def running_nginx(folder: Path, *servers: str, port: int) -> Iterator[None]:
    """Run nginx with the servers that `site` describes, until one of them answers on `port`, and as long as needed."""
    assert NGINX, "tests marked nginx need nginx"
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o755)
    config = folder / "nginx.conf"
    config.write_text(_CONFIG.format(servers="\n".join(servers)))
    with (folder / "nginx.log").open("wb") as log:
        nginx = subprocess.Popen([NGINX, "-p", str(folder), "-c", str(config)], stdout=log, stderr=log)
    try:
        _wait_until_it_listens(port, nginx)
        yield
    finally:
        nginx.terminate()
        nginx.wait(15)


def _wait_until_it_listens(port: int, nginx: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 15
    while time.monotonic() < deadline:
        if nginx.poll() is not None:
            raise RuntimeError(f"nginx ended with exit code {nginx.returncode}")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise TimeoutError("nginx did not listen within 15 s")
