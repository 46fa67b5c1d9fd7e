"""What is asked of networks: answers, maps, slopes; compiled, in the background, few at a time."""
