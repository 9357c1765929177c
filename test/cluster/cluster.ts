/**
 * PostgreSQL servers on the loopback interface: a primary, and standbys that follow it synchronously.
 */
import { chownSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { freePorts } from '../suite/free-ports.ts'
import { type Node, ownerOfServers, Server, type ServerOptions, STANDBYS } from './server.ts'

export type { Node } from './server.ts'

/** The password of the role that stores sign in with, in tests. The superuser `postgres` needs none. */
export const PASSWORD = 'pw of the store/:@'

export interface Cluster {
  readonly primary: Node
  readonly standbys: readonly Node[]
  readonly nodes: readonly Node[]
  /** Makes that server the primary which has received most; by default of those that began as standbys. Resolves with it. */
  promoteNewest(among?: readonly Node[]): Promise<Node>
  /** A server that was lost begins anew, as a standby of this primary. */
  rejoin(lost: Node, primary: Node): Promise<void>
  /** Address for a store: all servers, or those given, by default on loopback. */
  url(...nodes: readonly { readonly host?: string; readonly port: number }[]): string
  close(): Promise<void>
}

/** Options of each server are among them. */
export interface ClusterOptions extends ServerOptions {
  /** One for each server. Default: free ones. */
  readonly ports?: readonly number[]
  /** Of the role `mrdian`. Default: a difficult one. */
  readonly password?: string
  /** Kept at the end, and used again if it has servers. Default: a temporary one, which is removed at the end. */
  readonly folder?: string
}

/** Without standbys nothing is replicated or synced. */
export async function startCluster(standbys: 0 | 1 | 2, options: ClusterOptions = {}): Promise<Cluster> {
  const { password = PASSWORD } = options
  const owner = await ownerOfServers()
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'mrdian-postgres-'))
  mkdirSync(folder, { recursive: true })
  if (owner !== undefined) chownSync(folder, owner.uid, owner.gid)
  const ports = options.ports ?? (await freePorts(standbys + 1))
  const names = ['p', 's1', 's2'].slice(0, standbys + 1)
  const nodes = names.map((name, n) => new Server(name, ports[n] ?? 0, join(folder, name), owner, options))
  const [primary, ...followers] = nodes
  if (primary === undefined) throw new Error('no primary')
  const close = async () => {
    // In order where the files are kept: the standbys last, because the primary sends them what it has.
    if (options.folder === undefined) await Promise.all(nodes.map((node) => node.stop('SIGKILL')))
    else for (const node of nodes) await node.stop()
    if (options.folder === undefined) rmSync(folder, { recursive: true, force: true })
  }
  try {
    const isNew = !existsSync(primary.folder)
    await primary.create(standbys > 0)
    await primary.start()
    if (isNew) {
      await primary.sql(`CREATE ROLE mrdian LOGIN PASSWORD '${password}'`)
      await primary.sql('CREATE DATABASE mrdian OWNER mrdian')
    }
    await Promise.all(followers.map((node) => node.follow(nodes)))
    await Promise.all(followers.map((node) => node.start()))
    // Only now: without standbys every commit would wait.
    if (standbys > 0) await replicateFrom(primary)
  } catch (error) {
    await close()
    throw error
  }
  const url: Cluster['url'] = (...of) => {
    const all: typeof of = of.length > 0 ? of : nodes
    const hosts = all.map(({ host = '127.0.0.1', port }) => `${host}:${port}`).join(',')
    return `postgres://mrdian:${encodeURIComponent(password)}@${hosts}/mrdian`
  }
  const promoteNewest = async (among: readonly Node[] = followers) => {
    const received = await Promise.all(
      among.map(async (node) => {
        const lsn = await node.sql("SELECT pg_last_wal_receive_lsn() - '0/0'::pg_lsn")
        return { node, lsn: BigInt(lsn) }
      }),
    )
    const [newest] = received.toSorted((a, b) => (b.lsn > a.lsn ? 1 : -1))
    if (newest === undefined) throw new Error('no standby')
    await newest.node.promote()
    return newest.node
  }
  const rejoin = async (lost: Node, newPrimary: Node) => {
    const node = nodes.find((each) => each === lost)
    if (node === undefined) throw new Error('it is not of this cluster')
    await node.stop('SIGKILL')
    rmSync(node.folder, { recursive: true })
    await node.follow([newPrimary, ...nodes.filter((each) => each !== newPrimary)])
    await node.start()
  }
  return { primary, standbys: followers, nodes, url, close, promoteNewest, rejoin }
}

async function replicateFrom(primary: Node): Promise<void> {
  await primary.sql(`ALTER SYSTEM SET synchronous_standby_names = '${STANDBYS}'`)
  await primary.sql('SELECT pg_reload_conf()')
  while ((await primary.sql('SHOW synchronous_standby_names')) !== STANDBYS) await pause(10)
}
