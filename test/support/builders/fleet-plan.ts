import type { CanaryStep, Rollout } from '#api/rollout.ts'
import {
  type FleetPlan,
  type FleetPlanSpec,
  type FleetPlanStatus,
  fleetPlanSchema,
  type MemberStatus,
  type PlanMember,
  type PlanWave,
} from '#engine/fleet-plan/document.ts'
import { type FleetDecision, planFleet } from '#engine/fleet-plan/plan-fleet.ts'
import type { FleetWorld, MemberObservation } from '#engine/fleet-plan/world.ts'
import { T0 } from '../virtual-clock.ts'

export const minute = 60_000
/** Of the version before the plan, of the one it is about, and of any other. */
export const versions = { prior: 'h1', target: 'h2', other: 'h3' } as const
const images: Readonly<Record<string, string>> = { h1: 'web:1', h2: 'web:2', h3: 'web:3' }

export const aMember = (context: string, more: Partial<PlanMember> = {}): PlanMember => ({
  id: `${context}/shop/web`,
  context,
  namespace: 'shop',
  rollout: 'web',
  labels: {},
  trafficShare: 10,
  priorHash: versions.prior,
  ...more,
})

export const aWave = (contexts: readonly string[], more: Partial<PlanWave> = {}): PlanWave => ({
  name: contexts.join('+'),
  select: { kind: 'names', contexts },
  pilot: false,
  maxConcurrent: 1,
  order: 'listed',
  sync: 'none',
  minSoakMs: 0,
  firstSoakMs: 0,
  minEvidence: [],
  maxEvidenceGapMs: 2 * minute,
  waveSoakMs: 0,
  gate: 'none',
  maxFailures: 0,
  maxUnreachable: 0,
  ...more,
})

/** A plan of one wave for each list of contexts, Running. */
export function aPlan(
  waves: readonly PlanWave[],
  more: Partial<FleetPlanSpec> & { readonly status?: Partial<FleetPlanStatus> } = {},
): FleetPlan {
  const { status, ...spec } = more
  const contexts = waves.flatMap(({ select }) => (select.kind === 'names' ? select.contexts : []))
  return {
    schema: fleetPlanSchema,
    id: 'p1',
    name: 'web 2',
    createdBy: 'ann@desk/1',
    createdAt: T0,
    spec: {
      home: { context: 'a', namespace: 'argosy' },
      change: { kind: 'setImage', images: [{ container: 'web', image: 'web:2' }] },
      members: contexts.map((context) => aMember(context)),
      waves,
      unreachable: 'wait',
      unreachableAfterMs: 5 * minute,
      onBreach: 'hold',
      rollback: { maxConcurrent: '25%', order: 'reverse' },
      intentTtlMs: 15 * minute,
      holdOnCorrelatedFailure: true,
      ...spec,
    },
    status: {
      phase: 'Running',
      since: T0,
      epoch: 1,
      holds: [],
      members: {},
      waves: waves.map(() => ({ state: 'Waiting', since: T0 })),
      ...status,
    },
  }
}

export interface Seen {
  /** Runs; absent: as before the plan. */
  readonly hash?: string
  readonly stable?: string
  readonly phase?: string
  readonly message?: string
  readonly step?: number
  readonly isPaused?: boolean
  readonly pauseReason?: string
  /** Otherwise two weights, each with a pause without an end. */
  readonly steps?: readonly CanaryStep[]
  readonly isAborted?: boolean
  readonly abortedAt?: string
  readonly version?: string
  readonly mark?: { readonly plan: string; readonly epoch: number }
  readonly labels?: Readonly<Record<string, string>>
  /** The annotation, as it stands. */
  readonly hold?: string
  /** `spec.paused`. */
  readonly isStopped?: boolean
  readonly more?: Partial<MemberObservation>
}

const usualSteps: readonly CanaryStep[] = [{ setWeight: 20 }, { pause: {} }, { setWeight: 60 }, { pause: {} }]

/** What is read of a member at `at`. */
export function seen(at: number, look: Seen = {}): MemberObservation {
  const { hash = versions.prior, stable = hash, phase = 'Healthy', step, isPaused = false, isAborted = false } = look
  const steps = look.steps ?? usualSteps
  const rollout = {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    metadata: {
      name: 'web',
      namespace: 'shop',
      generation: 1,
      resourceVersion: look.version ?? '1',
      labels: look.labels,
      annotations: {
        ...(look.mark && { 'argosy.dev/plan': look.mark.plan, 'argosy.dev/epoch': String(look.mark.epoch) }),
        ...(look.hold !== undefined && { 'argosy.dev/hold': look.hold }),
      },
    },
    spec: {
      template: { spec: { containers: [{ name: 'web', image: images[hash] }] } },
      strategy: { canary: { steps } },
      ...(look.isStopped !== undefined && { paused: look.isStopped }),
    },
    status: {
      phase,
      message: look.message ?? '',
      observedGeneration: '1',
      currentPodHash: hash,
      stableRS: stable,
      currentStepIndex: step ?? steps.length,
      abort: isAborted,
      abortedAt: look.abortedAt,
      controllerPause: isPaused,
      pauseConditions: isPaused
        ? [{ reason: look.pauseReason ?? 'CanaryPauseStep', startTime: '2026-01-01T00:00:00Z' }]
        : [],
    },
  } as unknown as Rollout
  return {
    reach: 'reachable',
    reachSince: T0,
    readAt: at,
    at,
    rollout,
    isDriven: true,
    isInCluster: true,
    hashes: [versions.prior, hash],
    ...look.more,
  }
}

export const mark = (epoch = 1) => ({ plan: 'p1', epoch })
/** In the middle of its update, at the pause of that step. */
export const atGate = (step: number, more: Seen = {}): Seen => ({
  hash: versions.target,
  stable: versions.prior,
  phase: 'Paused',
  step,
  isPaused: true,
  mark: mark(),
  ...more,
})
export const done = (more: Seen = {}): Seen => ({ hash: versions.target, mark: mark(), ...more })

export const aFleet = (members: FleetWorld['members'], more: Partial<FleetWorld> = {}): FleetWorld => ({
  members,
  lease: { epoch: 1 },
  resumedAt: T0,
  window: { isOpen: true, text: '' },
  gates: {},
  ...more,
})

/** The members of a plan as they are seen at one moment, by context. */
export const looking = (at: number, looks: Readonly<Record<string, Seen>>): FleetWorld['members'] =>
  Object.fromEntries(Object.entries(looks).map(([context, look]) => [`${context}/shop/web`, seen(at, look)]))

/** One pass, with the plan as it is after it. */
export function pass(plan: FleetPlan, world: FleetWorld, now: number): FleetDecision & { readonly plan: FleetPlan } {
  const decision = planFleet(plan, world, now)
  return { ...decision, plan: { ...plan, status: decision.status } }
}

export const memberStatus = (state: MemberStatus['state'], more: Partial<MemberStatus> = {}): MemberStatus => ({
  state,
  since: T0,
  targetHash: versions.target,
  startedAt: T0,
  ...more,
})
