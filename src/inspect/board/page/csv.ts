/** The agents that the board shows, as CSV: a line for each agent and medium. */
import { element } from '../../../pages/browser/dom.ts'
import { csv } from '../../../tables/csv.ts'
import type { BoardAgent } from '../protocol.ts'
import type { Model } from './model.ts'

const HEAD = [
  'agent',
  'name',
  'team',
  'presence',
  'mrd',
  'medium',
  'state',
  'secondsInState',
  'tasks',
  'limit',
  'reason',
  'prevented',
  'heldBy',
  'mobile',
  'nailed',
]

/** In the order of the board. */
export function csvOf(model: Model, shown: readonly BoardAgent[]): string {
  const now = model.now()
  const rows = shown.flatMap(({ id, name, team, presence, side, cells }) =>
    Object.entries(cells).map(([mrd, { state, since, dialogs, limit, reason, prevented, mobile }]) => {
      const seconds = since === null ? undefined : Math.max(0, Math.floor((now - since) / 1000))
      const who = [id, name, model.teamName(team), presence[side] ?? 'ABSENT']
      const obstacle = [prevented?.why, prevented?.heldBy?.map((each) => model.mrdName(each)).join(' ')]
      return [
        ...who,
        mrd,
        model.mrdName(mrd),
        state,
        seconds,
        dialogs,
        limit,
        reason,
        ...obstacle,
        mobile?.mode,
        mobile?.nailed,
      ]
    }),
  )
  return csv([HEAD, ...rows])
}

/** Lets the browser save the text. `at`: the time of what it shows, for the name of the file. */
export function save(text: string, at: number): void {
  const address = URL.createObjectURL(new Blob([text], { type: 'text/csv' }))
  const stamp = new Date(at).toISOString().slice(0, 19).replaceAll(':', '-')
  element('a', { href: address, download: `board-${stamp}.csv` }).click()
  URL.revokeObjectURL(address)
}
