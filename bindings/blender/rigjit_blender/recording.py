"""Frames that came live, as a clip that can be keyed."""

from array import array


class Recording:
    """What keyframe() takes as a clip: the schema of a stream and frames that it gave."""

    def __init__(self, schema, frames, start_frame):
        self._schema = schema
        self.start_frame = start_frame
        self.values = memoryview(array("f", [value for frame in frames for value in frame]))
        self._length = len(frames)

    def __getattr__(self, name):
        return getattr(self._schema, name)

    def __len__(self):
        return self._length

    def __getitem__(self, index):
        width = len(self._schema.channels)
        return array("f", self.values[index * width : (index + 1) * width])
