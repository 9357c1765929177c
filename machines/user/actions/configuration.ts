/** The directory: media, presence and rules as it wants them. */
import { assign } from 'xstate'
import { withPresence } from './presence.ts'

export const withConfiguration = withPresence.extend({
  actions: {
    configure: assign(({ context, event, spawn }) => {
      if (event.type !== 'CONFIGURED') return {}
      const { config } = event
      const { user, role, actingSide } = context
      const added = Object.entries(config.mrds).filter(([mrd]) => !(mrd in context.media))
      const spawned = added.map(([mrd, { member, settings }]) => [
        mrd,
        spawn('media', { id: `media:${mrd}`, input: { user, mrd, member, role, settings, actingSide } }),
      ])
      return { config, media: { ...context.media, ...Object.fromEntries(spawned) } }
    }),
    configureOthers: withPresence.enqueueActions(({ context, event, enqueue }) => {
      if (event.type !== 'CONFIGURED') return
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
  },
})
