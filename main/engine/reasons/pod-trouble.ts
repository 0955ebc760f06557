import type { ReplicaSet } from '#api/apps.ts'
import type { ContainerStatus, Pod } from '#api/core.ts'
import { revisionOf } from '#engine/rollout/replica-set/facts.ts'
import type { EpochMs } from '#lib/clock.ts'
import type { NamedObject, Reason } from '#lib/reason.ts'
import { parseTime } from '#lib/rfc3339.ts'
import { sentence } from '#lib/sentence.ts'
import { isFailing, podReason } from './pod-reason.ts'

type PodCause = 'imagePull' | 'crashLoop' | 'containerConfig' | 'unschedulable' | 'podsFail' | 'podsNotReady'

interface Counts {
  /** Pods that share the cause. */
  readonly failing: number
  readonly pods: number
  readonly revision: number | string
}

/**
 * What is wrong with the pods of a ReplicaSet, by the oldest of them (VIEW-224), and how many share it; `undefined` when they are
 * well or still on their way.
 */
export function podTrouble(rs: ReplicaSet | undefined, pods: readonly Pod[]): Reason | undefined {
  if (rs === undefined) return undefined
  const own = pods.filter((pod) => isOwn(pod, rs) && pod.metadata.deletionTimestamp === undefined).toSorted(oldestFirst)
  const troubled = own.flatMap((pod) => {
    const cause = causeOf(pod)
    return cause === undefined ? [] : [{ pod, cause }]
  })
  // A pod that only is not ready says less than one that tells why.
  const first = troubled.find(({ cause }) => cause !== 'podsNotReady') ?? troubled[0]
  if (first === undefined) return undefined
  const failing = troubled.filter(({ cause }) => cause === first.cause).length
  return told[first.cause](first.pod, { failing, pods: own.length, revision: revisionOf(rs) ?? '?' })
}

const isOwn = (pod: Pod, { metadata }: ReplicaSet): boolean =>
  pod.metadata.ownerReferences?.some(({ uid }) => uid === metadata.uid) === true

const createdAt = (pod: Pod): EpochMs => parseTime(pod.metadata.creationTimestamp) ?? 0

const oldestFirst = (a: Pod, b: Pod): number =>
  createdAt(a) - createdAt(b) || (a.metadata.name < b.metadata.name ? -1 : a.metadata.name > b.metadata.name ? 1 : 0)

const pullWords = /^(ErrImage|ImagePull|ImageInspect|InvalidImageName|RegistryUnavailable)/
const configWords =
  /^(CreateContainer|RunContainer|CreatePodSandbox|PreCreateHook|PreStart|PostStartHook|ContainerCannotRun)/

function causeOf(pod: Pod): PodCause | undefined {
  if (unscheduled(pod) !== undefined) return 'unschedulable'
  if (waitingFor(pod, pullWords) !== undefined) return 'imagePull'
  if (waitingFor(pod, configWords) !== undefined) return 'containerConfig'
  if (crashed(pod) !== undefined) return 'crashLoop'
  if (isFailing(podReason(pod).reason)) return 'podsFail'
  return isRunningUnready(pod) ? 'podsNotReady' : undefined
}

const conditionOf = (pod: Pod, type: string) => pod.status?.conditions?.find((each) => each.type === type)

const unscheduled = (pod: Pod) => {
  const scheduled = conditionOf(pod, 'PodScheduled')
  return scheduled?.status === 'False' ? scheduled : undefined
}

const containersOf = ({ status }: Pod): readonly ContainerStatus[] => [
  ...(status?.initContainerStatuses ?? []),
  ...(status?.containerStatuses ?? []),
]

const waitingFor = (pod: Pod, words: RegExp): ContainerStatus | undefined =>
  containersOf(pod).find(({ state }) => words.test(state?.waiting?.reason ?? ''))

/** Also between two crashes, while it runs again. */
const crashed = (pod: Pod): ContainerStatus | undefined =>
  containersOf(pod).find(
    (each) => !each.ready && (each.state?.waiting?.reason === 'CrashLoopBackOff' || hasFailed(each)),
  )

function hasFailed(container: ContainerStatus): boolean {
  const end = container.state?.terminated ?? container.lastState?.terminated
  return end !== undefined && end.exitCode !== 0
}

function isRunningUnready(pod: Pod): boolean {
  const containers = pod.status?.containerStatuses ?? []
  if (pod.status?.phase !== 'Running' || containers.some(({ state }) => state?.running === undefined)) return false
  return conditionOf(pod, 'Ready')?.status === 'False'
}

const objectOf = (pod: Pod): NamedObject => ({ kind: 'Pod', name: pod.metadata.name })

/** Since when it has not been ready. */
const since = (pod: Pod): EpochMs | undefined =>
  parseTime(conditionOf(pod, 'Ready')?.lastTransitionTime ?? pod.metadata.creationTimestamp)

const told: Readonly<Record<PodCause, (pod: Pod, counts: Counts) => Reason>> = {
  imagePull: (pod, counts) => {
    const container = waitingFor(pod, pullWords)
    const specs = [...(pod.spec.initContainers ?? []), ...pod.spec.containers]
    const image = specs.find(({ name }) => name === container?.name)?.image ?? container?.image ?? '?'
    const values = { ...counts, image, reason: container?.state?.waiting?.reason ?? '' }
    return { cause: 'imagePull', object: objectOf(pod), since: since(pod), values }
  },
  containerConfig: (pod, counts) => {
    const { reason = '', message = reason } = waitingFor(pod, configWords)?.state?.waiting ?? {}
    return {
      cause: 'containerConfig',
      object: missingObject(message) ?? objectOf(pod),
      since: since(pod),
      values: { ...counts, message: sentence(message) },
    }
  },
  crashLoop: (pod, counts) => {
    const container = crashed(pod)
    const values = { ...counts, container: container?.name ?? '?', reason: endOf(container) }
    return { cause: 'crashLoop', object: objectOf(pod), since: since(pod), values }
  },
  unschedulable: (pod, counts) => {
    const { reason = '', message = reason, lastTransitionTime } = unscheduled(pod) ?? {}
    return {
      cause: 'unschedulable',
      object: missingObject(message) ?? objectOf(pod),
      since: parseTime(lastTransitionTime) ?? since(pod),
      values: { ...counts, message: sentence(message) },
    }
  },
  podsFail: (pod, counts) => {
    const values = { ...counts, reason: podReason(pod).reason, name: pod.metadata.name }
    return { cause: 'podsFail', object: objectOf(pod), since: since(pod), values }
  },
  podsNotReady: (pod, counts) => ({
    cause: 'podsNotReady',
    object: objectOf(pod),
    since: since(pod),
    values: counts,
  }),
}

const missingKinds: Readonly<Record<string, string>> = {
  configmap: 'ConfigMap',
  secret: 'Secret',
  persistentvolumeclaim: 'PersistentVolumeClaim',
}

/** What the kubelet or the scheduler does not find: `secret "token" not found`. */
function missingObject(message: string): NamedObject | undefined {
  const [, spelled = '', name] = /\b(configmap|secret|persistentvolumeclaim) "([^"]+)" not found/.exec(message) ?? []
  const kind = missingKinds[spelled]
  return kind === undefined || name === undefined ? undefined : { kind, name }
}

/** `OOMKilled, exit code 137`. */
function endOf(container: ContainerStatus | undefined): string {
  const end = container?.state?.terminated ?? container?.lastState?.terminated
  if (end === undefined) return container?.state?.waiting?.reason ?? 'an error'
  return `${end.reason ?? 'Error'}, exit code ${end.exitCode ?? '?'}`
}
