/** XML namespaces that the service reads or writes. */
export const NS = {
  client: 'jabber:client',
  stream: 'http://etherx.jabber.org/streams',
  streams: 'urn:ietf:params:xml:ns:xmpp-streams',
  stanzas: 'urn:ietf:params:xml:ns:xmpp-stanzas',
  framing: 'urn:ietf:params:xml:ns:xmpp-framing',
  httpBind: 'http://jabber.org/protocol/httpbind',
  xbosh: 'urn:xmpp:xbosh',
  sasl: 'urn:ietf:params:xml:ns:xmpp-sasl',
  bind: 'urn:ietf:params:xml:ns:xmpp-bind',
  session: 'urn:ietf:params:xml:ns:xmpp-session',
  roster: 'jabber:iq:roster',
  version: 'jabber:iq:version',
  privateStorage: 'jabber:iq:private',
  vcard: 'vcard-temp',
  ping: 'urn:xmpp:ping',
  discoInfo: 'http://jabber.org/protocol/disco#info',
  discoItems: 'http://jabber.org/protocol/disco#items',
  pubsub: 'http://jabber.org/protocol/pubsub',
  pubsubOwner: 'http://jabber.org/protocol/pubsub#owner',
  pubsubEvent: 'http://jabber.org/protocol/pubsub#event',
  /** Our own: result of a publication. */
  written: 'urn:mrdian:written',
  /** Our own: lane of the outbox that a publication comes from. */
  lane: 'urn:mrdian:lane',
  /** Our own: the access tokens of a user have ended. */
  tokens: 'urn:mrdian:tokens',
  pubsubErrors: 'http://jabber.org/protocol/pubsub#errors',
} as const
