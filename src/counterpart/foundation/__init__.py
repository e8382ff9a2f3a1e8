"""What both products stand on: people, history, pages, API plumbing, time and identities."""
