-- A data file of schema version 1, as a server of that version wrote it: two users, a call that ended, an outbox.
CREATE TABLE store (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  history TEXT NOT NULL,
  last_outbox_number INTEGER NOT NULL,
  times_opened INTEGER NOT NULL
) STRICT;
CREATE TABLE aggregate (name TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
CREATE TABLE journal (
  position INTEGER PRIMARY KEY,
  aggregate TEXT NOT NULL REFERENCES aggregate (name),
  sequence INTEGER NOT NULL,
  at INTEGER NOT NULL,
  machine_version INTEGER NOT NULL,
  outcome TEXT NOT NULL CHECK (outcome IN ('applied', 'failed')),
  input TEXT NOT NULL,
  UNIQUE (aggregate, sequence)
) STRICT;
CREATE TABLE snapshot (
  aggregate TEXT PRIMARY KEY REFERENCES aggregate (name),
  machine TEXT NOT NULL,
  machine_version INTEGER NOT NULL,
  sequence INTEGER NOT NULL,
  at INTEGER NOT NULL,
  state TEXT NOT NULL
) STRICT;
CREATE TABLE outbox (
  number INTEGER PRIMARY KEY,
  lane TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('notification', 'acd')),
  payload TEXT NOT NULL
) STRICT;
CREATE TABLE record (
  collection TEXT NOT NULL,
  key TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (collection, key)
) STRICT, WITHOUT ROWID;
INSERT INTO store VALUES (1, '4b1c7a52-6a0e-4a43-9a3e-0d9f5b2f8c11', 3, 2);
INSERT INTO aggregate VALUES ('call/1'), ('user/1001'), ('user/1002');
INSERT INTO journal VALUES
  (1, 'user/1001', 1, 1700000000000, 1, 'applied', '{"kind":"command"}'),
  (2, 'call/1', 1, 1700000000000, 1, 'applied', '{"kind":"message"}'),
  (3, 'user/1001', 2, 1700000001000, 1, 'failed', '{"kind":"presence"}'),
  (4, 'user/1002', 1, 1700000002000, 1, 'applied', '{"kind":"command","text":"Ünïcödé"}');
INSERT INTO snapshot VALUES
  ('call/1', 'call', 1, 1, 1700000000000, '{"over":true}'),
  ('user/1001', 'user', 1, 1, 1700000000000, '{"state":"NOT_READY"}');
INSERT INTO outbox VALUES (3, 'A:user/1001', 'notification', '{"n":3}');
INSERT INTO record VALUES ('subscriptions', 'a', '[1]');
PRAGMA application_id = 1836213358;
PRAGMA user_version = 1;
