import { onTestFinished } from 'vitest'
import { type AccessRule, type ApiToken } from '#main/sandbox/api/access.ts'
import { startApiServer } from '#main/sandbox/api/start-api-server.ts'
import { fleetKubeconfig } from '#main/sandbox/fleet-kubeconfig.ts'
import type { EngineOptions, World } from '#test/support/world.ts'

const read = ['get', 'list', 'watch']

/** What an engine of one namespace needs. */
export const engineRules: readonly AccessRule[] = [
  { apiGroups: ['argoproj.io'], resources: ['rollouts'], verbs: [...read, 'update', 'patch'] },
  { apiGroups: ['argoproj.io'], resources: ['rollouts/status'], verbs: [...read, 'update', 'patch'] },
  { apiGroups: ['apps'], resources: ['replicasets'], verbs: [...read, 'create', 'update', 'patch', 'delete'] },
  { apiGroups: ['apps'], resources: ['deployments'], verbs: read },
  { apiGroups: [''], resources: ['pods', 'services'], verbs: read },
  { apiGroups: [''], resources: ['events'], verbs: ['create', 'patch'] },
  { apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs: [...read, 'create', 'update'] },
]

/** Somebody with few rights. */
interface Account {
  /** How an engine acts as it. */
  readonly signIn: EngineOptions
  /** It has these rights from now on. */
  readonly grant: (rules: readonly AccessRule[]) => Promise<void>
}

/** In the sandbox, whose roles do nothing, a second door to the same cluster; else a service account. */
export const anAccount = (world: World, rules: readonly AccessRule[]): Promise<Account> =>
  world.sandbox === undefined ? aServiceAccount(world, rules) : aDoor(world, rules)

async function aDoor(world: World, rules: readonly AccessRule[]): Promise<Account> {
  const { cluster, clock } = world.sandbox ?? {}
  if (cluster === undefined || clock === undefined) throw new Error('no sandbox')
  const allowed = [...rules]
  const token: ApiToken = { token: 'of-engine', user: 'engine', rules: allowed }
  const server = await startApiServer({ store: cluster.store, clock, name: cluster.name, tokens: [token] })
  onTestFinished(() => server.close())
  const entry = { context: cluster.context, url: server.url, token: token.token, caData: server.caData }
  const kubeconfig = world.kubectl.file('engine.yaml', fleetKubeconfig([entry]))
  return {
    signIn: { kubeconfig },
    grant: (more) => {
      allowed.splice(0, allowed.length, ...more)
      return Promise.resolve()
    },
  }
}

async function aServiceAccount(world: World, rules: readonly AccessRule[]): Promise<Account> {
  const { namespace, send } = world
  const rbac = `/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}`
  const metadata = { name: 'engine' }
  const allowing = (some: readonly AccessRule[]) => some.filter(({ verbs }) => verbs.length > 0)
  await send('POST', `/api/v1/namespaces/${namespace}/serviceaccounts`, { body: { metadata } })
  await send('POST', `${rbac}/roles`, { body: { metadata, rules: allowing(rules) } })
  await send('POST', `${rbac}/rolebindings`, {
    body: {
      metadata,
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'engine' },
      subjects: [{ kind: 'ServiceAccount', name: 'engine', namespace }],
    },
  })
  return {
    signIn: { as: `system:serviceaccount:${namespace}:engine` },
    grant: async (more) => {
      await send('PATCH', `${rbac}/roles/engine`, {
        body: { rules: allowing(more) },
        headers: { 'Content-Type': 'application/merge-patch+json' },
      })
    },
  }
}
