/** Describes what happens in campaigns in words. */
import type { CampaignChange, Message } from '../../engine/input.ts'

const contacts = (count: number): string => `${count} contact${count === 1 ? '' : 's'}`

/** A change of a campaign. */
export function campaignWords(change: CampaignChange, campaign: string): string {
  switch (change.type) {
    case 'CREATE':
      return `campaign ${campaign} for the agents of queue ${change.setup.queue.name}`
    case 'ADD':
      return `${contacts(change.contacts.length)} for campaign ${campaign}`
    case 'RUN':
      return `campaign ${campaign} ${change.isRunning ? 'begins' : 'stops'}`
    case 'WITHDRAW':
      return `campaign ${campaign} does not call ${contacts(change.records.length)} any more`
    case 'REMOVE':
      return `campaign ${campaign} was removed`
  }
}

const ENDS = {
  REFUSED: 'was not available for',
  LEFT: 'has left',
  REJECTED: 'rejected',
  CLOSED: 'closed',
  TIMED_OUT: 'did not decide in time about',
  DIALLED: 'is no longer needed for',
} as const

/** What a call tells its campaign. */
export function campaignNewsWords({ dialog, news }: Extract<Message, { type: 'campaignNews' }>): string {
  switch (news.what) {
    case 'TAKEN':
      return `agent ${news.user} is reserved by call ${dialog}`
    case 'ENDS':
      return `agent ${news.user} ${ENDS[news.how]} the reservation ${dialog}`
    case 'BEGINS':
      return `contact ${news.record} talks in call ${dialog}`
    case 'CLASSIFIED':
      return `contact ${news.record} is ${news.classification}`
    case 'CALLBACK':
      return `contact ${news.record} is ${news.callback ? '' : 'not '}to be called back`
  }
}
