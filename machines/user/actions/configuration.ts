/** Actions that apply a new configuration to the user, its media and its presences. */
import { assertEvent } from 'xstate'
import { guarded } from '../guards.ts'

export const configuration = {
  configure: guarded.assign(({ context, event, spawn }) => {
    assertEvent(event, 'CONFIGURED')
    const { config } = event
    const { user, actingSide } = context
    const added = Object.entries(config.mrds).filter(([mrd]) => !(mrd in context.media))
    const spawned = added.map(([mrd, { member, settings }]) => [
      mrd,
      spawn('media', { id: `media:${mrd}`, input: { user, mrd, member, settings, actingSide } }),
    ])
    return { config, media: { ...context.media, ...Object.fromEntries(spawned) } }
  }),
  configureOthers: guarded.enqueueActions(({ context, event, enqueue }) => {
    assertEvent(event, 'CONFIGURED')
    const { config, at } = event
    for (const presence of Object.values(context.presence))
      enqueue.sendTo(presence, { type: 'CONFIGURED', graceMs: config.presenceGraceMs, at })
    for (const [mrd, medium] of Object.entries(context.media)) {
      const { member, settings } = config.mrds[mrd] ?? {
        member: false,
        settings: medium.getSnapshot().context.settings,
      }
      enqueue.sendTo(medium, { type: 'CONFIGURED', member, settings, at })
    }
  }),
}
