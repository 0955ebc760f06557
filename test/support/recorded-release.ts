import { onTestFinished } from 'vitest'
import type { PodTemplateSpec } from '#api/core.ts'
import { rolloutKey } from '#contract/keys.ts'
import type { RolloutView } from '#contract/views.ts'
import { silentLog } from '#lib/log.ts'
import { PlanMemory } from '#main/fleet-plan/plan-memory.ts'
import { createObjectRecorder } from '#main/history/objects/object-recorder.ts'
import { createRecorder } from '#main/history/recorder.ts'
import { type History, openHistory } from '#main/history/store.ts'
import { createWriteRecord } from '#main/history/write-record.ts'
import { aPlan, aWave } from './builders/fleet-plan.ts'
import { aHistoryPath } from './builders/history.ts'
import { aReplicaSet } from './builders/replica-set.ts'
import { aRollout } from './builders/rollout.ts'
import { anUpdatingView, aRolloutView } from './builders/rollout-view.ts'
import { VirtualClock } from './virtual-clock.ts'

export const webIn = (context: string) => rolloutKey({ context, namespace: 'shop', name: 'web' })

/** Values that no file that leaves this machine may hold. */
export const planted = {
  password: 'pl4nted-Passw0rd-71c2',
  token: 'pl4nted-t0ken-9f3e',
  reason: 'pl4nted-reason-5d1a',
} as const

const template = (image: string): PodTemplateSpec => ({
  metadata: { labels: { app: 'web' } },
  spec: {
    containers: [
      {
        name: 'web',
        image,
        env: [{ name: 'DB_PASSWORD', value: planted.password }],
        args: [`--token=${planted.token}`],
      },
    ],
  },
})

export interface RecordedRelease {
  readonly path: string
  readonly clock: VirtualClock
  readonly history: History
}

/**
 * A morning on two clusters: `shop/web` goes to another version in `eu`, is aborted by Ada, and later completed in `us`; each with its
 * objects, acts and writes, and a plan. Something of `shop/cart` is recorded beside it.
 */
export async function recordRelease(
  path: string,
  reason = 'errors',
  clock = new VirtualClock(),
): Promise<RecordedRelease> {
  const history = openHistory({ path, clock, log: silentLog })
  const recorder = createRecorder({ history, clock, log: silentLog })
  const objects = createObjectRecorder({ history, clock })
  const writes = createWriteRecord({ history, clock, via: 'window' })
  const view = (context: string, change: Partial<RolloutView> = {}) =>
    ({ context, name: 'web', uid: 'uid-web', ...change }) as const
  const see = (context: string, image: string, replicas: number) => {
    const { resourceVersion: _one, ...metadata } = aRollout().metadata
    const rollout = aRollout({ image, replicas, spec: { template: template(image) } })
    objects.seen(context, 'rollouts', { ...rollout, metadata }, clock.now())
    objects.seen(
      context,
      'replicaSets',
      aReplicaSet({ hash: image.replace(':', ''), image, size: replicas }),
      clock.now(),
    )
  }
  const write = (context: string, name: string, text: string) =>
    writes.add({
      ...{
        at: clock.now(),
        context,
        user: 'ada@corp',
        verb: 'patch',
        resource: 'rollouts.argoproj.io',
        namespace: 'shop',
      },
      ...{ subresource: undefined, name, code: 200, problem: undefined, resourceVersion: '8' },
      cause: { action: 'abort', reason: `token=${planted.reason}`, rule: 'ACT-52', summary: 'Abort' },
      body: { type: 'application/merge-patch+json', text },
    })
  const act = (context: string, name: string, why: string) => {
    const key = rolloutKey({ context, namespace: 'shop', name })
    const result = { key, sent: true, resourceVersion: '1', message: '' } as const
    recorder.action(key, { action: 'abort', actor: 'ada', reason: why, result, writes: [] })
  }
  for (const context of ['eu', 'us']) {
    objects.complete(context, true, clock.now())
    see(context, 'web:1', 3)
    recorder.observe(aRolloutView(view(context)))
  }
  await clock.advance(60_000)
  see('eu', 'web:2', 3)
  recorder.observe(anUpdatingView(view('eu', { version: '2.0.0' })))
  recorder.capture(webIn('eu'), 'uid-web', [
    { revision: 7, template: template('web:1'), version: '1.0.0' },
    { revision: 8, template: template('web:2'), version: '2.0.0' },
  ])
  await clock.advance(30_000)
  see('eu', 'web:2', 5)
  act('eu', 'web', reason)
  write(
    'eu',
    'web',
    `{"spec":{"template":{"spec":{"containers":[{"env":[{"name":"API_TOKEN","value":"${planted.token}"}]}]}}}}`,
  )
  recorder.observe(
    anUpdatingView(view('eu', { version: '2.0.0', status: 'Aborted', phase: 'Degraded', message: 'RolloutAborted' })),
  )
  act('eu', 'cart', 'of somebody else')
  write('eu', 'cart', '{"spec":{}}')
  await clock.advance(3_600_000)
  see('us', 'web:2', 4)
  recorder.observe(anUpdatingView(view('us', { version: '2.0.0' })))
  act('us', 'web', 'looks good')
  await clock.advance(90_000)
  recorder.observe(aRolloutView(view('us', { currentPodHash: 'hash8', stableRS: 'hash8' })))
  const memory = new PlanMemory(history)
  const home = { context: 'eu', namespace: 'argosy' }
  memory.remember({ id: 'p1', home, isDriven: true, plan: aPlan([aWave(['eu', 'us'])]) })
  memory.add('p1', clock.now(), [{ text: 'the plan is Running', severity: 'info' }])
  await clock.advance(1000)
  for (const each of [recorder, objects, writes]) each.stop()
  await clock.advance(1000)
  history.all('SELECT 1')
  return { path, clock, history }
}

/** The same in a folder that goes away with the test. */
export async function aRecordedRelease(path = aHistoryPath(), reason?: string): Promise<RecordedRelease> {
  const release = await recordRelease(path, reason)
  onTestFinished(() => release.history.close())
  return release
}
