import { expect, it } from 'vitest'
import type { PodTemplateSpec } from '#api/core.ts'
import type { AntiAffinity } from '#api/rollout.ts'
import { avoidedPodHash, withAntiAffinity, withoutAntiAffinity } from '#engine/pod-template/anti-affinity.ts'
import { aPodTemplate } from '#test/support/builders/rollout.ts'

const required: AntiAffinity = { requiredDuringSchedulingIgnoredDuringExecution: {} }
const preferred: AntiAffinity = { preferredDuringSchedulingIgnoredDuringExecution: { weight: 30 } }
const plain = aPodTemplate('web:1')
const inject = (antiAffinity: AntiAffinity | undefined, template = plain, stableRS = 'v1') =>
  withAntiAffinity(template, { antiAffinity, stableRS, podHash: 'v2', namespace: 'shop' })
const term = {
  labelSelector: { matchExpressions: [{ key: 'rollouts-pod-template-hash', operator: 'In', values: ['v1'] }] },
  namespaces: ['shop'],
  topologyKey: 'kubernetes.io/hostname',
}
const affinityOf = ({ spec }: PodTemplateSpec) => spec?.affinity
const withOwn = (podAntiAffinity: object): PodTemplateSpec => ({
  ...plain,
  spec: { containers: [], affinity: { nodeAffinity: { a: 1 }, podAntiAffinity } },
})

it('REC-48: adds a term that avoids the stable pods', () => {
  expect(affinityOf(inject(required))).toEqual({
    podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] },
  })
})

it('REC-48: preferred carries its weight, and wins when both are set', () => {
  const expected = {
    podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 30, podAffinityTerm: term }] },
  }
  expect(affinityOf(inject(preferred))).toEqual(expected)
  expect(affinityOf(inject({ ...required, ...preferred }))).toEqual(expected)
})

it('REC-48: appends to what the user wrote', () => {
  const own = withOwn({ requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: 'zone' }] })
  expect(affinityOf(inject(required, own))).toEqual({
    nodeAffinity: { a: 1 },
    podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: 'zone' }, term] },
  })
})

it('REC-48: not before there is a stable version, not for the stable version itself, not unless configured', () => {
  expect(inject(required, plain, '')).toBe(plain)
  expect(inject(required, plain, 'v2')).toBe(plain)
  expect(inject(undefined)).toBe(plain)
})

it('REC-49: names the hash that an injected rule of the configured kind avoids', () => {
  expect(avoidedPodHash(inject(required), required)).toBe('v1')
  expect(avoidedPodHash(inject(preferred), preferred)).toBe('v1')
  expect(avoidedPodHash(inject(required), preferred)).toBeUndefined()
  expect(avoidedPodHash(plain, required)).toBeUndefined()
})

it.each([
  ['required', required],
  ['preferred', preferred],
])('REC-49: removal leaves no empty lists behind: %s', (_kind, antiAffinity) => {
  expect(withoutAntiAffinity(inject(antiAffinity))).toEqual(plain)
})

it('REC-49: removal keeps what the user wrote, in both kinds of list', () => {
  const own = withOwn({
    requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: 'zone' }],
    preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, podAffinityTerm: { topologyKey: 'zone' } }],
  })
  expect(withoutAntiAffinity(inject(preferred, own))).toEqual(own)
  expect(withoutAntiAffinity(own)).toBe(own)
})
