"""The state of CIFAR-10 in the sidebar."""
