"""`python -m bot` is the same as `tasklane`."""

from bot.cli import main

main()
