import type { ContainerStatus, Pod } from '#api/core.ts'
import type { EventSource, Occurrence } from './event-recorder.ts'
import type { Holds } from './pod-holds.ts'

type PodStatus = NonNullable<Pod['status']>
type Told = Pick<Occurrence, 'type' | 'reason' | 'message'>

const normal = (reason: string, message: string): Told => ({ type: 'Normal', reason, message })
const warning = (reason: string, message: string): Told => ({ type: 'Warning', reason, message })

/** What the kubelet tells of a pod's containers when their status becomes `after`. */
export function containerEvents(pod: Pod, after: PodStatus, from: EventSource): readonly Occurrence[] {
  if (!isMounted(after)) return []
  const before = isMounted(pod.status) ? pod.status : undefined
  const lists = [
    ['initContainers', before?.initContainerStatuses ?? [], after.initContainerStatuses ?? []],
    ['containers', before?.containerStatuses ?? [], after.containerStatuses ?? []],
  ] as const
  return lists.flatMap(([list, before, now]) =>
    now.flatMap((status) => {
      const known = before.find((each) => each.name === status.name)
      const about = { about: pod, fieldPath: `spec.${list}{${status.name}}`, from }
      return changesOf(pod, known, status).map((told) => ({ ...about, ...told }))
    }),
  )
}

/** Before, its containers only look as if they were being created. */
const isMounted = (status: Pod['status']): boolean =>
  status?.conditions?.some(({ type, status: holds }) => type === 'PodReadyToStartContainers' && holds === 'True') ===
  true

/** In the order in which they happen; what lies between two looks is told as if it had been seen. */
function changesOf(pod: Pod, before: ContainerStatus | undefined, after: ContainerStatus): readonly Told[] {
  const [was, is] = [stageOf(before), stageOf(after)]
  const { image = '' } = after
  const began = was === 'none' && is !== 'none'
  const isPulled = is === 'configError' && was !== is
  const retried = was === 'pullBackOff' && is === 'pullFailed'
  return [
    ...(began || retried ? [normal('Pulling', `Pulling image "${image}"`)] : []),
    ...(isPulled ? [normal('Pulled', `Successfully pulled image "${image}"`)] : []),
    ...(is === was ? [] : trouble(after, is)),
    ...starts(before, after, was === 'configError'),
    ...(is === 'crashBackOff' && was !== is ? [warning('BackOff', crashText(pod, after))] : []),
  ]
}

function trouble(after: ContainerStatus, stage: Stage): readonly Told[] {
  const { image = '', state } = after
  if (stage === 'pullFailed')
    return [
      warning('Failed', `Failed to pull image "${image}": ${state?.waiting?.message ?? ''}`),
      warning('Failed', 'Error: ErrImagePull'),
    ]
  if (stage === 'configError') return [warning('Failed', `Error: ${state?.waiting?.message ?? ''}`)]
  if (stage !== 'pullBackOff') return []
  return [normal('BackOff', `Back-off pulling image "${image}"`), warning('Failed', 'Error: ImagePullBackOff')]
}

function starts(before: ContainerStatus | undefined, after: ContainerStatus, hasImage: boolean): readonly Told[] {
  const [earlier, now] = [startsOf(before), startsOf(after)]
  if (now <= earlier) return []
  const { name, image = '' } = after
  const pulled =
    earlier === 0 && !hasImage
      ? `Successfully pulled image "${image}"`
      : `Container image "${image}" already present on machine`
  return [
    normal('Pulled', pulled),
    normal('Created', `Created container: ${name}`),
    normal('Started', `Started container ${name}`),
  ]
}

type Stage = 'none' | 'creating' | 'configError' | 'pullFailed' | 'pullBackOff' | 'started' | 'crashBackOff'

const waitingStages: Readonly<Record<string, Stage>> = {
  PodInitializing: 'none',
  ContainerCreating: 'creating',
  CreateContainerConfigError: 'configError',
  ErrImagePull: 'pullFailed',
  ImagePullBackOff: 'pullBackOff',
  CrashLoopBackOff: 'crashBackOff',
}

function stageOf(status: ContainerStatus | undefined): Stage {
  const reason = status?.state?.waiting?.reason
  if (status?.state === undefined) return 'none'
  return reason === undefined ? 'started' : (waitingStages[reason] ?? 'creating')
}

/** How often the container was started. */
const startsOf = (status: ContainerStatus | undefined): number =>
  ['started', 'crashBackOff'].includes(stageOf(status)) ? (status?.restartCount ?? 0) + 1 : 0

const crashText = ({ metadata }: Pod, { name }: ContainerStatus): string =>
  `Back-off restarting failed container ${name} in pod ${metadata.name}_${metadata.namespace}(${metadata.uid})`

/** What the kubelet tells of a pod each time it tries again in vain to give it its configuration. */
export function configEvents(pod: Pod, holds: Holds, from: EventSource): readonly Occurrence[] {
  const { volumes, containers } = holds
  if (volumes !== undefined && 'why' in volumes) return [{ about: pod, from, ...warning('FailedMount', volumes.why) }]
  return (['initContainers', 'containers'] as const).flatMap((list) => {
    const statuses = list === 'containers' ? pod.status?.containerStatuses : pod.status?.initContainerStatuses
    return (statuses ?? []).flatMap(({ name, state }) => {
      const hold = containers[name]
      if (hold === undefined || !('why' in hold) || state?.waiting?.reason !== 'CreateContainerConfigError') return []
      const fieldPath = `spec.${list}{${name}}`
      return [{ about: pod, fieldPath, from, ...warning('Failed', `Error: ${hold.why}`) }]
    })
  })
}

/** One per container that runs when its pod is told to stop. */
export const killingEvents = (pod: Pod, from: EventSource): readonly Occurrence[] =>
  (pod.status?.containerStatuses ?? [])
    .filter((each) => each.state?.running !== undefined)
    .map(({ name }) => ({
      about: pod,
      fieldPath: `spec.containers{${name}}`,
      from,
      ...normal('Killing', `Stopping container ${name}`),
    }))

/** One per container that runs and is not ready. */
export const unhealthyEvents = (pod: Pod, status: PodStatus, from: EventSource): readonly Occurrence[] =>
  (status.containerStatuses ?? [])
    .filter((each) => each.state?.running !== undefined && !each.ready)
    .map(({ name }) => ({
      about: pod,
      fieldPath: `spec.containers{${name}}`,
      from,
      ...warning('Unhealthy', 'Readiness probe failed: HTTP probe failed with statuscode: 503'),
    }))
