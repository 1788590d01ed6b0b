"""The published methods, one file each. Arrays in, arrays out: no disk, no model, no printing."""
