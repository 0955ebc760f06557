import { isRecord } from '#engine/normalise/typed-value.ts'
import { printForms } from '#main/history/redact-template.ts'

/** The stored prints in all texts of a value. */
export function printsIn(value: unknown, found = new Set<string>()): Set<string> {
  if (typeof value === 'string' && value.includes('[secret '))
    for (const [, print = ''] of value.matchAll(printForms)) found.add(print)
  else if (typeof value === 'object' && value !== null) for (const each of Object.values(value)) printsIn(each, found)
  return found
}

/** The same value with each stored print replaced by what may be shown. */
export function showPrints<T>(value: T, show: (print: string) => string): T {
  const walk = (node: unknown): unknown => {
    if (typeof node === 'string')
      return node.includes('[secret ') ? node.replaceAll(printForms, (_all, print: string) => show(print)) : node
    if (Array.isArray(node)) return node.map(walk)
    return isRecord(node) ? Object.fromEntries(Object.entries(node).map(([name, each]) => [name, walk(each)])) : node
  }
  return walk(value) as T
}
