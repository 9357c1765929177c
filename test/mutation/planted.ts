/**
 * Faults that tests once missed, or that would harm clients most. The row tests notice each of them without any other
 * test (`npm run mutate -- --planted`).
 */

export interface Planted {
  /** The effect of the fault for a client. */
  readonly name: string
  /** Path from the root of the repository. */
  readonly file: string
  /** The text to replace, which is in the file exactly once. */
  readonly was: string
  readonly is: string
  /** Rows whose tests run first. If these pass, all rows run. */
  readonly rows: readonly string[]
}

const UPDATE = 'src/finesse/update.ts'
const TASK_NOTIFICATION =
  "return notification.shape === 'collection' ? renderDialogs([value], 'dialogs') : renderDialog(value, 'dialog')"

/** A fault that changes values in every item notification of a task. */
const inTaskPut = (name: string, fields: string, rows: readonly string[] = ['D2']): Planted => ({
  rows,
  name: `task PUT: ${name}`,
  file: UPDATE,
  was: "renderDialog(value, 'dialog')",
  is: `renderDialog(value.kind === 'task' ? { ...value, ${fields} } : value, 'dialog')`,
})

/** A fault that changes the text of every notification of a task. */
const inTaskText = (name: string, change: string): Planted => ({
  rows: ['D1'],
  name: `task notification: ${name}`,
  file: UPDATE,
  was: TASK_NOTIFICATION,
  is: `${TASK_NOTIFICATION.replace('return', 'const said =')}
      return value.kind === 'task' ? said${change} : said`,
})

/** A fault that changes values in every Media notification except that of NOT_READY. */
const inMedia = (name: string, fields: string): Planted => ({
  rows: ['A3'],
  name: `Media notification: ${name}`,
  file: UPDATE,
  was: 'return renderMedia(value)',
  is:
    `return renderMedia(value.status && value.status.state !== 'NOT_READY' ` +
    `? { ...value, status: { ...value.status, ${fields} } } : value)`,
})

export const PLANTED: readonly Planted[] = [
  inTaskText('Dialog/state is nonsense', `.replace(/<state>\\w*<\\/state><uri>/, '<state>NONSENSE</state><uri>')`),
  inTaskText('no associatedDialogUri', `.replace(/<associatedDialogUri>[^<]*<\\/associatedDialogUri>/, '')`),
  inTaskPut('wrong actions', `actions: ['RESUME']`),
  inTaskPut('no actions', `actions: []`),
  inTaskPut('no variables', 'variables: []', ['D10']),
  inTaskPut('the associated dialog is not named', `associatedDialog: ''`, ['D10']),
  inTaskPut('startTime is the epoch', 'startTime: 0'),
  inTaskPut('stateChangeTime is the epoch', 'stateChangeTime: 0'),
  inTaskPut('another queue', `queueName: 'NONSENSE'`),
  inTaskPut('another MRD as mediaType', `mediaType: 'NONSENSE'`),
  inMedia('wrong limit', 'maxDialogLimit: value.status.maxDialogLimit + 1'),
  inMedia('wrong interruptAction', `interruptAction: value.status.interruptAction === 'ACCEPT' ? 'IGNORE' : 'ACCEPT'`),
  inMedia(
    'wrong dialogLogoutAction',
    `dialogLogoutAction: value.status.dialogLogoutAction === 'CLOSE' ? 'TRANSFER' : 'CLOSE'`,
  ),
  inMedia('no mediaConnected', 'mediaConnected: false'),
  inMedia('stateChangeTime is the epoch', 'stateChangeTime: 0'),
  {
    rows: ['RV2'],
    name: 'publication during an outage: a side that is out of service still publishes',
    file: 'src/engine/assembly.ts',
    was: 'this.aggregates.side(side)?.isCutOff ?? false',
    is: 'false',
  },
  {
    rows: ['P4', 'P6'],
    name: 'values per side: every side shows the values of the acting side',
    file: 'src/engine/aggregate/user/publish.ts',
    was: 'return differing.length === 0 ? said : { ...said, elsewhere: Object.fromEntries(differing) }',
    is: 'return said',
  },
  {
    rows: ['P6', 'P10'],
    name: 'only: a notification for one side is sent on both',
    file: 'src/engine/delivery/loop-hooks.ts',
    was: '(only ?? side) === side &&',
    is: '',
  },
  {
    rows: ['A10'],
    name: 'order of effects: the outputs of one step are sent in reverse order',
    file: 'src/engine/commit/tick.ts',
    was: 'for (const output of outputs) this.#release',
    is: 'for (const output of outputs.toReversed()) this.#release',
  },
  {
    rows: ['A24'],
    name: 'error texts: a refused Media request has the constant of another error',
    file: 'src/finesse/errors.ts',
    was: "6, 'E_ARM_STAT_AGENT_NOT_LOGGED_IN'",
    is: "6, 'E_ARM_STAT_AGENT_ALREADY_LOGGED_IN'",
  },
  {
    rows: ['D3'],
    name: 'error texts: a failed request about a dialog has no MRD',
    file: 'src/finesse/error-xml.ts',
    was: "leaf('errorMedia', value.mrd ?? '')",
    is: "leaf('errorMedia', '')",
  },
]
