/** The reads of a follower: the newest documents where there are some, else what the engine has. */

import { VOICE_MRD } from '../directory/model.ts'
import type { Engine, Reads } from '../engine/api.ts'
import type { MediaValue } from '../engine/values.ts'
import type { Following } from './following.ts'

export function followedReads(
  engine: () => Engine,
  { picture, ...following }: Pick<Following, 'picture'> & SystemNow,
): Reads {
  const inner = () => engine().get
  const media = (user: string, mrd: string): MediaValue | undefined =>
    picture.of(user)?.media.get(mrd) ?? inner().mediaOrUndefined(user, mrd)
  return {
    user: (id, side) => picture.of(id)?.user ?? inner().user(id, side),
    users: (side) =>
      inner()
        .users(side)
        .map((each) => picture.of(each.id)?.user ?? each),
    media: (user, mrd, side) => picture.of(user)?.media.get(mrd) ?? inner().media(user, mrd, side),
    mediaOrUndefined: media,
    mediaList: (user, side) =>
      inner().mediaList(user, side) &&
      inner()
        .directory()
        .mediaRoutingDomains.filter(({ id }) => id !== VOICE_MRD)
        .flatMap(({ id }) => media(user, id) ?? []),
    dialog: (id) => picture.dialog(id) ?? inner().dialog(id),
    dialogs: (user, kind, mrd) => {
      const known = picture.of(user)
      if (!known?.user) return inner().dialogs(user, kind, mrd)
      const all = [...known.dialogs.values()]
      const calls = kind === 'nonvoice' ? [] : all.filter((each) => each.kind === 'call')
      const tasks = all.filter((each) => each.kind === 'task' && (mrd === undefined || each.mrd === mrd))
      return kind === 'voice' ? calls : [...calls, ...tasks]
    },
    mobile: (user) => {
      const known = picture.of(user)?.user
      if (!known) return inner().mobile(user)
      return known.mobileAgent && { mode: known.mobileAgent.mode }
    },
    presence: (user) => inner().presence(user),
    availability: (user) => inner().availability(user),
    callAvailability: (user) => inner().callAvailability(user),
    eligibility: (user) => inner().eligibility(user),
    staffing: (id) => inner().staffing(id),
    queues: () => inner().queues(),
    voiceQueues: () => inner().voiceQueues(),
    queue: (id) => picture.queue(id) ?? inner().queue(id),
    system: (side) => following.system(side) ?? inner().system(side),
    faults: (side) => inner().faults(side),
    drain: () => inner().drain(),
    isDraining: () => inner().isDraining(),
    directory: () => inner().directory(),
  }
}

interface SystemNow {
  /** SystemInfo of the followed side; out of service while nothing can be followed. `undefined` before the first one. */
  system(side: 'A' | 'B' | undefined): ReturnType<Reads['system']> | undefined
}
