import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { Deployment } from '#api/apps.ts'
import { resources } from '#api/resources.ts'
import { workloadKey } from '#contract/keys.ts'
import type { AppView } from '#contract/views.ts'
import { silentLog } from '#lib/log.ts'
import { EffectFeed } from '#main/app/effect-feed.ts'
import { createHandlers } from '#main/app/handlers.ts'
import { HistorySource } from '#main/app/history-source.ts'
import { Migrations } from '#main/app/migrations.ts'
import { openNativeSettings } from '#main/app/native-settings.ts'
import { openPlans } from '#main/app/open-plans.ts'
import { Sessions } from '#main/app/sessions.ts'
import { usualTraffic } from '#main/cluster-settings.ts'
import { createFleetSource } from '#main/fleet/fleet-source.ts'
import { noRails } from '#main/guard-settings.ts'
import { createRecorder } from '#main/history/recorder.ts'
import { openHistory } from '#main/history/store.ts'
import type { AccessRule } from '#main/sandbox/api/access.ts'
import { aCliFleet } from './cli-fleet.ts'
import { someSettings } from './measuring.ts'
import { advanceUntil } from './until.ts'

/** Of the Deployment that `aNativeApp` has. */
export const nativeKey = workloadKey({ context: 'eu', namespace: 'default', name: 'web', kind: 'Deployment' })
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
export async function aNativeApp(rules?: readonly AccessRule[], rails = noRails) {
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
  const migrations = new Migrations({ sessions, recorder, clock, log: silentLog })
  sessions.start()
  onTestFinished(async () => {
    effects.stop()
    let isStopped = false
    void Promise.all([migrations.stop(), sessions.stop()]).then(() => {
      isStopped = true
    })
    await advanceUntil(clock, 'stopped', () => isStopped)
    fleet.stop()
    recorder.stop()
    history.close()
  })
  const handlers = createHandlers({
    objects: { upToNow: () => undefined },
    source: new HistorySource(history),
    ...{ sessions, fleet, history, recorder, effects, clock, log: silentLog, info, prefer: () => undefined },
    migrations,
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
  return { clock, folder, store, fleet, sessions, handlers, answer, deployment }
}
