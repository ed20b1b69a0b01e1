"""The app served until it is stopped: an address to listen on, a browser to open, a clean end."""

from __future__ import annotations

import contextlib
import ipaddress
import logging
import socket
import threading
import webbrowser
from collections.abc import Callable

import msgspec

from dragoman.errors import SettingsError
from dragoman.web.app import make
from dragoman.web.site import LOOPBACK, Site

PORT = 8765
_TRIED = 20


def serve(
    site: Site, *, host: str = "127.0.0.1", port: int | None = None, browser: bool = True,
    told: Callable[[str], None] = lambda line: None,
) -> None:  # fmt: skip
    """Serves the site until it is interrupted. Raises SettingsError where it must not or cannot listen.

    Without a port the usual one is taken, or the next that is free.
    """
    import uvicorn

    loopback = is_loopback(host)
    if not loopback and site.open:
        raise SettingsError(
            f"{host} can be reached from other machines, and nobody would be asked who they are",
            name="host",
            hint="give --token, or --proxy-header behind a proxy that says who asks; or leave out --host",
        )
    listening = _listening(host, port)
    taken = listening.getsockname()[1]
    hosts = site.hosts if loopback else tuple(dict.fromkeys((*site.hosts, host.lower())))
    app = make(msgspec.structs.replace(site, port=taken, hosts=hosts))
    shown = f"[{host}]" if ":" in host else ("127.0.0.1" if host in ("", "0.0.0.0") else host)
    address = f"http://{shown}:{taken}/"
    configuration = uvicorn.Config(
        app, log_level="warning", access_log=False, server_header=False, date_header=True, proxy_headers=False,
        timeout_graceful_shutdown=5, limit_concurrency=200, h11_max_incomplete_event_size=32_768,
    )  # fmt: skip
    logging.getLogger("dragoman.web").setLevel(logging.ERROR)

    class Server(uvicorn.Server):
        # who reads the line may end the app at once, so it comes when there is something that can end cleanly
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            told(f"{address} shows {site.store}; Ctrl+C ends it")
            if browser:
                threading.Thread(target=_open, args=(address,), daemon=True).start()

    with contextlib.closing(listening), contextlib.suppress(KeyboardInterrupt):
        Server(configuration).run(sockets=[listening])


def answer_mcp(site: Site) -> None:
    """Answers programs that speak the Model Context Protocol on standard input and output. Raises MissingExtra."""
    from dragoman.web import mcp

    mcp.serve(site)


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach that address."""
    if host.lower() in LOOPBACK:
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _listening(host: str, port: int | None) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    tried = [port] if port is not None else [*range(PORT, PORT + _TRIED), 0]
    for one in tried:
        # asyncio sends small pieces at once only on sockets that say they speak TCP
        found = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            found.bind((host, one))
            found.listen(128)
        except OSError as fault:
            found.close()
            if port is not None or one == 0:
                raise SettingsError(
                    f"{host}:{one} cannot be listened on: {fault.strerror or fault}", name="port",
                    hint="another port, or none for one that is free",
                ) from fault  # fmt: skip
            continue
        return found
    raise SettingsError("no port is free", name="port", hint="name one with --port")


def _open(address: str) -> None:
    with contextlib.suppress(Exception):  # where there is no browser, the line with the address is enough
        webbrowser.open(address)
