/** Tables and functions of a PostgreSQL store, and how a schema is recognised as one. */
import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { StoreError } from '../errors.ts'
import type { Address } from './address.ts'
import type { Connection } from './driver.ts'
import { OTHER_OWNER, OTHER_TURN } from './errors.ts'

/** Version of the tables and functions below. */
export const SCHEMA_VERSION = 2

/** One step from a schema version to the next. */
interface Migration {
  readonly from: number
  readonly name: string
  readonly sql: string
}

/** In order of versions, without gaps. A released migration never changes. */
const MIGRATIONS: readonly Migration[] = [
  {
    from: 1,
    name: 'the lease says where its owner can be reached',
    sql: "ALTER TABLE lease ADD COLUMN address text NOT NULL DEFAULT ''",
  },
]

/** The oldest version that can be migrated. */
const OLDEST_VERSION = Math.min(SCHEMA_VERSION, ...MIGRATIONS.map(({ from }) => from))

/**
 * JSON is text, as it was given: `jsonb` would order the keys anew and refuse `\u0000`. Names sort by their bytes.
 *
 * `store` has one row. Each change of the store increments `turn`; each opening, and each new connection of the owner,
 * increments `epoch`. `lease` is apart from it, because a change that waits for a standby keeps its row locked. Its `address`
 * is the base URL of the owner's HTTP port, or empty.
 *
 * `snapshot.position` is the last position when it was written, so that a reader can leave out what came later.
 */
const TABLES = `
  CREATE TABLE store (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    version integer NOT NULL,
    history text NOT NULL,
    epoch bigint NOT NULL,
    owner text NOT NULL,
    turn bigint NOT NULL,
    last_position bigint NOT NULL,
    last_outbox_number bigint NOT NULL
  ) WITH (fillfactor = 10);
  CREATE TABLE lease (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    owner text NOT NULL,
    holder text NOT NULL,
    expires_at timestamptz NOT NULL,
    address text NOT NULL DEFAULT ''
  ) WITH (fillfactor = 10);
  CREATE TABLE aggregate (name text COLLATE "C" PRIMARY KEY, ended_at bigint);
  CREATE INDEX aggregate_living ON aggregate (name) WHERE ended_at IS NULL;
  CREATE INDEX aggregate_ended ON aggregate (ended_at) WHERE ended_at IS NOT NULL;
  CREATE TABLE journal (
    position bigint PRIMARY KEY,
    aggregate text COLLATE "C" NOT NULL,
    sequence bigint NOT NULL,
    at bigint NOT NULL,
    machine_version bigint NOT NULL,
    outcome text NOT NULL CHECK (outcome IN ('applied', 'failed')),
    input text NOT NULL,
    error text,
    origin text,
    cause bigint,
    made text COLLATE "C",
    first_outbox bigint,
    last_outbox bigint,
    UNIQUE (aggregate, sequence)
  );
  CREATE INDEX journal_cause ON journal (cause, position) WHERE cause IS NOT NULL;
  CREATE INDEX journal_made ON journal (made) WHERE made IS NOT NULL;
  CREATE TABLE snapshot (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    aggregate text COLLATE "C" NOT NULL,
    sequence bigint NOT NULL,
    machine text NOT NULL,
    machine_version bigint NOT NULL,
    at bigint NOT NULL,
    state text NOT NULL,
    position bigint NOT NULL,
    UNIQUE (aggregate, sequence)
  );
  CREATE TABLE outbox (
    number bigint PRIMARY KEY,
    lane text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('notification', 'acd')),
    payload text NOT NULL
  );
  CREATE TABLE record (
    collection text COLLATE "C" NOT NULL,
    key text COLLATE "C" NOT NULL,
    value text NOT NULL,
    PRIMARY KEY (collection, key)
  );
`

/**
 * `continue_store` begins every change. It refuses one of a former owner, and one that does not follow the change before,
 * so that what follows a refused change is refused too.
 *
 * `commit_batch` is one change: a batch and changes of records. Rows are lists of JSON objects. The rule of `spacing.ts`
 * says which snapshots stay; its numbers come with the snapshot.
 */
const FUNCTIONS = `
  CREATE FUNCTION continue_store(
    mine bigint, before bigint, new_position bigint DEFAULT NULL, new_outbox bigint DEFAULT NULL
  ) RETURNS void LANGUAGE plpgsql AS $$
  BEGIN
    UPDATE store SET turn = turn + 1, last_position = coalesce(new_position, last_position),
      last_outbox_number = coalesce(new_outbox, last_outbox_number)
      WHERE epoch = mine AND turn = before;
    IF FOUND THEN RETURN; END IF;
    IF EXISTS (SELECT FROM store WHERE epoch = mine) THEN
      RAISE EXCEPTION 'a change before this one was not kept' USING ERRCODE = '${OTHER_TURN}';
    END IF;
    RAISE EXCEPTION 'the store has another owner' USING ERRCODE = '${OTHER_OWNER}';
  END $$;

  CREATE FUNCTION keep_snapshot(
    own_aggregate text, own_sequence bigint, own_machine text, own_version bigint, own_at bigint, own_state text,
    own_position bigint, from_beginning boolean, apart double precision, longest bigint, inputs double precision
  ) RETURNS void LANGUAGE plpgsql AS $$
  DECLARE
    previous record;
    before_it record;
  BEGIN
    SELECT sequence, at INTO previous FROM snapshot WHERE aggregate = own_aggregate ORDER BY sequence DESC LIMIT 1;
    IF FOUND AND previous.sequence > own_sequence THEN RETURN; END IF;
    IF FOUND AND previous.sequence < own_sequence THEN
      SELECT sequence, at INTO before_it FROM snapshot
        WHERE aggregate = own_aggregate ORDER BY sequence DESC OFFSET 1 LIMIT 1;
      IF NOT FOUND AND from_beginning THEN
        SELECT 0::bigint AS sequence, at INTO before_it FROM journal WHERE aggregate = own_aggregate AND sequence = 1;
      END IF;
      IF FOUND AND previous.at >= before_it.at AND (longest IS NULL OR own_at - before_it.at < longest)
        AND (previous.at - before_it.at < apart OR own_sequence - before_it.sequence < inputs) THEN
        DELETE FROM snapshot WHERE aggregate = own_aggregate AND sequence = previous.sequence;
      END IF;
    END IF;
    INSERT INTO snapshot (aggregate, sequence, machine, machine_version, at, state, position)
      VALUES (own_aggregate, own_sequence, own_machine, own_version, own_at, own_state, own_position)
      ON CONFLICT (aggregate, sequence) DO UPDATE SET machine = excluded.machine,
        machine_version = excluded.machine_version, at = excluded.at, state = excluded.state,
        position = excluded.position;
  END $$;

  CREATE FUNCTION commit_batch(
    mine bigint, before bigint, new_position bigint, new_outbox bigint, fresh text, rows text, snapshots text,
    notices text, delivered text, ended text, records text
  ) RETURNS void LANGUAGE plpgsql AS $$
  DECLARE
    each record;
  BEGIN
    PERFORM continue_store(mine, before, new_position, new_outbox);
    INSERT INTO aggregate (name) SELECT value FROM json_array_elements_text(fresh::json);
    INSERT INTO journal (position, aggregate, sequence, at, machine_version, outcome, input, error, origin, cause, made,
        first_outbox, last_outbox)
      SELECT position, aggregate, sequence, at, "machineVersion", outcome, input, error, origin, cause, made,
        "firstOutbox", "lastOutbox"
      FROM json_to_recordset(rows::json) AS given(position bigint, aggregate text, sequence bigint, at bigint,
        "machineVersion" bigint, outcome text, input text, error text, origin text, cause bigint, made text,
        "firstOutbox" bigint, "lastOutbox" bigint);
    FOR each IN
      SELECT * FROM json_to_recordset(snapshots::json) AS given(aggregate text, sequence bigint, machine text,
        "machineVersion" bigint, at bigint, state text, "fromBeginning" boolean, apart double precision, longest bigint,
        inputs double precision)
    LOOP
      PERFORM keep_snapshot(each.aggregate, each.sequence, each.machine, each."machineVersion", each.at, each.state,
        new_position, each."fromBeginning", each.apart, each.longest, each.inputs);
    END LOOP;
    INSERT INTO outbox (number, lane, kind, payload)
      SELECT number, lane, kind, payload
      FROM json_to_recordset(notices::json) AS given(number bigint, lane text, kind text, payload text);
    DELETE FROM outbox WHERE number IN (SELECT value::bigint FROM json_array_elements_text(delivered::json));
    UPDATE aggregate SET ended_at = greatest(
        coalesce((SELECT at FROM journal WHERE aggregate = name ORDER BY sequence DESC LIMIT 1), 0),
        coalesce((SELECT at FROM snapshot WHERE aggregate = name ORDER BY sequence DESC LIMIT 1), 0))
      WHERE ended_at IS NULL AND name IN (SELECT value FROM json_array_elements_text(ended::json));
    FOR each IN
      SELECT * FROM json_to_recordset(records::json) AS given(collection text, key text, value text)
    LOOP
      IF each.value IS NULL THEN
        DELETE FROM record WHERE collection = each.collection AND key = each.key;
      ELSE
        INSERT INTO record (collection, key, value) VALUES (each.collection, each.key, each.value)
          ON CONFLICT (collection, key) DO UPDATE SET value = excluded.value;
      END IF;
    END LOOP;
  END $$;

  CREATE FUNCTION empty_store(new_history text) RETURNS void LANGUAGE plpgsql AS $$
  BEGIN
    TRUNCATE journal, snapshot, outbox, record, aggregate;
    UPDATE store SET history = new_history, last_position = 0, last_outbox_number = 0;
  END $$;
`

const found = z.object({ store: z.boolean(), others: z.boolean() })
const versionRow = z.object({ version: z.number() })

const SELECT_FOUND = `
  SELECT to_regclass(format('%I.store', $1::text)) IS NOT NULL AS store,
    EXISTS (SELECT FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace WHERE nspname = $1) AS others`

/**
 * Creates the tables in an empty schema. Accepts a store of mrdian, and migrates it when its version is older.
 *
 * @throws StoreError `NOT_A_STORE` for another program's schema, `UNKNOWN_VERSION` for a version that this program cannot
 * migrate.
 */
export async function prepareSchema(connection: Connection, address: Address, schema: string): Promise<void> {
  const { store, others } = found.parse((await connection.query(SELECT_FOUND, [schema]))[0])
  if (!store && others) throw foreign(address, schema)
  if (!store) return createTables(connection, schema)
  const version = await readVersion(connection, address, schema)
  for (const migration of MIGRATIONS.filter(({ from }) => from >= version))
    await connection.script(`BEGIN; ${migration.sql}; UPDATE store SET version = ${migration.from + 1}; COMMIT`)
}

/**
 * For a reader, which does not migrate: checks that the schema has the tables above.
 *
 * @throws StoreError `NOT_A_STORE`, `UNKNOWN_VERSION`
 */
export async function checkReadable(connection: Connection, address: Address, schema: string): Promise<void> {
  const { store } = found.parse((await connection.query(SELECT_FOUND, [schema]))[0])
  if (!store) throw foreign(address, schema)
  const version = await readVersion(connection, address, schema)
  if (version === SCHEMA_VERSION) return
  const message = `${address.shown} has schema version ${version}; a server of this version has to open it once before it is read`
  throw new StoreError('UNKNOWN_VERSION', message)
}

async function readVersion(connection: Connection, address: Address, schema: string): Promise<number> {
  const columns = await connection.query(
    `SELECT column_name FROM information_schema.columns
     WHERE table_schema = $1 AND table_name = 'store' AND column_name IN ('version', 'history', 'epoch')`,
    [schema],
  )
  if (columns.length < 3) throw foreign(address, schema)
  const { version } = versionRow.parse((await connection.query('SELECT version FROM store'))[0])
  if (version >= OLDEST_VERSION && version <= SCHEMA_VERSION) return version
  const known = `this version of mrdian knows ${OLDEST_VERSION} to ${SCHEMA_VERSION}`
  throw new StoreError('UNKNOWN_VERSION', `${address.shown} has schema version ${version}; ${known}`)
}

function foreign({ shown }: Address, schema: string): StoreError {
  return new StoreError(
    'NOT_A_STORE',
    `${shown}: there is no store in the schema ${schema}, or tables of another program`,
  )
}

/** In one transaction. Of two processes that do it at once, the second one finds the tables when it has the lock. */
async function createTables(connection: Connection, schema: string): Promise<void> {
  await connection.script(`
    BEGIN;
    SELECT pg_advisory_xact_lock(hashtext('mrdian ${schema}'));
    CREATE SCHEMA IF NOT EXISTS "${schema}";
    DO $do$ BEGIN IF to_regclass('store') IS NULL THEN
      ${TABLES}
      ${FUNCTIONS}
      INSERT INTO store VALUES (true, ${SCHEMA_VERSION}, '${randomUUID()}', 0, '', 0, 0, 0);
      INSERT INTO lease VALUES (true, '', '', 'epoch');
    END IF; END $do$;
    COMMIT`)
}

/** Deletes every row, in a transaction of the caller. `$1`: the id of the new history. */
export const EMPTY_TABLES = 'SELECT empty_store($1)'

const sizeRow = z.object({ bytes: z.number() })

const SELECT_SIZE = `
  SELECT coalesce(sum(pg_total_relation_size(pg_class.oid)), 0)::bigint AS bytes
  FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace WHERE nspname = $1 AND relkind = 'r'`

/** Bytes of the tables with their indexes. */
export async function readSize(connection: Connection, schema: string): Promise<number> {
  return sizeRow.parse((await connection.query(SELECT_SIZE, [schema]))[0]).bytes
}
