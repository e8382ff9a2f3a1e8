"""Django's SQLite, with writers that wait for their turn without dozing off."""
