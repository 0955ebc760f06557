import type { TrafficWeight } from '#api/rollout.ts'
import type { Write } from '#engine/decision.ts'
import type { WeightVerification } from '#engine/traffic/alb/verify-weight.ts'
import { after, begin, type Course, type Stopped, settle } from '#engine/traffic/course.ts'
import type { Router, RouterRequest, RouterResult } from '#engine/traffic/router.ts'
import { routersOf } from '#engine/traffic/routers.ts'
import { noRoutes, type Routes } from '#engine/traffic/routes.ts'
import type { EpochMs } from '#lib/clock.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import { experimentDestinations } from '../experiment/destinations.ts'
import { availableOf, podHashOf } from '../replica-set/facts.ts'
import type { Release } from '../situation.ts'
import { maxWeightOf } from '../spec-defaults.ts'
import { revisionOfRollout } from '../status/conditions.ts'
import { earliest, rolloutEvent } from '../write.ts'
import type { StoredWeights } from './routed-split.ts'
import { routerRequest } from './router-request.ts'
import { isStableUp } from './stable-capacity.ts'
import { currentStep } from './steps.ts'
import { unverified, type Verification, verifiedBy } from './verification.ts'
import type { WantedWeight } from './wanted-weight.ts'
import { areWeightsModified, weightsMessage, weightsStatus } from './weights-status.ts'

/** What traffic routing comes to in a pass. */
export interface TrafficOutcome {
  readonly writes: readonly Write[]
  /** `status.canary.weights` after this pass. */
  readonly weights: StoredWeights | undefined
  /** The router has the wanted weight, and does not deny it (TR-21, TR-29). */
  readonly isWeightSent: boolean
  /** The header or mirror route of the step at hand was made, if there is one. */
  readonly areRoutesMade: boolean
  /** False while the router is not where it should be in a way that everything waits for: no step and no update is complete. */
  readonly isReady: boolean
  /** The routers' objects say what `weights` says, or will by the writes of this pass. */
  readonly isSteered: boolean
  /** Traffic is where it should be, so pods without it may go. */
  readonly mayShrink: boolean
  readonly requeueAt: EpochMs | undefined
  /** Host names of load balancers that AWS is to be asked about. */
  readonly hostNames: readonly string[]
  /** `status.alb` and `status.albs` from now on, or `null` for neither. Absent: as they are (ALB-19). */
  readonly alb?: WeightVerification['status']
}

/** No weights are known where nothing splits by weight (TR-4). */
export const unrouted: TrafficOutcome = {
  writes: [],
  weights: undefined,
  isWeightSent: true,
  areRoutesMade: true,
  isReady: true,
  isSteered: true,
  mayShrink: true,
  requeueAt: undefined,
  hostNames: [],
}

/** How soon a weight that has not arrived is looked at again (TR-28). */
const verifyAgainMs = 10_000

/**
 * Sends the wanted weight through every router of the Rollout, one after another, each from the objects that the one before it left
 * (TR-3, TR-5, TR-17). An error is the text of the operation that failed; what was written before it is in its `writes`.
 */
export function reconcileTraffic(release: Release, wanted: WantedWeight): Outcome<TrafficOutcome, Stopped> {
  const routers = routersOf(release.rollout)
  if (routers.length === 0) return success(unrouted)
  const read = release.world.routes ?? noRoutes
  const unusable = routers.map((router) => router.unusable?.(release.rollout, read)).find((why) => why !== undefined)
  if (unusable !== undefined) return failure({ message: unusable, writes: [], warnings: [] })
  const pass: Pass = { release, wanted, destinations: destinationsOf(release, wanted), read }
  let course = begin(release.rollout, pass.read)
  let verification = unverified
  for (const router of routers) {
    const removed = removeManagedRoutes(router, pass, course)
    if (!removed.ok) return removed
    if (!isStableUp(release, wanted.weight)) return success(held(release, wanted, settle(removed.value, router)))
    const sent = send(router, pass, removed.value)
    if (!sent.ok) return sent
    course = settle(sent.value, router)
    if (course.delayed !== undefined) return success({ ...held(release, wanted, course), isReady: false })
    verification = verifiedBy(verification, release, router, requestFor(router, pass), course.routes)
    if (verification.isFailed) break
  }
  return success(conclude(pass, course, verification))
}

interface Pass {
  readonly release: Release
  readonly wanted: WantedWeight
  readonly destinations: readonly TrafficWeight[]
  readonly read: Routes
}

const destinationsOf = (release: Release, { hasDestinations }: WantedWeight): readonly TrafficWeight[] =>
  hasDestinations ? experimentDestinations(release, release.world.experiments ?? []) : []

const requestFor = (router: Router, { release, wanted, destinations }: Pass): RouterRequest =>
  routerRequest(router, release, { weight: wanted.weight, canaryHash: wanted.canaryHash, destinations })

function removeManagedRoutes(router: Router, pass: Pass, course: Course): Outcome<Course, Stopped> {
  if (!pass.wanted.removesRoutes || router.removeManagedRoutes === undefined) return success(course)
  const removed = router.removeManagedRoutes(requestFor(router, pass), course.routes)
  return after(course, router, 'Remove managed routes from', removed)
}

/**
 * Routes of steps, hashes and weights, in this order (TR-17). Traffic leaves a canary without pods before hashes move to it, and hashes
 * have moved before traffic goes to it.
 */
function send(router: Router, pass: Pass, course: Course): Outcome<Course, Stopped> {
  const request = requestFor(router, pass)
  const sendWeight: Phase = [`Set weight ${request.weight} in`, (routes) => router.setWeight(request, routes)]
  const made = inPhases(course, router, [
    ['Set header route in', (routes) => makeHeaderRoute(router, request, pass, routes)],
    ['Set mirror route in', (routes) => makeMirrorRoute(router, request, pass, routes)],
    ...(leavesFirst(pass) ? [sendWeight] : []),
  ])
  if (!made.ok) return made
  const hashed = updateHash(router, request, made.value)
  if (!hashed.ok || hashed.value.delayed !== undefined) return hashed
  return inPhases(hashed.value, router, [sendWeight])
}

/** What comes before is written before hashes move, and what comes after, after that. */
function updateHash(router: Router, request: RouterRequest, course: Course): Outcome<Course, Stopped> {
  const result = router.updateHash?.(request, course.routes)
  if (
    result === undefined ||
    (result.ok && result.value.routes === course.routes && result.value.delayed === undefined)
  )
    return success(course)
  const hashed = after(settle(course, router), router, 'Point at the hashes in', result)
  return hashed.ok ? success(settle(hashed.value, router)) : hashed
}

type Phase = readonly [purpose: string, operate: (routes: Routes) => RouterResult | undefined]

function inPhases(before: Course, router: Router, phases: readonly Phase[]): Outcome<Course, Stopped> {
  let course = before
  for (const [purpose, operate] of phases) {
    const result = operate(course.routes)
    if (result === undefined) continue
    const next = after(course, router, purpose, result)
    if (!next.ok) return next
    course = next.value
  }
  return success(course)
}

/**
 * A canary that lost its pods, or is another one now, while there may be requests on their way to it. Differs from the reference, which
 * does so only where the status tells of weight: it may have been sent without the status having been written.
 */
const leavesFirst = ({ release: { currentRS } }: Pass): boolean => availableOf(currentRS) === 0

/** Not on the first revision, whose first step must not be carried out by the install (TR-17). */
const stepAtHand = ({ release, wanted }: Pass) =>
  wanted.makesRoutes && Number(revisionOfRollout(release)) > 1
    ? currentStep(release.rollout, release.status)
    : undefined

function makeHeaderRoute(router: Router, request: RouterRequest, pass: Pass, routes: Routes): RouterResult | undefined {
  const route = stepAtHand(pass)?.setHeaderRoute
  return route && router.setHeaderRoute?.(request, route, routes)
}

function makeMirrorRoute(router: Router, request: RouterRequest, pass: Pass, routes: Routes): RouterResult | undefined {
  const route = stepAtHand(pass)?.setMirrorRoute
  return route && router.setMirrorRoute?.(request, route, routes)
}

/**
 * The pass changes no weight. Differs from the reference, where a step may be complete although its weight was never sent or its route
 * never made (TR-21), and where the canary may lose the pods that still have traffic.
 */
function held({ status }: Release, { weight }: WantedWeight, { writes }: Course): TrafficOutcome {
  const weights = status.canary?.weights
  const isWeightSent = (weights?.canary.weight ?? 0) === weight && weights?.verified !== false
  return { ...unrouted, writes, weights, isWeightSent, areRoutesMade: false, isSteered: false, mayShrink: isWeightSent }
}

/**
 * The weights that were sent, told once however many routers there are (TR-22…25). Differs from the reference at the end of an update whose
 * weight has not arrived: there the pass fails, nothing of it is told, and no deadline runs (TR-27); here only sizes, steps and the promotion
 * wait.
 */
function conclude({ release, wanted, destinations }: Pass, course: Course, verification: Verification): TrafficOutcome {
  const { rollout, spec, status, stableRS, now } = release
  const { stableService = '', canaryService = '' } = spec.strategy?.canary ?? {}
  const before = status.canary?.weights
  const maxWeight = maxWeightOf(spec)
  const weights = weightsStatus({
    weight: wanted.weight,
    maxWeight,
    canaryHash: wanted.canaryHash,
    stableHash: podHashOf(stableRS),
    canaryService,
    stableService,
    destinations,
  })
  const isModified = areWeightsModified(before, weights)
  const told = isModified
    ? [rolloutEvent(rollout, 'TrafficWeightUpdated', weightsMessage(before, weights), 'TR-23')]
    : []
  const { verified, hostNames, status: alb } = verification
  const isDenied = verified === false
  // What was known of this weight stays told while AWS is being asked again.
  const stored = hostNames.length > 0 && !isModified ? (before?.verified ?? verified) : verified
  const isAwaited = isDenied && hostNames.length === 0
  return {
    ...unrouted,
    writes: [...course.writes, ...told, ...verification.writes],
    weights: stored === undefined ? weights : { ...weights, verified: stored },
    isWeightSent: course.unfinished === undefined && !isDenied,
    isReady: !(isDenied && wanted.weight === maxWeight),
    requeueAt: earliest(course.unfinished?.until, isAwaited ? now + verifyAgainMs : undefined),
    hostNames,
    ...(alb !== undefined && { alb }),
  }
}
