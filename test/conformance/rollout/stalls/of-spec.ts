import type { KubeObject } from '#api/meta.ts'
import { resources } from '#api/resources.ts'
import type { Rollout } from '#api/rollout.ts'
import type { StrategyName } from './details.ts'
import { hold, type Stage, service } from './stage.ts'
import type { Stall } from './stall.ts'

const failed = async (stage: Stage) =>
  (await stage.replicaSets()).some(({ status }) => status?.conditions?.some(({ type }) => type === 'ReplicaFailure'))
const shows =
  (holds: (rollout: Rollout) => boolean): Stall['fact'] =>
  async (stage) =>
    holds(await stage.rollout())
const pausedFor = (reason: string) =>
  shows(({ status }) => status?.pauseConditions?.some((each) => each.reason === reason) === true)
const conditionReason = (reason: string) =>
  shows(({ status }) => status?.conditions?.some((each) => each.reason === reason) === true)
const always = () => true
const ofRollout: Stall['object'] = ({ rollout }) => ({ kind: 'Rollout', name: rollout })

interface Quota extends KubeObject {
  readonly status?: { readonly used?: object }
}

/** A quota that is in force. */
async function limited(stage: Stage, hard: Readonly<Record<string, string>>): Promise<void> {
  await stage.create(resources.resourceQuotas, quotaName, { spec: { hard } })
  await stage.world.eventually('the quota counted', async () => {
    const quota = await stage.read<Quota>(resources.resourceQuotas, quotaName)
    return quota?.status?.used !== undefined
  })
}

const quotaName = 'compute'
const raised = (hard: Readonly<Record<string, string>>) => (stage: Stage) =>
  stage.patch(resources.resourceQuotas, quotaName, { spec: { hard } })
const overQuota = {
  cause: 'quotaUsedUp',
  object: () => ({ kind: 'ResourceQuota', name: quotaName }),
  fact: failed,
} as const

const stallsOfQuota: readonly Stall[] = [
  {
    title: 'a quota of pods without room for a canary',
    ...overQuota,
    says: /Requested: pods=1, used: pods=\d, limited: pods=\d\.$/,
    begin: async (stage) => {
      await stage.running('canary')
      await limited(stage, { pods: `${stage.replicas}` })
      await stage.release(stage.tags[1])
    },
    mend: raised({ pods: '50' }),
  },
  {
    title: 'a quota of CPU without room for a whole preview',
    ...overQuota,
    says: /Requested: requests\.cpu=100m, used: requests\.cpu=\d+m, limited: requests\.cpu=\d+m\.$/,
    begin: async (stage) => {
      const withRequests = (tag: string) => ({
        containers: [
          { name: 'app', image: `registry.example/${stage.name}:${tag}`, resources: { requests: { cpu: '100m' } } },
        ],
      })
      await stage.running('blueGreen', {}, withRequests(stage.tags[0]))
      await limited(stage, { 'requests.cpu': `${stage.replicas * 100 + 150}m` })
      await stage.release(stage.tags[1], withRequests(stage.tags[1]))
    },
    mend: raised({ 'requests.cpu': '50' }),
  },
  {
    title: 'a quota smaller than the first version',
    ...overQuota,
    begin: async (stage) => {
      stage.start()
      await limited(stage, { pods: '1' })
      await stage.deploy('canary')
    },
    mend: raised({ pods: '50' }),
  },
  {
    title: 'a quota of what the pods do not say',
    ...overQuota,
    cause: 'podsNotCreated',
    says: /must specify requests\.cpu for: app/,
    begin: async (stage) => {
      stage.start()
      await limited(stage, { 'requests.cpu': '50' })
      await stage.deploy('blueGreen')
    },
    mend: (stage) => stage.remove(resources.resourceQuotas, quotaName),
  },
  {
    title: 'an account that is missing',
    cause: 'podsNotCreated',
    object: () => ({ kind: 'ServiceAccount', name: 'clerk' }),
    fact: failed,
    begin: async (stage) => {
      await stage.running('canary')
      await stage.release(stage.tags[1], { serviceAccountName: 'clerk' })
    },
    mend: (stage) => stage.create(resources.serviceAccounts, 'clerk', {}),
  },
]

const missingService = (title: string, name: string, strategy: object): Stall => ({
  title,
  cause: 'serviceMissing',
  object: ({ rollout }) => ({ kind: 'Service', name: `${rollout}-${name}` }),
  begin: async (stage) => {
    await stage.running('blueGreen', { strategy: ofName(strategy, stage.name) })
    await stage.remove(resources.services, `${stage.name}-${name}`)
    await stage.release(stage.tags[1])
  },
  fact: always,
  mend: (stage) => stage.create(resources.services, `${stage.name}-${name}`, service({ app: stage.name })),
})

/** Services are named after the rollout. */
const ofName = (strategy: object, name: string): object =>
  JSON.parse(JSON.stringify(strategy).replaceAll('NAME', name)) as object

const invalid = (title: string, strategy: StrategyName, bad: object, good: object, says: RegExp): Stall => ({
  title,
  cause: 'invalidSpec',
  object: ofRollout,
  says,
  begin: async (stage) => {
    await stage.running(strategy)
    await stage.patch(resources.rollouts, stage.name, { spec: { strategy: ofName(bad, stage.name) } })
  },
  fact: always,
  mend: (stage) => stage.patch(resources.rollouts, stage.name, { spec: { strategy: ofName(good, stage.name) } }),
})

const stallsOfReferences: readonly Stall[] = [
  missingService('a canary Service that is missing', 'active', {
    canary: { canaryService: 'NAME-active', stableService: 'NAME-preview', steps: [{ setWeight: 50 }] },
  }),
  missingService('an active Service that is missing', 'active', { blueGreen: { activeService: 'NAME-active' } }),
  missingService('a preview Service that is missing', 'preview', {
    blueGreen: { activeService: 'NAME-active', previewService: 'NAME-preview' },
  }),
  {
    title: 'a Deployment that is missing, whose template is used',
    cause: 'workloadMissing',
    object: ({ rollout }) => ({ kind: 'Deployment', name: `${rollout}-base` }),
    begin: async (stage) => {
      stage.start()
      const workloadRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: `${stage.name}-base` }
      await stage.create(resources.rollouts, stage.name, {
        spec: { replicas: stage.replicas, workloadRef, strategy: { canary: { steps: stage.steps } } },
      })
    },
    fact: always,
    mend: (stage) => {
      const labels = { app: stage.name }
      const containers = [{ name: 'app', image: `registry.example/${stage.name}:${stage.tags[0]}` }]
      const template = { metadata: { labels }, spec: { containers } }
      const spec = { replicas: 0, selector: { matchLabels: labels }, template }
      return stage.create(resources.deployments, `${stage.name}-base`, { spec })
    },
  },
  invalid(
    'a weight above 100',
    'canary',
    { canary: { steps: [{ setWeight: 120 }] } },
    { canary: { steps: [{ setWeight: 20 }] } },
    /setWeight/,
  ),
  invalid(
    'one Service as active and preview',
    'blueGreen',
    { blueGreen: { previewService: 'NAME-active' } },
    { blueGreen: { previewService: 'NAME-preview' } },
    /active/,
  ),
]

const deadline = (title: string, strategy: StrategyName, trouble: string, beside: Stall['cause']): Stall => ({
  title,
  cause: 'deadline',
  object: ofRollout,
  beside: [beside],
  begin: async (stage) => {
    await stage.running(strategy, { progressDeadlineSeconds: 5 })
    await stage.release(`${stage.tags[1]}${trouble}`)
  },
  fact: conditionReason('ProgressDeadlineExceeded'),
  mend: (stage) => stage.release(stage.tags[1]),
})

const promote = (stage: Stage) => stage.patchStatus({ pauseConditions: null })

const stallsOfTime: readonly Stall[] = [
  deadline('a canary past its deadline', 'canary', '-hang', 'podsNotReady'),
  deadline('a preview past its deadline', 'blueGreen', '-missing', 'imagePull'),
  {
    title: 'an update that was aborted at its deadline',
    cause: 'aborted',
    object: ofRollout,
    says: /timed out progressing/,
    begin: async (stage) => {
      await stage.running('canary', { progressDeadlineSeconds: 5, progressDeadlineAbort: true })
      await stage.release(`${stage.tags[1]}-hang`)
    },
    fact: shows(({ status }) => status?.abort === true),
    mend: (stage) => stage.release(stage.tags[1]),
  },
  {
    title: 'an analysis that was inconclusive',
    cause: 'inconclusive',
    object: ({ rollout }) => ({ kind: 'AnalysisRun', name: `${rollout}-run` }),
    begin: async (stage) => {
      const steps = [{ setWeight: 50 }, { pause: {} }]
      await stage.running('canary', { strategy: { canary: { maxSurge: 1, maxUnavailable: 0, steps } } })
      await stage.release(stage.tags[1])
      await stage.until('in its pause', ({ status }) => status?.controllerPause === true)
      // Only a controller that runs analyses leaves such a status.
      for (const engine of stage.engines) await engine.stop()
      await hold(stage, 'argo-rollouts-7d9')
      stage.start({ observes: true })
      const startTime = new Date(stage.world.now()).toISOString().replace(/\.\d+/, '')
      await stage.patchStatus({
        pauseConditions: [{ reason: 'InconclusiveAnalysisRun', startTime }],
        canary: { currentStepAnalysisRunStatus: { name: `${stage.name}-run`, status: 'Inconclusive', message: '' } },
      })
    },
    fact: pausedFor('InconclusiveAnalysisRun'),
    mend: promote,
  },
  {
    title: 'a pause by hand',
    cause: 'pausedByHand',
    object: ofRollout,
    begin: async (stage) => {
      await stage.running('canary')
      await stage.release(`${stage.tags[1]}-slow`)
      await stage.world.pass(1_000)
      await stage.patch(resources.rollouts, stage.name, { spec: { paused: true } })
    },
    fact: shows(({ metadata, status }) => status?.observedGeneration === String(metadata.generation)),
    mend: (stage) => stage.patch(resources.rollouts, stage.name, { spec: { paused: null } }),
  },
  {
    title: 'a pause step without a timer',
    cause: 'stepPause',
    object: ofRollout,
    says: /^3 of 4 steps done/,
    begin: async (stage) => {
      const steps = [{ setWeight: 30 }, { pause: { duration: '1s' } }, { setWeight: 60 }, { pause: {} }]
      await stage.running('canary', { strategy: { canary: { maxSurge: 1, maxUnavailable: 0, steps } } })
      await stage.release(stage.tags[1])
      await stage.until('at its last step', ({ status }) => status?.currentStepIndex === 3)
    },
    fact: pausedFor('CanaryPauseStep'),
    mend: promote,
  },
  {
    title: 'a preview that waits for a person',
    cause: 'previewPause',
    object: ofRollout,
    begin: async (stage) => {
      const [activeService, previewService] = [`${stage.name}-active`, `${stage.name}-preview`]
      const blueGreen = { activeService, previewService, autoPromotionEnabled: false }
      await stage.running('blueGreen', { strategy: { blueGreen } })
      await stage.release(stage.tags[1])
    },
    fact: pausedFor('BlueGreenPause'),
    mend: promote,
  },
]

export const stallsOfSpec: readonly Stall[] = [...stallsOfQuota, ...stallsOfReferences, ...stallsOfTime]
