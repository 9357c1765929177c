/** Facts about the deployment (`dialog 10`). */
import { lookup } from '../../directory/index.ts'
import { renderEccVariables, renderMediaDomain, renderMediaDomains } from '../../finesse/index.ts'
import { authorise, notFound } from '../authorisation.ts'
import { type Call, found, type Operation } from '../operation.ts'

function read(path: string, render: (call: Call) => string): Operation {
  return {
    access: 'caller',
    method: 'GET',
    path,
    run: (call) => {
      authorise(call)
      return found(render(call))
    },
  }
}

function mediaDomain(call: Call): string {
  const id = call.param('id')
  const domain = lookup(call.engine.get.directory()).mrd(id)
  if (domain === undefined) throw notFound(call, id)
  return renderMediaDomain(domain)
}

export const DEPLOYMENT_OPERATIONS: readonly Operation[] = [
  {
    ...read('/ECCVariableConfig', ({ engine }) => renderEccVariables(engine.get.directory().eccVariables ?? [])),
    platform: 'CCE',
  },
  read('/MediaDomain', ({ engine }) => renderMediaDomains(engine.get.directory().mediaRoutingDomains)),
  read('/MediaDomain/:id', mediaDomain),
]
