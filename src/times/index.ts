/** Times that people see and type: one way to write them, one way to read them. */
export { readTime, TIME_HELP } from './read.ts'
export {
  clockText,
  exactText,
  instant,
  type Reader,
  type Tell,
  textWithTimes,
  timeText,
  withOffsetOf,
  withTimesTold,
} from './write.ts'
export { localZone, type Zone } from './zone.ts'
