import type { ReplicaSet } from '#api/apps.ts'
import type { Rollout } from '#api/rollout.ts'
import { type RouteKind, routeKindOf, routeKinds } from '#api/route-kinds.ts'
import { availableOf, podHashOf } from '#engine/rollout/replica-set/facts.ts'
import { type ChangeSeen, type Checker, hasRollbackWindow, type RestSeen, rolloutChange, stepsOf } from '../checker.ts'
import { foreignChange } from '../foreign-fields.ts'
import { isRoutedSpec, servicesOf, sharesOf, sharesTold, wholeOf } from '../routed-traffic.ts'
import { ShareHistory } from '../share-history.ts'

/**
 * Route objects say what the status says. Whatever a controller writes, the weights of a route sum to the whole, and nothing that is
 * somebody else's is changed or deleted. A `setWeight` step counts as done once a controller has sent that weight on every route, unless there are to be no pods, and in the end each ReplicaSet gets the share that `status.canary.weights` tells, whoever edited the objects meanwhile, as long as all of the
 * pods of stable are there: without them nothing is sent (TR-21).
 */
export const routesAsTold = (): Checker => {
  const history = new ShareHistory()
  return {
    name: 'routes as told',
    rules: ['TR-5', 'TR-6', 'TR-8', 'TR-21', 'TR-22', 'TR-29', 'AMB-6'],
    onChange(seen) {
      if (!isRoutedSpec(seen.rollout.spec)) return undefined
      history.note(seen)
      if (seen.decided === undefined) return undefined
      return wrongSum(seen) ?? meddled(seen) ?? unsent(seen, history)
    },
    atRest: (seen) => (isRoutedSpec(seen.rollout.spec) && seen.template !== undefined ? untold(seen) : undefined),
  }
}

const kindWritten = ({ change }: ChangeSeen): RouteKind | undefined => {
  const kind = routeKindOf(change.resource)
  return kind === undefined || routeKinds[kind].group === '' ? undefined : kind
}

function wrongSum(seen: ChangeSeen): string | undefined {
  const kind = kindWritten(seen)
  if (kind === undefined || kind === 'destinationRules' || kind === 'meshVirtualNodes') return undefined
  const whole = wholeOf(seen.rollout.spec)
  const wrong = sharesOf(seen).find(({ sum }) => sum !== 0 && sum !== whole)
  return wrong && `the weights of ${wrong.name} sum to ${wrong.sum}, not ${whole}`
}

function meddled(seen: ChangeSeen): string | undefined {
  const kind = kindWritten(seen)
  const { before, object, type } = seen.change
  if (kind === undefined || before === undefined) return undefined
  const { name } = object.metadata
  const isOurs = object.metadata.ownerReferences !== undefined || (kind === 'mappings' && name.endsWith('-canary'))
  if (isOurs) return undefined
  if (type === 'DELETED') return `${kind} ${name} is somebody else's, and was deleted`
  const path = foreignChange(kind, before, object)
  return path && `${path} of ${kind} ${name} is somebody else's, and was changed`
}

function unsent(seen: ChangeSeen, history: ShareHistory): string | undefined {
  const moved = rolloutChange(seen)
  const weight = moved && weightDone(moved.before, moved.after)
  if (moved === undefined || weight === undefined || seen.specs.some(({ replicas }) => replicas === 0)) return undefined
  const share = weight / wholeOf(moved.before.spec)
  const lingering = weight === 0 ? mappingLeft(seen) : undefined
  if (lingering !== undefined) return `a step of weight 0 counts as done, and Mapping ${lingering} is still there`
  const { canary: service } = servicesOf(moved.before)
  if (seen.aws?.hasSent(service, weight) === false)
    return `a step of weight ${weight} counts as done, and has not arrived`
  return history.isSent(moved.before.status?.currentPodHash ?? '', share)
    ? undefined
    : `a step of weight ${weight} counts as done, and was not sent`
}

/** The canary Mapping of Ambassador stays for a while without weight, until every proxy has heard of it (AMB-6). */
function mappingLeft({ rollout, routeObject }: ChangeSeen): string | undefined {
  const { mappings = [] } = rollout.spec.strategy?.canary?.trafficRouting?.ambassador ?? {}
  return mappings.map((name) => `${name}-canary`).find((name) => routeObject('mappings', name) !== undefined)
}

/** Of the step that this write of the status counts as done; a full promotion and a first deploy count none. */
function weightDone(before: Rollout, after: Rollout): number | undefined {
  const { currentStepIndex: index = 0, currentPodHash, stableRS, currentStepHash, promoteFull } = before.status ?? {}
  const isDone =
    after.status?.currentStepIndex === index + 1 &&
    after.status.currentPodHash === currentPodHash &&
    after.status.currentStepHash === currentStepHash
  const isInstalled = (stableRS ?? '') !== '' && currentPodHash !== stableRS
  if (!isDone || !isInstalled || promoteFull === true || hasRollbackWindow(before.spec)) return undefined
  return stepsOf(before.spec)[index]?.setWeight
}

function untold(seen: RestSeen): string | undefined {
  const { rollout, replicaSets } = seen
  // A change of size while paused by hand keeps everything else from being looked at (REC-32, REC-34).
  const isPaused = rollout.spec.paused === true
  if (rollout.status?.canary?.weights === undefined || isPaused || !isStableWhole(rollout, replicaSets))
    return undefined
  const told = sharesTold(rollout)
  for (const { name, byHash } of sharesOf(seen))
    for (const [hash, share] of told)
      if (Math.abs((byHash.get(hash) ?? 0) - share) > 1e-9)
        return `${name} gives ${byHash.get(hash) ?? 0} to ${hash}, and the status tells ${share}`
  return undefined
}

function isStableWhole({ spec, status }: Rollout, replicaSets: readonly ReplicaSet[]): boolean {
  const stable = replicaSets.find((rs) => podHashOf(rs) === status?.stableRS)
  return spec.replicas !== 0 && availableOf(stable) >= (spec.replicas ?? 1)
}
