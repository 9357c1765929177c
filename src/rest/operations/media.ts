/** Operations on Media objects (`media 5`). */
import { VOICE_MRD } from '../../directory/model.ts'
import type { Command } from '../../engine/commands.ts'
import { type MediaRequest, readMediaRequest, renderMedia, renderMediaList } from '../../finesse/index.ts'
import { authorisedUser } from '../authorisation.ts'
import { type Call, found, type Operation, type Reply, submit, understood } from '../operation.ts'
import { RestRefusal } from '../refusal.ts'

function get(call: Call): Reply {
  const { user } = authorisedUser(call)
  const mrd = call.param('mrdId')
  const media = call.engine.get.mediaOrUndefined(user.id, mrd, call.side)
  if (media === undefined) throw new RestRefusal('MRD_NOT_FOUND', mrd)
  return found(renderMedia(media))
}

function list(call: Call): Reply {
  const { user } = authorisedUser(call)
  return found(renderMediaList(call.engine.get.mediaList(user.id, call.side) ?? []))
}

function change(call: Call): Promise<Reply> {
  const { user } = authorisedUser(call)
  const mrd = call.param('mrdId')
  // Voice has no Media object, but a change of it is accepted here and fails later with its own code (`media 5.1`).
  if (mrd !== VOICE_MRD && call.engine.get.mediaOrUndefined(user.id, mrd, call.side) === undefined) {
    throw new RestRefusal('MRD_NOT_FOUND', mrd)
  }
  return submit(call, command(user.id, mrd, understood(readMediaRequest(call.body()))))
}

function command(user: string, mrd: string, request: MediaRequest): Command {
  switch (request.type) {
    case 'signIn':
      return { ...request, type: 'media.signIn', user, mrd }
    case 'setState':
      return { ...request, type: 'media.setState', user, mrd }
    case 'setRoutable':
      return { ...request, type: 'media.setRoutable', user, mrd }
  }
}

export const MEDIA_OPERATIONS: readonly Operation[] = [
  { access: 'caller', method: 'GET', path: '/User/:id/Media', platform: 'CCE', run: list },
  { access: 'caller', method: 'GET', path: '/User/:id/Media/:mrdId', platform: 'CCE', run: get },
  { access: 'caller', method: 'PUT', path: '/User/:id/Media/:mrdId', platform: 'CCE', run: change },
]
