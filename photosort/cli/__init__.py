"""The commands: each parses, calls one function below and shows what came back."""
