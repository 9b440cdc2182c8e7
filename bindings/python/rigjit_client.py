"""Asks a server of `rigjit serve`: plain Python >= 3.7 and nothing else.

Copy this one file into a tool that has no rigjit, numpy or requests, such as Blender or Maya.

>>> client = rigjit_client.Client("http://127.0.0.1:8760")
>>> client.pose("hero", vec)                  # bytes, MessagePack
>>> client.dict("hero", vec)["root"]          # {attribute: value}
>>> client.clip("hero", vecs, fps=30)         # bytes, for rigjit_clip.open
>>> client.infer("hero", sketch)              # bytes: the pose that the rig's model predicts
>>> for frame in client.live("hero"):         # array('f') of one value a channel, or None
...     ...

Vectors are bytes of float32, array('f'), numpy arrays, or lists of numbers. What the server refuses
is an Error with its status and errors; one that cannot be reached is an Error whose status is 0.

SPDX-License-Identifier: Apache-2.0
"""

import array
import http.client
import json
import os
import socket
import struct
import sys
import threading
import time
from urllib.parse import quote, urlsplit

__all__ = ["Client", "Error", "Live"]

_OCTETS = "application/octet-stream"
_JSON = "application/json"
_MSGPACK = "application/vnd.msgpack"
_CLIP = "application/vnd.safetensors"
_STREAM_MAGIC = b"RIGJITL\n"
_MAX_SCHEMA = 100000000  # bytes
_FIRST_WAIT = 0.05  # seconds before a live stream is asked for again, twice as long each time
_LAST_WAIT = 2.0


class Error(Exception):
    """What went wrong with a request.

    status: of HTTP, or 0 where no answer came. errors: [{"code", "message", ...}], rigjit's own,
    with controller, attribute and frame where they apply; often empty.
    """

    def __init__(self, message, status=0, errors=()):
        super().__init__(message)
        self.status = status
        self.errors = list(errors)


class Client:
    """A server, or one rig of several. Any thread may use it: each has a connection of its own.

    url: "http://127.0.0.1:8760", with a path where the server is mounted below one. token: what
    the server's --token-file holds. timeout: seconds that a call waits at most for each step of
    the connection.
    """

    def __init__(self, url, token=None, timeout=10):
        place = urlsplit(url)
        if place.scheme not in ("http", "https") or not place.hostname:
            raise ValueError("url must be like http://127.0.0.1:8760, not " + repr(url))
        self._secure = place.scheme == "https"
        self._address = (place.hostname, place.port or (443 if self._secure else 80))
        self._path = place.path.rstrip("/")
        self._headers = {"User-Agent": "rigjit_client"}
        if token is not None:
            self._headers["Authorization"] = "Bearer " + token
        self.timeout = timeout
        self._local = threading.local()

    def pose(self, rig, vec):
        """The message of a vector, or n messages one behind another: bytes, MessagePack."""
        return self._convert(rig, vec, _MSGPACK)

    def dict(self, rig, vec):
        """{controller: {attribute: value}} of a vector, or a list of n of them."""
        return json.loads(self._convert(rig, vec, _JSON).decode("utf-8"))

    def clip(self, rig, vecs, fps=24):
        """n vectors as a clip: the bytes of a safetensors file. fps: a number or "24000/1001"."""
        return self._convert(rig, vecs, _CLIP, "?fps=" + quote(str(fps), safe="/"))

    def infer(self, model, input, accept=_MSGPACK, query=""):
        """What a model's own input becomes: a message as bytes, or n; accept: another media type.

        input: a list of numbers, of lists, a dict of them by the names of the model's inputs, a
        numpy array, or bytes where the file fixes type and shape. query: "live=1" also shows it to
        all who look, "vector=1" asks for the vector.
        """
        path = "/models/" + quote(model, safe="") + "/pose" + ("?" + query if query else "")
        if isinstance(input, (bytes, bytearray, memoryview)):
            body, kind = bytes(input), _OCTETS
        else:
            body, kind = json.dumps(_plain(input)).encode("utf-8"), _JSON
        return self._ask("POST", path, body, kind, accept)

    def show(self, rig, vec):
        """Send a vector to all who look at the rig's live stream."""
        self._ask("POST", "/rigs/" + quote(rig, safe="") + "/live", *_vectors(vec))

    def rigs(self):
        """[{"name", "hash", "vec_size", ...}] of all that is served."""
        return json.loads(self._ask("GET", "/rigs").decode("utf-8"))["rigs"]

    def rig(self, rig):
        """Channels, types, inputs, rest vector and clip schema of one rig, as a dict."""
        return json.loads(self._ask("GET", "/rigs/" + quote(rig, safe="")).decode("utf-8"))

    def live(self, rig):
        """The Live of a rig: its frames as they come."""
        return Live(self, rig)

    def close(self):
        """Hang up this thread's connection; the next call makes another."""
        self._local.kept = None

    def _convert(self, rig, vec, accept, query=""):
        body, kind = _vectors(vec)
        path = "/rigs/" + quote(rig, safe="") + "/pose" + query
        return self._ask("POST", path, body, kind, accept)

    def _ask(self, method, path, body=None, kind=None, accept=None):
        headers = dict(self._headers)
        if kind is not None:
            headers["Content-Type"] = kind
        if accept is not None:
            headers["Accept"] = accept
        for attempt in (0, 1):
            kept = getattr(self._local, "kept", None)
            is_new = kept is None or kept.process != os.getpid()
            if is_new:
                kept = self._local.kept = _Kept(self._connect(self.timeout))
            connection = kept.connection
            try:
                connection.request(method, self._path + path, body, headers)
                answer = connection.getresponse()
                data = answer.read()
            except (OSError, http.client.HTTPException) as error:
                self.close()
                # A kept connection may have been closed since: that says nothing of the server.
                timed_out = isinstance(error, socket.timeout)
                if is_new or attempt or timed_out:
                    raise self._unreached(error) from error
                continue
            if answer.status >= 400:
                raise _refusal(answer, data)
            return data
        raise AssertionError("a second attempt returns or raises")

    def _connect(self, timeout):
        kind = http.client.HTTPSConnection if self._secure else http.client.HTTPConnection
        return kind(self._address[0], self._address[1], timeout=timeout)

    def _unreached(self, error):
        return Error("%s:%d: %s" % (*self._address, error or type(error).__name__))


class _Kept:
    """A thread's connection, closed when the thread ends; a forked child does not use it."""

    def __init__(self, connection):
        self.connection = connection
        self.process = os.getpid()

    def __del__(self):
        self.connection.close()


class Live:
    """An iterator over the live frames of a rig, each an array('f') of one value a channel.

    It never ends by itself: where the server goes away or the rig becomes another, it asks again.
    It waits at most the client's time-out for a frame, and then gives None, so that its user can
    look around and stop. What the server refuses (401, 404) is an Error. One thread at a time.

    schema: what the stream says of its frames, a dict of text as a clip's metadata is; channels:
    [(controller, attribute)]; both None before the first frame, and new ones when `changed` is True
    of the frame that was given last.
    """

    def __init__(self, client, rig):
        self._client = client
        self._rig = rig
        self._connection = None
        self._sock = None
        self._raw = bytearray()  # as it came
        self._data = bytearray()  # without the frames of HTTP
        self._wait = _FIRST_WAIT
        self.schema = None
        self.channels = None
        self.changed = False

    def __iter__(self):
        return self

    def __next__(self):
        end = time.monotonic() + self._client.timeout
        self.changed = False
        while True:
            left = end - time.monotonic()
            if left <= 0:
                return None
            try:
                if self._sock is None:
                    self._open(left)
                frame = self._frame(end)
                if frame is not None:
                    return frame
            except Error:
                self.close()
                raise
            except (OSError, http.client.HTTPException, ValueError):
                self.close()
                # Not at once: a server that starts would be asked a thousand times.
                time.sleep(max(0.0, min(self._wait, end - time.monotonic())))
                self._wait = min(2 * self._wait, _LAST_WAIT)

    def pose(self, frame):
        """{controller: {attribute: value}} of a frame."""
        found = {}
        for (controller, attribute), value in zip(self.channels, frame):
            found.setdefault(controller, {})[attribute] = value
        return found

    def close(self):
        """Hang up; a further frame asks again."""
        if self._connection is not None:
            self._connection.close()
        if self._sock is not None:
            self._sock.close()
        self._connection = self._sock = None
        self._raw = bytearray()
        self._data = bytearray()

    def __del__(self):
        self.close()

    def _open(self, seconds):
        client = self._client
        self._connection = client._connect(seconds)
        path = client._path + "/rigs/" + quote(self._rig, safe="") + "/live"
        self._connection.request("GET", path, headers=client._headers)
        sock = self._connection.sock
        answer = self._connection.getresponse()
        if answer.status in (502, 503, 504):
            raise http.client.HTTPException(answer.status)
        if answer.status != 200:
            raise _refusal(answer, answer.read(1 << 20))
        self._is_chunked = answer.chunked
        # From here on the socket is read itself: http.client loses bytes where a read times out.
        sock.settimeout(0)
        self._raw += answer.fp.peek(1 << 16) or b""
        self._sock = sock
        self._has_schema = False
        self._wait = _FIRST_WAIT

    def _frame(self, end):
        """The next frame, or None when nothing came; OSError at the end of the stream."""
        while True:
            self._unpack()
            frame = self._take()
            if frame is not None:
                return frame
            left = end - time.monotonic()
            if left <= 0:
                return None
            self._sock.settimeout(left)
            try:
                part = self._sock.recv(1 << 16)
            except socket.timeout:
                return None
            if not part:
                raise OSError("the stream ended")
            self._raw += part

    def _unpack(self):
        """Whole chunks (RFC 9112, 7.1) of what has been read, to the stream's bytes."""
        raw = self._raw
        if not self._is_chunked:
            self._data += raw
            del raw[:]
            return
        begin = 0
        while True:
            end = raw.find(b"\r\n", begin, begin + 100)
            if end < 0:
                break
            size = int(bytes(raw[begin:end]).split(b";")[0], 16)
            if len(raw) < end + 2 + size + 2:
                break
            self._data += raw[end + 2 : end + 2 + size]
            begin = end + 2 + size + 2
        del raw[:begin]

    def _take(self):
        """A frame of what has been read."""
        data = self._data
        if not self._has_schema:
            if len(data) < 12:
                return None
            size = struct.unpack_from("<I", data, 8)[0]
            if data[:8] != _STREAM_MAGIC or size > _MAX_SCHEMA:
                raise ValueError("no live stream")
            if len(data) < 12 + size:
                return None
            self._read_schema(bytes(data[12 : 12 + size]))
            del data[: 12 + size]
        size = 4 * len(self.channels)
        if len(data) < 4:
            return None
        found = struct.unpack_from("<I", data)[0]
        if found == 0:
            raise OSError("the stream ended")
        if found != size:
            raise ValueError("a frame has another size than its channels")
        if len(data) < 4 + size:
            return None
        frame = array.array("f")
        frame.frombytes(bytes(data[4 : 4 + size]))
        if sys.byteorder == "big":
            frame.byteswap()
        del data[: 4 + size]
        return frame

    def _read_schema(self, text):
        schema = json.loads(text.decode("utf-8"))
        self._has_schema = True
        if schema != self.schema:
            self.schema = schema
            self.channels = [tuple(row[:2]) for row in json.loads(schema["channels"])]
            self.changed = True


def _vectors(vec):
    """Body and media type of vectors."""
    if isinstance(vec, (bytes, bytearray)):
        return bytes(vec), _OCTETS
    shape = getattr(vec, "shape", None)
    if shape is None and isinstance(vec, (array.array, memoryview)):
        shape = (len(vec),)
    if shape is not None and len(shape) == 1:
        view = memoryview(vec)
        if view.format == "f" and view.contiguous and sys.byteorder == "little":
            return view.tobytes(), _OCTETS
    return json.dumps(_plain(vec)).encode("utf-8"), _JSON


def _plain(values):
    """Arrays as lists, which JSON knows."""
    if isinstance(values, dict):
        return {name: _plain(each) for name, each in values.items()}
    if hasattr(values, "tolist"):
        return values.tolist()
    if isinstance(values, (list, tuple)):
        return [_plain(each) for each in values]
    return values


def _refusal(answer, data):
    try:
        problem = json.loads(data.decode("utf-8"))
        return Error(problem["detail"], answer.status, problem.get("errors", ()))
    except (ValueError, KeyError, TypeError, AttributeError):
        return Error("%d %s" % (answer.status, answer.reason), answer.status)
