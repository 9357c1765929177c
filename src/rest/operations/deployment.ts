/** Facts about the deployment, which every caller may read (`dialog 10`). */
import type { Directory } from '../../directory/index.ts'
import { renderEccVariables, renderMediaDomain, renderMediaDomains } from '../../finesse/index.ts'
import { found, type Operation } from '../operation.ts'
import { RestRefusal } from '../refusal.ts'

function read(path: string, render: (directory: Directory, id: string) => string): Operation {
  return {
    access: 'caller',
    method: 'GET',
    path,
    run: (call) => found(render(call.engine.get.directory(), call.param('id'))),
  }
}

function mediaDomain({ mediaRoutingDomains }: Directory, id: string): string {
  const domain = mediaRoutingDomains.find((mrd) => mrd.id === id)
  if (domain === undefined) throw new RestRefusal('MRD_NOT_FOUND', id)
  return renderMediaDomain(domain)
}

export const DEPLOYMENT_OPERATIONS: readonly Operation[] = [
  read('/ECCVariableConfig', ({ eccVariables = [] }) => renderEccVariables(eccVariables)),
  read('/MediaDomain', ({ mediaRoutingDomains }) => renderMediaDomains(mediaRoutingDomains)),
  read('/MediaDomain/:id', mediaDomain),
]
