import { fieldAt, listAt, textAt } from '../route-json.ts'
import type { RouterRequest } from '../router.ts'
import { refsOf, serviceOf } from './route-rules.ts'

/**
 * Named after one of these managed routes: `hdr`, or `hdr-1` for its second source rule (GW-16a). A user's own rule of such a name counts
 * too (GW-17).
 */
export function isNamedAfter(rule: unknown, managed: readonly string[]): boolean {
  const name = textAt(rule, 'name')
  return managed.some((each) => {
    const numbered = name.startsWith(`${each}-`) ? name.slice(each.length + 1) : ''
    return each !== '' && (name === each || /^[+-]?\d+$/.test(numbered))
  })
}

/**
 * Looks like a header route of a version of the plugin that set no names: sends to the canary Service alone (GW-16b). Differs from the
 * reference, for which a name makes no difference: it skips and deletes a user's own rule to the canary, such as one for a preview.
 */
export function isUnnamedCanaryRule(rule: unknown, canaryService: string): boolean {
  const refs = refsOf(rule)
  return (
    textAt(rule, 'name') === '' && refs.length === 1 && canaryService !== '' && serviceOf(refs[0]) === canaryService
  )
}

/** Some match asks for all headers of these names, whatever their values (GW-16b). */
export const asksForHeaders = (rule: unknown, headers: readonly string[]): boolean =>
  listAt(rule, 'matches').some((match) => {
    const asked = listAt(match, 'headers').map((header) => fieldAt(header, 'name'))
    return headers.every((name) => asked.includes(name))
  })

/** Made by the plugin, or taken for that: neither weighed nor kept when managed routes go (GW-16). */
export const isManaged = (rule: unknown, { rollout, canaryService }: RouterRequest): boolean =>
  isNamedAfter(rule, managedRoutesOf(rollout)) || isUnnamedCanaryRule(rule, canaryService)

export const managedRoutesOf = ({ spec }: RouterRequest['rollout']): readonly string[] =>
  (spec.strategy?.canary?.trafficRouting?.managedRoutes ?? []).map(({ name }) => name)
