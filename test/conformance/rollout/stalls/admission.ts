import { onTestFinished } from 'vitest'
import { resourcePath, resources } from '#api/resources.ts'
import type { World } from '#test/support/world.ts'
import type { Stage } from './stage.ts'

const registration = '/apis/admissionregistration.k8s.io/v1'

/** From now on no ReplicaSet of the namespace can be created; resolves, once that is so, with the way to end it. */
export async function refusing({ world }: Stage): Promise<() => Promise<void>> {
  const lift = world.sandbox?.cluster.server.faults.inject({
    match: ({ verb, resource }) => verb === 'create' && resource === 'replicasets.apps',
    then: { kind: 'deny', webhook: 'policy.example.com', why: 'no owner' },
  })
  return lift === undefined ? aPolicy(world) : () => Promise.resolve(lift())
}

/** A webhook would need a server that the cluster reaches; a policy is the API server's own. */
async function aPolicy(world: World): Promise<() => Promise<void>> {
  const name = `${world.namespace}.example.com`
  const metadata = { name }
  const ofNamespace = { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': world.namespace } } }
  const rule = { apiGroups: ['apps'], apiVersions: ['v1'], operations: ['CREATE'], resources: ['replicasets'] }
  const policy = {
    matchConstraints: { resourceRules: [rule] },
    validations: [{ expression: 'false', message: 'no owner' }],
  }
  const binding = { policyName: name, validationActions: ['Deny'], matchResources: ofNamespace }
  const lift = async () => {
    await world.send('DELETE', `${registration}/validatingadmissionpolicybindings/${name}`)
    await world.send('DELETE', `${registration}/validatingadmissionpolicies/${name}`)
  }
  onTestFinished(lift)
  await world.send('POST', `${registration}/validatingadmissionpolicies`, { body: { metadata, spec: policy } })
  await world.send('POST', `${registration}/validatingadmissionpolicybindings`, { body: { metadata, spec: binding } })
  await world.eventually('the policy in force', async () => await wouldRefuse(world))
  return lift
}

async function wouldRefuse(world: World): Promise<boolean> {
  const labels = { app: 'try' }
  const template = { metadata: { labels }, spec: { containers: [{ name: 'app', image: 'try:1' }] } }
  const path = `${resourcePath(resources.replicaSets, { namespace: world.namespace })}?dryRun=All`
  const spec = { replicas: 0, selector: { matchLabels: labels }, template }
  const { body } = await world.send('POST', path, { body: { metadata: { name: 'try' }, spec } })
  return String(body['message']).includes('no owner')
}
