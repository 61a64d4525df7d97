"""`make bench`: the portal beside a bare WSGI function, both under the same gunicorn, in alternating rounds.

Prints requests a second and the share of the bare function, and the server time of the warm pages. Everything
runs on 127.0.0.1 against a database of its own in a temporary folder, for a bounded number of requests.
"""

import os
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROUNDS, REQUESTS, PAGES = 7, 1500, 60


@dataclass(frozen=True)
class Target:
    """One request, as bytes, and where it goes."""

    port: int
    request: bytes

    def measure(self, count: int) -> float:
        """Requests a second over one kept-alive connection at a time (gthread keeps them open)."""
        started = time.perf_counter()
        with socket.create_connection(("127.0.0.1", self.port)) as connection:
            for _ in range(count):
                connection.sendall(self.request)
                _read(connection)
        return count / (time.perf_counter() - started)


def _read(connection: socket.socket) -> tuple[bytes, bytes]:
    data = b""
    while b"\r\n\r\n" not in data:
        data += connection.recv(262144)
    head, _, body = data.partition(b"\r\n\r\n")
    length = re.search(rb"content-length: (\d+)", head.lower())
    has_body = b" 304 " not in head.split(b"\r\n")[0]
    if has_body and not length:
        raise SystemExit("An answer without Content-Length cannot be read to its end.")
    wanted = int(length[1]) if has_body else 0
    while len(body) < wanted:
        body += connection.recv(262144)
    return head, body


def _ask(port: int, path: str, headers: dict[str, str]) -> bytes:
    lines = [f"GET {path} HTTP/1.1", "Host: 127.0.0.1", *(f"{k}: {v}" for k, v in headers.items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def _fetch(port: int, path: str, headers: dict[str, str]) -> tuple[bytes, bytes]:
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(_ask(port, path, headers))
        head, body = _read(connection)
    if b" 200 " not in head.split(b"\r\n")[0]:
        raise SystemExit(f"{path}: {head.splitlines()[0].decode()}")
    return head, body


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def _served(application: str, env: dict[str, str]) -> Iterator[int]:
    port = _free_port()
    command = [sys.executable, "-m", "gunicorn", application, "-b", f"127.0.0.1:{port}", "--workers", "1"]
    command += ["--threads", "4", "--keep-alive", "60", "--log-level", "error"]
    process = subprocess.Popen(command, cwd=ROOT, env=env)
    try:
        for _ in range(200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=20)


def _manage(env: dict[str, str], *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments], cwd=ROOT, env=env, check=True, capture_output=True, text=True
    )
    return done.stdout


def _prepared(folder: Path) -> tuple[dict[str, str], str, str]:
    """An environment with a loaded database, an API token, and a session cookie."""
    env = os.environ | {
        "DATABASE_URL": f"sqlite:///{folder}/bench.sqlite3",
        "DEMO_DATE": "2020-10-20",
        "NTM_API_RATE": "0",
        "DJANGO_SETTINGS_MODULE": "tests.benchmarks.settings",
        "SECRET_KEY": "bench",
        "BENCH_BODIES": str(folder / "bodies"),
        "NTM_FILES_DIR": str(folder / "files"),
    }
    (folder / "bodies").mkdir()
    for arguments in (["migrate"], ["load_reference"], ["load_demo", "--until", "2020-10-20"]):
        _manage(env, *arguments)
    token = _manage(env, "create_token", "dieuphoi", "--name", "bench").splitlines()[-1]
    make = "from tests.benchmarks.session import make_session; make_session()"
    return env, token, _manage(env, "shell", "-v", "0", "-c", make).splitlines()[-1]


def _rates(portal: Target, bare: Target) -> tuple[float, float]:
    """Medians of alternating rounds, after one to warm up."""
    for target in (portal, bare):
        target.measure(REQUESTS // 5)
    rounds = [(portal.measure(REQUESTS), bare.measure(REQUESTS)) for _ in range(ROUNDS)]
    return statistics.median(p for p, _ in rounds), statistics.median(b for _, b in rounds)


def _server_time(port: int, paths: list[str], headers: dict[str, str]) -> tuple[float, float]:
    """Median and 95th percentile of the server's own time, in milliseconds (Server-Timing)."""
    took = []
    for path in paths:
        head, _ = _fetch(port, path, headers)
        took.append(float(re.search(rb"dur=([\d.]+)", head)[1]))
    return statistics.median(took), sorted(took)[int(len(took) * 0.95)]


def main() -> None:
    """Prepare, serve, measure, print."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        env, token, cookie = _prepared(folder)
        headers = {"Authorization": f"Token {token}"}
        with _served("ntm_portal.wsgi", env) as port:
            head, body = _fetch(port, "/api/v1/communes/", headers)
            etag = re.search(rb'(?i)etag: ("[^"]+")', head)[1].decode()
            (folder / "bodies" / "communes").write_bytes(body)
            with _served("tests.benchmarks.bare", env) as bare_port:
                bare_etag = {"If-None-Match": '"0123456789abcdef0123456789abcdef"'}
                cases = {
                    f"communes/ 200 ({len(body)} bytes)": (headers, {}),
                    "communes/ 304": (headers | {"If-None-Match": etag}, bare_etag),
                }
                print(f"{'':32}{'portal/s':>10}{'bare/s':>10}{'share':>8}")
                for label, (asked, bare_asked) in cases.items():
                    portal = Target(port, _ask(port, "/api/v1/communes/", asked))
                    bare = Target(bare_port, _ask(bare_port, "/communes", asked | bare_asked))
                    ours, theirs = _rates(portal, bare)
                    print(f"{label:32}{ours:10.0f}{theirs:10.0f}{ours / theirs:8.0%}")
            print(f"\n{'':32}{'median ms':>10}{'p95 ms':>10}")
            session = {"Cookie": f"sessionid={cookie}"}
            for path in ("/", "/ma-tran/"):
                _fetch(port, path, session)
                _print_times(f"{path} warm", *_server_time(port, [path] * PAGES, session))
            days = [
                f"/api/v1/communes/?as_of=2020-{month:02}-{day:02}" for month in range(2, 10) for day in (3, 12, 21)
            ]
            _print_times("communes/ cold, another day each", *_server_time(port, days, headers))
        subprocess.run([sys.executable, "-m", "tests.benchmarks.workbooks"], cwd=ROOT, env=env, check=True)


def _print_times(label: str, median: float, late: float) -> None:
    print(f"{label:34}{median:8.1f}{late:10.1f}")


if __name__ == "__main__":
    main()
