/** The sides of a server: one, two, or two of which the other server of a pair serves one. */
import type { Side } from '../../machines/wire.ts'
import { OwnerEnd } from '../pair/index.ts'
import { collectionOf } from '../xmpp/service/subscriptions.ts'
import { domainsOf } from './seat-options.ts'
import { type ServerOptions, wantedBy } from './server-options.ts'
import type { Parts } from './server-parts.ts'
import { type RunningSide, type SideOptions, startSide } from './side.ts'

type OfSide = 'side' | 'domain' | 'ports' | 'front' | 'linked' | 'pair' | 'hosts' | 'certificate'

export interface SidesParts {
  /** What all sides have in common. */
  readonly common: Omit<SideOptions, OfSide>
  readonly sides: readonly Side[]
  /** What the other server of a pair reads in the lease. */
  readonly pairKey: string
}

export interface OpenedSides {
  /** The side whose ports have the options of side A. */
  readonly own: RunningSide
  /** The second side on this server. */
  readonly second: RunningSide | undefined
}

/** Starts the sides, without their REST ports. `parts` gets what has to be closed. Rejects as `startSide`. */
export async function openSides(
  options: ServerOptions,
  parts: Parts,
  { common, sides, pairKey }: SidesParts,
): Promise<OpenedSides> {
  const { serves } = options
  const { ports, portsB } = wantedBy(options)
  const domains = domainsOf(options)
  const hosts = { primary: domains.A, ...(sides.includes('B') ? { secondary: domains.B } : {}) }
  const other = serves === 'A' ? 'B' : 'A'
  const { accounts, engine } = common
  const ownerEnd =
    serves &&
    new OwnerEnd({ key: pairKey, other, accounts, records: engine.adapters.records, collection: collectionOf(other) })
  if (ownerEnd) parts.ownerEnd = ownerEnd
  const started = new Map<Side, RunningSide>()
  const door = ownerEnd && {
    ownerEnd,
    handle: (...given: Parameters<RunningSide['handle']>) => started.get(other)?.handle(...given),
  }
  for (const side of sides) {
    const isHere = serves === undefined || side === serves
    const opened = await startSide({
      ...common,
      ...{ side, hosts, certificate: parts.certificate, domain: domains[side] },
      ports: side === 'B' && portsB ? portsB : ports,
      front: side === serves ? parts.seat?.front : undefined,
      linked: isHere ? undefined : ownerEnd,
      pair: side === serves ? door : undefined,
    })
    started.set(side, opened)
    parts.sides.push(opened)
  }
  const own = started.get(serves ?? 'A')
  if (own === undefined) throw new TypeError('a server serves one of its sides')
  return { own, second: serves === undefined ? started.get('B') : undefined }
}
