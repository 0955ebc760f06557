import { hostname } from 'node:os'
import { closedBy } from '#engine/actions/guard-rails.ts'
import type { Clock } from '#lib/clock.ts'
import type { Log } from '#lib/log.ts'
import { isHolderInCluster } from '#main/controller/drives-in-cluster.ts'
import { observeRollout } from '#main/controller/observe-rollout.ts'
import { engineAppName } from '#main/controller/ownership.ts'
import type { MemberLook } from '#main/fleet-plan/look-at-members.ts'
import type { WrittenMember } from '#main/fleet-plan/plan-file.ts'
import { PlanMemory } from '#main/fleet-plan/plan-memory.ts'
import { Plans } from '#main/fleet-plan/plans.ts'
import { localActor } from '#main/history/actor.ts'
import { pastRuns } from '#main/history/past-runs.ts'
import type { History } from '#main/history/store.ts'
import type { ClusterSession } from './cluster-session.ts'
import type { Sessions } from './sessions.ts'

interface Parts {
  readonly sessions: Sessions
  readonly history: History
  readonly clock: Clock
  readonly log: Log
}

/** The fleet plans of the open clusters. What they look like comes from the caches. */
export function openPlans({ sessions, history, clock, log }: Parts): Plans {
  return new Plans({
    memory: new PlanMemory(history),
    actor: `${localActor()}@${hostname()}`,
    clusterOf: (context) => {
      const session = sessions.get(context)
      // A member must not be refused because nobody has looked yet.
      return session === undefined || session.engine.lease.state === 'unknown'
        ? undefined
        : {
            cluster: session.cluster,
            isDriven: () => isDriven(session),
            isInCluster: () => isInCluster(session),
            isDrivenHere: () => session.engine.mode === 'driven',
            metricsAt: session.metrics.at,
            frozen: () => closedBy(session.rails(), clock.now()),
          }
    },
    clientOf: (context) => sessions.get(context)?.direct,
    contexts: () => sessions.views().map(({ context }) => context),
    isProtected: (context) => sessions.get(context)?.rails().isProtected ?? false,
    pastRunsOf: (key) => pastRuns(history, key),
    look: (member) => look(member, sessions.get(member.context)),
    clock,
    random: Math.random,
    log,
  })
}

const isDriven = ({ engine }: ClusterSession): boolean => engine.mode === 'driven' || engine.mode === 'inCluster'

/** Another laptop that drives it sleeps as this one does (SR-5). */
function isInCluster({ engine, cluster }: ClusterSession): boolean {
  if (engine.mode !== 'inCluster') return false
  if (engine.rival !== undefined || engine.lease.state !== 'other') return true
  const deployments = [...cluster.cache('deployments').values()]
  const ours = deployments.filter(
    ({ metadata, status }) => metadata.labels?.[nameLabel] === engineAppName && (status?.readyReplicas ?? 0) > 0,
  )
  return isHolderInCluster(
    engine.lease.holder,
    ours.map(({ metadata }) => metadata.name),
  )
}

const nameLabel = 'app.kubernetes.io/name'

async function look(member: WrittenMember, session: ClusterSession | undefined): Promise<MemberLook> {
  const { context, namespace, rollout } = member
  if (session === undefined)
    return { kind: 'missing', message: `There is no open cluster ${context}. Add its kubeconfig, or mend the name.` }
  const observed = await observeRollout(session.cluster, `${namespace}/${rollout}`, undefined, session.metrics)
  if (!observed.ok) return { kind: 'missing', message: `${context} is not read yet. Wait until it is connected.` }
  return observed.value === undefined
    ? {
        kind: 'missing',
        message: `There is no Rollout ${namespace}/${rollout} in ${context}. Mend the name, or remove it.`,
      }
    : { kind: 'found', world: observed.value, isDriven: isDriven(session), isInCluster: isInCluster(session) }
}
