/** Actions on calls of campaigns that have parameters (`dialog 5.1`). */
import { CLASSIFICATIONS, type Classification } from '../../machines/index.ts'
import type { XmlElement } from './parse.ts'
import { accept, oneOf, type Read, readChild, readTexts, refuse } from './request.ts'

export type CampaignRequest =
  | { readonly action: 'RECLASSIFY'; readonly targetMediaAddress: string; readonly classification: Classification }
  | {
      readonly action: 'UPDATE_SCHEDULED_CALLBACK'
      readonly targetMediaAddress: string
      readonly callbackTime?: string
      readonly callbackNumber?: string
    }

/** Reads the parameters of an action. */
export function readCampaignAction(
  root: XmlElement,
  action: CampaignRequest['action'],
  targetMediaAddress: string,
): Read<CampaignRequest> {
  const read = readParams(root)
  if (!read.ok) return read
  const { outboundClassification = '', callbackTime, callbackNumber } = Object.fromEntries(read.value)
  if (action === 'UPDATE_SCHEDULED_CALLBACK') {
    if (callbackTime === undefined && callbackNumber === undefined) return refuse('PARAMETER_MISSING', 'callbackTime')
    const callback = {
      ...(callbackTime === undefined ? {} : { callbackTime }),
      ...(callbackNumber === undefined ? {} : { callbackNumber }),
    }
    return accept({ action, targetMediaAddress, ...callback })
  }
  if (outboundClassification === '') return refuse('PARAMETER_MISSING', 'outboundClassification')
  const classification = oneOf(CLASSIFICATIONS, outboundClassification)
  return classification === undefined
    ? refuse('BAD_REQUEST', 'outboundClassification')
    : accept({ action, targetMediaAddress, classification })
}

/** The parameters that have a value. */
export function readParams(root: XmlElement): Read<ReadonlyMap<string, string>> {
  const list = readChild(root, 'actionParams')
  if (!list.ok) return list
  const params = new Map<string, string>()
  for (const child of list.value?.children ?? []) {
    const texts = readTexts(child, ['name', 'value'])
    if (!texts.ok) return texts
    if (texts.value('value') !== '' && !params.has(texts.value('name')))
      params.set(texts.value('name'), texts.value('value'))
  }
  return accept(params)
}
