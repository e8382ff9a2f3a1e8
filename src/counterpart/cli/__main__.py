from counterpart.cli import main

main()
