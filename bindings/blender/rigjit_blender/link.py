"""A character that follows a stream: a socket that never waits, asked by a timer."""

import errno
import ipaddress
import os
import select
import socket
import time

import bpy

from .names import Target
from .player import Player
from .problems import GoneError, SceneError, check_writable
from .reader import rigjit_clip

INTERVAL = 1 / 240  # seconds between two polls of the timer
RETRY = 1.0  # seconds until a line that was dropped, or is not there yet, is tried again
_BUDGET = 0.02  # seconds of reading a poll; what is left waits for the next
_PIECE = 1 << 18  # bytes
_STALLED = 3.0  # seconds without a frame that are worth saying
_IN_PROGRESS = {
    errno.EINPROGRESS,
    errno.EWOULDBLOCK,
    errno.EALREADY,
    getattr(errno, "WSAEWOULDBLOCK", 0),
}


def parse_address(text, default_port=None):
    """("host", port) of "host:port" or "[::1]:port"; SceneError for anything else."""
    host, colon, port = text.strip().rpartition(":")
    if not colon and default_port is not None:
        host, port = text.strip(), str(default_port)
    host = host.strip("[]")
    if not host or not port.isdecimal() or not 0 < int(port) < 65536:
        raise SceneError(f"{text!r} is no address: write host:port, such as 127.0.0.1:7001")
    return host, int(port)


def is_local(host):
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class Link:
    """Shows the newest frame that a server of rigjit's streams sends, on one armature.

    start() connects, and outside background mode lets a timer call poll(); stop() ends it. No
    thread, nothing waits, nothing of Blender's is kept. status: what to tell the artist; state:
    "off", "waiting" (for the server), "on" or "failed"; left_out as in Player; shown, received and
    missed: frames; rate: frames shown a second.
    """

    def __init__(self, armature, host, port, choices=None):
        check_writable(armature)
        if not is_local(host) and not getattr(bpy.app, "online_access", True):
            raise SceneError(
                f"{host} is not this machine: allow it with Preferences > System > Network > Allow "
                "Online Access"
            )
        self.address = (host, port)
        self.target = Target(armature)
        self._choices = choices
        self._places = []  # where the host is: localhost may be ::1 and 127.0.0.1
        self._socket = self._decoder = self._player = self._schema = None
        self._retry_at = 0.0
        self.state, self.status = "off", "not connected"
        self.received = self.shown = 0
        self.recorded = None
        self._times = []
        self._last = 0.0

    @property
    def left_out(self):
        return self._player.left_out if self._player else []

    @property
    def schema(self):
        """What the frames mean, once it has come; also when the line is gone again."""
        return self._schema

    @property
    def missed(self):
        """Frames that came while a newer one was there already, or that could not be shown."""
        return self.received - self.shown

    @property
    def rate(self):
        now = time.monotonic()
        self._times = [then for then in self._times if now - then < 1]
        return float(len(self._times))

    def start(self):
        """Connect; the answer comes in poll(). SceneError where the host has no address."""
        self._places = self._look_up()
        self.state, self._retry_at = "waiting", 0.0
        self.status = f"connecting to {self.address[0]}:{self.address[1]}"
        self._connect()
        if not bpy.app.background and not bpy.app.timers.is_registered(self._tick):
            bpy.app.timers.register(self._tick)

    def stop(self, status="not connected"):
        """Close the line; frames that were recorded stay."""
        self._close()
        self.state, self.status = "off", status

    def poll(self):
        """Read what has come and show the newest frame; whether one was shown. Never waits."""
        if self.state not in ("waiting", "on"):
            return False
        try:
            frame = self._receive()
            if frame is None:
                self._say_stalled()
                return False
            return self._show(frame)
        except GoneError as error:
            self._fail(str(error))
        except SceneError as error:  # edit mode and the like: the line stays, frames pass by
            self.status = str(error)
        except ValueError as error:
            self._fail(f"{self.address[0]}:{self.address[1]}: {error}")
        return False

    def record(self, on=True):
        """Keep every frame from now on; off: forget to."""
        self.recorded = [] if on else None
        if self._decoder is not None:
            self._decoder.every = self.recorded

    def _tick(self):
        """What the timer calls: seconds until the next time, None to end."""
        if bpy.app.is_job_running("RENDER"):
            return 0.1  # a renderer reads the pose
        try:
            if self.poll():
                self._redraw()
        except ReferenceError:
            pass  # the scene was replaced under us; the next poll finds the armature, or not
        return None if self.state in ("off", "failed") else INTERVAL

    def _redraw(self):
        for window in bpy.context.window_manager.windows:
            for area in window.screen.areas:
                if area.type == "VIEW_3D":
                    area.tag_redraw()

    def _look_up(self):
        """Once, since it may wait: [(family, kind, protocol, name, address)]."""
        try:
            return socket.getaddrinfo(*self.address, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            why = getattr(error, "strerror", None) or error
            raise SceneError(f"no host {self.address[0]!r}: {why}") from None

    def _connect(self):
        self._close()
        self._places.append(self._places.pop(0))  # the next one, where one is refused
        family, kind, protocol, _, address = self._places[-1]
        try:
            self._socket = socket.socket(family, kind, protocol)
            self._socket.setblocking(False)
            problem = self._socket.connect_ex(address)
            if problem not in _IN_PROGRESS and problem != 0:
                self._drop(OSError(problem, os.strerror(problem)))
        except OSError as error:
            self._drop(error)

    def _drop(self, error=None):
        """The line is gone: try again in a while."""
        was_on, self.state = self._decoder is not None, "waiting"
        self._close()
        self._retry_at = time.monotonic() + RETRY
        why = f" ({error.strerror or error})" if error is not None else ""
        word = "the line was dropped" if was_on else "no server"
        self.status = f"{word} at {self.address[0]}:{self.address[1]}{why}; trying again"

    def _fail(self, status):
        self._close()
        self.state, self.status = "failed", status

    def _close(self):
        if self._socket is not None:
            self._socket.close()
        self._socket = self._decoder = None

    def _receive(self):
        """The newest frame of what has come, or None."""
        if self._socket is None:
            if time.monotonic() >= self._retry_at:
                self._connect()
            return None
        if self._decoder is None and not self._is_connected():
            return None
        until, newest = time.monotonic() + _BUDGET, None
        while True:
            try:
                data = self._socket.recv(_PIECE)
            except (BlockingIOError, InterruptedError):
                return newest
            except OSError as error:
                self._drop(error)
                return newest
            if not data:
                self._drop()
                return newest
            before = self._decoder.count
            frame = self._decoder.feed(data)
            self.received += self._decoder.count - before
            newest = newest if frame is None else frame
            self._learn(self._decoder.schema)
            if time.monotonic() > until:
                return newest

    def _is_connected(self):
        _, writable, failed = select.select([], [self._socket], [self._socket], 0)
        if not writable and not failed:
            return False
        problem = self._socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if problem:
            self._drop(OSError(problem, os.strerror(problem)))
            return False
        self._decoder = rigjit_clip.Decoder()
        self._decoder.every = self.recorded
        self._last = time.monotonic()
        self.status = "connected, waiting for the rig"
        return True

    def _learn(self, schema):
        if schema is not None and schema is not self._schema:
            self._schema, self._player = schema, None
            if self.recorded and len(self.recorded[0]) != len(schema.channels):
                self.recorded.clear()  # of another rig

    def _show(self, frame):
        if self._player is None:
            self._player = Player(self.target.find(), self._schema, self._choices)
        self._player.show(frame)
        self._last = time.monotonic()
        self._times.append(self._last)
        self.shown += 1
        if self._decoder is not None:
            self.state = "on"
            self.status = f"{self._schema.rig or 'a rig'} at {self.address[0]}:{self.address[1]}"
        return True

    def _say_stalled(self):
        quiet = time.monotonic() - self._last
        if self._decoder is not None and quiet > _STALLED:
            what = "the rig" if self._decoder.schema is None else "a frame"
            self.status = f"connected, waiting for {what} for {quiet:.0f} s"
