import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { Deployment } from '#api/apps.ts'
import { resources } from '#api/resources.ts'
import { workloadKey } from '#contract/keys.ts'
import type { ActionPreview, AppView } from '#contract/views.ts'
import { silentLog } from '#lib/log.ts'
import { EffectFeed } from '#main/app/effect-feed.ts'
import { createHandlers } from '#main/app/handlers.ts'
import { openNativeSettings } from '#main/app/native-settings.ts'
import { openPlans } from '#main/app/open-plans.ts'
import { Sessions } from '#main/app/sessions.ts'
import { usualTraffic } from '#main/cluster-settings.ts'
import { createFleetSource } from '#main/fleet/fleet-source.ts'
import { noRails } from '#main/guard-settings.ts'
import { createRecorder } from '#main/history/recorder.ts'
import { openHistory } from '#main/history/store.ts'
import type { AccessRule } from '#main/sandbox/api/access.ts'
import { aCliFleet } from '#test/support/cli-fleet.ts'
import { someSettings } from '#test/support/measuring.ts'
import { advanceUntil } from '#test/support/until.ts'

const key = workloadKey({ context: 'eu', namespace: 'default', name: 'web', kind: 'Deployment' })
const info = (): AppView => ({ version: '0', host: 'browser', sandbox: false, notices: [], kubeconfigPaths: [] })

const deploymentOf = (image: string) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'default' },
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: 'web' } },
    template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'web', image }] } },
  },
})

/** The window's main side over one sandbox cluster in which a Deployment has had two versions. */
async function anApp(rules?: readonly AccessRule[], rails = noRails) {
  const sandbox = await aCliFleet('eu')
  const { clock, folder } = sandbox
  const { store } = sandbox.cluster('eu')
  const at = { namespace: 'default', name: 'web' }
  const deployment = () => store.get(resources.deployments, at) as Deployment | undefined
  const isDone = () => deployment()?.status?.availableReplicas === 2 && deployment()?.status?.replicas === 2
  store.create(resources.deployments, deploymentOf('registry.test/web:1'))
  await advanceUntil(clock, 'the first version', isDone)
  store.mutate(resources.deployments, at, (draft: Deployment) => ({
    ...draft,
    spec: deploymentOf('registry.test/web:2').spec,
  }))
  await clock.advance(1000)
  await advanceUntil(clock, 'the second version', isDone)
  const kubeconfig = rules === undefined ? sandbox.kubeconfig : await sandbox.grant('eu', rules)
  const history = openHistory({ path: join(folder, 'history.db'), clock, log: silentLog })
  const recorder = createRecorder({ history, clock, log: silentLog })
  const fleet = createFleetSource({ clock })
  const sessions = new Sessions({
    paths: [kubeconfig],
    sandbox: false,
    clock,
    log: silentLog,
    fleet,
    metricSettings: () => someSettings(),
    trafficSettings: () => usualTraffic,
    natives: openNativeSettings(folder, silentLog),
    onWrite: () => {},
    rails: () => rails,
    tell: () => {},
  })
  const effects = new EffectFeed(clock)
  sessions.start()
  onTestFinished(async () => {
    effects.stop()
    let isStopped = false
    void sessions.stop().then(() => {
      isStopped = true
    })
    await advanceUntil(clock, 'stopped', () => isStopped)
    fleet.stop()
    recorder.stop()
    history.close()
  })
  const handlers = createHandlers({
    ...{
      sessions,
      fleet,
      history,
      recorder,
      objects: { upToNow: () => undefined },
      effects,
      clock,
      log: silentLog,
      info,
      prefer: () => undefined,
    },
    plans: openPlans({ sessions, history, clock, log: silentLog }),
  })
  const answer = async <T>(asked: Promise<T>): Promise<T> => {
    let given: { readonly value: T } | undefined
    void asked.then((value) => {
      given = { value }
    })
    await advanceUntil(clock, 'answered', () => given !== undefined)
    return (given as unknown as { readonly value: T }).value
  }
  return { clock, folder, fleet, sessions, handlers, answer, deployment, isDone }
}

const opened = (previews: readonly ActionPreview[]) => {
  const [preview] = previews
  if (preview?.open !== true) throw new Error(preview?.reason)
  return preview
}

describe('a Deployment in the window', () => {
  it('ACT-12, ACT-15: is rolled back as previewed, and the journal has it', async () => {
    const { clock, fleet, handlers, answer, deployment } = await anApp()
    await advanceUntil(clock, 'shown', () => fleet.view(key) !== undefined)
    expect(fleet.view(key)).toMatchObject({ status: 'Healthy', version: '2', revision: 2 })
    const detail = await answer(handlers['workload.detail']({ key }))
    expect(detail).toMatchObject({
      ok: true,
      value: {
        revisions: [
          { revision: 2, isCurrent: true, ready: 2 },
          { revision: 1, undo: { open: true } },
        ],
      },
    })
    expect(detail.ok && detail.value.pods).toHaveLength(2)

    const wish = { action: 'undo', parameters: {} } as const
    const preview = opened(await answer(handlers['action.preview']({ ...wish, targets: [key] })))
    expect(preview.writes[0]).toMatchObject({ method: 'PATCH', contentType: 'application/json-patch+json' })
    const target = { key, intent: preview.intent }
    const sent = await answer(handlers['action.send']({ ...wish, targets: [target], reason: 'slow' }))
    expect(sent).toMatchObject([{ sent: true, message: "deployment 'web' rolled back" }])
    expect(deployment()?.spec.template.spec?.containers[0]?.image).toBe('registry.test/web:1')

    const again = await answer(handlers['action.send']({ ...wish, targets: [target], reason: '' }))
    expect(again).toMatchObject([
      { sent: false, refusal: { kind: 'movedOn', changed: ['its pod template is another'] } },
    ])
    const journal = await answer(handlers['history.actions']({ limit: 10 }))
    expect(journal).toMatchObject([
      { key, name: 'web', action: 'undo', sent: false },
      { key, action: 'undo', reason: 'slow', sent: true },
    ])
  })

  it('is paused, resumed and restarted', async () => {
    const { clock, fleet, handlers, answer, deployment } = await anApp()
    await advanceUntil(clock, 'shown', () => fleet.view(key) !== undefined)
    for (const action of ['pause', 'resume', 'restart'] as const) {
      const { intent } = opened(await answer(handlers['action.preview']({ action, targets: [key], parameters: {} })))
      const targets = [{ key, intent }]
      const [sent] = await answer(handlers['action.send']({ action, targets, parameters: {}, reason: '' }))
      expect(sent).toMatchObject({ sent: true })
      expect(deployment()?.spec.paused === true).toBe(action === 'pause')
    }
    expect(deployment()?.spec.template.metadata?.annotations).toHaveProperty(['kubectl.kubernetes.io/restartedAt'])
  })

  it('UI-ACT-2: the rails stand around it as around a Rollout', async () => {
    const { clock, fleet, handlers, answer, deployment } = await anApp(undefined, { ...noRails, isProtected: true })
    await advanceUntil(clock, 'shown', () => fleet.view(key) !== undefined)
    const wish = { action: 'restart', parameters: {} } as const
    const preview = opened(await answer(handlers['action.preview']({ ...wish, targets: [key] })))
    expect(preview.guard).toMatchObject({ typedName: true })
    const sending = { ...wish, targets: [{ key, intent: preview.intent }], reason: '' }
    const reason = expect.stringContaining('confirm it by its name, eu')
    expect(await answer(handlers['action.send'](sending))).toMatchObject([{ refusal: { kind: 'notOpen', reason } }])
    expect(deployment()?.spec.template.metadata?.annotations).toBeUndefined()
    const sent = await answer(handlers['action.send']({ ...sending, assurance: { typed: 'eu' } }))
    expect(sent).toMatchObject([{ sent: true }])
    expect(await answer(handlers['history.actions']({ limit: 1 }))).toMatchObject([
      { sent: true, user: 'sandbox-admin' },
    ])
  })

  it('ACT-14: who may not patch it is told so on the board and in the preview', async () => {
    const { clock, fleet, handlers, answer } = await anApp([
      { verbs: ['get', 'list', 'watch'], apiGroups: ['*'], resources: ['*'] },
    ])
    const reason = 'needs patch on deployments.apps in namespace default'
    await advanceUntil(clock, 'shut', () => fleet.view(key)?.actions.restart.open === false)
    expect(fleet.view(key)?.actions.restart).toEqual({ open: false, reason })
    const previews = await answer(handlers['action.preview']({ action: 'restart', targets: [key], parameters: {} }))
    expect(previews).toEqual([{ key, open: false, reason }])
  })

  it('whose kind may not be listed hides nothing else', async () => {
    const resourcesSeen = ['rollouts', 'replicasets', 'pods', 'services', 'statefulsets', 'leases', 'events']
    const { clock, fleet, sessions } = await anApp([
      { verbs: ['get', 'list', 'watch'], apiGroups: ['*'], resources: resourcesSeen },
    ])
    await advanceUntil(clock, 'refused', () => fleet.natives('eu').state === 'forbidden')
    expect(sessions.views()[0]).toMatchObject({ connection: { state: 'connected' }, natives: { state: 'forbidden' } })
  })

  it('stays off the board once it was taken off', async () => {
    const { clock, folder, fleet, handlers } = await anApp()
    await advanceUntil(clock, 'shown', () => fleet.view(key) !== undefined)
    expect(await handlers['workloads.show']({ context: 'eu', shown: false })).toMatchObject({ ok: true })
    await advanceUntil(clock, 'hidden', () => fleet.view(key) === undefined)
    expect(openNativeSettings(folder, silentLog).shows('eu')).toBe(false)
    expect(await handlers['workloads.show']({ context: 'us', shown: true })).toMatchObject({ ok: false })
  })
})
