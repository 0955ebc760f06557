import type { Bridge, BridgeState } from '#contract/bridge.ts'
import type { BundleView } from '#contract/bundle-views.ts'
import type { PlanActPreview, PlanView } from '#contract/plan-views.ts'
import type { Channel, Handlers, Input, Output } from '#contract/requests.ts'
import type { Message, StreamName, Topic } from '#contract/streams.ts'
import type {
  ActionEffect,
  AppView,
  ClusterView,
  FleetPatch,
  HistoryEntryView,
  RolloutKey,
  RolloutView,
} from '#contract/views.ts'
import type { EpochMs } from '#lib/clock.ts'
import { failure, success } from '#lib/outcome.ts'
import { verdictsOf } from './fixture-analysis.ts'
import { aBackTest } from './fixture-back-test.ts'
import { bundleHandlers } from './fixture-bundle.ts'
import { aDetail, aRecord, historyActions, historyEntries } from './fixture-detail.ts'
import { configAnswer, diffAnswer, driftAnswer, fleetDriftAnswer } from './fixture-diff.ts'
import { drivePreview } from './fixture-drive.ts'
import { aFilm } from './fixture-film.ts'
import { aCluster, fleetClusters, fleetRollouts, largeFleet, longNames } from './fixture-fleet.ts'
import { migrationPreview, migrationRun } from './fixture-migration.ts'
import { type PlansScene, plansOf, summaryOf } from './fixture-plan-scenes.ts'
import { checkText, planTextFor } from './fixture-plan-text.ts'
import { preview } from './fixture-preview.ts'
import { foundBy } from './fixture-search.ts'
import { statisticsAnswer } from './fixture-statistics.ts'
import { aWorkloadDetail, fleetNatives } from './fixture-workload.ts'
import { aWriteDetail, writesContexts, writesPage } from './fixture-writes.ts'

export type Scene =
  | 'fleet'
  | 'native'
  | 'plans'
  | 'large'
  | 'long'
  | 'noContexts'
  | 'noRollouts'
  | 'troubles'
  | 'offline'
  | 'silent'

export interface FixtureBridge extends Bridge {
  /** What the window asked main to do, in order. */
  readonly calls: readonly { readonly channel: Channel; readonly input: unknown }[]
  /** Sends a patch with these rollouts changed; `skip` loses that many patches before it. */
  change(views: readonly RolloutView[], skip?: number): void
  changeClusters(clusters: readonly ClusterView[]): void
  /** These are all plans there are from now on. */
  changePlans(plans: readonly PlanView[]): void
  /** Main has seen what came of an action, or given up. */
  tellEffect(effect: ActionEffect): void
  become(state: BridgeState): void
  /** How often the window is subscribed to a stream now. */
  listening(stream: StreamName): number
}

interface Contents {
  readonly clusters: readonly ClusterView[]
  readonly rollouts: readonly RolloutView[]
}

function contentsOf(scene: Scene, now: EpochMs): Contents {
  switch (scene) {
    case 'fleet':
    case 'plans':
    case 'silent':
      return { clusters: fleetClusters(now), rollouts: fleetRollouts(now) }
    case 'native':
      return {
        clusters: fleetClusters(now).map((each) => ({ ...each, natives: { state: 'shown', count: 3 } })),
        rollouts: [...fleetRollouts(now).map(borrowing), ...fleetNatives(now)],
      }
    case 'large':
      return largeFleet(now, 10_000)
    case 'long':
      return longNames(now)
    case 'noContexts':
      return { clusters: [], rollouts: [] }
    case 'noRollouts':
      return {
        clusters: ['harbor-1', 'harbor-2', 'harbor-3'].map((context) => aCluster(context, now, { sandbox: true })),
        rollouts: [],
      }
    case 'troubles':
      return { clusters: troubledClusters(now), rollouts: [] }
    case 'offline':
      return { clusters: troubledClusters(now), rollouts: [] }
  }
}

/** One of the applications takes its template from a Deployment. */
const borrowing = (view: RolloutView): RolloutView =>
  view.name === 'search-index' ? { ...view, lentBy: view.name } : view

function troubledClusters(now: EpochMs): readonly ClusterView[] {
  const unreachable = {
    kind: 'Unreachable',
    message: 'connection to 127.0.0.1:6443 was refused',
    since: now - 720_000,
  } as const
  const forbidden = {
    kind: 'Forbidden',
    message: 'rollouts.argoproj.io is forbidden',
    verb: 'list',
    resource: 'rollouts.argoproj.io',
    namespace: undefined,
  } as const
  const ended = {
    kind: 'Unauthorized',
    message: 'aws eks get-token ended with code 255, the SSO session is over',
  } as const
  return [
    aCluster('dev-kind', now, {
      connection: {
        state: 'unreachable',
        since: now - 720_000,
        retryAt: now + 14_000,
        attempt: 6,
        failure: unreachable,
      },
      engine: 'unknown',
      lease: undefined,
    }),
    aCluster('prod-ap-south', now, {
      connection: { state: 'forbidden', since: now - 60_000, failure: forbidden },
      engine: 'observed',
      lease: undefined,
    }),
    aCluster('prod-ap-ne', now, {
      connection: { state: 'signInNeeded', since: now - 60_000, failure: ended },
      engine: 'unknown',
      lease: undefined,
    }),
    aCluster('fresh-cluster', now, {
      connection: {
        state: 'crdsMissing',
        since: now - 60_000,
        missing: ['rollouts.argoproj.io', 'analysisruns.argoproj.io'],
      },
      engine: 'unknown',
      lease: undefined,
      protected: false,
    }),
  ]
}

const info: AppView = {
  version: '0.1.0',
  host: 'browser',
  sandbox: false,
  notices: [],
  kubeconfigPaths: ['~/.kube/config'],
}

/** Main as a screenful of seeded data: the same contract, no cluster behind it. */
export function createFixtureBridge(scene: Scene, now: EpochMs): FixtureBridge {
  const { clusters: firstClusters, rollouts: first } = contentsOf(scene, now)
  const rollouts = new Map<RolloutKey, RolloutView>(first.map((view) => [view.key, view]))
  const entries = scene === 'noContexts' ? [] : historyEntries(now)
  const calls: { channel: Channel; input: unknown }[] = []
  const listeners = new Map<StreamName, Set<(message: never) => void>>()
  const followed = new Map<(message: never) => void, string>()
  const states = new Set<(state: BridgeState) => void>()
  let clusters = firstClusters
  let plans = plansOf(plansIn(scene), now)
  let seq = 1

  const send = <S extends StreamName>(stream: S, message: Message<S>) => {
    for (const listener of listeners.get(stream) ?? []) listener(message as never)
  }
  const handlers = createHandlers({
    now,
    rollouts,
    entries,
    clusters: () => clusters,
    seq: () => seq,
    scene,
    plans: () => plans,
    tellBundle: (bundle) => send('bundle.changed', bundle),
  })
  return {
    calls,
    call: <K extends Channel>(channel: K, input: Input<K>): Promise<Output<K>> => {
      calls.push({ channel, input })
      return (handlers[channel] as unknown as (input: Input<K>) => Promise<Output<K>>)(input)
    },
    subscribe: <S extends StreamName>(stream: S, topic: Topic<S>, listener: (message: Message<S>) => void) => {
      const those = listeners.get(stream) ?? new Set()
      listeners.set(stream, those.add(listener as (message: never) => void))
      if (stream === 'rollout.changed') {
        const view = rollouts.get((topic as Topic<'rollout.changed'>).key)
        queueMicrotask(() => listener((view === undefined ? null : aDetail(view, now)) as Message<S>))
      }
      if (stream === 'plans.changed' && scene !== 'silent')
        queueMicrotask(() => listener(plans.map(summaryOf) as unknown as Message<S>))
      if (stream === 'plan.changed' && scene !== 'silent') {
        const { id } = topic as Topic<'plan.changed'>
        followed.set(listener as (message: never) => void, id)
        queueMicrotask(() => listener((plans.find((plan) => plan.id === id) ?? null) as Message<S>))
      }
      if (stream === 'analysis.backTest') {
        const view = rollouts.get((topic as Topic<'analysis.backTest'>).key)
        queueMicrotask(() => listener(aBackTest(view, now) as Message<S>))
      }
      return () => {
        those.delete(listener as (message: never) => void)
        followed.delete(listener as (message: never) => void)
      }
    },
    onConnection: (listener) => {
      states.add(listener)
      listener('connected')
      return () => void states.delete(listener)
    },
    change(views, skip = 0) {
      for (const view of views) rollouts.set(view.key, view)
      seq += 1 + skip
      const patch: FleetPatch = {
        seq,
        upserted: Object.fromEntries(views.map((view) => [view.key, view])),
        removed: [],
      }
      send('fleet.patch', patch)
    },
    changeClusters(next) {
      clusters = next
      send('clusters.changed', next)
    },
    changePlans(next) {
      plans = next
      send('plans.changed', next.map(summaryOf))
      for (const listener of listeners.get('plan.changed') ?? []) {
        const id = followed.get(listener)
        listener((next.find((plan) => plan.id === id) ?? null) as never)
      }
    },
    tellEffect(effect) {
      send('action.effect', effect)
    },
    become(state) {
      for (const listener of states) listener(state)
    },
    listening: (stream) => listeners.get(stream)?.size ?? 0,
  }
}

interface HandlerParts {
  readonly now: EpochMs
  readonly rollouts: ReadonlyMap<RolloutKey, RolloutView>
  readonly entries: readonly HistoryEntryView[]
  readonly clusters: () => readonly ClusterView[]
  readonly seq: () => number
  readonly scene: Scene
  readonly plans: () => readonly PlanView[]
  readonly tellBundle: (bundle: BundleView | null) => void
}

function createHandlers({ now, rollouts, entries, clusters, seq, scene, plans, tellBundle }: HandlerParts): Handlers {
  const silent = scene === 'silent'
  const writes = scene === 'noContexts' ? 0 : scene === 'large' ? 10_000 : 800
  const migrations = new Map<RolloutKey, Input<'migration.begin'>>()
  const gone = { kind: 'NotFound', message: 'not found', resource: 'rollouts.argoproj.io', name: undefined } as const
  return {
    'app.info': async () => info,
    'fleet.snapshot': () =>
      silent ? new Promise(() => {}) : Promise.resolve({ seq: seq(), rollouts: Object.fromEntries(rollouts) }),
    'clusters.list': async () => clusters(),
    'cluster.drive': async () => success(undefined),
    'cluster.drive.preview': async ({ context, drive }) => {
      const request = clusters().find((each) => each.context === context)?.request
      const asked = request?.side === 'toUs' && !drive ? { next: { how: 'asker', by: request.by } as const } : {}
      return success({ ...drivePreview(context, drive, now), ...asked })
    },
    'cluster.ask': async () => success(undefined),
    'cluster.answer': async () => success(undefined),
    'plan.ask': async () => success(undefined),
    'plan.answer': async () => success(undefined),
    'cluster.retry': async () => success(undefined),
    'cluster.crds.preview': async () =>
      success(
        ['rollouts', 'analysisruns', 'analysistemplates'].map((name) => ({
          method: 'POST' as const,
          path: '/apis/apiextensions.k8s.io/v1/customresourcedefinitions',
          contentType: 'application/json',
          body: `{"metadata":{"name":"${name}.argoproj.io"},"spec":{"group":"argoproj.io","scope":"Namespaced"}}`,
          kubectl: `kubectl apply -f ${name}-crd.yaml`,
          because: 'OPS-3',
          summary: `CustomResourceDefinition ${name}.argoproj.io`,
        })),
      ),
    'cluster.crds.install': async () => success(undefined),
    'rollout.detail': async ({ key }) => {
      const view = rollouts.get(key)
      return view === undefined ? failure(gone) : success(aDetail(view, now))
    },
    'analysis.evaluate': async (input) => success(verdictsOf(input, rollouts.get(input.key), now)),
    'workload.detail': async ({ key }) => {
      const view = rollouts.get(key)
      return view === undefined ? failure(gone) : success(aWorkloadDetail(view, now))
    },
    'workloads.show': async () => success(undefined),
    'migration.preview': async (input) => {
      const view = rollouts.get(input.key)
      return view === undefined ? { open: false, reason: 'It is gone.', services: [] } : migrationPreview(input, view)
    },
    'migration.begin': async (input) => {
      migrations.set(input.key, input)
      return success(undefined)
    },
    'migration.state': async ({ key }) => {
      const begun = migrations.get(key)
      const view = rollouts.get(key)
      if (begun === undefined || view === undefined) return null
      return migrationRun(
        begun,
        view,
        begun.reason === 'fails' ? 'stopped' : begun.reason === 'ends' ? 'done' : 'running',
      )
    },
    'action.preview': async (input) =>
      input.targets.map((key) => {
        const view = rollouts.get(key)
        return view === undefined ? { key, open: false, reason: 'This rollout is gone.' } : preview(view, input, now)
      }),
    'action.send': async ({ targets }) =>
      targets.map(({ key }) => {
        const view = rollouts.get(key)
        if (view?.context !== 'prod-us-west') return { key, sent: true, resourceVersion: '1', message: '' }
        return {
          key,
          sent: false,
          refusal: { kind: 'failed', failure: { kind: 'Conflict', message: 'the object has been modified' } },
        }
      }),
    'diff.compare': async (input) => diffAnswer(input),
    'diff.config': async () => success(configAnswer()),
    'diff.drift': async ({ key }) => {
      const name = rollouts.get(key)?.name
      return success(
        driftAnswer([...rollouts.values()].filter((view) => view.name === name && view.kind === undefined)),
      )
    },
    'diff.fleet': async () => fleetDriftAnswer([...rollouts.values()]),
    'history.list': async (query) => foundBy(query, entries, now),
    'history.actions': async (query) => foundBy(query, entries.length === 0 ? [] : historyActions(now), now),
    'history.statistics': async (query) => statisticsAnswer(query, scene, now),
    'history.record': async ({ id }) => {
      const entry = entries.find((each) => each.id === id)
      return entry === undefined ? failure(gone) : success(aRecord(entry))
    },
    'history.film': async ({ key, from, until }) => {
      const [entry, view] = [entries.find((each) => each.key === key), rollouts.get(key)]
      return entry === undefined || view === undefined ? failure(gone) : success(aFilm(entry, view, from, until))
    },
    'history.board': async ({ at }) => ({
      at,
      rollouts: Object.fromEntries(rollouts),
      unrecorded: ['prod-ap-ne'],
    }),
    'history.writes': async (query) => {
      if (scene === 'troubles') throw new Error('database is locked')
      return writesPage(writes, now, query)
    },
    'history.write': async ({ id }) => (id > writes ? failure(gone) : success(aWriteDetail(id, writes, now))),
    'history.writes.contexts': async () => (writes === 0 ? [] : writesContexts),
    'history.export': async () => success({ how: 'saved', path: '/home/m.ortega/argosy-record.jsonl', lines: 10_248 }),
    ...bundleHandlers(now, scene, tellBundle),
    'plans.list': () => (silent ? new Promise(() => {}) : Promise.resolve(plans().map(summaryOf))),
    'plan.check': async ({ text }) => checkText(text, rollouts),
    'plan.draft': async ({ keys }) => success(planTextFor(keys.flatMap((key) => rollouts.get(key) ?? []))),
    'plan.create': async () => success(plans()[0]?.id ?? ''),
    'plan.text': async ({ id }) => {
      const plan = plans().find((each) => each.id === id)
      const keys = plan?.waveViews.flatMap(({ members }) => members.map(({ key }) => key)) ?? []
      return plan === undefined ? failure(gone) : success(planTextFor(keys.flatMap((key) => rollouts.get(key) ?? [])))
    },
    'plan.command': async () => success(undefined),
    'plan.drive': async ({ drive }) => success(drive),
    'plan.rollback.warnings': async () => [
      {
        member: 'prod-eu-west/shop/checkout-api',
        text: 'ConfigMap checkout-flags changed since the version before began: taken back, that would run with it',
      },
    ],
    'plan.act.preview': async ({ member }) => previewAct(member),
    'desktop.prefer': async () => undefined,
    'kubeconfig.add': async ({ path }) => failure({ kind: 'Invalid', message: `${path} cannot be read`, causes: [] }),
  }
}

const plansIn = (scene: Scene): PlansScene =>
  scene === 'fleet' || scene === 'silent' ? 'one' : scene === 'plans' ? 'many' : scene === 'long' ? 'long' : 'none'

function previewAct(member: string): PlanActPreview {
  const [context = '', namespace = '', rollout = ''] = member.split('/')
  if (context === 'prod-ap-ne') return { open: false, reason: `${context} cannot be read now.` }
  const path = `/apis/argoproj.io/v1alpha1/namespaces/${namespace}/rollouts/${rollout}`
  const body = '{"status":{"pauseConditions":null}}'
  return {
    open: true,
    writes: [
      {
        method: 'PATCH',
        path: `${path}/status`,
        contentType: 'application/merge-patch+json',
        body,
        kubectl: `kubectl --context ${context} -n ${namespace} patch rollout ${rollout} --subresource status --type merge -p '${body}'`,
        because: 'ACT-33',
        summary: `End the pause of ${rollout}`,
      },
      {
        method: 'PATCH',
        path,
        contentType: 'application/merge-patch+json',
        body: '{"metadata":{"annotations":{"argosy.dev/plan":"01JDF3M7Q2CHECKOUT","argosy.dev/epoch":"4"}}}',
        kubectl: `kubectl --context ${context} -n ${namespace} annotate rollout ${rollout} argosy.dev/plan=01JDF3M7Q2CHECKOUT argosy.dev/epoch=4`,
        because: 'SR-6',
        summary: `Note the plan on ${rollout}`,
      },
    ],
  }
}
