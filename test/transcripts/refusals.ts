import type { OwnNamespace } from '#test/support/own-namespace.ts'

/** Lets the API server refuse some writes to the namespace, so that a controller gets stuck between two of them. */

const policies = '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies'
const bindings = '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings'
const pollMs = 100
const pollMsMax = 30_000

/** @param when an expression in CEL over `object` and `oldObject`, a Rollout whose status is written */
export async function refuseStatus(place: OwnNamespace, when: string): Promise<void> {
  const { api, namespace: name } = place
  const matchResources = { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': name } } }
  const rule = (apiGroup: string, apiVersion: string, operation: string, resource: string) => ({
    ...{ apiGroups: [apiGroup], apiVersions: [apiVersion], operations: [operation], resources: [resource] },
  })
  await send(
    api.send('POST', policies, {
      body: {
        metadata: { name },
        spec: {
          matchConstraints: {
            ...matchResources,
            resourceRules: [
              rule('argoproj.io', 'v1alpha1', 'UPDATE', 'rollouts/status'),
              rule('', 'v1', 'CREATE', 'configmaps'),
            ],
          },
          validations: [{ expression: `object.kind != 'ConfigMap' && !(${when})`, message: `refused: ${when}` }],
        },
      },
    }),
  )
  const spec = { policyName: name, validationActions: ['Deny'], matchResources }
  await send(api.send('POST', bindings, { body: { metadata: { name }, spec } }))
  await untilRefused(place, true)
}

export async function refuseNothing(place: OwnNamespace): Promise<void> {
  await place.api.send('DELETE', `${bindings}/${place.namespace}`)
  await place.api.send('DELETE', `${policies}/${place.namespace}`)
  await untilRefused(place, false)
}

async function send(answer: Promise<{ readonly code: number; readonly body: unknown }>): Promise<void> {
  const { code, body } = await answer
  if (code >= 300) throw new Error(`the API server answered ${code}: ${JSON.stringify(body)}`)
}

/** A policy works some time after it was created or deleted. ConfigMaps are refused along with it, to see when. */
async function untilRefused({ api, namespace }: OwnNamespace, wanted: boolean): Promise<void> {
  const path = `/api/v1/namespaces/${namespace}/configmaps?dryRun=All`
  for (let waited = 0; waited < pollMsMax; waited += pollMs) {
    const { code } = await api.send('POST', path, { body: { metadata: { name: 'probe' } } })
    if (code >= 400 === wanted) return
    await new Promise((resolve) => setTimeout(resolve, pollMs))
  }
  throw new Error('the admission policy does not come into force')
}
