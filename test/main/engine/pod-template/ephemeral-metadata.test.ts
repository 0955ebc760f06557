import { describe, expect, it } from 'vitest'
import {
  ephemeralMetadataAnnotation,
  ephemeralMetadataOf,
  injectedMetadata,
  withEphemeralMetadata,
  withoutEphemeralMetadata,
} from '#engine/pod-template/ephemeral-metadata.ts'
import { aReplicaSet } from '#test/support/builders/replica-set.ts'

const key = 'rollout.argoproj.io/ephemeral-metadata'

describe('REC-104: what each side should carry', () => {
  const role = (name: string) => ({ labels: { role: name } })

  it('from the fields of the strategy', () => {
    const canary = { canaryMetadata: role('canary'), stableMetadata: role('stable') }
    expect(ephemeralMetadataOf({ strategy: { canary } })).toEqual({ stable: role('stable'), update: role('canary') })
    const blueGreen = { activeMetadata: role('active'), previewMetadata: role('preview') }
    expect(ephemeralMetadataOf({ strategy: { blueGreen } })).toEqual({
      stable: role('active'),
      update: role('preview'),
    })
  })

  it('nothing for the side that has none, and no opinion when neither has', () => {
    const canary = { canaryMetadata: role('canary') }
    expect(ephemeralMetadataOf({ strategy: { canary } })).toEqual({ stable: {}, update: role('canary') })
    expect(ephemeralMetadataOf({ strategy: { canary: {} } })).toBeUndefined()
    expect(ephemeralMetadataOf({ strategy: { blueGreen: {} } })).toBeUndefined()
    expect(ephemeralMetadataOf({})).toBeUndefined()
  })
})

describe('REC-105', () => {
  it('reads what was injected; unreadable text counts as nothing', () => {
    const injected = (text: string) => injectedMetadata(aReplicaSet({ annotations: { [key]: text } }))
    expect(injected('{"labels":{"role":"canary","odd":1}}')).toEqual({ labels: { role: 'canary' }, annotations: {} })
    expect(injected('{')).toEqual({})
    expect(injected('[]')).toEqual({})
    expect(injectedMetadata(aReplicaSet())).toEqual({})
  })

  it('writes it compact, labels first, keys sorted, empty parts left out', () => {
    const metadata = { annotations: { z: '1', a: '2' }, labels: { b: '3', B: '4' } }
    expect(ephemeralMetadataAnnotation(metadata)).toBe('{"labels":{"B":"4","b":"3"},"annotations":{"a":"2","z":"1"}}')
    expect(ephemeralMetadataAnnotation({ labels: {}, annotations: { a: '2' } })).toBe('{"annotations":{"a":"2"}}')
    expect(ephemeralMetadataAnnotation({ labels: {} })).toBeUndefined()
  })

  it('replaces what was injected and leaves the rest', () => {
    const metadata = { name: 'web', labels: { app: 'web', role: 'canary', old: 'x' } }
    const injected = { labels: { role: 'canary', old: 'x' } }
    expect(withEphemeralMetadata(metadata, injected, { labels: { role: 'stable' } })).toEqual({
      name: 'web',
      labels: { app: 'web', role: 'stable' },
    })
  })

  it('returns the very same object when nothing changes', () => {
    const metadata = { labels: { app: 'web', role: 'stable' } }
    const stable = { labels: { role: 'stable' } }
    expect(withEphemeralMetadata(metadata, stable, stable)).toBe(metadata)
    expect(withEphemeralMetadata(metadata, {}, {})).toBe(metadata)
  })

  it('does not add an empty text where the key is absent, but sets it where it is present', () => {
    expect(withEphemeralMetadata({ labels: { a: '1' } }, {}, { labels: { b: '' } })).toEqual({ labels: { a: '1' } })
    expect(withEphemeralMetadata({ labels: { b: '1' } }, {}, { labels: { b: '' } })).toEqual({ labels: { b: '' } })
  })

  it('does not bring back the value of the template that was overwritten', () => {
    const template = { metadata: { labels: { app: 'web', role: 'canary' } } }
    expect(withoutEphemeralMetadata(template, { labels: { role: 'canary' } })).toEqual({
      metadata: { labels: { app: 'web' } },
    })
  })
})
