"""Models on a server: HTTP with bounds, the chat protocol, prices."""
