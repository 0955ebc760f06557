import { describe, expect, it } from 'vitest'
import type { KubeObject } from '#api/meta.ts'
import type { Rollout } from '#api/rollout.ts'
import type { DiffSideInput } from '#contract/diff-requests.ts'
import { rolloutKey } from '#contract/keys.ts'
import type { RolloutKey, RolloutView } from '#contract/views.ts'
import type { Failure } from '#lib/failure.ts'
import { silentLog } from '#lib/log.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import { diffHandlers } from '#main/app/diff-handlers.ts'
import type { RolloutParts } from '#main/fleet/rollout-parts.ts'
import { createObjectRecorder } from '#main/history/objects/object-recorder.ts'
import { createRecorder } from '#main/history/recorder.ts'
import { aHistory } from '#test/support/builders/history.ts'
import { aPodTemplate, aRollout } from '#test/support/builders/rollout.ts'
import { VirtualClock } from '#test/support/virtual-clock.ts'

const keyIn = (context: string): RolloutKey => rolloutKey({ context, namespace: 'shop', name: 'web' })
const key = keyIn('eu')

type Get = (
  at: { readonly namespace?: string; readonly name: string },
  resource: string,
) => Outcome<KubeObject, Failure>

/** The handlers over these Rollouts, one in each context, and a history. */
function setUp(rollouts: Readonly<Record<string, Rollout>>, get: Get = () => failure(missing)) {
  const clock = new VirtualClock()
  const history = aHistory({ clock })
  const recorder = createRecorder({ history, clock, log: silentLog })
  const objects = createObjectRecorder({ history, clock })
  const views = Object.keys(rollouts).map((context) => [
    keyIn(context),
    { key: keyIn(context), context, namespace: 'shop', name: 'web', revision: 1, version: '1' } as RolloutView,
  ])
  const asked: string[] = []
  const partsOf = (wanted: RolloutKey) => {
    const [context = '', rollout] = Object.entries(rollouts).find(([each]) => keyIn(each) === wanted) ?? []
    return rollout === undefined
      ? undefined
      : ({ context, rollout, replicaSets: [], workload: undefined } as unknown as RolloutParts)
  }
  const client = {
    get: async (resource: { readonly plural: string }, at: { readonly namespace: string; readonly name: string }) => {
      asked.push(`${resource.plural} ${at.namespace}/${at.name}`)
      return get(at, resource.plural)
    },
  }
  const handlers = diffHandlers({
    sessions: { get: (context: string) => (context in rollouts ? ({ client } as never) : undefined) },
    fleet: { parts: partsOf, snapshot: () => ({ rollouts: Object.fromEntries(views) }) as never },
    source: { shown: history, bundle: null },
    objects,
    plans: { list: () => [], view: () => undefined },
  })
  return { handlers, clock, recorder, objects, asked }
}

const missing: Failure = { kind: 'NotFound', message: 'not found', resource: 'configmaps', name: 'web' }
const live = (context = 'eu'): DiffSideInput => ({ kind: 'live', key: keyIn(context) })

async function compared(handlers: ReturnType<typeof setUp>['handlers'], left: DiffSideInput, right: DiffSideInput) {
  const answer = await handlers['diff.compare']({ left, right })
  if (!answer.ok) throw new Error(answer.error.message)
  return answer.value
}

describe('any two states of a rollout (W8)', () => {
  it('ACT-101: revisions that the cluster no longer has come from the history', async () => {
    const { handlers, recorder, clock } = setUp({})
    const captured = [1, 2].map((revision) => ({
      revision,
      template: aPodTemplate(`web:${revision}`),
      version: `${revision}`,
    }))
    recorder.capture(key, 'uid-web', captured)
    const side = (revision: number): DiffSideInput => ({ kind: 'revision', key, revision })
    expect(await compared(handlers, side(1), side(2))).toMatchObject({
      left: { revision: 1, capturedAt: clock.now() },
      summary: [{ group: 'image', before: '1', after: '2' }],
    })
    expect(await handlers['diff.compare']({ left: side(1), right: side(9) })).toMatchObject({
      ok: false,
      error: { kind: 'NotFound', name: '9' },
    })
    recorder.stop()
  })

  it('the same application in two clusters, whole', async () => {
    const { handlers } = setUp({ eu: aRollout({ replicas: 2 }), us: aRollout({ replicas: 5, image: 'web:2' }) })
    const { summary } = await compared(handlers, live('eu'), live('us'))
    expect(summary.map(({ group, before, after }) => [group, before, after])).toEqual([
      ['image', '1', '2'],
      ['replicas', '2', '5'],
    ])
  })

  it('live and last applied; without a copy it says why there is nothing', async () => {
    const applied = { metadata: { name: 'web', namespace: 'shop' }, spec: { ...aRollout().spec, replicas: 7 } }
    const annotations = { 'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify(applied) }
    const { handlers } = setUp({ eu: aRollout({ annotations }), us: aRollout() })
    const { summary } = await compared(handlers, { kind: 'applied', key }, live())
    expect(summary.map(({ at, before, after }) => [at, before, after])).toEqual([['spec.replicas', '7', '1']])
    const none = await handlers['diff.compare']({ left: { kind: 'applied', key: keyIn('us') }, right: live('us') })
    expect(none).toMatchObject({
      ok: false,
      error: { kind: 'NotFound', message: expect.stringContaining('kubectl apply') },
    })
  })

  it('a file; what is wrong with it is told with its name', async () => {
    const { handlers } = setUp({ eu: aRollout() })
    const text =
      'kind: Rollout\nmetadata: {name: web, namespace: shop}\nspec:\n  replicas: 3\n  selector: {matchLabels: {app: web}}\n  template: {metadata: {labels: {app: web}}, spec: {containers: [{name: web, image: "web:1"}]}}\n  strategy: {canary: {}}\n'
    const { summary, left } = await compared(handlers, { kind: 'text', name: 'web.yaml', text }, live())
    expect(left.title).toBe('web.yaml · Rollout web')
    expect(summary.map(({ at }) => at)).toEqual(['spec.replicas'])
    const bad = await handlers['diff.compare']({
      left: { kind: 'text', name: 'web.yaml', text: 'a: [' },
      right: live(),
    })
    expect(bad).toMatchObject({
      ok: false,
      error: { kind: 'Invalid', message: expect.stringMatching(/^web\.yaml: It is no YAML/) },
    })
  })

  it('two moments, from the record; before the first there is nothing', async () => {
    const { handlers, objects, clock } = setUp({})
    const begin = clock.now()
    objects.seen('eu', 'rollouts', aRollout({ replicas: 2 }), begin + 1000)
    const later = { ...aRollout({ replicas: 6 }), metadata: { ...aRollout().metadata, resourceVersion: '2' } }
    objects.seen('eu', 'rollouts', later, begin + 5000)
    const at = (ms: number): DiffSideInput => ({ kind: 'moment', key, at: begin + ms })
    const { summary, left } = await compared(handlers, at(2000), at(6000))
    expect(summary).toMatchObject([{ at: 'spec.replicas', before: '2', after: '6' }])
    expect(left).toMatchObject({ capturedAt: begin + 2000, unrecorded: true })
    expect(await handlers['diff.compare']({ left: at(10), right: at(6000) })).toMatchObject({
      ok: false,
      error: { kind: 'NotFound' },
    })
    objects.stop()
  })
})

describe('referenced configuration (W11)', () => {
  const refersTo = (...envFrom: readonly object[]) =>
    aRollout({ spec: { template: { spec: { containers: [{ name: 'web', image: 'web:1', envFrom }] } } } })
  const config = (name: string, data: object, kind = 'ConfigMap'): KubeObject =>
    ({
      apiVersion: 'v1',
      kind,
      metadata: { name, namespace: 'shop', resourceVersion: '7' },
      data,
    }) as unknown as KubeObject
  const both = refersTo({ configMapRef: { name: 'web' } }, { secretRef: { name: 'keys' } })

  it('is compared by one get for each object; values of Secrets and what looks like one are prints', async () => {
    let reads = 0
    const { handlers, asked } = setUp({ eu: both, us: both }, ({ name }) => {
      const place = reads++ < 2 ? 'eu' : 'us'
      return success(
        name === 'web'
          ? config('web', { 'app.conf': `pool: 3\nplace: ${place}\npassword: in-${place}-hunter\n` })
          : config('keys', { token: `c2VjcmV0-${place}`, same: 'c2FtZQ==' }, 'Secret'),
      )
    })
    const answer = await handlers['diff.config']({ left: live('eu'), right: live('us') })
    if (!answer.ok || answer.value.diff === undefined) throw new Error('nothing was compared')
    expect(asked.toSorted()).toEqual([
      'configmaps shop/web',
      'configmaps shop/web',
      'secrets shop/keys',
      'secrets shop/keys',
    ])
    const { lines, summary } = answer.value.diff
    const changed = lines
      .filter(({ op }) => op !== ' ')
      .map(({ op, text }) => `${op} ${text.trim().replace(/\(\w+\)/, '(…)')}`)
    expect(changed).toEqual([
      '- place: eu',
      '- password: hidden, differs (…)',
      '+ place: us',
      '+ password: hidden, differs (…)',
      '- token: hidden, differs (…)',
      '+ token: hidden, differs (…)',
    ])
    expect(summary.map(({ group, path }) => [group, path])).toEqual([
      ['config', 'ConfigMap.web.app.conf'],
      ['config', 'Secret.keys.token'],
    ])
    expect(JSON.stringify(answer)).not.toMatch(/hunter|c2VjcmV0|c2FtZQ/)
  })

  it('two revisions of one cluster read each object once', async () => {
    const { handlers, asked } = setUp({ eu: both }, ({ name }) => success(config(name, { a: '1' })))
    const answer = await handlers['diff.config']({ left: live(), right: live() })
    expect(asked).toHaveLength(2)
    expect(answer).toMatchObject({ ok: true, value: { diff: { summary: [] } } })
  })

  it('says what may not be read, what is missing, and what a past moment cannot tell', async () => {
    const forbidden: Failure = {
      kind: 'Forbidden',
      message: 'secrets "keys" is forbidden',
      verb: 'get',
      resource: 'secrets',
      namespace: 'shop',
    }
    const { handlers, objects, clock } = setUp({ eu: both }, ({ name }) =>
      failure(name === 'keys' ? forbidden : missing),
    )
    objects.seen('eu', 'rollouts', both, clock.now())
    const answer = await handlers['diff.config']({ left: { kind: 'moment', key, at: clock.now() + 1 }, right: live() })
    expect(answer).toEqual(
      success({
        diff: undefined,
        objects: [
          { kind: 'ConfigMap', name: 'web', left: { state: 'unrecorded' }, right: { state: 'missing' } },
          {
            kind: 'Secret',
            name: 'keys',
            left: { state: 'unrecorded' },
            right: { state: 'forbidden', message: forbidden.message },
          },
        ],
      }),
    )
    objects.stop()
  })

  it('names that a tool makes new with each change are compared with each other', async () => {
    const [old, next] = [
      refersTo({ configMapRef: { name: 'web-7f9c2d4k8m' } }),
      refersTo({ configMapRef: { name: 'web-5b8d6c9f7t' } }),
    ]
    const { handlers } = setUp({ eu: old, us: next }, ({ name }) =>
      success(config(name, { pool: name.endsWith('m') ? '1' : '2' })),
    )
    const answer = await handlers['diff.config']({ left: live('eu'), right: live('us') })
    expect(answer).toMatchObject({
      ok: true,
      value: { diff: { summary: [{ path: 'ConfigMap.web.pool', before: '1', after: '2' }] } },
    })
  })
})

describe('drift (UI-DIFF-6)', () => {
  it('of one application, and of all that are in several clusters', async () => {
    const { handlers } = setUp({ a: aRollout(), b: aRollout(), c: aRollout({ image: 'web:2' }) })
    const drift = await handlers['diff.drift']({ key: keyIn('a') })
    expect(drift).toMatchObject({
      ok: true,
      value: { rows: [{ section: 'drift', cells: [{}, {}, { text: '2', state: 'drift' }] }] },
    })
    expect(await handlers['diff.fleet'](undefined)).toMatchObject({
      applications: [{ name: 'web', clusters: 3, drift: 1, drifting: ['c'] }],
    })
    expect(
      await handlers['diff.drift']({ key: rolloutKey({ context: 'a', namespace: 'x', name: 'y' }) }),
    ).toMatchObject({ ok: false })
  })
})
