import { userInfo } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { rolloutKey } from '#contract/keys.ts'
import type { Input } from '#contract/requests.ts'
import type { ActionEffect, ActionName, ActionPreview, AppView, Intent, RolloutKey } from '#contract/views.ts'
import type { Clock } from '#lib/clock.ts'
import { silentLog } from '#lib/log.ts'
import { formatSeconds } from '#lib/rfc3339.ts'
import { EffectFeed } from '#main/app/effect-feed.ts'
import { createHandlers } from '#main/app/handlers.ts'
import { HistorySource } from '#main/app/history-source.ts'
import { Migrations } from '#main/app/migrations.ts'
import { openPlans } from '#main/app/open-plans.ts'
import { Sessions } from '#main/app/sessions.ts'
import { usualTraffic } from '#main/cluster-settings.ts'
import { createFleetSource } from '#main/fleet/fleet-source.ts'
import { noRails } from '#main/guard-settings.ts'
import { listActions } from '#main/history/journal.ts'
import { createRecorder } from '#main/history/recorder.ts'
import { openHistory } from '#main/history/store.ts'
import { aRollout, pause, setWeight } from '#test/support/builders/rollout.ts'
import { aCliFleet, type CliFleet } from '#test/support/cli-fleet.ts'
import { someSettings } from '#test/support/measuring.ts'
import { anEngineOn } from '#test/support/sandbox-engine.ts'
import { advanceUntil } from '#test/support/until.ts'

const held = {
  phase: 'Paused',
  message: 'CanaryPauseStep',
  observedGeneration: '1',
  currentPodHash: 'v2',
  stableRS: 'v1',
  currentStepIndex: 1,
  controllerPause: true,
  pauseConditions: [{ reason: 'CanaryPauseStep', startTime: '2026-01-15T10:00:00Z' }],
} as const
const canary = aRollout({ image: 'registry.test/web:1.0.0', steps: [setWeight(20), pause(), setWeight(60)] })
const info = (): AppView => ({ version: '0', host: 'browser', sandbox: false, notices: [], kubeconfigPaths: [] })
const keyIn = (context: string): RolloutKey => rolloutKey({ context, namespace: 'default', name: 'web' })

/** Jittered delays lead the virtual clock between two milliseconds, where no real one ever is. */
const inWholeMs = (clock: Clock): Clock => ({
  now: () => Math.trunc(clock.now()),
  elapsed: () => clock.elapsed(),
  after: (delayMs, task) => clock.after(delayMs, task),
})

/** The window's main side on a kubeconfig file: real HTTP to sandbox clusters, virtual time. */
async function anApp({ clock: virtual, folder }: CliFleet, kubeconfig: string, contexts: number, rails = noRails) {
  const clock = inWholeMs(virtual)
  const history = openHistory({ path: join(folder, 'history.db'), clock, log: silentLog })
  const recorder = createRecorder({ history, clock, log: silentLog })
  const fleet = createFleetSource({ clock })
  const sessions = new Sessions({
    onWrite: () => undefined,
    rails: () => rails,
    paths: [kubeconfig],
    sandbox: false,
    clock,
    log: silentLog,
    fleet,
    metricSettings: () => someSettings(),
    trafficSettings: () => usualTraffic,
    tell: () => {},
  })
  const plans = openPlans({ sessions, history, clock, log: silentLog })
  const effects = new EffectFeed(clock)
  const heard: ActionEffect[] = []
  effects.onEffect((effect) => heard.push(effect))
  sessions.start()
  onTestFinished(async () => {
    effects.stop()
    // A question to a server that is gone may still wait for its next try.
    let isStopped = false
    void sessions.stop().then(() => {
      isStopped = true
    })
    await advanceUntil(virtual, 'stopped', () => isStopped)
    fleet.stop()
    recorder.stop()
    history.close()
  })
  const handlers = createHandlers({
    migrations: new Migrations({ sessions, recorder, clock, log: silentLog }),
    objects: { upToNow: () => undefined },
    source: new HistorySource(history),
    ...{ sessions, fleet, history, recorder, effects, plans, clock, log: silentLog, info, prefer: () => undefined },
  })
  const isConnected = () => sessions.views().filter(({ connection }) => connection.state === 'connected').length
  await advanceUntil(virtual, 'connected', () => isConnected() === contexts)
  await advanceUntil(virtual, 'shown', () => Object.keys(fleet.snapshot().rollouts).length === contexts)
  return { handlers, fleet, sessions, heard, history }
}

const intentOf = (preview: ActionPreview | undefined): Intent => {
  if (preview?.open !== true) throw new Error(preview?.reason)
  return preview.intent
}

describe('an action on several clusters', () => {
  it('ACT-16, ACT-58: each has its own result, and its own word on what came of it', async () => {
    const fleet = await aCliFleet('north', 'south', 'west')
    const { clock, kubeconfig } = fleet
    for (const context of ['north', 'south', 'west']) fleet.place(context, canary)
    for (const context of ['south', 'west']) fleet.setStatus(context, 'web', held)
    const driven = anEngineOn(kubeconfig, 'north', clock)
    onTestFinished(() => driven.stop())
    await advanceUntil(clock, 'healthy', () => fleet.rollout('north', 'web')?.status?.phase === 'Healthy')
    const app = await anApp(fleet, kubeconfig, 3)
    const targets = ['north', 'south', 'west'].map(keyIn)
    const previews = await app.handlers['action.preview']({ action: 'pause', targets, parameters: {} })
    const intents = targets.map((key, i) => ({ key, intent: intentOf(previews[i]) }))
    await fleet.cluster('south').server.close()
    const sending = app.handlers['action.send']({ action: 'pause', targets: intents, parameters: {}, reason: '' })
    let results: Awaited<typeof sending> | undefined
    void sending.then((found) => {
      results = found
    })
    await advanceUntil(clock, 'sent', () => results !== undefined)
    expect(results).toEqual([
      { key: keyIn('north'), sent: true, resourceVersion: expect.any(String), message: "rollout 'web' paused" },
      { key: keyIn('south'), sent: false, refusal: { kind: 'failed', failure: expect.anything() } },
      { key: keyIn('west'), sent: true, resourceVersion: expect.any(String), message: "rollout 'web' paused" },
    ])
    await advanceUntil(clock, 'both effects', () => app.heard.length === 2)
    expect(app.heard).toMatchObject([
      { key: keyIn('north'), action: 'pause', state: 'seen', engine: 'inCluster' },
      { key: keyIn('west'), action: 'pause', state: 'notSeen', waitedMs: 30_000, engine: 'observed' },
    ])
  })
})

describe('guard rails', () => {
  const send = async (app: Awaited<ReturnType<typeof anApp>>, input: Partial<Input<'action.send'>>) => {
    const action = input.action ?? 'promote'
    const parameters = input.parameters ?? {}
    const keys = Object.keys(app.fleet.snapshot().rollouts)
    const previews = await app.handlers['action.preview']({ action, targets: keys, parameters })
    const targets = keys.map((key, i) => ({ key, intent: intentOf(previews[i]) }))
    const results = await app.handlers['action.send']({ action, targets, parameters, reason: '', ...input })
    return { previews, results }
  }
  const freeze = { from: 0, until: 8e15, reason: 'year-end close' }

  it('UI-ACT-2: the preview tells what it takes; main refuses what lacks it, whatever the window does', async () => {
    const fleet = await aCliFleet('north')
    fleet.place('north', canary, held)
    const app = await anApp(fleet, fleet.kubeconfig, 1, { ...noRails, isProtected: true })
    const refused = await send(app, {})
    expect(refused.previews).toMatchObject([{ open: true, guard: { typedName: true, again: false } }])
    const reason = expect.stringContaining('the context is protected: confirm it by its name, north')
    expect(refused.results).toMatchObject([{ sent: false, refusal: { kind: 'notOpen', reason } }])
    expect(fleet.rollout('north', 'web')?.status).toHaveProperty('pauseConditions')
    expect((await send(app, { assurance: { typed: 'north' } })).results).toMatchObject([{ sent: true }])
  })

  it('ACT-15: a broken glass is in the record with the reason and what was set aside', async () => {
    const fleet = await aCliFleet('north')
    fleet.place('north', canary, held)
    const app = await anApp(fleet, fleet.kubeconfig, 1, { ...noRails, freezes: [freeze] })
    expect((await send(app, { reason: 'INC-1' })).results).toMatchObject([{ sent: false }])
    expect((await send(app, { reason: 'INC-1', assurance: { breakGlass: true } })).results).toMatchObject([
      { sent: true },
    ])
    expect(listActions(app.history, { limit: 2 })).toMatchObject([
      { sent: true, reason: 'INC-1', setAside: expect.stringContaining('year-end close'), user: 'sandbox-admin' },
      { sent: false, setAside: undefined },
    ])
  })

  it('of several that would begin at once no more than the limit do, and what was just begun counts', async () => {
    const fleet = await aCliFleet('north', 'south')
    const done = {
      ...held,
      controllerPause: false,
      message: '',
      phase: 'Healthy' as const,
      currentPodHash: 'a',
      stableRS: 'a',
      pauseConditions: [],
      currentStepIndex: 3,
    }
    for (const context of ['north', 'south']) fleet.place(context, canary, done)
    const app = await anApp(fleet, fleet.kubeconfig, 2, { ...noRails, changesMax: 1 })
    const parameters = { images: [{ container: 'web', image: 'registry.test/web:2' }] }
    const { results } = await send(app, { action: 'setImage', parameters })
    expect(results.map((each) => each.sent)).toEqual([true, false])
    expect(results[1]).toMatchObject({
      refusal: { reason: expect.stringContaining('1 change is under way in the fleet') },
    })
  })
})

describe('rights', () => {
  const mayRead = { verbs: ['get', 'list', 'watch'], apiGroups: ['*'], resources: ['*'] }
  const mayPatch = { verbs: ['patch'], apiGroups: ['argoproj.io'], resources: ['rollouts'] }

  it('ACT-14: the board closes what RBAC would refuse, by a handful of questions however often it is drawn', async () => {
    const fleet = await aCliFleet('north')
    fleet.place('north', canary, held)
    const app = await anApp(fleet, await fleet.grant('north', [mayRead, mayPatch]), 1)
    const key = keyIn('north')
    const actions = () => app.fleet.snapshot().rollouts[key]?.actions
    const reasonOf = (action: ActionName) => {
      const availability = actions()?.[action]
      return availability?.open === false ? availability.reason : ''
    }
    await advanceUntil(fleet.clock, 'the rights are known', () => reasonOf('abort').startsWith('needs'))
    await advanceUntil(fleet.clock, 'all of them', () => reasonOf('setImage').startsWith('needs'))
    const why = 'needs patch on rollouts/status in namespace default'
    expect(actions()).toMatchObject({
      abort: { open: false, reason: why },
      promote: { open: false, reason: why },
      pause: { open: true },
      setImage: { open: false, reason: 'needs update on rollouts in namespace default' },
    })
    const requests = () => app.sessions.views()[0]?.requestCount ?? 0
    const first = requests()
    await advanceUntil(fleet.clock, 'pods are watched too', () => requests() === first + 2)
    const before = requests()
    for (let i = 0; i < 20; i++) {
      fleet.setStatus('north', 'web', { ...held, message: `look ${i}` })
      await fleet.clock.advance(200)
    }
    expect(requests()).toBe(before)
    const [preview] = await app.handlers['action.preview']({ action: 'abort', targets: [key], parameters: {} })
    expect(preview).toEqual({ key, open: false, reason: why })
  })

  it('ACT-99: a preview names revisions from the cache, with one request', async () => {
    const fleet = await aCliFleet('north')
    fleet.place('north', canary)
    const driven = anEngineOn(fleet.kubeconfig, 'north', fleet.clock)
    onTestFinished(() => driven.stop())
    const app = await anApp(fleet, fleet.kubeconfig, 1)
    const key = keyIn('north')
    await advanceUntil(fleet.clock, 'healthy', () => fleet.rollout('north', 'web')?.status?.phase === 'Healthy')
    const undoing = await app.handlers['action.preview']({
      action: 'setImage',
      targets: [key],
      parameters: { images: [{ container: 'web', image: 'registry.test/web:2.0.0' }] },
    })
    await app.handlers['action.send']({
      action: 'setImage',
      targets: [{ key, intent: intentOf(undoing[0]) }],
      parameters: { images: [{ container: 'web', image: 'registry.test/web:2.0.0' }] },
      reason: '',
    })
    await advanceUntil(fleet.clock, 'paused', () => app.fleet.view(key)?.status === 'Paused')
    const [preview] = await app.handlers['action.preview']({ action: 'abort', targets: [key], parameters: {} })
    expect(preview).toMatchObject({ effects: expect.arrayContaining(['Traffic goes back to revision 1 (web:1.0.0)']) })
  })
})

it('ACT-31, ACT-54, ACT-80: what the window adds to an action is in its requests', async () => {
  const fleet = await aCliFleet('north')
  fleet.place('north', { ...canary, spec: { ...canary.spec, paused: true } }, held)
  const app = await anApp(fleet, fleet.kubeconfig, 1)
  const bodiesOf = async (action: ActionName, parameters: Input<'action.preview'>['parameters']) => {
    const [shown] = await app.handlers['action.preview']({ action, targets: [keyIn('north')], parameters })
    return shown?.open === true ? shown.writes.map(({ body }) => JSON.parse(body)) : shown?.reason
  }
  expect(await bodiesOf('skipStep', { allSteps: true })).toMatchObject([{ status: { currentStepIndex: 3 } }])
  expect(await bodiesOf('skipStep', {})).toMatchObject([{ status: { currentStepIndex: 2 } }])
  expect(await bodiesOf('abort', { resume: true })).toMatchObject([
    { status: { abort: true } },
    { spec: { paused: false } },
  ])
  expect(await bodiesOf('abort', { resume: false })).toHaveLength(1)
  const restartAt = formatSeconds(fleet.clock.now() + 5_400_000)
  expect(await bodiesOf('restart', { delay: '1h30m' })).toMatchObject([{ spec: { restartAt } }])
  expect(await bodiesOf('restart', { delay: '5' })).toBe('invalid duration "5"')
})

it('ACT-15, OPS-37, OPS-38: taking over and handing back are previewed and journalled, with who, where and why', async () => {
  const fleet = await aCliFleet('north')
  fleet.place('north', canary)
  const app = await anApp(fleet, fleet.kubeconfig, 1)
  let preview: Awaited<ReturnType<(typeof app.handlers)['cluster.drive.preview']>> | undefined
  void app.handlers['cluster.drive.preview']({ context: 'north', drive: true }).then((answer) => {
    preview = answer
  })
  await advanceUntil(fleet.clock, 'the preview', () => preview !== undefined)
  expect(preview).toMatchObject({ ok: true, value: { rollouts: 1, next: { how: 'atOnce' } } })
  const isDriven = () => app.sessions.views()[0]?.engine === 'driven'
  await app.handlers['cluster.drive']({ context: 'north', drive: true, reason: 'its controller is down' })
  await advanceUntil(fleet.clock, 'driven', isDriven)
  let isBack = false
  void app.handlers['cluster.drive']({ context: 'north', drive: false }).then(() => {
    isBack = true
  })
  await advanceUntil(fleet.clock, 'handed back', () => isBack)
  const about = { context: 'north', namespace: '', name: '', actor: userInfo().username, sent: true }
  expect(await app.handlers['history.actions']({ limit: 10 })).toMatchObject({
    value: [
      { action: 'handBack', reason: '', ...about },
      { action: 'drive', reason: 'its controller is down', ...about },
    ],
  })
})
