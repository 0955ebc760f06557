import { describe, expect, it } from 'vitest'
import type { ReplicaSet } from '#api/apps.ts'
import type { PodTemplateSpec } from '#api/core.ts'
import { withAntiAffinity } from '#engine/pod-template/anti-affinity.ts'
import { withDefaults } from '#engine/pod-template/defaults.ts'
import {
  plainTemplatesEqual,
  templateAsWritten,
  templatesEqual,
  withoutHashLabel,
} from '#engine/pod-template/template-equal.ts'
import { aReplicaSet } from '#test/support/builders/replica-set.ts'
import { aPodTemplate } from '#test/support/builders/rollout.ts'

const written = aPodTemplate('web:1')
const pod = (spec: object): PodTemplateSpec => ({ ...written, spec: { containers: [], ...spec } })
const live = (template: PodTemplateSpec, annotations = {}): ReplicaSet => {
  const rs = aReplicaSet({ annotations })
  return { ...rs, spec: { ...rs.spec, template } }
}

describe('REC-44: a ReplicaSet is recognised by its template', () => {
  it('with hash label and API server defaults', () => {
    expect(templatesEqual(aReplicaSet(), written)).toBe(true)
    expect(templatesEqual(live(withDefaults(aReplicaSet().spec.template)), written)).toBe(true)
    expect(templatesEqual(aReplicaSet(), withDefaults(written))).toBe(true)
  })

  it('after what was injected is undone', () => {
    const antiAffinity = { preferredDuringSchedulingIgnoredDuringExecution: { weight: 1 } }
    const rule = { antiAffinity, stableRS: 'v0', podHash: 'v1', namespace: 'shop' }
    const template = withAntiAffinity(aReplicaSet().spec.template, rule)
    const dressed = { ...template, metadata: { labels: { ...template.metadata?.labels, role: 'canary' } } }
    const injected = { 'rollout.argoproj.io/ephemeral-metadata': '{"labels":{"role":"canary"}}' }
    expect(templatesEqual(live(dressed, injected), written)).toBe(true)
    expect(templateAsWritten(live(dressed, injected))).toEqual(written)
    expect(templatesEqual(live(dressed), written)).toBe(false)
  })

  it('not when the user changed anything, in either direction', () => {
    expect(templatesEqual(aReplicaSet(), aPodTemplate('web:2'))).toBe(false)
    const richer = { ...written, metadata: { labels: { app: 'web', tier: 'front' } } }
    expect(templatesEqual(aReplicaSet(), richer)).toBe(false)
    expect(templatesEqual(live(richer), written)).toBe(false)
  })

  it('whether lists are absent or empty, quantities by value', () => {
    const resources = (cpu: string) => pod({ containers: [{ name: 'web', resources: { limits: { cpu } } }] })
    expect(plainTemplatesEqual(resources('1000m'), resources('1'))).toBe(true)
    expect(plainTemplatesEqual(pod({ volumes: [] }), pod({}))).toBe(true)
  })

  it('whatever the copy of the service account name says', () => {
    const [both, one] = [pod({ serviceAccountName: 'web', serviceAccount: 'web' }), pod({ serviceAccountName: 'web' })]
    expect(plainTemplatesEqual(both, one)).toBe(true)
  })
})

it('REC-45: an image volume without pull policy equals any, one with a policy only itself', () => {
  const volume = (more: object) => pod({ volumes: [{ name: 'v', image: { reference: 'data:1', ...more } }] })
  expect(plainTemplatesEqual(volume({ pullPolicy: 'IfNotPresent' }), volume({}))).toBe(true)
  expect(plainTemplatesEqual(volume({}), volume({}))).toBe(true)
  expect(plainTemplatesEqual(volume({ pullPolicy: 'Never' }), volume({ pullPolicy: 'Always' }))).toBe(false)
})

it('takes the hash label off and leaves no empty labels', () => {
  const labelled = { metadata: { labels: { 'rollouts-pod-template-hash': 'v1' }, annotations: { a: '1' } } }
  expect(withoutHashLabel(labelled)).toEqual({ metadata: { annotations: { a: '1' } } })
  expect(withoutHashLabel(written)).toBe(written)
})
