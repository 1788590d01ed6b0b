"""From files to small pictures, ahead of the models: by threads, or by processes that share memory with them."""
