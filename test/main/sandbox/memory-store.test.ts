import { beforeEach, describe, expect, it } from 'vitest'
import type { KubeObject } from '#api/meta.ts'
import { type Resource, resources } from '#api/resources.ts'
import { createMemoryStore, type MemoryStore } from '#main/sandbox/memory-store.ts'
import type { StoreChange } from '#main/sandbox/store.ts'
import { VirtualClock } from '#test/support/virtual-clock.ts'

const widgets: Resource = {
  group: 'example.com',
  version: 'v1',
  plural: 'widgets',
  kind: 'Widget',
  namespaced: true,
}

const definition = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'widgets.example.com' },
  spec: {
    group: 'example.com',
    scope: 'Namespaced',
    names: { plural: 'widgets', kind: 'Widget' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        subresources: { status: {} },
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: {
              spec: {
                type: 'object',
                required: ['size'],
                properties: { size: { type: 'integer', minimum: 1 }, colour: { type: 'string', default: 'grey' } },
              },
              status: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
            },
          },
        },
      },
    ],
  },
} as KubeObject

const aWidget = (fields: object = {}, metadata: object = {}) =>
  ({
    apiVersion: 'example.com/v1',
    kind: 'Widget',
    metadata: { name: 'w', namespace: 'default', ...metadata },
    spec: { size: 3 },
    ...fields,
  }) as KubeObject

const aConfigMap = (name: string, metadata: object = {}) =>
  ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'default', ...metadata } }) as KubeObject

const aPod = (spec: object = {}) =>
  ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p', namespace: 'default' },
    spec: { containers: [{ name: 'main', image: 'web' }], ...spec },
  }) as KubeObject

let clock: VirtualClock
let store: MemoryStore
let changes: StoreChange[]

beforeEach(() => {
  clock = new VirtualClock()
  store = createMemoryStore({ clock, seed: 7 })
  changes = []
  store.onChange((change) => changes.push(change))
})

const stored = (resource: Resource, object: KubeObject): KubeObject => {
  const outcome = store.create(resource, object)
  if (!outcome.ok) throw new Error(outcome.error.message)
  return outcome.value
}
const named = (name: string) => ({ namespace: 'default', name })

describe('create', () => {
  it('gives uid, time, generation and the next resourceVersion', () => {
    stored(resources.customResourceDefinitions, definition)
    const widget = stored(widgets, aWidget())
    expect(widget).toMatchObject({
      metadata: {
        uid: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/),
        creationTimestamp: '2026-01-15T10:00:00Z',
        generation: 1,
        resourceVersion: String(store.revision),
      },
    })
  })

  it('prunes, defaults and validates custom resources by their schema, and drops a status that comes along', () => {
    stored(resources.customResourceDefinitions, definition)
    const widget = stored(widgets, aWidget({ spec: { size: 3, typo: 1 }, status: { ready: true } }))
    expect(widget).toMatchObject({ spec: { size: 3, colour: 'grey' } })
    expect(widget).not.toHaveProperty('spec.typo')
    expect(widget).not.toHaveProperty('status')
    expect(store.create(widgets, aWidget({ spec: {} }, { name: 'x' }))).toMatchObject({
      ok: false,
      error: { code: 422, message: 'Widget.example.com "x" is invalid: spec.size: Required value' },
    })
  })

  it('refuses a name that is taken, a namespace that is not there and a kind that is not served', () => {
    stored(resources.configMaps, aConfigMap('a'))
    expect(store.create(resources.configMaps, aConfigMap('a'))).toMatchObject({
      error: { code: 409, reason: 'AlreadyExists', message: 'configmaps "a" already exists' },
    })
    expect(store.create(resources.configMaps, aConfigMap('a', { namespace: 'nope' }))).toMatchObject({
      error: { code: 404, message: 'namespaces "nope" not found' },
    })
    expect(store.create(widgets, aWidget())).toMatchObject({
      error: { code: 404, message: 'the server could not find the requested resource' },
    })
  })

  it('ends generateName with five letters that differ each time', () => {
    const names = [1, 2, 3].map(
      () => stored(resources.configMaps, aConfigMap('', { generateName: 'cm-' })).metadata.name,
    )
    expect(new Set(names).size).toBe(3)
    for (const name of names) expect(name).toMatch(/^cm-[a-z0-9]{5}$/)
  })

  it('REC-45: writes the defaults of a pod template into a ReplicaSet', () => {
    const rs = stored(resources.replicaSets, {
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      metadata: { name: 'rs', namespace: 'default' },
      spec: {
        selector: { matchLabels: { app: 'web' } },
        template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'main', image: 'web:1' }] } },
      },
    } as KubeObject)
    expect(rs).toMatchObject({
      spec: {
        replicas: 1,
        template: {
          spec: {
            dnsPolicy: 'ClusterFirst',
            terminationGracePeriodSeconds: 30,
            containers: [{ imagePullPolicy: 'IfNotPresent', terminationMessagePolicy: 'File' }],
          },
        },
      },
    })
  })

  it('stores nothing on a dry run', () => {
    expect(store.create(resources.configMaps, aConfigMap('a'), { dryRun: true }).ok).toBe(true)
    expect(store.get(resources.configMaps, named('a'))).toBeUndefined()
    expect(changes).toEqual([])
  })

  it('hands out objects nobody can change', () => {
    const object = aConfigMap('a', { labels: { a: 'b' } })
    const created = stored(resources.configMaps, object)
    expect(() => Object.assign(created.metadata.labels ?? {}, { a: 'c' })).toThrow(TypeError)
    expect(Object.isFrozen(object)).toBe(false)
  })
})

describe('replace and mutate', () => {
  it('counts generations only for what is wanted, and keeps status and the rest apart', () => {
    stored(resources.customResourceDefinitions, definition)
    stored(widgets, aWidget())
    const grown = store.replace(widgets, aWidget({ spec: { size: 4 }, status: { ready: true } }))
    expect(grown).toMatchObject({ value: { metadata: { generation: 2 }, spec: { size: 4 } } })
    const reported = store.replace(widgets, aWidget({ spec: { size: 9 }, status: { ready: true } }), {
      subresource: 'status',
    })
    expect(reported).toMatchObject({
      value: { metadata: { generation: 2 }, spec: { size: 4 }, status: { ready: true } },
    })
    const labelled = store.mutate(widgets, named('w'), (draft: KubeObject) => ({
      ...draft,
      metadata: { ...draft.metadata, labels: { a: 'b' } },
    }))
    expect(labelled).toMatchObject({ value: { metadata: { generation: 2, labels: { a: 'b' } } } })
  })

  it('refuses an outdated resourceVersion in the words of the API server', () => {
    const first = stored(resources.configMaps, aConfigMap('a'))
    store.mutate(
      resources.configMaps,
      named('a'),
      (draft: KubeObject) => ({ ...draft, data: { a: '1' } }) as KubeObject,
    )
    expect(store.replace(resources.configMaps, first)).toMatchObject({
      error: {
        code: 409,
        reason: 'Conflict',
        message:
          'Operation cannot be fulfilled on configmaps "a": the object has been modified; please apply your changes to the latest version and try again',
      },
    })
  })

  it('neither writes nor announces what is equal', () => {
    const first = stored(resources.configMaps, aConfigMap('a'))
    const before = changes.length
    expect(store.mutate(resources.configMaps, named('a'), (draft: KubeObject) => draft)).toEqual({
      ok: true,
      value: first,
    })
    expect(store.mutate(resources.configMaps, named('a'), () => undefined).ok).toBe(true)
    expect(changes).toHaveLength(before)
  })

  it('keeps uid, creation time and name whatever the writer says', () => {
    const { uid } = stored(resources.configMaps, aConfigMap('a')).metadata
    store.mutate(resources.configMaps, named('a'), (draft: KubeObject) => ({
      ...draft,
      metadata: { ...draft.metadata, uid: 'x', creationTimestamp: 'x', labels: { a: 'b' } },
    }))
    expect(store.get(resources.configMaps, named('a'))?.metadata).toMatchObject({
      uid,
      creationTimestamp: '2026-01-15T10:00:00Z',
      labels: { a: 'b' },
    })
  })

  it('API-5: refuses to change spec.selector of a Rollout', () => {
    stored(resources.customResourceDefinitions, {
      ...definition,
      metadata: { name: 'rollouts.argoproj.io' },
      spec: {
        group: 'argoproj.io',
        scope: 'Namespaced',
        names: { plural: 'rollouts', kind: 'Rollout' },
        versions: [{ name: 'v1alpha1', served: true, storage: true }],
      },
    } as KubeObject)
    const rollout = (app: string) =>
      ({
        apiVersion: 'argoproj.io/v1alpha1',
        kind: 'Rollout',
        metadata: { name: 'r', namespace: 'default' },
        spec: { selector: { matchLabels: { app } } },
      }) as KubeObject
    stored(resources.rollouts, rollout('a'))
    expect(store.replace(resources.rollouts, rollout('b'))).toMatchObject({
      error: { code: 422, message: expect.stringContaining('.spec.selector is immutable') },
    })
  })
})

describe('delete', () => {
  it('takes an object away at once, under a new resourceVersion', () => {
    stored(resources.configMaps, aConfigMap('a'))
    expect(store.delete(resources.configMaps, named('a')).ok).toBe(true)
    expect(changes.at(-1)).toMatchObject({
      type: 'DELETED',
      object: { metadata: { resourceVersion: String(store.revision) } },
    })
    expect(store.delete(resources.configMaps, named('a'))).toMatchObject({
      error: { code: 404, message: 'configmaps "a" not found' },
    })
  })

  it('waits for finalizers, and takes no new ones meanwhile', () => {
    stored(resources.configMaps, aConfigMap('a', { finalizers: ['example.com/x'] }))
    const marked = store.delete(resources.configMaps, named('a'))
    expect(marked).toMatchObject({ value: { metadata: { deletionTimestamp: '2026-01-15T10:00:00Z' } } })
    const withFinalizers = (finalizers: string[]) =>
      store.mutate(resources.configMaps, named('a'), (draft: KubeObject) => ({
        ...draft,
        metadata: { ...draft.metadata, finalizers },
      }))
    expect(withFinalizers(['example.com/x', 'example.com/y'])).toMatchObject({ error: { code: 422 } })
    expect(withFinalizers([]).ok).toBe(true)
    expect(store.get(resources.configMaps, named('a'))).toBeUndefined()
  })

  it.each([
    ['Foreground', 'foregroundDeletion'],
    ['Orphan', 'orphan'],
  ] as const)('%s leaves the object to the collector with the finalizer %s', (propagationPolicy, finalizer) => {
    stored(resources.configMaps, aConfigMap('a'))
    store.delete(resources.configMaps, named('a'), { propagationPolicy })
    expect(store.get(resources.configMaps, named('a'))?.metadata).toMatchObject({
      deletionTimestamp: expect.any(String),
      finalizers: [finalizer],
    })
    store.delete(resources.configMaps, named('a'), { propagationPolicy: 'Background' })
    expect(store.get(resources.configMaps, named('a'))).toBeUndefined()
  })

  it('gives a running pod its grace period and an unscheduled one none', () => {
    stored(resources.pods, aPod({ nodeName: 'n' }))
    store.delete(resources.pods, named('p'))
    expect(store.get(resources.pods, named('p'))?.metadata).toMatchObject({
      deletionGracePeriodSeconds: 30,
      deletionTimestamp: '2026-01-15T10:00:30Z',
    })
    store.delete(resources.pods, named('p'), { gracePeriodSeconds: 0 })
    expect(store.get(resources.pods, named('p'))).toBeUndefined()
    stored(resources.pods, aPod())
    store.delete(resources.pods, named('p'))
    expect(store.get(resources.pods, named('p'))).toBeUndefined()
  })

  it('refuses another uid than the wanted one', () => {
    stored(resources.configMaps, aConfigMap('a'))
    expect(store.delete(resources.configMaps, named('a'), { uid: 'other' })).toMatchObject({
      error: { code: 409, message: expect.stringContaining('the UID in the precondition (other)') },
    })
  })

  it('empties a namespace before it goes, and lets nothing new in', () => {
    stored(resources.namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'team' } })
    stored(resources.configMaps, aConfigMap('free', { namespace: 'team' }))
    stored(resources.configMaps, aConfigMap('held', { namespace: 'team', finalizers: ['example.com/x'] }))
    store.delete(resources.namespaces, { name: 'team' })
    expect(store.get(resources.configMaps, { namespace: 'team', name: 'free' })).toBeUndefined()
    expect(store.get(resources.namespaces, { name: 'team' })).toMatchObject({ status: { phase: 'Terminating' } })
    expect(store.create(resources.configMaps, aConfigMap('late', { namespace: 'team' }))).toMatchObject({
      error: { code: 403, message: expect.stringContaining('because it is being terminated') },
    })
    store.mutate(resources.configMaps, { namespace: 'team', name: 'held' }, (draft: KubeObject) => ({
      ...draft,
      metadata: { ...draft.metadata, finalizers: [] },
    }))
    expect(store.get(resources.namespaces, { name: 'team' })).toBeUndefined()
  })

  it('takes the objects of a definition with it, then serves the kind no longer', () => {
    stored(resources.customResourceDefinitions, definition)
    stored(widgets, aWidget())
    store.delete(resources.customResourceDefinitions, { name: 'widgets.example.com' })
    expect(changes.slice(-2).map(({ type, object }) => `${type} ${object.kind}`)).toEqual([
      'DELETED Widget',
      'DELETED CustomResourceDefinition',
    ])
    expect(store.served().some(({ plural }) => plural === 'widgets')).toBe(false)
  })
})

it('forgets events after an hour', () => {
  const event = (name: string) => ({ ...aConfigMap(name), kind: 'Event' })
  stored(resources.events, event('a'))
  return clock.advance(3_600_000).then(() => {
    stored(resources.events, event('b'))
    expect(store.list(resources.events).map(({ metadata }) => metadata.name)).toEqual(['b'])
  })
})
