"""What a build that ended before its end has done, and that one at a time builds a data set."""

from __future__ import annotations

import contextlib
import fcntl
import itertools
import json
import os
import re
from typing import TYPE_CHECKING, Any

from rigjit.dataset.manifest import ANEW, ManifestError, check_manifest, check_plan, check_shard
from rigjit.dataset.options import SPLITS
from rigjit.dataset.plan import SHARD_FILE, shard_file
from rigjit.dataset.store import BUILD, DirectoryStore, modified_ns
from rigjit.inputs._datasets import ERRORS, MANIFEST
from rigjit.inputs._stores import is_url

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rigjit.dataset.plan import Plan, Shard
    from rigjit.dataset.store import Store

_PLAN = f"{BUILD}/plan.json"
_LOCK = f"{BUILD}/lock"
_MADE = re.compile(f"{SHARD_FILE}|{MANIFEST}|{ERRORS}")


class DatasetError(ValueError):
    """A directory that cannot be built in, or read; its text says why, and what to do."""


class ClusterLostError(DatasetError):
    """A Ray cluster has ended, or nobody answers where its head was.

    Where this process was connected to it before, what is left of Ray cannot be shut down, and ends
    it after a minute.
    """


class BuildState:
    """The directory while it is built. Use inside `locked`."""

    def __init__(self, store: Store, plan: Plan) -> None:
        self._store = store
        self._plan = plan

    def complete(self) -> dict[str, Any] | None:
        """The manifest of a data set that is complete, with nothing left of its build.

        Nothing is written, so nobody need hold the lock. DatasetError as of `begin`.
        """
        names = self._store.names()
        return self.begin() if MANIFEST in names and BUILD not in names else None

    def begin(self) -> dict[str, Any] | None:
        """The manifest where the data set is complete; None to go on.

        DatasetError where the directory holds anything else than this data set, or part of it.
        """
        if (manifest := self._store.read(MANIFEST)) is not None:
            found = _parse(manifest, f"{self._store.url}/{MANIFEST}", check_manifest)
            self._compare(found, _clips_of(found))
            self._check_complete(found)
            return found
        if (begun := self._store.read(_PLAN)) is not None:
            found = _parse(begun, f"{self._store.url}/{_PLAN}", check_plan)
            clips = found.pop("clips")
            if [name for name, _ in clips] != [name for name, _ in self._clips()]:
                self._compare(found, clips)
            self._compare(found, self._clips())
            if clips != self._clips():  # clips have another size now
                self._remove_surplus()
                self._write_plan()
            return None
        ours = [name for name in self._store.names() if _is_ours(name)]
        if ours:
            raise DatasetError(
                f"{self._store.url}: holds {ours[0]} of a data set without its {MANIFEST}; give an "
                "empty directory"
            )
        self._write_plan()
        return None

    def done(self, shard: Shard) -> dict[str, Any] | None:
        """What is known of a shard that is complete, and made of the inputs as they are."""
        record = self._store.read(record_name(shard))
        if record is None:
            return None
        try:
            found: dict[str, Any] = json.loads(record)
            check_shard(found)
        except (ValueError, RecursionError):
            return None  # it is made again
        clips = [[clip["clip"], clip["size"]] for clip in found["clips"]]
        if found["file"] != shard.file or clips != [[clip.name, clip.size] for clip in shard.clips]:
            return None
        if self._store.size(shard.file) != found["bytes"] or self._stale(shard):
            return None
        return found

    def finish(self, manifest: dict[str, Any]) -> None:
        """The data set is complete from here on."""
        self._store.write(MANIFEST, to_json(manifest))

    def _write_plan(self) -> None:
        self._store.write(_PLAN, to_json({**self._plan.head, "clips": self._clips()}))

    def _remove_surplus(self) -> None:
        """Shards that there were while clips were larger, of which a shard has one at least."""
        for split, shards in itertools.groupby(self._plan.shards, lambda shard: shard.split):
            some = list(shards)
            for number in range(len(some), sum(len(shard.clips) for shard in some)):
                self._store.remove(shard_file(split, number, self._plan.head["options"]["format"]))

    def _clips(self) -> list[list[Any]]:
        return [[clip.name, clip.size] for shard in self._plan.shards for clip in shard.clips]

    def _compare(self, found: dict[str, Any], clips: Any) -> None:
        differences = [
            f"{key} {name}: {_short(there.get(name))} there, {_short(value)} here"
            for key in ("rig", "options")
            for there in [found[key]]
            for name, value in self._plan.head[key].items()
            if there.get(name) != value
        ]
        if not differences and clips != self._clips():
            there, here = ({tuple(clip) for clip in some} for some in (clips, self._clips()))
            changed = sorted(name for name, _ in there ^ here)
            differences = [f"its inputs were others: {_short(', '.join(dict.fromkeys(changed)))}"]
        if differences:
            raise DatasetError(
                f"{self._store.url}: holds another data set ({'; '.join(differences)}); give "
                "another directory, or remove this one"
            )

    def _check_complete(self, manifest: dict[str, Any]) -> None:
        """Of what is complete nothing is replaced: someone may be reading it."""
        sizes = {shard["file"]: shard["bytes"] for shard in manifest["shards"]}
        for shard in self._plan.shards:
            if self._store.size(shard.file) != sizes.get(shard.file):
                raise DatasetError(
                    f"{self._store.url}/{shard.file}: is not as its manifest says; {ANEW}"
                )
            if self._stale(shard):
                raise DatasetError(
                    f"{self._store.url}: an input is newer than {shard.file}, which was made of "
                    "it; give another directory, or remove this one"
                )

    def _stale(self, shard: Shard) -> bool:
        """As make has it."""
        made = self._store.modified_ns(shard.file)
        if made is None:
            return False
        times = [modified_ns(clip.path) for clip in shard.clips if not is_url(clip.path)]
        return any(time is not None and time > made for time in times)


@contextlib.contextmanager
def locked(store: Store) -> Iterator[None]:
    """One builder at a time: DatasetError for a second one.

    The lock is the kernel's, or the file server's, and ends with its holder. An object store has
    none.
    """
    store.prepare()
    if not isinstance(store, DirectoryStore):
        yield
        return
    descriptor = os.open(store.path(_LOCK), os.O_RDWR | os.O_CREAT, 0o666)
    try:
        _lock(store, descriptor)
        store.clear_parts()
        try:
            yield
        finally:
            if store.size(_PLAN) is None:  # nothing was begun
                store.clear_build()
    finally:
        os.close(descriptor)


def _lock(store: DirectoryStore, descriptor: int) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise _in_use(store) from None
    except OSError:
        pass  # where there are no locks, nothing is refused
    # Whoever held it may have removed it meanwhile, with all of the build.
    path = store.path(_LOCK)
    if not os.path.exists(path) or os.fstat(descriptor).st_ino != os.stat(path).st_ino:
        raise _in_use(store)


def record_name(shard: Shard) -> str:
    """Where it is written what a shard holds, once it is complete."""
    return f"{BUILD}/{shard.file.replace('/', '-')}.json"


def errors_name(shard: Shard) -> str:
    """Where the errors of a shard's clips lie until the end."""
    return f"{BUILD}/{shard.file.replace('/', '-')}.errors"


def to_json(value: dict[str, Any]) -> bytes:
    """A line a key and, of lists, a line an item."""
    lines = []
    for key, item in value.items():
        text = json.dumps(item, ensure_ascii=False)
        if isinstance(item, list) and item:
            text = "[\n" + ",\n".join(json.dumps(e, ensure_ascii=False) for e in item) + "\n]"
        lines.append(f"{json.dumps(key)}: {text}")
    return ("{\n" + ",\n".join(lines) + "\n}\n").encode()


def read_manifest(store: Store) -> dict[str, Any]:
    """Of a data set that is complete; DatasetError otherwise."""
    data = store.read(MANIFEST)
    if data is None:
        raise DatasetError(
            f"{store.url}: no data set: it has no {MANIFEST}. Where a build has not ended, the "
            "same command goes on"
        )
    return _parse(data, f"{store.url}/{MANIFEST}", check_manifest)


def makes(store: Store, path: str) -> bool:
    """Whether a path or URL is that of a file which a build in the store's place makes."""
    if not _MADE.search(path):
        return False
    place = store.url.rstrip("/")
    if isinstance(store, DirectoryStore) and not is_url(path):
        place, path = os.path.realpath(place), os.path.realpath(path)
    name = path.removeprefix(f"{place}/")
    return name != path and _MADE.fullmatch(name) is not None


def _in_use(store: Store) -> DatasetError:
    return DatasetError(f"{store.url}: another builder is at work there; wait for it to end")


def _is_ours(name: str) -> bool:
    return name in (MANIFEST, ERRORS, *SPLITS) or name.startswith("part-")


def _clips_of(manifest: dict[str, Any]) -> list[list[Any]]:
    clips = [clip for shard in manifest["shards"] for clip in shard["clips"]]
    return [[clip["clip"], clip["size"]] for clip in clips]


def _parse(data: bytes, path: str, check: Callable[[Any], None]) -> dict[str, Any]:
    try:
        found = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise DatasetError(f"{path}: cannot be read: {error}; {ANEW}") from None
    if not isinstance(found, dict) or found.get("format") != "rigjit.dataset":
        raise DatasetError(
            f"{path}: is not of a data set; give another directory, or build it again in one that "
            "is empty"
        )
    if found.get("version") != 1:
        raise DatasetError(
            f"{path}: is of version {_short(found.get('version'))}, and 1 is known here; take the "
            f"rigjit that wrote it, or {ANEW}"
        )
    try:
        check(found)
    except ManifestError as error:
        raise DatasetError(f"{path}: {error}; {ANEW}") from None
    return found


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 200 else f"{text[:200]}…"
