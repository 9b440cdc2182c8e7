"""What all tests share: signals as programs expect them, and what needs a GIL."""

import signal
import sysconfig

# Shells ignore these in what they run in the background, and so would the programs that are tested.
for _number, _usual in (
    (signal.SIGINT, signal.default_int_handler),
    (signal.SIGQUIT, signal.SIG_DFL),
):
    if signal.getsignal(_number) == signal.SIG_IGN:
        signal.signal(_number, _usual)

# duckdb, msgspec, mypy, orjson and polars cannot be had for it.
collect_ignore = (
    [
        "bindings/test_json.py",
        "bindings/test_rig_to_vec.py",
        "bindings/test_stubs.py",
        "cli/test_convert_forms.py",
        "dataset/test_other_readers.py",
        "serve",
    ]
    if sysconfig.get_config_var("Py_GIL_DISABLED")
    else []
)
