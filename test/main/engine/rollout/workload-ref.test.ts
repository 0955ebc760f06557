import { expect, it } from 'vitest'
import type { PodTemplate } from '#api/core.ts'
import type { Rollout, WorkloadRef } from '#api/rollout.ts'
import { resolveWorkload } from '#engine/rollout/workload-ref.ts'
import type { RolloutWorld } from '#engine/world.ts'
import { aPodTemplate, aRollout } from '#test/support/builders/rollout.ts'

const generation = 'rollout.argoproj.io/workload-generation'
const metadata = { name: 'web', namespace: 'shop', generation: 7 }
const selector = { matchLabels: { app: 'web' } }
const template = aPodTemplate('web:9')
const deployment = { apiVersion: 'apps/v1', kind: 'Deployment', metadata, spec: { template, selector } } as const
const replicaSet = { apiVersion: 'apps/v1', kind: 'ReplicaSet', metadata, spec: { template, selector } } as const
const podTemplate: PodTemplate = { apiVersion: 'v1', kind: 'PodTemplate', metadata, template }

function referring(workloadRef: WorkloadRef, spec: object = {}): Rollout {
  const { template: _borrowed, selector: _too, ...rest } = aRollout().spec
  return { ...aRollout(), spec: { ...rest, workloadRef, ...spec } }
}

it.each<[string, WorkloadRef, RolloutWorld['workload'], object | undefined]>([
  ['a Deployment', { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' }, deployment, selector],
  ['a Deployment of another version', { apiVersion: 'apps/v2', kind: 'Deployment', name: 'web' }, deployment, selector],
  ['a ReplicaSet', { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web' }, replicaSet, selector],
  ['a PodTemplate', { apiVersion: 'v1', kind: 'PodTemplate', name: 'web' }, podTemplate, undefined],
])('REC-81, REC-82: borrows from %s', (_what, ref, workload, borrowed) => {
  const { rollout, error } = resolveWorkload(referring(ref), workload)
  expect(error).toBeUndefined()
  expect([rollout.spec.template, rollout.spec.selector]).toEqual([template, borrowed])
  expect(rollout.metadata.annotations?.[generation]).toBe('7')
})

it('REC-82: a selector of its own stays', () => {
  const own = { matchLabels: { app: 'own' } }
  const ref = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' }
  expect(resolveWorkload(referring(ref, { selector: own }), deployment).rollout.spec.selector).toEqual(own)
})

it.each<[string, WorkloadRef, object, string]>([
  ['gone', { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' }, {}, 'deployments.apps "shop/web" not found'],
  ['gone', { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web' }, {}, 'replicasets.apps "shop/web" not found'],
  ['gone', { apiVersion: 'v1', kind: 'PodTemplate', name: 'web' }, {}, 'podtemplates "shop/web" not found'],
  [
    'of another kind',
    { apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'web' },
    {},
    'workload of type apps/StatefulSet is not supported',
  ],
  [
    'of another group',
    { apiVersion: 'batch/v1', kind: 'Deployment', name: 'web' },
    {},
    'workload of type batch/Deployment is not supported',
  ],
  [
    'beside a template',
    { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
    { template },
    'template must be empty for workload reference rollout',
  ],
])('REC-80: cannot borrow from a workload that is %s', (_how, ref, spec, error) => {
  expect(resolveWorkload(referring(ref, spec), undefined).error).toBe(error)
})

it('REC-80: without a reference the generation of a former one is not seen', () => {
  const rollout = aRollout({ annotations: { [generation]: '7', team: 'web' } })
  expect(resolveWorkload(rollout, undefined).rollout.metadata.annotations).toEqual({ team: 'web' })
})
