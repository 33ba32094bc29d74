// Removed with this room's first type.
