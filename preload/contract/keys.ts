import type { RolloutKey } from './views.ts'

export interface RolloutAddress {
  readonly context: string
  readonly namespace: string
  readonly name: string
}

/** Context names may hold `/` and `:` (cloud providers do that), so every part is percent-encoded. */
export const rolloutKey = (at: RolloutAddress): RolloutKey =>
  [at.context, at.namespace, at.name].map(encodeURIComponent).join('/')

/** The inverse of `rolloutKey`; `undefined` for text that is not a key. */
export function parseRolloutKey(key: RolloutKey): RolloutAddress | undefined {
  const parts = key.split('/')
  if (parts.length !== 3 || parts.some((part) => part === '')) return undefined
  try {
    const [context, namespace, name] = parts.map(decodeURIComponent)
    return { context: context ?? '', namespace: namespace ?? '', name: name ?? '' }
  } catch {
    return undefined
  }
}
