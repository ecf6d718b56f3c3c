-- Contents are in insertion order, and separate from the keys, which change in every run. The table of keys has only
-- numbers and no index, because quick_check then checks all of it.
BEGIN;
CREATE TABLE about (format INTEGER NOT NULL, owner TEXT NOT NULL) STRICT;
CREATE TABLE contents (id INTEGER PRIMARY KEY, content BLOB NOT NULL) STRICT;
CREATE TABLE keys (
    hash INTEGER PRIMARY KEY,
    id INTEGER NOT NULL,
    checksum INTEGER NOT NULL,
    is_record INTEGER NOT NULL,
    run INTEGER NOT NULL
) STRICT;
COMMIT;
