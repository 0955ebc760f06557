/**
 * Structured clone, cut down to what the contract allows: JSON values and `undefined`. Anything else (Date, Map, Error, class
 * instance, function) throws as Electron would for a function, so that it cannot slip into the contract.
 * Self-contained: the source text of this function is also put into pages.
 */
export function plainText() {
  const absent = '\u0000undefined'
  const check = (value: unknown): unknown => {
    if (value === undefined) return absent
    if (value === null || typeof value === 'string' || typeof value === 'boolean') return value
    if (typeof value === 'number' && Number.isFinite(value)) return value
    if (Array.isArray(value)) return value.map(check)
    if (typeof value === 'object' && Object.getPrototypeOf(Object.getPrototypeOf(value) ?? Object.prototype) === null)
      return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, check(each)]))
    throw new Error(`An object could not be cloned: ${Object.prototype.toString.call(value)}`)
  }
  const restore = (value: unknown): unknown => {
    if (value === absent) return undefined
    if (Array.isArray(value)) return value.map(restore)
    if (value !== null && typeof value === 'object')
      return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, restore(each)]))
    return value
  }
  return {
    encode: (value: unknown): string => JSON.stringify(check(value)),
    decode: (text: string): unknown => restore(JSON.parse(text)),
  }
}
