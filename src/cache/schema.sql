-- Contents lie in the order in which they came, and what changes with every run stands apart from them. Tables of numbers
-- only, without an index: quick_check proves those whole.
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
