"""One system call's worth of care each: look, copy, rename, remove, lock."""
