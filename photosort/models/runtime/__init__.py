"""Devices, batches and tensors, for the models that run in this process."""
