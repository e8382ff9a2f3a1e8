"""The `counterpart` command: runs, feeds and checks the two sites. Nothing imports it."""


def main() -> None:
    from counterpart.cli.app import app

    app()
