/**
 * The parser of XML 1.0. It is a module of its own because the declarations of the package must not refer to those of
 * saxes, which do not compile with `exactOptionalPropertyTypes`.
 */
import { SaxesParser } from 'saxes'

/** A strict parser that throws on errors. It applies the rules of XML 1.0 to documents of any version (XML 1.0 2.8). */
export function xml10Parser(): SaxesParser {
  return new SaxesParser({ position: false, defaultXMLVersion: '1.0', forceXMLVersion: true })
}
