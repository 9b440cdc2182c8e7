"""What rigjit is measured against: the same rigs in Python, NumPy, Numba and Rust."""
