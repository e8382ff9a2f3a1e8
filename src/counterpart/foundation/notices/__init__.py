"""What people are told when they are elsewhere: kept under the bell until it is seen, and for a while after."""
