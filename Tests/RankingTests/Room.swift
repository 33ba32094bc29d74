// Removed with this room's first test.
