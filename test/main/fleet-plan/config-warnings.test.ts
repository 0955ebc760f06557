import { describe, expect, it } from 'vitest'
import type { KubeObject } from '#api/meta.ts'
import { resources } from '#api/resources.ts'
import type { RolloutWorld } from '#engine/world.ts'
import { ConfigLooks } from '#main/fleet-plan/config-looks.ts'
import { configWarnings, warnOfRollback } from '#main/fleet-plan/config-warnings.ts'
import type { MemberLook } from '#main/fleet-plan/look-at-members.ts'
import { aMember, aPlan, aWave, memberStatus } from '#test/support/builders/fleet-plan.ts'
import { FakeApi } from '#test/support/fake-api.ts'
import { VirtualClock } from '#test/support/virtual-clock.ts'

const password = 'aHVudGVyMg=='
const template = (names: readonly string[]) => ({
  spec: { containers: [{ name: 'web', image: 'web:1', envFrom: names.map((name) => ({ configMapRef: { name } })) }] },
})
const withSecret = {
  spec: { containers: [{ name: 'web', image: 'web:1', envFrom: [{ secretRef: { name: 'db' } }] }] },
}

const replicaSet = (hash: string, revision: string, of: object) => ({
  metadata: {
    name: `web-${hash}`,
    creationTimestamp: '2026-01-15T08:00:00Z',
    labels: { 'rollouts-pod-template-hash': hash },
    annotations: { 'rollout.argoproj.io/revision': revision },
  },
  spec: { template: of },
})

const found = (now: object, before: object = now): MemberLook => ({
  kind: 'found',
  isDriven: true,
  isInCluster: true,
  world: {
    rollout: { spec: { template: now }, status: { stableRS: 'h1' } },
    replicaSets: [replicaSet('h1', '2', before), replicaSet('h0', '1', template(['old']))],
  } as unknown as RolloutWorld,
})

interface Config {
  readonly kind?: 'ConfigMap' | 'Secret'
  readonly name: string
  readonly data: Readonly<Record<string, string>>
  readonly at?: string
  readonly labelledAt?: string
}

function cluster(...configs: readonly Config[]): FakeApi {
  const api = new FakeApi()
  for (const { kind = 'ConfigMap', name, data, at = '2026-01-15T07:00:00Z', labelledAt } of configs) {
    const object: KubeObject & { readonly data: object } = {
      apiVersion: 'v1',
      kind,
      metadata: {
        name,
        namespace: 'shop',
        creationTimestamp: '2026-01-15T07:00:00Z',
        managedFields: [
          { manager: 'helm', time: at, fieldsV1: { 'f:data': { 'f:a': {} } } },
          ...(labelledAt === undefined
            ? []
            : [{ manager: 'kubectl', time: labelledAt, fieldsV1: { 'f:metadata': { 'f:labels': {} } } }]),
        ],
      },
      data,
    }
    api.put(kind === 'Secret' ? resources.secrets : resources.configMaps, object)
  }
  return api
}

function around(clusters: Readonly<Record<string, FakeApi>>) {
  return { clientOf: (context: string) => clusters[context]?.client(), configs: new ConfigLooks(new VirtualClock()) }
}

const setImage = { kind: 'setImage', images: [{ container: 'web', image: 'web:2' }] } as const
const [a, b] = [aMember('a'), aMember('b')]
const looks = (look: MemberLook) => new Map([a, b].map(({ id }) => [id, look] as const))

describe('W11: the configuration around a change', () => {
  it('is missing in one cluster, and differs between two', async () => {
    const flags = { name: 'flags', data: { a: '1' } }
    const ports = around({
      a: cluster(flags, { name: 'region', data: { name: 'eu' } }),
      b: cluster({ name: 'region', data: { name: 'us' } }),
    })
    const warnings = await configWarnings([a, b], setImage, looks(found(template(['flags', 'region']))), ports)
    expect(warnings).toEqual([
      { member: 'b/shop/web', text: 'there is no ConfigMap flags in shop: its new pods would not start' },
      { member: undefined, text: 'ConfigMap region is not the same everywhere: a / b' },
    ])
  })

  it('is the same everywhere, was only labelled since, or is not referred to: nothing is said', async () => {
    const same = cluster(
      { name: 'flags', data: { b: '2', a: '1' }, labelledAt: '2026-01-15T09:00:00Z' },
      { name: 'other', data: {}, at: '2026-01-15T09:00:00Z' },
    )
    const twin = cluster({ name: 'flags', data: { a: '1', b: '2' } })
    const ports = around({ a: same, b: twin })
    expect(await configWarnings([a, b], setImage, looks(found(template(['flags']))), ports)).toEqual([])
  })

  it('changed or went since the version before began, which the way back would run with', async () => {
    const ports = around({ a: cluster({ name: 'flags', data: { a: '2' }, at: '2026-01-15T09:00:00Z' }) })
    const look = found(template([]), template(['flags', 'gone']))
    expect(await configWarnings([a], setImage, looks(look), ports)).toEqual([
      {
        member: 'a/shop/web',
        text: 'ConfigMap flags changed since the version before began: taken back, that would run with it',
      },
      { member: 'a/shop/web', text: 'ConfigMap gone is gone: taken back, its pods would not start' },
    ])
  })

  it('an undo is about what its revision refers to', async () => {
    const ports = around({ a: cluster() })
    const undo = { kind: 'undo', toRevision: 1 } as const
    expect(await configWarnings([a], undo, looks(found(template([]))), ports)).toEqual([
      { member: 'a/shop/web', text: 'there is no ConfigMap old in shop: its new pods would not start' },
    ])
  })

  it('no value of a Secret is in any word or print, and equal Secrets are equal', async () => {
    const secret = (value: string) => ({ kind: 'Secret', name: 'db', data: { password: value } }) as const
    const [one, other] = [cluster(secret(password)), cluster(secret('b3RoZXI='))]
    const told = await configWarnings([a, b], setImage, looks(found(withSecret)), around({ a: one, b: other }))
    expect(told).toEqual([{ member: undefined, text: 'Secret db is not the same everywhere: a / b' }])
    const { configs, clientOf } = around({ a: one })
    const client = clientOf('a')
    const look = client && (await configs.at(client, a, { kind: 'Secret', name: 'db' }))
    expect(JSON.stringify(look)).not.toContain(password)
    expect(JSON.stringify(look)).not.toContain('hunter2')
    expect(await configWarnings([a, b], setImage, looks(found(withSecret)), around({ a: one, b: one }))).toEqual([])
  })

  it('what may not be read is said once, and is no reason to think that it changed', async () => {
    const api = cluster({ kind: 'Secret', name: 'db', data: {} })
    api.intercept = ({ verb }) =>
      verb === 'get'
        ? { kind: 'Forbidden', message: 'no', verb: 'get', resource: 'secrets', namespace: 'shop' }
        : undefined
    const warnings = await configWarnings([a, b], setImage, looks(found(withSecret)), around({ a: api, b: api }))
    expect(warnings).toEqual([
      { member: undefined, text: 'Secret db cannot be read here: whether that changed or differs is not known' },
    ])
  })

  it('RB-6: of a plan under way, about what members go back to that were begun', async () => {
    const plan = aPlan([aWave(['a', 'b'])], { status: { members: { 'a/shop/web': memberStatus('Soaking') } } })
    const ports = around({ a: cluster(), b: cluster() })
    expect(await warnOfRollback(plan, async () => found(template([]), template(['flags'])), ports)).toEqual([
      { member: 'a/shop/web', text: 'ConfigMap flags is gone: taken back, its pods would not start' },
    ])
  })
})
