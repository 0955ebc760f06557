import type { Container, Pod, PodCondition } from '#api/core.ts'
import type { EpochMs } from '#lib/clock.ts'
import { formatSeconds, parseTime } from '#lib/rfc3339.ts'
import { between } from '../seeded.ts'
import { type ContainerCourse, type ContainerMoment, containerAt, planContainer } from './container-course.ts'
import { earliest } from './controller.ts'
import { behaviourOf } from './image-behaviour.ts'
import type { Hold, Holds } from './pod-holds.ts'

export interface LifeSettings {
  readonly seed: number
  /** 1 is believable; 10 makes pods start, crash and stop ten times faster. */
  readonly speed: number
}

/** A pod's whole future as far as nobody interferes. */
export interface PodLife {
  readonly scheduledAt: EpochMs
  /** When its volumes are mounted, which is never while one is missing. */
  readonly startsAt: EpochMs
  readonly init: readonly ContainerCourse[]
  readonly main: readonly ContainerCourse[]
}

type PodStatus = NonNullable<Pod['status']>

/** Written in the pod's creation time, uid and images, and in what it has to wait for; reading it twice gives the same life. */
export function planLife(pod: Pod, settings: LifeSettings, { volumes, containers }: Holds = unheld): PodLife {
  const { seed, speed } = settings
  const podUid = pod.metadata.uid ?? ''
  const policy = pod.spec.restartPolicy ?? 'Always'
  const restarts = restartsOf(policy)
  const isSidecar = (container: Container) => container.restartPolicy === 'Always'
  const holdOf = ({ name }: Container) => ({ hold: containers[name] })
  const scheduledAt = createdAt(pod) + between(30, 250, seed, 'schedule', podUid) / speed
  return {
    scheduledAt,
    startsAt: startAfter(scheduledAt, volumes),
    init: (pod.spec.initContainers ?? []).map((container) =>
      planContainer(container, {
        seed,
        speed,
        podUid,
        meantToEnd: !isSidecar(container),
        restarts: isSidecar(container) ? 'always' : policy === 'Never' ? 'never' : 'on-failure',
        ...holdOf(container),
      }),
    ),
    main: pod.spec.containers.map((container) =>
      planContainer(container, {
        seed,
        speed,
        podUid,
        restarts,
        meantToEnd: policy !== 'Always',
        ...holdOf(container),
      }),
    ),
  }
}

const unheld: Holds = { containers: {} }

function startAfter(scheduledAt: EpochMs, volumes: Hold | undefined): EpochMs {
  if (volumes === undefined) return scheduledAt
  return 'until' in volumes ? Math.max(scheduledAt, volumes.until) : Number.POSITIVE_INFINITY
}

const restartsOf = (policy: string): ContainerCourse['restarts'] => {
  if (policy === 'Never') return 'never'
  return policy === 'OnFailure' ? 'on-failure' : 'always'
}

const createdAt = (pod: Pod): EpochMs => parseTime(pod.metadata.creationTimestamp) ?? 0

/** What the kubelet reports at `now` about a pod that is bound to a node, and when time alone will change it. */
export function podStatusAt(
  life: PodLife,
  pod: Pod,
  node: { readonly podIP: string; readonly hostIP: string },
  now: EpochMs,
): { readonly status: PodStatus; readonly nextAt: EpochMs | undefined } {
  const init = initAt(life, now)
  const main = life.main.map((course) =>
    init.doneAt === undefined ? notStarted(course, now) : startedAt(course, init.doneAt, now),
  )
  const phase = phaseOf(main, init.failed)
  const facts = {
    mounted: now >= life.startsAt,
    initialized: init.doneAt !== undefined,
    phase,
    ready: main.every((each) => each.status.ready),
  }
  const statuses = main.map((each) => each.status)
  return {
    status: {
      ...pod.status,
      phase,
      conditions: conditionsAt(pod, facts, now),
      startTime: formatSeconds(life.scheduledAt),
      podIP: node.podIP,
      ...{ hostIP: node.hostIP, podIPs: [{ ip: node.podIP }] },
      ...(life.init.length > 0 && { initContainerStatuses: init.moments.map((each) => each.status) }),
      containerStatuses: statuses,
    },
    nextAt: earliest(...init.moments.map((each) => each.nextAt), ...main.map((each) => each.nextAt)),
  }
}

/** Init containers run one after the other; a sidecar only has to have started. */
function initAt(life: PodLife, now: EpochMs) {
  const moments: ContainerMoment[] = []
  let startAt: EpochMs | undefined = life.startsAt
  let failed = false
  for (const course of life.init) {
    const moment: ContainerMoment = startAt === undefined ? notStarted(course, now) : startedAt(course, startAt, now)
    moments.push(moment)
    if (startAt === undefined) continue
    const exit = moment.status.state?.terminated
    const doneAt = Number.isFinite(course.runMs)
      ? moment.ended && exit?.exitCode === 0
        ? moment.firstStartedAt + course.runMs
        : undefined
      : moment.status.state?.running && moment.firstStartedAt
    failed ||= moment.ended && exit?.exitCode !== 0
    startAt = doneAt
  }
  return { moments, doneAt: startAt, failed }
}

/** Before `startAt` the pod waits for its volumes. */
function startedAt(course: ContainerCourse, startAt: EpochMs, now: EpochMs): ContainerMoment {
  if (now >= startAt) return containerAt(course, startAt, now)
  return { ...containerAt(course, now, now - 1), nextAt: Number.isFinite(startAt) ? startAt : undefined }
}

function notStarted(course: ContainerCourse, now: EpochMs): ContainerMoment {
  const moment = containerAt(course, now, now - 1)
  const state = { waiting: { reason: 'PodInitializing' } }
  return { ...moment, status: { ...moment.status, state }, nextAt: undefined }
}

function phaseOf(main: readonly ContainerMoment[], initFailed: boolean): NonNullable<PodStatus['phase']> {
  if (initFailed) return 'Failed'
  if (main.every((each) => each.ended))
    return main.every((each) => each.status.state?.terminated?.exitCode === 0) ? 'Succeeded' : 'Failed'
  const everRan = main.some(
    (each) =>
      each.status.state?.waiting === undefined || each.status.restartCount > 0 || each.status.lastState.terminated,
  )
  return everRan ? 'Running' : 'Pending'
}

/** Conditions of others (readiness gates) survive; a condition keeps its transition time while its status holds. */
function conditionsAt(
  pod: Pod,
  facts: { readonly mounted: boolean; readonly initialized: boolean; readonly phase: string; readonly ready: boolean },
  now: EpochMs,
): readonly PodCondition[] {
  const present = pod.status?.conditions ?? []
  const gates = (pod.spec['readinessGates'] ?? []) as readonly { readonly conditionType: string }[]
  const closed = gates.filter(
    (gate) => !present.some((each) => each.type === gate.conditionType && each.status === 'True'),
  )
  const done = facts.phase === 'Succeeded' ? { reason: 'PodCompleted' } : undefined
  const unready = { reason: 'ContainersNotReady', message: `containers with unready status: [${unreadyNames(pod)}]` }
  const gated = {
    reason: 'ReadinessGatesNotReady',
    message: `corresponding condition of pod readiness gate "${closed[0]?.conditionType}" does not exist or is not True.`,
  }
  const wanted: readonly Omit<PodCondition, 'lastTransitionTime'>[] = [
    condition('PodReadyToStartContainers', facts.mounted, {}),
    condition('Initialized', facts.initialized, done ?? { reason: 'ContainersNotInitialized' }),
    condition('Ready', facts.ready && closed.length === 0, done ?? (facts.ready ? gated : unready)),
    condition('ContainersReady', facts.ready, done ?? unready),
    condition('PodScheduled', true, {}),
  ]
  const ours = new Set(wanted.map((each) => each.type))
  return [
    ...present.filter((each) => !ours.has(each.type)),
    ...wanted.map((each) => keepTransition(each, present, now)),
  ]
}

const condition = (type: string, holds: boolean, whyNot: { readonly reason?: string; readonly message?: string }) => ({
  type,
  status: holds ? ('True' as const) : ('False' as const),
  ...(holds ? {} : whyNot),
})

function keepTransition(
  wanted: Omit<PodCondition, 'lastTransitionTime'>,
  present: readonly PodCondition[],
  now: EpochMs,
): PodCondition {
  const before = present.find((each) => each.type === wanted.type)
  const kept = before?.status === wanted.status ? before.lastTransitionTime : undefined
  return { ...wanted, lastTransitionTime: kept ?? formatSeconds(now) }
}

const unreadyNames = (pod: Pod): string => pod.spec.containers.map((each) => each.name).join(' ')

/** A pod that has stopped and stays only for its finalizers: every container has ended in order. */
export function stoppedStatus(pod: Pod, now: EpochMs): PodStatus {
  const terminated = { exitCode: 0, reason: 'Completed', finishedAt: formatSeconds(now) }
  const containerStatuses = (pod.status?.containerStatuses ?? []).map((each) =>
    each.state?.running === undefined
      ? each
      : { ...each, ready: false, started: false, state: { terminated: { ...each.state.running, ...terminated } } },
  )
  const facts = { mounted: false, initialized: true, phase: 'Succeeded' as const, ready: false }
  return { ...pod.status, phase: facts.phase, conditions: conditionsAt(pod, facts, now), containerStatuses }
}

/** When the containers of a pod that was told to stop have stopped. */
export function stoppedAt(pod: Pod, settings: LifeSettings): EpochMs {
  const { deletionTimestamp, deletionGracePeriodSeconds, uid } = pod.metadata
  const graceMs = (deletionGracePeriodSeconds ?? 0) * 1000
  const toldAt = (parseTime(deletionTimestamp) ?? 0) - graceMs
  const slow = pod.spec.containers.some((each) => behaviourOf(each.image ?? '').stop === 'slow')
  const needMs = slow ? 20_000 : between(600, 2_200, settings.seed, 'stop', uid ?? '')
  return toldAt + Math.min(graceMs, needMs / settings.speed)
}

export const isReady = (pod: Pod): boolean =>
  pod.status?.conditions?.some((each) => each.type === 'Ready' && each.status === 'True') ?? false

/** When the pod became ready; `undefined` while it is not. */
export const readySince = (pod: Pod): EpochMs | undefined =>
  parseTime(pod.status?.conditions?.find((each) => each.type === 'Ready' && each.status === 'True')?.lastTransitionTime)

/** Neither finished nor told to stop. */
export const isActive = (pod: Pod): boolean =>
  pod.metadata.deletionTimestamp === undefined && pod.status?.phase !== 'Succeeded' && pod.status?.phase !== 'Failed'
