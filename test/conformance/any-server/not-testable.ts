/** A row that cannot be tested on this server, with the reason: not an error of the server. */
export class NotTestable extends Error {}
