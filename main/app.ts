import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { controllerNamespace } from '#api/keys.ts'
import type { Input } from '#contract/requests.ts'
import type { AppView, Notice } from '#contract/views.ts'
import type { Clock, Dispose } from '#lib/clock.ts'
import type { Log } from '#lib/log.ts'
import { kubeconfigPaths, loadKubeconfig } from '#main/cluster/kubeconfig.ts'
import { type Attention, followAttention } from './app/attention-feed.ts'
import type { OwnershipNews } from './app/cluster-session.ts'
import { EffectFeed } from './app/effect-feed.ts'
import { exportFileName } from './app/export-file.ts'
import { followBackTest } from './app/follow-back-test.ts'
import { followSleep } from './app/follow-sleep.ts'
import { createHandlers } from './app/handlers.ts'
import { HistorySource } from './app/history-source.ts'
import { Migrations } from './app/migrations.ts'
import { openNativeSettings } from './app/native-settings.ts'
import { openPlans } from './app/open-plans.ts'
import { recordFleet } from './app/record-fleet.ts'
import type { SaveAs } from './app/record-handlers.ts'
import { recordObjects } from './app/record-objects.ts'
import { Sessions } from './app/sessions.ts'
import type { Cluster } from './cluster/cluster.ts'
import { metricSettingsFor, trafficSettingsFor, usualTraffic } from './cluster-settings.ts'
import { historyFiles } from './data-folder.ts'
import { createFleetSource } from './fleet/fleet-source.ts'
import { createRails } from './guard-settings.ts'
import { actorAs } from './history/actor.ts'
import { exportRecord } from './history/export.ts'
import { createObjectRecorder } from './history/objects/object-recorder.ts'
import { pastRuns } from './history/past-runs.ts'
import { createRecorder } from './history/recorder.ts'
import { takeRecordingLock } from './history/recording-lock.ts'
import { openHistory } from './history/store.ts'
import { createWriteRecord } from './history/write-record.ts'
import { createDispatcher, type Dispatcher } from './ipc/serve.ts'
import type { ShowOnDesktop } from './notifications/open-notifications.ts'
import { startSandboxFleet } from './sandbox/start-fleet.ts'
import { version } from './version.ts'

export interface ArgosyOptions {
  readonly host: 'electron' | 'browser'
  /** The embedded clusters instead of those of a kubeconfig. */
  readonly sandbox: boolean
  /** Empty: where kubectl looks. */
  readonly kubeconfigPaths: readonly string[]
  /** Where the history files live; made when it is missing. */
  readonly dataFolder: string
  readonly clock: Clock
  readonly log: Log
  /** For notifications of the type `desktop`; absent: there is none. */
  readonly desktop?: ShowOnDesktop | undefined
  /** Asks where a file is to be saved; absent: a browser does. */
  readonly saveAs?: SaveAs | undefined
}

/** One window's worth of Argosy, for any host. */
export interface Argosy {
  readonly dispatcher: Dispatcher
  readonly notices: readonly Notice[]
  /** What asks for a person, for as long as somebody listens. */
  onAttention(listener: (attention: Attention) => void): Dispose
  /** Whether the person at the window wants to be told on the desktop; not before the window has said so. */
  readonly notifies: boolean
  /** The record of actions and writes, of one cluster or all, as JSON lines. */
  record(context: string | undefined): { readonly name: string; readonly lines: Iterable<string> }
  /** The machine goes to sleep: plans say what becomes of what only this engine moves (SR-5). */
  park(): Promise<void>
  /** Gives leases back, ends watches, closes the history. */
  stop(): Promise<void>
}

/** The composition root: everything is made and joined here, and decided elsewhere. */
export async function createArgosy(options: ArgosyOptions): Promise<Argosy> {
  const { clock, log, host } = options
  const notices: Notice[] = []
  const listeners = new Set<(notice: Notice) => void>()
  const tell = (notice: Notice): void => {
    const before = notices.findIndex(({ id }) => id === notice.id)
    notices.splice(before < 0 ? notices.length : before, 1, notice)
    for (const listener of listeners) listener(notice)
  }

  const sandbox = await openSandbox(options, tell)
  // What the sandbox does must never be taken for what happened to somebody's clusters.
  const historyFile = sandbox === undefined ? historyFiles.clusters : historyFiles.sandbox
  const historyPath = join(options.dataFolder, historyFile)
  const history = openHistory({ path: historyPath, clock, log })
  for (const notice of history.notices) tell(notice)
  history.onNotice(tell)
  const fleet = createFleetSource({ clock, log, pastRuns: (key) => pastRuns(history, key) })
  const recorder = createRecorder({ history, clock, log })
  const sleep = followSleep(clock, (gap) => recorder.slept(gap))
  fleet.onPatch(sleep.look)
  const stopRecording = recordFleet(fleet, recorder, clock)
  const objects = createObjectRecorder({ history, clock })
  const recording = takeRecordingLock(historyPath)
  if (recording === undefined) log('info', 'another Argosy records', { path: historyPath })
  const record = recording && ((cluster: Cluster) => recordObjects(cluster, { recorder: objects, clock }))
  const writes = createWriteRecord({ history, clock, via: 'window' })

  const paths = sandbox === undefined ? options.kubeconfigPaths : [sandbox.kubeconfigPath]
  // Of this machine's environment nothing counts, for it is not known which cluster it is meant for (PRV-1502).
  const unset = { controllerNamespace, env: {} }
  const metricSettings = (context: string) =>
    sandbox === undefined ? metricSettingsFor(context, unset, { folder: options.dataFolder, log }) : unset
  const trafficSettings = (context: string) =>
    sandbox === undefined ? trafficSettingsFor(context, { folder: options.dataFolder, log }) : usualTraffic
  const natives = openNativeSettings(options.dataFolder, log)
  const rails = createRails(options.dataFolder, clock)
  const onOwnership = (news: OwnershipNews) => recorder.ownership({ ...news, ...actorAs(news.user) })
  const settings = {
    metricSettings,
    trafficSettings,
    natives,
    desktop: options.desktop,
    onWrite: writes.add,
    rails,
    record,
    onOwnership,
  }
  const sessions = new Sessions({ paths, sandbox: sandbox !== undefined, clock, log, fleet, ...settings, tell })
  sessions.onChange((clusters) => {
    for (const { context, connection } of clusters) recorder.connection(context, connection)
  })
  sessions.start()

  const plans = openPlans({ sessions, history, clock, log })
  sessions.onChange(() => plans.clustersChanged())
  plans.start()

  const effects = new EffectFeed(clock)
  const source = new HistorySource(history)
  const migrations = new Migrations({ sessions, recorder, clock, log })
  let notifies = false
  const prefer = (preferred: Input<'desktop.prefer'>): void => {
    notifies = preferred.notify
  }
  const info = (): AppView => ({
    version,
    host,
    sandbox: sandbox !== undefined,
    notices,
    kubeconfigPaths: kubeconfigPaths(sessions.paths.length === 0 ? {} : { paths: sessions.paths }),
  })
  const dispatcher = createDispatcher({
    handlers: createHandlers({
      ...{ sessions, fleet, history, recorder, objects, effects, plans, migrations, clock, log, info, prefer },
      source,
      saveAs: options.saveAs,
    }),
    publishers: {
      'fleet.patch': (_topic, send) => fleet.onPatch(send),
      'clusters.changed': (_topic, send) => sessions.onChange(send),
      'rollout.changed': ({ key }, send) => fleet.onDetail(key, (detail) => send(detail ?? null)),
      'analysis.backTest': ({ key }, send) => followBackTest({ sessions, history, clock, log }, key, send),
      'action.effect': (_topic, send) => effects.onEffect(send),
      'plans.changed': (_topic, send) => plans.onList(send),
      'plan.changed': ({ id }, send) => plans.onPlan(id, send),
      'bundle.changed': (_topic, send) => source.onChange(send),
      'app.notice': (_topic, send) => {
        listeners.add(send)
        return () => void listeners.delete(send)
      },
    },
    log,
    clock,
  })
  return {
    dispatcher,
    notices,
    onAttention: (listener) => followAttention({ fleet, sessions, plans, clock }, listener),
    get notifies() {
      return notifies
    },
    record: (context) => ({
      name: exportFileName(clock.now()),
      lines: exportRecord(source.shown, { contexts: context === undefined ? undefined : [context] }),
    }),
    park: () => plans.park(),
    stop: async () => {
      effects.stop()
      source.stop()
      // What is on its way ends with the sessions at the latest.
      const migrationsStopped = migrations.stop()
      await plans.park()
      await plans.stop({ release: true })
      await Promise.all([migrationsStopped, sessions.stop()])
      stopRecording()
      sleep.stop()
      fleet.stop()
      recorder.stop()
      objects.stop()
      writes.stop()
      history.close()
      recording?.release()
      await sandbox?.stop()
    },
  }
}

interface OpenSandbox {
  readonly kubeconfigPath: string
  stop(): Promise<void>
}

/** The embedded clusters, when asked for or when there is no kubeconfig at all; kubectl can use them by the file that is told. */
async function openSandbox(options: ArgosyOptions, tell: (notice: Notice) => void): Promise<OpenSandbox | undefined> {
  const { sandbox, kubeconfigPaths: paths, clock, log } = options
  const loaded = sandbox ? undefined : loadKubeconfig(paths.length === 0 ? {} : { paths })
  const isMissing = loaded?.ok === false && loaded.error.kind === 'none'
  if (!sandbox && !isMissing) return undefined
  const running = await startSandboxFleet({ clusters: 3, seed: 1, clock, log, demo: true })
  const folder = mkdtempSync(join(tmpdir(), 'argosy-sandbox-'))
  const kubeconfigPath = join(folder, 'kubeconfig')
  writeFileSync(kubeconfigPath, running.kubeconfig, { mode: 0o600 })
  tell(
    loaded?.ok === false && loaded.error.kind === 'none'
      ? instead(loaded.error.paths, kubeconfigPath)
      : asAsked(kubeconfigPath),
  )
  return {
    kubeconfigPath,
    stop: async () => {
      await running.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

const alsoKubectl = (path: string): string => `kubectl --kubeconfig ${path} works too.`

const asAsked = (path: string): Notice => ({
  id: 'sandbox',
  severity: 'info',
  title: 'Showing the sandbox fleet.',
  detail: alsoKubectl(path),
})

const instead = (paths: readonly string[], path: string): Notice => ({
  id: 'sandbox',
  severity: 'warning',
  title: 'No kubeconfig was found; showing the sandbox fleet.',
  detail: `Looked at ${paths.join(', ')}. These clusters are made up; nothing here touches a real one. For your own, add a kubeconfig in the window, or set KUBECONFIG and start again. ${alsoKubectl(path)}`,
})
