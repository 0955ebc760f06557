import { describe, expect, it } from 'vitest'
import { parseAllDocuments } from 'yaml'
import type { Deployment } from '#api/apps.ts'
import { resources } from '#api/resources.ts'
import type { Manifest } from '#main/cli/engine-manifests.ts'
import { leaseRights, optionalNames, policyRules } from '#main/controller/engine-rights.ts'
import { findReferenceControllers } from '#main/controller/ownership.ts'
import { FakeApi } from '#test/support/fake-api.ts'
import { runCli } from '#test/support/run-cli.ts'
import { VirtualClock } from '#test/support/virtual-clock.ts'

const run = (...args: readonly string[]) => runCli(['manifests', ...args], new VirtualClock())

async function printed(...args: readonly string[]): Promise<readonly Manifest[]> {
  const { out, err, code } = await run('--image', 'registry.example/argosy:1', ...args)
  expect([err, code]).toEqual([[], 0])
  return parseAllDocuments(out.join('\n')).map((each) => each.toJS() as Manifest)
}

const kindsOf = (objects: readonly Manifest[]) => objects.map(({ kind }) => kind)
const one = (objects: readonly Manifest[], kind: string): Manifest => {
  const found = objects.find((each) => each.kind === kind)
  if (found === undefined) throw new Error(`no ${kind}`)
  return found
}
const rulesOf = (objects: readonly Manifest[], kind: string) =>
  one(objects, kind)['rules'] as ReturnType<typeof policyRules>

describe('argosy manifests', () => {
  it('OPS-110: an account, its rights in the cluster and to the lease, the Deployment and its metrics', async () => {
    const objects = await printed()
    expect(kindsOf(objects)).toEqual([
      'ServiceAccount',
      ...['ClusterRole', 'ClusterRoleBinding', 'Role', 'RoleBinding'],
      ...['Deployment', 'Service'],
    ])
    expect(one(objects, 'ClusterRoleBinding')).toMatchObject({
      metadata: { name: 'argo-rollouts-argosy-engine' },
      roleRef: { kind: 'ClusterRole', name: 'argo-rollouts-argosy-engine' },
      subjects: [{ kind: 'ServiceAccount', name: 'argosy-engine', namespace: 'argo-rollouts' }],
    })
    expect(rulesOf(objects, 'Role')).toEqual(policyRules(leaseRights(undefined)))
    expect(JSON.stringify(rulesOf(objects, 'ClusterRole'))).not.toMatch(/"\*"|"(secrets|leases|configmaps)"/)
    expect(one(await printed('--create-namespace', '-n', 'apps'), 'Namespace').metadata).toEqual({ name: 'apps' })
  })

  it('the pod is one that the strictest policy admits', async () => {
    const [container, spec] = containerOf(await printed())
    expect(spec).toMatchObject({
      securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
    })
    expect(container).toMatchObject({
      image: 'registry.example/argosy:1',
      args: ['engine', '--lease-namespace=argo-rollouts', '--listen=:8090'],
      securityContext: {
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      },
      resources: { requests: { cpu: '100m', memory: '256Mi' }, limits: { memory: '512Mi' } },
    })
  })

  it('OPS-52: of one namespace it has no right anywhere else, and is told so', async () => {
    const objects = await printed('--namespaced', '-n', 'team')
    expect(kindsOf(objects)).toEqual(['ServiceAccount', 'Role', 'RoleBinding', 'Deployment', 'Service'])
    expect(objects.map(({ metadata }) => metadata.namespace)).toEqual(Array.from(objects, () => 'team'))
    const names = rulesOf(objects, 'Role').flatMap((rule) => rule.resources)
    expect(names).toContain('leases')
    expect(names).not.toContain('clusteranalysistemplates')
    expect(containerOf(objects)[0]?.['args']).toContain('--namespace=team')
  })

  it('OPS-50: an instance id goes into names, lease and arguments', async () => {
    const objects = await printed('--instance-id', 'blue', '--replicas', '2')
    expect(one(objects, 'Deployment')).toMatchObject({
      metadata: { name: 'argosy-engine-blue' },
      spec: { replicas: 2 },
    })
    expect(rulesOf(objects, 'Role')[1]?.resourceNames).toEqual(['argo-rollouts-controller-lock-blue'])
    expect(containerOf(objects)[0]?.['args']).toContain('--instance-id=blue')
  })

  it('OPS-97, OPS-101…109: has the rights that were asked for, each kind once', async () => {
    const rules = rulesOf(await printed('--with', 'alb, nginx,aws-verify'), 'ClusterRole')
    const ingresses = rules.filter(({ resources: named }) => named.includes('ingresses'))
    expect(ingresses).toEqual([
      { apiGroups: ['networking.k8s.io'], resources: ['ingresses'], verbs: ['list', 'watch', 'patch', 'create'] },
      { apiGroups: ['extensions'], resources: ['ingresses'], verbs: ['list', 'watch', 'patch', 'create'] },
    ])
    const all = await printed('--with', optionalNames.join())
    expect(containerOf(all)[0]?.['args']).toContain('--aws-verify-target-group')
    const secrets = rulesOf(all, 'ClusterRole').filter(({ resources: named }) => named.includes('secrets'))
    expect(secrets).toEqual([{ apiGroups: [''], resources: ['secrets'], verbs: ['list', 'get'] }])
  })

  it('-o json prints a list of the same objects', async () => {
    const { out } = await run('--image', 'a', '-o', 'json')
    expect(JSON.parse(out.join(''))).toEqual({ apiVersion: 'v1', kind: 'List', items: await withImage('a') })
  })

  it.each([
    [['--with', 'istio'], "required option '--image <image>' not specified"],
    [['--image', 'a', '--with', 'linkerd'], '"linkerd" is none of istio'],
    [['--image', 'a', '--replicas', '0'], 'a number from 1 to 99 is expected'],
    [['--image', 'a', '--memory', 'much'], 'a quantity is expected'],
    [['--image', 'a', '--instance-id', 'Blue'], 'at most 40 small letters'],
    [['--image', 'two words'], 'the name of an image is expected'],
  ])('%j is a mistake', async (args, told) => {
    const { out, err, code } = await run(...args)
    expect([out, code]).toEqual([[], 2])
    expect(err.join('\n')).toContain(told)
  })

  it.each([
    [[], { leaseNamespace: 'argo-rollouts', instanceID: '', scope: undefined }],
    [
      ['-n', 'team', '--namespaced', '--instance-id', 'blue'],
      { leaseNamespace: 'team', instanceID: 'blue', scope: 'team' },
    ],
  ])('OPS-39: what it prints with %j is known again by other engines', async (args, known) => {
    const api = new FakeApi()
    api.put(resources.deployments, one(await printed(...args), 'Deployment'))
    const found = await findReferenceControllers(api.client())
    expect(found).toMatchObject({ ok: true, value: [{ electsLeader: true, ...known }] })
  })
})

async function withImage(image: string): Promise<readonly unknown[]> {
  const { out } = await run('--image', image)
  return parseAllDocuments(out.join('\n')).map((each) => each.toJS() as unknown)
}

function containerOf(objects: readonly Manifest[]) {
  const { spec } = one(objects, 'Deployment') as Manifest & Deployment
  const pod = spec.template.spec
  return [pod?.containers[0], pod] as const
}
