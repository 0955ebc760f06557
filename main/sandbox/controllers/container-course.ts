import type { Container, ContainerStateDetail, ContainerStatus } from '#api/core.ts'
import type { EpochMs } from '#lib/clock.ts'
import { formatSeconds } from '#lib/rfc3339.ts'
import { between, hashText } from '../seeded.ts'
import { behaviourOf } from './image-behaviour.ts'
import type { Hold } from './pod-holds.ts'

/** What a container will do, fixed the moment its pod is created. Durations in ms. */
export interface ContainerCourse {
  readonly container: Container
  readonly pullMs: number
  readonly pullable: boolean
  /** From start to readiness; infinite when it never comes. */
  readonly readyMs: number
  /** From start to exit; infinite for a server. */
  readonly runMs: number
  readonly exitCode: 0 | 1 | typeof killedExitCode
  readonly restarts: 'always' | 'on-failure' | 'never'
  /** Divides the waiting times between restarts and pulls. */
  readonly speed: number
  /** What keeps it from its first start once its image is there. */
  readonly hold: Hold | undefined
}

/** Of a container that took more memory than it may. */
const killedExitCode = 137

export interface ContainerMoment {
  readonly status: ContainerStatusOnWire
  /** Ended for good. */
  readonly ended: boolean
  /** When time alone will change the answer. */
  readonly nextAt: EpochMs | undefined
  readonly firstStartedAt: EpochMs
}

export interface ContainerStatusOnWire extends ContainerStatus {
  readonly imageID: string
  readonly containerID?: string
  readonly lastState: NonNullable<ContainerStatus['state']>
}

export interface CoursePlan {
  readonly seed: number
  readonly speed: number
  readonly podUid: string
  readonly restarts: ContainerCourse['restarts']
  /** An init container, or a container of a pod that does not restart what succeeded. */
  readonly meantToEnd: boolean
  readonly hold: Hold | undefined
}

const readyAfterSlowMs = 30_000
/** A crashed container, or a failed pull, shows its error this long before the back-off shows. */
const errorShownMs = 1_000
const backOffMs = { first: 10_000, max: 300_000 }

/** Reads the image's tag and the container's own command; the rest is seeded by the pod's uid. */
export function planContainer(container: Container, plan: CoursePlan): ContainerCourse {
  const behaviour = behaviourOf(container.image ?? '')
  const { seed, speed } = plan
  const about = [plan.podUid, container.name]
  const script = [container['command'], container['args']].flat().join(' ')
  const sleep = /\bsleep (\d+)/.exec(script)?.[1]
  const isKilled = behaviour.start === 'out-of-memory'
  const crashes = behaviour.start === 'crash' || isKilled
  const ownRunMs = sleep === undefined ? between(1_500, 4_000, seed, 'run', ...about) : Number(sleep) * 1_000
  return {
    container,
    pullMs: between(300, 1_500, seed, 'pull', ...about) / speed,
    pullable: behaviour.start !== 'unpullable',
    readyMs:
      behaviour.start === 'never-ready' || crashes
        ? Number.POSITIVE_INFINITY
        : readyAfter(container, behaviour.start === 'slow', seed, about) / speed,
    runMs: crashes || plan.meantToEnd ? ownRunMs / speed : Number.POSITIVE_INFINITY,
    exitCode: isKilled ? killedExitCode : crashes || /\bexit [1-9]/.test(script) ? 1 : behaviour.exitCode,
    restarts: plan.restarts,
    speed,
    hold: plan.hold,
  }
}

function readyAfter(container: Container, slow: boolean, seed: number, about: readonly string[]): number {
  if (slow) return readyAfterSlowMs
  const probe = container['readinessProbe'] as { readonly initialDelaySeconds?: number } | undefined
  return (probe?.initialDelaySeconds ?? 0) * 1_000 + between(700, 2_200, seed, 'ready', ...about)
}

/** What the container looks like at `now`, if the kubelet turned to it at `startAt`. A pure function of its arguments. */
export function containerAt(course: ContainerCourse, startAt: EpochMs, now: EpochMs): ContainerMoment {
  const pulledAt = startAt + course.pullMs
  if (now < pulledAt) return waiting(course, 0, { reason: 'ContainerCreating' }, pulledAt, pulledAt)
  if (!course.pullable) return pullFailure(course, pulledAt, now)
  const { hold } = course
  if (hold === undefined) return runAt(course, pulledAt, now)
  if ('until' in hold) return runAt(course, Math.max(pulledAt, hold.until), now)
  return waiting(course, 0, { reason: 'CreateContainerConfigError', message: hold.why }, undefined, pulledAt)
}

/** The n-th of a row of ever longer back-offs, from 0. */
const backOff = (n: number, speed: number): number => Math.min(backOffMs.first * 2 ** n, backOffMs.max) / speed

function pullFailure(course: ContainerCourse, firstAt: EpochMs, now: EpochMs): ContainerMoment {
  const image = course.container.image ?? ''
  for (let attempt = 0, at = firstAt; ; attempt++) {
    const next = at + backOff(attempt, course.speed)
    const shownUntil = at + errorShownMs / course.speed
    if (now < shownUntil) {
      const message = `failed to pull and unpack image "${image}": not found`
      return waiting(course, 0, { reason: 'ErrImagePull', message }, shownUntil, firstAt)
    }
    if (now < next) {
      const message = `Back-off pulling image "${image}"`
      return waiting(course, 0, { reason: 'ImagePullBackOff', message }, next, firstAt)
    }
    at = next
  }
}

function runAt(course: ContainerCourse, firstAt: EpochMs, now: EpochMs): ContainerMoment {
  for (let restarts = 0, startedAt = firstAt, last: ContainerStateDetail | undefined; ; restarts++) {
    const endsAt = startedAt + course.runMs
    if (now < endsAt) return running(course, { restarts, startedAt, last, firstStartedAt: firstAt }, now)
    const before = last
    last = terminated(course, startedAt, endsAt)
    const again = course.restarts === 'always' || (course.restarts === 'on-failure' && course.exitCode !== 0)
    if (!again) return ended(course, { restarts, startedAt, last: before, firstStartedAt: firstAt }, last)
    const pause = restarts === 0 ? errorShownMs / course.speed : backOff(restarts - 1, course.speed)
    const shownUntil = endsAt + Math.min(pause, errorShownMs / course.speed)
    const next = endsAt + pause
    if (now < shownUntil) {
      const run: Run = { restarts, startedAt, last: before, firstStartedAt: firstAt }
      return { ...ended(course, run, last), ended: false, nextAt: shownUntil }
    }
    if (now < next) return crashLoop(course, restarts, last, next, firstAt)
    startedAt = next
  }
}

interface Run {
  readonly restarts: number
  readonly startedAt: EpochMs
  /** How the run before it ended. */
  readonly last: ContainerStateDetail | undefined
  readonly firstStartedAt: EpochMs
}

function running(course: ContainerCourse, run: Run, now: EpochMs): ContainerMoment {
  const { restarts, startedAt, last, firstStartedAt } = run
  const readyAt = startedAt + course.readyMs
  const next = Math.min(now < readyAt ? readyAt : Number.POSITIVE_INFINITY, startedAt + course.runMs)
  return {
    status: {
      ...identity(course, restarts),
      ready: now >= readyAt,
      started: true,
      state: { running: { startedAt: formatSeconds(startedAt) } },
      lastState: last === undefined ? {} : { terminated: last },
    },
    ended: false,
    nextAt: Number.isFinite(next) ? next : undefined,
    firstStartedAt,
  }
}

function waiting(
  course: ContainerCourse,
  restarts: number,
  detail: ContainerStateDetail,
  nextAt: EpochMs | undefined,
  firstStartedAt: EpochMs,
): ContainerMoment {
  const { containerID: _none, ...known } = identity(course, restarts)
  return {
    status: { ...known, imageID: '', ready: false, started: false, state: { waiting: detail }, lastState: {} },
    ended: false,
    nextAt,
    firstStartedAt,
  }
}

function crashLoop(
  course: ContainerCourse,
  restarts: number,
  last: ContainerStateDetail,
  nextAt: EpochMs,
  firstStartedAt: EpochMs,
): ContainerMoment {
  const seconds = Math.round((backOff(restarts - 1, course.speed) * course.speed) / 1000)
  const message = `back-off ${seconds}s restarting failed container=${course.container.name}`
  const calm = waiting(course, restarts, { reason: 'CrashLoopBackOff', message }, nextAt, firstStartedAt)
  return { ...calm, status: { ...calm.status, ...identity(course, restarts), lastState: { terminated: last } } }
}

const ended = (course: ContainerCourse, run: Run, detail: ContainerStateDetail): ContainerMoment => ({
  status: {
    ...identity(course, run.restarts),
    ready: false,
    started: false,
    state: { terminated: detail },
    lastState: run.last === undefined ? {} : { terminated: run.last },
  },
  ended: true,
  nextAt: undefined,
  firstStartedAt: run.firstStartedAt,
})

const terminated = (course: ContainerCourse, startedAt: EpochMs, finishedAt: EpochMs): ContainerStateDetail => ({
  exitCode: course.exitCode,
  reason: reasonOf(course.exitCode),
  startedAt: formatSeconds(startedAt),
  finishedAt: formatSeconds(finishedAt),
})

const reasonOf = (exitCode: ContainerCourse['exitCode']): string => {
  if (exitCode === killedExitCode) return 'OOMKilled'
  return exitCode === 0 ? 'Completed' : 'Error'
}

function identity(course: ContainerCourse, restartCount: number) {
  const { name, image = '' } = course.container
  const digest = [1, 2, 3, 4].map((part) => hashText(`${image}#${part}`).toString(16).padStart(8, '0')).join('')
  const id = hashText(`${name}/${image}/${restartCount}`).toString(16).padStart(8, '0')
  return {
    name,
    image,
    imageID: `${image.split(':')[0]}@sha256:${digest}`,
    containerID: `containerd://${id}`,
    restartCount,
  }
}
