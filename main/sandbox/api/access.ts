import type { EpochMs } from '#lib/clock.ts'
import type { ServedKind } from '../registry/kinds.ts'
import type { Verb } from './request-path.ts'

/** A bearer token the server accepts, and what its user may do. */
export interface ApiToken {
  readonly token: string
  readonly user: string
  readonly groups?: readonly string[]
  readonly rules: 'everything' | readonly AccessRule[]
  /** From this moment on the token is answered with 401. */
  readonly expiresAt?: EpochMs
}

/** An RBAC rule; `*` stands for all. Without `namespaces` it holds in every namespace and for cluster scope. */
export interface AccessRule {
  readonly verbs: readonly string[]
  readonly apiGroups: readonly string[]
  /** `rollouts`, `rollouts/status`. */
  readonly resources: readonly string[]
  readonly resourceNames?: readonly string[]
  readonly namespaces?: readonly string[]
}

export interface Attempt {
  readonly verb: string
  readonly group: string
  /** With its subresource: `pods/log`. */
  readonly resource: string
  readonly namespace: string | undefined
  readonly name: string | undefined
}

/** The token of an `Authorization` header; `undefined` for none, an unknown or an expired one. */
export function authenticate(
  header: string | undefined,
  tokens: readonly ApiToken[],
  now: EpochMs,
): ApiToken | undefined {
  const sent = /^Bearer\s+(\S+)$/i.exec(header ?? '')?.[1]
  const known = tokens.find(({ token }) => token === sent)
  return known?.expiresAt !== undefined && known.expiresAt <= now ? undefined : known
}

export function isAllowed({ rules }: ApiToken, attempt: Attempt): boolean {
  return rules === 'everything' || rules.some((rule) => covers(rule, attempt))
}

function covers(rule: AccessRule, { verb, group, resource, namespace, name }: Attempt): boolean {
  const names = rule.resourceNames
  return (
    includes(rule.verbs, verb) &&
    includes(rule.apiGroups, group) &&
    includes(rule.resources, resource) &&
    (names === undefined || (name !== undefined && names.includes(name))) &&
    (rule.namespaces === undefined || (namespace !== undefined && rule.namespaces.includes(namespace)))
  )
}

const includes = (list: readonly string[], value: string) => list.includes('*') || list.includes(value)

export const attemptOf = (
  kind: ServedKind,
  verb: Verb,
  at: {
    readonly namespace: string | undefined
    readonly name: string | undefined
    readonly subresource: string | undefined
  },
): Attempt => ({
  verb,
  group: kind.group,
  resource: at.subresource === undefined ? kind.plural : `${kind.plural}/${at.subresource}`,
  namespace: at.namespace,
  name: at.name,
})

/** The sentence of a 403 after `is forbidden: `. */
export function refusalText({ user }: ApiToken, { verb, group, resource, namespace }: Attempt): string {
  const where = namespace === undefined ? 'at the cluster scope' : `in the namespace ${JSON.stringify(namespace)}`
  return `User ${JSON.stringify(user)} cannot ${verb} resource ${JSON.stringify(resource)} in API group ${JSON.stringify(group)} ${where}`
}
