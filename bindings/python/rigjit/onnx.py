"""`rigjit.models` under its first name: which rig a network's file was made for."""

from rigjit.models import Stamp, read_stamp, stamp

__all__ = ["Stamp", "read_stamp", "stamp"]
