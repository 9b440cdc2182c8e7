"""What of the tests a Python without a GIL cannot run."""

import sysconfig

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
