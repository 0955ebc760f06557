import type { ContainerStatus, Pod } from '#api/core.ts'
import { resources } from '#api/resources.ts'
import type { StrategyName } from './details.ts'
import type { Stage } from './stage.ts'
import { podOf, type Stall } from './stall.ts'

const containersOf = ({ status }: Pod): readonly ContainerStatus[] => [
  ...(status?.initContainerStatuses ?? []),
  ...(status?.containerStatuses ?? []),
]
const waits =
  (...reasons: readonly string[]) =>
  async (stage: Stage) =>
    (await stage.pods()).some((pod) =>
      containersOf(pod).some(({ state }) => reasons.includes(state?.waiting?.reason ?? '')),
    )
const has = (holds: (pod: Pod) => boolean) => async (stage: Stage) => (await stage.pods()).some(holds)
const isUnscheduled = ({ status }: Pod) =>
  status?.conditions?.some(({ type, status: holds }) => type === 'PodScheduled' && holds === 'False') === true
const runsUnready = (pod: Pod) =>
  containersOf(pod).some(({ state, ready }) => state?.running !== undefined && !ready) &&
  pod.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'False') === true

/** Releases a version with the given trouble in its tag or in its pods; mended by a good one. */
const released = (strategy: StrategyName, trouble: string, pod?: object): Pick<Stall, 'begin' | 'mend' | 'object'> => ({
  begin: async (stage) => {
    await stage.running(strategy)
    await stage.release(`${stage.tags[1]}${trouble}`, pod)
  },
  mend: (stage) => stage.release(stage.tags[1]),
  object: ({ current }) => podOf(current),
})

/** The same from the first version on. */
const deployed = (strategy: StrategyName, trouble: string): Pick<Stall, 'begin' | 'mend' | 'object'> => ({
  begin: async (stage) => {
    stage.start()
    const image = `registry.example/${stage.name}:${stage.tags[0]}${trouble}`
    await stage.deploy(strategy, {}, { containers: [{ name: 'app', image }] })
  },
  mend: (stage) => stage.release(stage.tags[1]),
  object: ({ current }) => podOf(current),
})

const pulls = {
  cause: 'imagePull',
  fact: waits('ErrImagePull', 'ImagePullBackOff'),
  says: /cannot pull image/,
} as const
const crashes = { cause: 'crashLoop', fact: waits('CrashLoopBackOff') } as const
const unready = { cause: 'podsNotReady', fact: has(runsUnready) } as const
const unscheduled = { cause: 'unschedulable', fact: has(isUnscheduled) } as const
const unconfigured = { cause: 'containerConfig', fact: waits('CreateContainerConfigError'), sandboxOnly: true } as const
const envFrom = (source: object) => (stage: Stage) => ({
  containers: [{ name: 'app', image: `registry.example/${stage.name}:${stage.tags[1]}`, envFrom: [source] }],
})
const configured = (source: object): Pick<Stall, 'begin'> => ({
  begin: async (stage) => {
    await stage.running('canary')
    await stage.release(stage.tags[1], envFrom(source)(stage))
  },
})

export const stallsOfPods: readonly Stall[] = [
  { title: 'a canary whose image cannot be pulled', ...pulls, ...released('canary', '-missing') },
  { title: 'a preview whose image cannot be pulled', ...pulls, ...released('blueGreen', '-missing') },
  { title: 'a first version whose image cannot be pulled', ...pulls, ...deployed('canary', '-pull-error') },
  { title: 'a canary that crashes', ...crashes, ...released('canary', '-crash') },
  { title: 'a preview that crashes', ...crashes, ...released('blueGreen', '-crashloop') },
  { title: 'a first version that crashes', ...crashes, ...deployed('blueGreen', '-crash') },
  {
    title: 'a canary that is killed for its memory',
    ...crashes,
    sandboxOnly: true,
    says: /app ends with OOMKilled, exit code 137/,
    ...released('canary', '-oom'),
  },
  {
    title: 'an init container that fails',
    ...crashes,
    sandboxOnly: true,
    says: /container migrate ends with Error, exit code 1/,
    ...released('canary', '', { initContainers: [{ name: 'migrate', image: 'registry.example/migrate:1-fail' }] }),
    mend: (stage) => stage.release(stage.tags[1], { initContainers: null }),
  },
  {
    title: 'a ConfigMap that is missing',
    ...unconfigured,
    ...configured({ configMapRef: { name: 'flags' } }),
    object: () => ({ kind: 'ConfigMap', name: 'flags' }),
    mend: (stage) => stage.create(resources.configMaps, 'flags', {}),
  },
  {
    title: 'a Secret that is missing',
    ...unconfigured,
    ...configured({ secretRef: { name: 'token' } }),
    object: () => ({ kind: 'Secret', name: 'token' }),
    mend: (stage) => stage.create(resources.secrets, 'token', {}),
  },
  {
    title: 'a canary for whose selector there is no node',
    ...unscheduled,
    says: /didn't match Pod's node affinity\/selector/,
    ...released('canary', '', { nodeSelector: { disk: 'none' } }),
    mend: (stage) => stage.release(stage.tags[1], { nodeSelector: null }),
  },
  {
    title: 'a preview that asks for more than a node has',
    ...unscheduled,
    says: /Insufficient cpu/,
    ...released('blueGreen', ''),
    begin: async (stage) => {
      await stage.running('blueGreen')
      const image = `registry.example/${stage.name}:${stage.tags[1]}`
      const container = { name: 'app', image, resources: { requests: { cpu: '5000' } } }
      await stage.release(stage.tags[1], { containers: [container] })
    },
  },
  {
    title: 'a claim that is missing',
    ...unscheduled,
    ...released('canary', '', { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'orders' } }] }),
    says: /persistentvolumeclaim "orders" not found/,
    object: () => ({ kind: 'PersistentVolumeClaim', name: 'orders' }),
    mend: (stage) => stage.release(stage.tags[1], { volumes: null }),
  },
  { title: 'a canary that never gets ready', ...unready, ...released('canary', '-hang') },
  { title: 'a preview that never gets ready', ...unready, ...released('blueGreen', '-never-ready') },
  {
    title: 'pods that have to stay ready for a while',
    cause: 'podsSettling',
    object: ({ current }) => ({ kind: 'ReplicaSet', name: current }),
    begin: async (stage) => {
      stage.start()
      await stage.deploy('canary', { minReadySeconds: 20 })
    },
    fact: async (stage) => {
      const [rs] = await stage.replicaSets()
      return rs?.status?.readyReplicas === stage.replicas
    },
    mend: ({ world }) => world.pass(20_000),
  },
  {
    title: 'stable pods that cannot start again, and hold back a lower weight',
    sandboxOnly: true,
    cause: 'containerConfig',
    object: () => ({ kind: 'ConfigMap', name: 'flags' }),
    begin: async (stage) => {
      await stage.create(resources.configMaps, 'flags', {})
      const image = `registry.example/${stage.name}:${stage.tags[0]}`
      const container = { name: 'app', image, envFrom: [{ configMapRef: { name: 'flags' } }] }
      const steps = [{ setWeight: 75 }, { pause: { duration: '5s' } }, { setWeight: 25 }, { pause: {} }]
      const strategy = { canary: { maxSurge: 1, maxUnavailable: 0, steps } }
      await stage.running('canary', { strategy, replicas: 4 }, { containers: [container] })
      await stage.release(stage.tags[1])
      await stage.until('in its pause', ({ status }) => status?.currentStepIndex === 1)
      await stage.remove(resources.configMaps, 'flags')
    },
    fact: waits('CreateContainerConfigError'),
    mend: (stage) => stage.create(resources.configMaps, 'flags', {}),
  },
  {
    title: 'a finalizer that keeps a pod from going, in a restart',
    cause: 'podHeldBack',
    object: ({ stable }) => podOf(stable),
    says: /example\.com\/drain/,
    begin: async (stage) => {
      await stage.running('canary')
      for (const { metadata } of await stage.pods())
        await stage.patch(resources.pods, metadata.name, { metadata: { finalizers: ['example.com/drain'] } })
      await stage.world.pass(2_000)
      await restart(stage)
    },
    fact: has(({ metadata }) => metadata.deletionTimestamp !== undefined),
    meanwhile: async (stage, isMended) => {
      if (isMended) await letGo(stage)
    },
    mend: letGo,
  },
]

/** As `argosy restart` does. */
export const restart = (stage: Stage): Promise<void> =>
  stage.patch(resources.rollouts, stage.name, {
    spec: { restartAt: new Date(stage.world.now()).toISOString().replace(/\.\d+/, '') },
  })

/** Those without a finalizer go by themselves, perhaps before a patch of theirs arrives. */
async function letGo(stage: Stage): Promise<void> {
  for (const { metadata } of await stage.pods())
    if (metadata.deletionTimestamp !== undefined && (metadata.finalizers ?? []).length > 0)
      await stage.patch(resources.pods, metadata.name, { metadata: { finalizers: null } })
}
