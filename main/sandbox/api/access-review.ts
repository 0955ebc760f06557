import { type Fields, isFields } from '../registry/fields.ts'
import { type AccessRule, type ApiToken, isAllowed } from './access.ts'

/** Kinds that are only ever posted and answered; nothing is stored. By `group/plural`. */
export const reviews: Readonly<Record<string, Review>> = {
  'authorization.k8s.io/selfsubjectaccessreviews': { kind: 'SelfSubjectAccessReview', answer: reviewAccess },
  'authorization.k8s.io/selfsubjectrulesreviews': { kind: 'SelfSubjectRulesReview', answer: reviewRules },
  'authentication.k8s.io/selfsubjectreviews': {
    kind: 'SelfSubjectReview',
    answer: ({ user, groups = [] }) => ({ userInfo: { username: user, groups: [...groups, 'system:authenticated'] } }),
  },
}

/** Their RBAC names: `selfsubjectreviews.authentication.k8s.io`. */
export const reviewNames: ReadonlySet<string> = new Set(
  Object.keys(reviews).map((name) => name.split('/').toReversed().join('.')),
)

interface Review {
  readonly kind: string
  /** The status of the answer. */
  readonly answer: (token: ApiToken, spec: Fields) => Fields
}

function reviewAccess(token: ApiToken, spec: Fields): Fields {
  const wanted = spec['resourceAttributes']
  if (!isFields(wanted)) return { allowed: token.rules === 'everything' || isFields(spec['nonResourceAttributes']) }
  const resource = text(wanted['resource'])
  const subresource = text(wanted['subresource'])
  const allowed = isAllowed(token, {
    verb: text(wanted['verb']),
    group: text(wanted['group']),
    resource: subresource === '' ? resource : `${resource}/${subresource}`,
    namespace: text(wanted['namespace']) || undefined,
    name: text(wanted['name']) || undefined,
  })
  return allowed ? { allowed, reason: 'RBAC: allowed by the rules of the sandbox token' } : { allowed }
}

const everything: AccessRule = { verbs: ['*'], apiGroups: ['*'], resources: ['*'] }

function reviewRules({ rules }: ApiToken, spec: Fields): Fields {
  const namespace = text(spec['namespace'])
  const held = (rules === 'everything' ? [everything] : rules).filter(
    (rule) => rule.namespaces === undefined || rule.namespaces.includes(namespace),
  )
  return {
    resourceRules: held.map(({ namespaces: _namespaces, ...rule }) => rule),
    nonResourceRules: [{ verbs: ['get'], nonResourceURLs: ['/api', '/apis', '/healthz', '/openapi', '/version'] }],
    incomplete: false,
  }
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '')
